"""Forms for coming in."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, PasswordField, StringField
from wtforms.validators import InputRequired, ValidationError

from trainer.accounts.passwords import LEAST, MOST
from trainer.accounts.rules import email_key
from trainer.web.forms import Form, length, trimmed


class SignUpForm(Form):
    """E-mail, password, and the word that one is 13 or older."""

    email = StringField(
        _l("E-mail"),
        [InputRequired(_l("Type your e-mail address.")), length(1, 254)],
        filters=[trimmed],
        render_kw={"type": "email", "autocomplete": "username", "spellcheck": "false"},
    )
    password = PasswordField(
        _l("Password"),
        [InputRequired(_l("Choose a password.")), length(LEAST, MOST)],
        description=_l("At least %(least)s characters. A few words you can remember are best.", least=LEAST),
        render_kw={"autocomplete": "new-password"},
    )
    is_old_enough = BooleanField(_l("I’m 13 or older"), [InputRequired(_l("Accounts are for people of 13 and older."))])

    def validate_email(self, field: Any) -> None:
        """Refuse what isn't an address we can take."""
        if email_key(field.data or "") is None:
            raise ValidationError(_l("We can’t take this e-mail address. Use plain letters, one @, and no blanks."))


class SignInForm(Form):
    """E-mail and password."""

    email = StringField(
        _l("E-mail"),
        [InputRequired(_l("Type your e-mail address.")), length(1, 254)],
        filters=[trimmed],
        render_kw={"type": "email", "autocomplete": "username", "spellcheck": "false"},
    )
    password = PasswordField(
        _l("Password"),
        [InputRequired(_l("Type your password.")), length(1, MOST)],
        render_kw={"autocomplete": "current-password"},
    )
