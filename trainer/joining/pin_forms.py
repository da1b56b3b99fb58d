"""Forms of people who sign in with an employee number and a PIN."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, PasswordField, StringField
from wtforms.validators import InputRequired

from trainer.accounts.forms import NewPinForm, PinForm
from trainer.organizations.models import LONGEST_NUMBER
from trainer.web.forms import Form, length, trimmed

LONGEST_TYPED = 40


class PinSignInForm(Form):
    """The firm's code, the employee number, and the PIN or the code of a slip. Nothing is kept by the browser."""

    firm = StringField(
        _l("Firm code"),
        [InputRequired(_l("Enter the firm code.")), length(1, LONGEST_TYPED)],
        filters=[trimmed],
        description=_l("Six letters and digits. It’s on your slip or badge."),
        render_kw={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"},
    )
    number = StringField(
        _l("Employee number"),
        [InputRequired(_l("Enter your employee number.")), length(1, LONGEST_NUMBER)],
        filters=[trimmed],
        description=_l("As on your slip or badge."),
        render_kw={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"},
    )
    pin = PasswordField(
        _l("PIN"),
        [InputRequired(_l("Enter your PIN, or the code on your slip.")), length(1, LONGEST_TYPED)],
        filters=[trimmed],
        description=_l("First time, or PIN forgotten? Type the 8 characters on your slip."),
        render_kw={"autocomplete": "off"},
    )
    has_left = BooleanField(_l("I no longer work there"))


class RegisterForm(Form):
    """The code that makes a browser a site device."""

    code = StringField(
        _l("Code"),
        [InputRequired(_l("Enter the code.")), length(1, LONGEST_TYPED)],
        filters=[trimmed],
        description=_l("Eight letters and digits."),
        render_kw={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"},
    )


class EarlierPinForm(PinForm):
    """The PIN that a slip replaced."""

    password = PasswordField(
        _l("The PIN you had before"),
        [InputRequired(_l("Enter the PIN you had before.")), length(1, LONGEST_TYPED)],
        filters=[trimmed],
        render_kw={"autocomplete": "off", "inputmode": "numeric"},
    )


class FirstPinForm(NewPinForm):
    """A first PIN, for a new account."""

    is_old_enough = BooleanField(_l("I’m 13 or older"), [InputRequired(_l("Accounts are for people 13 and older."))])
