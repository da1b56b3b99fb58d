"""The form of a requirement."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, NumberRange, Optional, StopValidation, ValidationError

from trainer.assignments.rules import Audience
from trainer.assignments.words import AUDIENCES
from trainer.organizations.forms import ROLE_NAMES
from trainer.web.forms import Form, PlainText, Ticks, length, trimmed

LONGEST_SENTENCE = 500
_DAYS_ALLOWED = _l("Days allowed")
_CADENCE = _l("Repeat every (months)")
_RENEWAL = _l("Open renewal (days before it expires)")
_MINUTES = _l("Minimum active minutes")


def _number(label: Any, least: int, most: int) -> list[Any]:
    # Several fields ask for a number: above the page the message stands alone.
    message = _l("%(label)s: enter a whole number from %(least)s to %(most)s.", label=label, least=least, most=most)
    return [InputRequired(message), NumberRange(least, most, message)]


def _day_where_meant(form: Any, field: Any) -> None:
    """Require a day when the requirement is for people hired since one."""
    if form.audience.data == Audience.HIRED_SINCE and not any(field.raw_data or []) and field.data is None:
        raise StopValidation(_l("Enter the first hire date to include."))


class RequirementForm(Form):
    """Who takes which course, by when, how often, and under which conditions."""

    title = StringField(
        _l("Requirement name"),
        [InputRequired(_l("Enter a name, such as “All guards, every year.”")), length(1, 120), PlainText()],
        filters=[trimmed],
        render_kw={"autocomplete": "off"},
    )
    course = SelectField(_l("Course"))
    audience = RadioField(_l("Who"), default=Audience.EVERYONE.value)
    teams = Ticks(_l("Which teams"))
    role = SelectField(_l("Which role"))
    hired_since = DateField(
        _l("Hired on or after"),
        [_day_where_meant, Optional()],
        description=_l("People without a hire date count from the day they were put on the roster."),
    )
    starts_on = DateField(
        _l("In effect from"),
        [InputRequired(_l("Enter a date."))],
        description=_l("No one’s days start counting before this date."),
    )
    days_allowed = IntegerField(
        _DAYS_ALLOWED,
        _number(_DAYS_ALLOWED, 0, 730),
        description=_l("Counted from the hire date, or from the date above if that’s later."),
        render_kw={"inputmode": "numeric"},
    )
    cadence_months = IntegerField(
        _CADENCE,
        _number(_CADENCE, 1, 120),
        description=_l("A certificate for this course has its own expiration date, too; the earlier date counts."),
        render_kw={"inputmode": "numeric"},
    )
    renewal_days = IntegerField(_RENEWAL, _number(_RENEWAL, 1, 365), render_kw={"inputmode": "numeric"})
    least_minutes = IntegerField(_MINUTES, _number(_MINUTES, 0, 600), render_kw={"inputmode": "numeric"})
    is_paced = BooleanField(_l("Lessons in order, no skipping ahead"))
    allows_test_out = BooleanField(
        _l("People who already know the core lessons may skip them"),
        default=True,
        description=_l(
            "Some courses begin with scenes to judge. People who judge nearly all of them right go straight to the "
            "minimum minutes and the final."
        ),
    )
    attestation = TextAreaField(
        _l("Statement to sign before the final (optional)"),
        [length(0, LONGEST_SENTENCE), PlainText()],
        filters=[trimmed],
        description=_l("Each person enters their name below it. A course that has its own statement keeps it."),
        render_kw={"rows": "3"},
    )
    seen = HiddenField()

    def __init__(self, *args: Any, titles: dict[str, str], names: dict[str, str], taking: str, **values: Any) -> None:
        super().__init__(*args, **values)
        self.least_minutes.description = taking
        self.course.choices = list(titles.items())
        self.teams.choices = list(names.items())
        self.role.choices = [(role.value, name) for role, name in ROLE_NAMES.items()]
        self.audience.choices = [
            (audience.value, name) for audience, name in AUDIENCES.items() if names or audience is not Audience.TEAMS
        ]

    def validate_teams(self, field: Any) -> None:
        """Require a team when the requirement is for teams."""
        if self.audience.data == Audience.TEAMS and not field.data:
            raise ValidationError(_l("Choose at least one team."))
