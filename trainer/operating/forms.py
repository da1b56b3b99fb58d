"""The form of the operator's page."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import EmailField
from wtforms.validators import InputRequired, Length

from trainer.web.forms import Form, trimmed


class ApprovalForm(Form):
    """Whom to let teach public classes."""

    email = EmailField(
        _l("Email address of the account"),
        [InputRequired(_l("Enter the address of the account.")), Length(max=254)],
        filters=[trimmed],
    )
