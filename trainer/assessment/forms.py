"""The forms of opening another round, of saying what is wrong with a scene, and of a handover."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, NumberRange
from wtforms.widgets import CheckboxInput

from trainer.assessment.handovers import LONGEST_HANDOVER
from trainer.assessment.models import LONGEST_REASON, LONGEST_REMARK
from trainer.assessment.words import REMARK_KINDS
from trainer.items.forms import Count
from trainer.web.forms import Form, PlainText, in_lines, length, trimmed


class GrantForm(Form):
    """Why another round of a final is opened early."""

    reason = StringField(
        _l("Reason"),
        [InputRequired(_l("Enter a reason. It’s kept in the records.")), length(1, LONGEST_REASON), PlainText()],
        description=_l("For example: “We went through the named lessons together.” No health details, please."),
        filters=[trimmed],
        render_kw={"autocomplete": "off"},
    )


class RemarkForm(Form):
    """What is wrong with a scene. Nothing in it asks who is writing."""

    about = HiddenField()
    kind = RadioField(
        _l("What is it?"),
        [InputRequired(_l("Choose one."))],
    )
    text = TextAreaField(
        _l("What should we know? (optional)"),
        [length(0, LONGEST_REMARK), PlainText()],
        filters=[lambda value: " ".join(value.split()) if isinstance(value, str) else value],
        description=_l("Don’t write names, yours included, or anything that shows who someone is."),
        render_kw={"rows": "4", "autocomplete": "off"},
    )

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.kind.choices = [(kind.value, name) for kind, name in REMARK_KINDS.items()]


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
