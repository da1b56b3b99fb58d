"""The form of the public check."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import Form, StringField
from wtforms.validators import InputRequired

from trainer.web.forms import length, trimmed


class VerifyForm(Form):
    """Read with GET, so it has no token."""

    serial = StringField(
        _l("Certificate number"),
        [InputRequired(_l("Enter the number from the certificate.")), length(1, 60)],
        filters=[trimmed],
    )
