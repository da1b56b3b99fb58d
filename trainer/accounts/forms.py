"""Forms about an account."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, ValidationError

from trainer.accounts.passwords import LEAST, MOST
from trainer.accounts.rules import email_key
from trainer.web.forms import Form, length, trimmed


class AskResetForm(Form):
    """The address to mail a link to."""

    email = StringField(
        _l("E-mail"),
        [InputRequired(_l("Type your e-mail address.")), length(1, 254)],
        filters=[trimmed],
        render_kw={"type": "email", "autocomplete": "username", "spellcheck": "false"},
    )

    def validate_email(self, field: Any) -> None:
        """Refuse what isn't an address we can take."""
        if email_key(field.data or "") is None:
            raise ValidationError(_l("We can’t take this e-mail address. Use plain letters, one @, and no blanks."))


class NewPasswordForm(Form):
    """A new password, for whoever came by a mailed link."""

    new_password = PasswordField(
        _l("New password"),
        [InputRequired(_l("Choose a password.")), length(LEAST, MOST)],
        description=_l("At least %(least)s characters. A few words you can remember are best.", least=LEAST),
        render_kw={"autocomplete": "new-password"},
    )


class ChangePasswordForm(NewPasswordForm):
    """A new password, for whoever knows the old one."""

    password = PasswordField(
        _l("Password now"),
        [InputRequired(_l("Type the password you have now.")), length(1, MOST)],
        render_kw={"autocomplete": "current-password"},
    )
