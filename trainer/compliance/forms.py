"""Forms of training status: a waiver, a pack, an inspector's link."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField, StringField
from wtforms.validators import InputRequired

from trainer.assignments.models import LONGEST_REASON
from trainer.compliance.models import LONGEST_LABEL
from trainer.web.forms import Form, PlainText, length, trimmed


class WaiverForm(Form):
    """Why and until when someone is excused."""

    reason = StringField(
        _l("Reason"),
        [InputRequired(_l("Enter a reason. It goes on record.")), length(1, LONGEST_REASON), PlainText()],
        description=_l("Such as “on leave”. No health details, please: an inspector may read this."),
        filters=[trimmed],
        render_kw={"autocomplete": "off"},
    )
    until = DateField(_l("Until"), [InputRequired(_l("Choose its last day."))])


class PackForm(Form):
    """The day whose roster a pack shows."""

    as_of = DateField(_l("Roster as of"), [InputRequired(_l("Choose a day."))])


class InspectorForm(Form):
    """For whom a link is made, and which evidence pack can be downloaded beside it."""

    label = StringField(
        _l("Who it’s for"),
        [InputRequired(_l("Enter who it’s for, so that you know later.")), length(1, LONGEST_LABEL), PlainText()],
        description=_l("Such as “State inspector, November”. Only you see this."),
        filters=[trimmed],
        render_kw={"autocomplete": "off"},
    )
    pack = SelectField(
        _l("Evidence pack"),
        description=_l("Can be downloaded beside the training status for as long as it’s kept."),
        default="",
    )
