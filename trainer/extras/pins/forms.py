"""Forms of people who sign in with an employee number and a PIN."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, PasswordField, SelectField, StringField
from wtforms.validators import EqualTo, InputRequired

from trainer.accounts.forms import PinForm
from trainer.extras.pins.rules import LONGEST, SHORTEST
from trainer.organizations.models import LONGEST_NUMBER, LONGEST_TITLE
from trainer.web.forms import Form, PlainText, length, trimmed

LONGEST_TYPED = 40


class NewPinForm(Form):
    """A PIN, twice: it is hidden while it is typed, and a typo would lock its owner out."""

    new_pin = PasswordField(
        _l("New PIN"),
        [InputRequired(_l("Choose a PIN."))],
        filters=[trimmed],
        description=_l(
            "%(least)s to %(most)s digits. Not a date, a run like 123456, or your employee number.",
            least=SHORTEST,
            most=LONGEST,
        ),
        render_kw={"autocomplete": "off", "inputmode": "numeric"},
    )
    again = PasswordField(
        _l("The same PIN again"),
        [EqualTo("new_pin", _l("This isn’t the same PIN. Type it again."))],
        filters=[trimmed],
        render_kw={"autocomplete": "off", "inputmode": "numeric"},
    )


class ChangePinForm(PinForm, NewPinForm):
    """A new PIN, for someone who knows the old one."""


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


class SiteDeviceForm(Form):
    """What a device is called, and where it stands."""

    name = StringField(
        _l("Name of the device"),
        [InputRequired(_l("Enter a name, such as “Gate tablet.”")), length(1, LONGEST_TITLE), PlainText()],
        description=_l("Such as “Gate tablet.” People who sign in on it see this."),
        filters=[trimmed],
        render_kw={"autocomplete": "off"},
    )
    team = SelectField(_l("Team"))
