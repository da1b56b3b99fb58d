"""The form of opening another round."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import InputRequired

from trainer.assessment.models import LONGEST_REASON
from trainer.web.forms import Form, PlainText, length, trimmed


class GrantForm(Form):
    """Why another round of a final is opened early."""

    reason = StringField(
        _l("Reason"),
        [InputRequired(_l("Enter a reason. It’s kept in the records.")), length(1, LONGEST_REASON), PlainText()],
        description=_l("For example: “We went through the named lessons together.” No health details, please."),
        filters=[trimmed],
        render_kw={"autocomplete": "off"},
    )
