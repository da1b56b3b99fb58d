"""Forms for coming in."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, PasswordField, StringField
from wtforms.validators import InputRequired

from trainer.accounts.forms import EmailForm
from trainer.accounts.passwords import LEAST, MOST
from trainer.web.forms import Form, length, trimmed

_AGE = _l("I’m 13 or older")
_TOO_YOUNG = _l("Accounts are for people of 13 and older.")


class AskSignUpForm(EmailForm):
    """E-mail, and the word that one is 13 or older."""

    is_old_enough = BooleanField(_AGE, [InputRequired(_TOO_YOUNG)])


class SignUpForm(EmailForm):
    """E-mail, password, and the word that one is 13 or older: where there is no mail server to send a link."""

    password = PasswordField(
        _l("Password"),
        [InputRequired(_l("Choose a password.")), length(LEAST, MOST)],
        description=_l("At least %(least)s characters. A few words you can remember are best.", least=LEAST),
        render_kw={"autocomplete": "new-password"},
    )
    is_old_enough = BooleanField(_AGE, [InputRequired(_TOO_YOUNG)])


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
