"""Forms for joining."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, PasswordField, StringField
from wtforms.validators import InputRequired

from trainer.accounts.forms import ChoosingForm, EmailForm, chosen_password
from trainer.accounts.password_rules import MOST
from trainer.web.forms import Form, length, trimmed

_AGE = _l("I’m 13 or older")
_TOO_YOUNG = _l("Accounts are for people 13 and older.")


class AskSignUpForm(EmailForm):
    """Email address, and a tick that the person is 13 or older."""

    is_old_enough = BooleanField(_AGE, [InputRequired(_TOO_YOUNG)])


class SignUpForm(EmailForm, ChoosingForm):
    """Email address, password and the tick for age: where there is no mail server to send a link."""

    password = chosen_password(_l("Password"))
    is_old_enough = BooleanField(_AGE, [InputRequired(_TOO_YOUNG)])


class SignInForm(Form):
    """Email address and password."""

    email = StringField(
        _l("Email"),
        [InputRequired(_l("Enter your email address.")), length(1, 254)],
        filters=[trimmed],
        render_kw={"type": "email", "autocomplete": "username", "spellcheck": "false"},
    )
    password = PasswordField(
        _l("Password"),
        [InputRequired(_l("Enter your password.")), length(1, MOST)],
        render_kw={"autocomplete": "current-password"},
    )
