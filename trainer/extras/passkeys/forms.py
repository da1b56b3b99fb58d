"""The form about a passkey."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import InputRequired

from trainer.web.forms import Form, PlainText, length, trimmed


class PasskeyForm(Form):
    """What a passkey is called."""

    name = StringField(
        _l("Name"),
        [InputRequired(_l("Enter a name for it.")), length(1, 60), PlainText()],
        filters=[trimmed],
        description=_l("So that you can tell it apart from others: “my phone,” for example."),
        render_kw={"autocomplete": "off", "maxlength": "60"},
    )
