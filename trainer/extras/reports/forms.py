"""Forms of reports: how often, about whom, and who gets them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, TextAreaField
from wtforms.validators import ValidationError

from trainer.accounts.rules import email_key
from trainer.extras.reports.rules import Rhythm
from trainer.extras.reports.words import RHYTHM_NAMES
from trainer.web.forms import Form, PlainText, Ticks, in_lines, length


class RecipientsForm(Form):
    """Who gets a report."""

    staff = Ticks(_l("Owners and managers"))
    addresses = TextAreaField(
        _l("Addresses outside the firm"),
        [length(0, 4000), PlainText(lines=True)],
        description=_l("Such as a client’s, one per line. We ask them first; nothing is sent before they agree."),
        filters=[in_lines],
        render_kw={"rows": 3, "autocomplete": "off", "spellcheck": "false"},
    )

    def __init__(self, *, staff: Sequence[tuple[str, str]], **values: Any) -> None:
        super().__init__(**values)
        self.staff.choices = list(staff)

    def validate_addresses(self, field: TextAreaField) -> None:
        """Refuse what isn't an address, and a form that names nobody."""
        wrong = next((line for line in self.lines if email_key(line) is None), None)
        if wrong is not None:
            raise ValidationError(
                _l("We can’t use “%(address)s”. Use plain letters, one @, and no spaces.", address=wrong)
            )
        if not self.lines and not self.staff.data:
            raise ValidationError(_l("Choose someone, or enter an address."))

    @property
    def lines(self) -> list[str]:
        """The addresses outside."""
        return str(self.addresses.data or "").split("\n") if self.addresses.data else []

    @property
    def staff_ids(self) -> list[UUID]:
        """The users chosen."""
        return [UUID(user_id) for user_id in self.staff.data or ()]


class ReportForm(RecipientsForm):
    """How often, about whom, and to whom a report goes."""

    rhythm = RadioField(_l("How often"), default=Rhythm.WEEK.value)
    teams = Ticks(_l("Teams"))

    def __init__(self, *, teams: Sequence[tuple[str, str]], **values: Any) -> None:
        super().__init__(**values)
        self.teams.choices = list(teams)
        self.rhythm.choices = list(RHYTHM_NAMES.items())

    @property
    def team_ids(self) -> list[UUID]:
        """The teams chosen."""
        return [UUID(team_id) for team_id in self.teams.data or ()]
