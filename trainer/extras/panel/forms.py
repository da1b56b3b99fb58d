"""Forms of panels: creating one, appointing a rater, and what a rater adds to a first step."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, EmailField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from trainer.assessment.figures import POOL_NAMES
from trainer.content.schema import Pool
from trainer.extras.panel.models import LONGEST_COMMENT, LONGEST_PANEL_NAME
from trainer.extras.panel.operations import PanelFacts
from trainer.extras.panel.rules import SEATS
from trainer.web.forms import Form, PlainText, in_lines, length, trimmed


class PanelForm(Form):
    """Which scenes are rated, by how many people, and when."""

    name = StringField(
        _l("Name of the panel"),
        [InputRequired(_l("Enter a name.")), length(1, LONGEST_PANEL_NAME), PlainText()],
        description=_l("Raters see it."),
        filters=[trimmed],
        render_kw={"autocomplete": "off"},
    )
    pool = SelectField(_l("Scenes"))
    only = TextAreaField(
        _l("Only these (optional)"),
        [Length(max=4000)],
        description=_l("IDs of scenes or pairs of that pool, with spaces between them. Without any, the whole pool."),
        render_kw={"rows": "3", "autocomplete": "off"},
    )
    seats = IntegerField(
        _l("Number of raters"),
        [InputRequired(_l("Enter a number.")), NumberRange(2, 20, _l("Enter a number from 2 to 20."))],
        default=SEATS,
        render_kw={"inputmode": "numeric", "min": "2", "max": "20"},
    )
    opens_on = DateField(_l("First day"), [InputRequired(_l("Choose the day."))])
    closes_on = DateField(_l("Last day"), [InputRequired(_l("Choose the day."))])

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.pool.choices = [(pool.value, name) for pool, name in POOL_NAMES.items()]

    @property
    def facts(self) -> PanelFacts:
        """What was decided; of a form that is valid."""
        assert self.seats.data is not None
        assert self.opens_on.data is not None
        assert self.closes_on.data is not None
        return PanelFacts(
            name=str(self.name.data),
            pool=Pool(self.pool.data),
            only=frozenset((self.only.data or "").split()),
            seats=self.seats.data,
            opens_on=self.opens_on.data,
            closes_on=self.closes_on.data,
        )


class RaterForm(Form):
    """Whom to appoint."""

    email = EmailField(
        _l("Email address of the account"),
        [InputRequired(_l("Enter the address of the account.")), Length(max=254)],
        filters=[trimmed],
    )


class CommentForm(Form):
    """What a rater adds to a first step."""

    comment = TextAreaField(
        _l("What decided it? (optional)"),
        [length(0, LONGEST_COMMENT), PlainText(lines=True)],
        description=_l("What would have to differ for another verdict? Don’t write names."),
        filters=[in_lines],
        render_kw={"rows": "4", "autocomplete": "off", "maxlength": str(LONGEST_COMMENT)},
    )
