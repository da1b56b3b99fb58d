"""Forms for coming into a firm."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField
from wtforms.validators import InputRequired

from trainer.accounts.forms import ChoosingForm, chosen_password
from trainer.organizations.models import LONGEST_NAME, LONGEST_NUMBER
from trainer.web.forms import Form, PlainText, length, trimmed


class InvitedForm(ChoosingForm):
    """A password for a new account; its address is the one that was invited."""

    password = chosen_password(_l("Password"))
    is_old_enough = BooleanField(_l("I’m 13 or older"), [InputRequired(_l("Accounts are for people 13 and older."))])


class JoinForm(Form):
    """The name under which the firm lists someone who joins."""

    name = StringField(
        _l("Your name, as the firm knows you"),
        [InputRequired(_l("Enter your name.")), length(1, LONGEST_NAME), PlainText()],
        filters=[trimmed],
        render_kw={"autocomplete": "name"},
    )
    employee_number = StringField(
        _l("Employee number (optional)"),
        [length(0, LONGEST_NUMBER), PlainText()],
        filters=[trimmed],
        render_kw={"autocomplete": "off"},
    )
