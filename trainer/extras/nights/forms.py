"""The forms of a handover."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField, TextAreaField
from wtforms.validators import DataRequired, NumberRange
from wtforms.widgets import CheckboxInput

from trainer.extras.nights.handovers import LONGEST_HANDOVER
from trainer.items.forms import Count
from trainer.web.forms import Form, PlainText, in_lines, length


class HandoverForm(Form):
    """What the next shift needs to know."""

    version = Count(validators=[NumberRange(0, 1_000_000)])
    text = TextAreaField(
        _l("Your handover"),
        [
            DataRequired(_l("Write at least a line, or skip the handover.")),
            length(1, LONGEST_HANDOVER),
            PlainText(lines=True),
        ],
        filters=[in_lines],
        description=_l("In your own words, from what you saw tonight. Only you can read it."),
        render_kw={"rows": "8", "maxlength": str(LONGEST_HANDOVER)},
    )


class PointsForm(Form):
    """What of the checklist a handover says."""

    version = Count(validators=[NumberRange(0, 1_000_000)])
    points = SelectMultipleField(_l("Check off what yours says, too"), option_widget=CheckboxInput())

    def offer(self, points: Sequence[tuple[str, str]]) -> None:
        """Offer points to tick: id and text."""
        self.points.choices = list(points)
