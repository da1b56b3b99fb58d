"""Forms about an account."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, SelectField, StringField
from wtforms.validators import InputRequired, ValidationError

from trainer.accounts.password_rules import LEAST, MOST, find_fault
from trainer.accounts.rules import email_key, is_mailable
from trainer.accounts.words import password_refusal
from trainer.content.serving import served
from trainer.web.forms import Form, PlainText, length, trimmed
from trainer.web.language import known_languages, name_language


class EmailForm(Form):
    """The address to mail a link to."""

    email = StringField(
        _l("Email"),
        [InputRequired(_l("Enter your email address.")), length(1, 254)],
        filters=[trimmed],
        render_kw={"type": "email", "autocomplete": "username", "spellcheck": "false"},
    )

    def validate_email(self, field: Any) -> None:
        """Refuse what isn't an address we can take."""
        check_address(field)


class NameForm(Form):
    """The name that certificates will show."""

    certificate_name = StringField(
        _l("Name on the certificate"),
        [InputRequired(_l("Enter the name you want on it.")), length(1, 120), PlainText()],
        filters=[trimmed],
        description=_l("It may be an alias. Anyone who has the certificate’s number can see it."),
        render_kw={"autocomplete": "name"},
    )


class LanguageForm(Form):
    """The language that someone reads, of those that pages have."""

    language = SelectField(_l("Language"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language.choices = [(tag, name_language(tag)) for tag in known_languages()]


class ChoosingForm(Form):
    """A form on which someone chooses a password."""

    own_words: Collection[str] = ()
    """What others know of the person: their address, their name, their firms."""


def chosen_password(label: Any) -> PasswordField:
    """Return the field in which a password is chosen, of a `ChoosingForm`."""
    return PasswordField(
        label,
        [InputRequired(_l("Choose a password.")), length(LEAST, MOST), _refuse_easy],
        description=_l("At least %(least)s characters. A few words you can remember work best.", least=LEAST),
        render_kw={"autocomplete": "new-password"},
    )


def _refuse_easy(form: ChoosingForm, field: Any) -> None:
    """Not a password that is easy to guess: a common one, one that repeats itself, a name, an address."""
    if field.errors:  # its length comes first
        return
    typed = [form.email.data or ""] if "email" in form else []
    fault = find_fault(field.data, [served().site.name, *form.own_words, *typed])
    if fault is not None:
        raise ValidationError(password_refusal(fault))


class NewPasswordForm(ChoosingForm):
    """A new password, for someone who opened an emailed link."""

    new_password = chosen_password(_l("New password"))


class PasswordForm(Form):
    """The password, asked for before something that not everyone who finds this device may do."""

    password = PasswordField(
        _l("Current password"),
        [InputRequired(_l("Enter your current password.")), length(1, MOST)],
        render_kw={"autocomplete": "current-password"},
    )


class ChangePasswordForm(PasswordForm, NewPasswordForm):
    """A new password, for someone who knows the old one."""


class ChangeAddressForm(PasswordForm):
    """The address that the account is to get."""

    email = StringField(
        _l("New address"),
        [InputRequired(_l("Enter the new address.")), length(1, 254)],
        filters=[trimmed],
        render_kw={"type": "email", "autocomplete": "email", "spellcheck": "false"},
    )

    def validate_email(self, field: Any) -> None:
        """Refuse what isn't an address we can take."""
        check_address(field)


class PinForm(Form):
    """The PIN, before something that not everybody who finds this device shall do."""

    password = PasswordField(
        _l("Your PIN"),
        [InputRequired(_l("Enter your PIN.")), length(1, MOST)],
        filters=[trimmed],
        render_kw={"autocomplete": "off", "inputmode": "numeric"},
    )


class FirstPasswordForm(PinForm, NewPasswordForm):
    """A password, for someone who has a PIN."""


class FirstAddressForm(PinForm, EmailForm):
    """The address that the account of someone with a PIN is to get."""


class CodeForm(Form):
    """A code of the app, or a recovery code."""

    code = StringField(
        _l("Code"),
        [InputRequired(_l("Enter the code.")), length(1, 40)],
        filters=[trimmed],
        description=_l("The six digits your app shows now, or one of your recovery codes."),
        render_kw={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"},
    )


class FirstCodeForm(Form):
    """The code that shows that the app has the key."""

    code = StringField(
        _l("Code"),
        [InputRequired(_l("Enter the code.")), length(1, 40)],
        filters=[trimmed],
        description=_l("The six digits your app shows now."),
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"},
    )


class PasswordAndCodeForm(PasswordForm, CodeForm):
    """Both, from someone whose password alone is no proof."""


class ChangePasswordAndCodeForm(PasswordAndCodeForm, NewPasswordForm):
    """A new password, for someone who knows the old one and has a code."""


class ChangeAddressAndCodeForm(ChangeAddressForm, PasswordAndCodeForm):
    """The address that the account of someone with a code is to get."""


class ProofForms(NamedTuple):
    """The forms for one act that takes proof, by what someone signs in with."""

    pin: type[PinForm]
    password: type[PasswordForm]
    code: type[PasswordAndCodeForm]


PROOF = ProofForms(PinForm, PasswordForm, PasswordAndCodeForm)
NEW_PASSWORD = ProofForms(FirstPasswordForm, ChangePasswordForm, ChangePasswordAndCodeForm)
NEW_ADDRESS = ProofForms(FirstAddressForm, ChangeAddressForm, ChangeAddressAndCodeForm)


def check_address(field: Any) -> None:
    """Refuse what isn't an address we can take."""
    key = email_key(field.data or "")
    if key is None or not is_mailable(key):
        raise ValidationError(
            _l("We can’t use this email address. Use plain letters, one @, and a full domain like example.org.")
        )
