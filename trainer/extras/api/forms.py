"""The form that makes a token."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import InputRequired

from trainer.extras.api.models import LONGEST_LABEL
from trainer.extras.api.rules import Scope
from trainer.web.forms import Form, PlainText, Ticks, length, trimmed

SCOPE_NAMES = {
    Scope.PEOPLE: _l("People: names, email, job title, number, teams, role"),
    Scope.ASSIGNMENTS: _l("Assignments: who is current, due or overdue"),
    Scope.COMPLETIONS: _l("Completions: who completed what, when, with how many minutes"),
    Scope.CREDENTIALS: _l("Credentials: certificates with their status and public page"),
    Scope.TRAININGS: _l("Earlier training: what the firm recorded and a second person approved"),
    Scope.EMAILS: _l("Emails: which invitations and reminders were sent, and why something wasn’t"),
    Scope.PEOPLE_WRITE: _l("Change people: add them, change what the roster says, mark who has left"),
}
SCOPE_TITLES = {
    Scope.PEOPLE: _l("People"),
    Scope.ASSIGNMENTS: _l("Assignments"),
    Scope.COMPLETIONS: _l("Completions"),
    Scope.CREDENTIALS: _l("Credentials"),
    Scope.TRAININGS: _l("Earlier training"),
    Scope.EMAILS: _l("Emails"),
    Scope.PEOPLE_WRITE: _l("People (may change them)"),
}


class TokenForm(Form):
    """For which system, and what it may do."""

    label = StringField(
        _l("Which system it’s for"),
        [
            InputRequired(_l("Enter which system it’s for, so that you know later.")),
            length(1, LONGEST_LABEL),
            PlainText(),
        ],
        description=_l("Such as “Payroll, nightly import”."),
        filters=[trimmed],
        render_kw={"autocomplete": "off"},
    )
    scopes = Ticks(_l("What it may do"), [InputRequired(_l("Choose what it may do. One is enough."))])

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.scopes.choices = [(scope.value, name) for scope, name in SCOPE_NAMES.items()]
