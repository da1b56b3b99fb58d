"""The form of a link for an inspector."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired

from trainer.extras.inspectors.models import LONGEST_LABEL
from trainer.extras.packs.forms import LimitedForm
from trainer.web.forms import PlainText, length, trimmed


class InspectorForm(LimitedForm):
    """For whom a link is made, to what it is limited, and which evidence pack can be downloaded beside it."""

    label = StringField(
        _l("Who it’s for"),
        [InputRequired(_l("Enter who it’s for, so that you know later.")), length(1, LONGEST_LABEL), PlainText()],
        description=_l("Such as “State inspector, November”. Only you see this."),
        filters=[trimmed],
        render_kw={"autocomplete": "off"},
    )
    pack = SelectField(
        _l("Evidence pack"),
        description=_l("The inspector can also download it, for as long as it’s kept."),
        default="",
    )
