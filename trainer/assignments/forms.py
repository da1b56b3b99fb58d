"""The form of a requirement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

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
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from trainer.assignments.rules import Audience, Group, Match, RequiredTerms
from trainer.organizations.forms import ROLE_NAMES
from trainer.organizations.rules import Role, fold
from trainer.web.forms import PlainText, RegionForm, Ticks, in_lines, length, trimmed

LONGEST_SENTENCE = 500
LONGEST_TRAINING = 120
MOST_MONTHS = 120
EVERYONE, SOME = "everyone", "some"
NONE, ANY = "none", "every"
_DAYS_ALLOWED = _l("Days allowed")
_CADENCE = _l("Repeat every (months)")
_RENEWAL = _l("Open renewal (days before it expires)")
_MINUTES = _l("Minimum active minutes")


def _number(label: Any, least: int, most: int) -> list[Any]:
    # Several fields ask for a number: above the page the message stands alone.
    message = _l("%(label)s: enter a whole number from %(least)s to %(most)s.", label=label, least=least, most=most)
    return [InputRequired(message), NumberRange(least, most, message)]


def _group(
    teams: Iterable[str] | None, titles: Iterable[str] | None, roles: Iterable[str] | None, spellings: Mapping[str, str]
) -> Group:
    return Group(
        frozenset(map(UUID, teams or ())),
        frozenset(spellings[title] for title in titles or ()),
        frozenset(map(Role, roles or ())),
    )


def filled_in(rule: RequiredTerms) -> dict[str, Any]:
    """Return the values with which the form shows whom a requirement is for, and which earlier training counts."""
    audience, titles = rule.audience, rule.earlier_titles
    chosen, exceptions = audience.chosen, audience.exceptions
    return {
        "earlier": NONE if titles is None else SOME if titles else ANY,
        "earlier_titles": "\n".join(titles or ()),
        "audience": EVERYONE if audience.is_everyone else SOME,
        "teams": [str(team_id) for team_id in chosen.teams],
        "job_titles": [fold(title) for title in chosen.job_titles],
        "roles": list(chosen.roles),
        "hired_since": audience.hired_since,
        "match": audience.match.value,
        "not_teams": [str(team_id) for team_id in exceptions.teams],
        "not_job_titles": [fold(title) for title in exceptions.job_titles],
        "not_roles": [role for role in exceptions.roles if role is not Role.OWNER],
        "owners": Role.OWNER not in exceptions.roles,
    }


class RequirementForm(RegionForm):
    """Who takes which course, by when, how often, and under which conditions."""

    title = StringField(
        _l("Requirement name"),
        [InputRequired(_l("Enter a name, such as “All guards, every year.”")), length(1, 120), PlainText()],
        filters=[trimmed],
        render_kw={"autocomplete": "off"},
    )
    course = SelectField(_l("Course"))
    audience = RadioField(_l("Who"), default=EVERYONE)
    teams = Ticks(_l("Teams"))
    job_titles = Ticks(_l("Job titles"))
    roles = Ticks(_l("Roles"))
    hired_since = DateField(
        _l("Hired on or after"),
        [Optional()],
        description=_l("People without a hire date count from the day they were put on the roster."),
    )
    match = RadioField(_l("People must match"), default=Match.ALL.value)
    not_teams = Ticks(_l("Not these teams"))
    not_job_titles = Ticks(_l("Not these job titles"))
    not_roles = Ticks(_l("Not these roles"))
    owners = BooleanField(_l("Owners too"))
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
        _number(_CADENCE, 1, MOST_MONTHS),
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
    earlier = RadioField(
        _l("Earlier training recorded by your firm"),
        default=NONE,
        description=_l(
            "Training elsewhere that one person at your firm recorded and another approved. If it lasted the minimum "
            "minutes, it counts from the day of training, for as long as this requirement says. It’s never our "
            "certificate, and nobody signs the statement for it."
        ),
    )
    earlier_titles = TextAreaField(
        _l("Titles that count, one per line"),
        [length(0, 2000), PlainText(lines=True)],
        filters=[in_lines],
        render_kw={"rows": "3"},
    )
    seen = HiddenField()

    def __init__(
        self,
        *args: Any,
        known_courses: dict[str, str],
        known_teams: dict[str, str],
        known_titles: dict[str, str],
        taking: str,
        **values: Any,
    ) -> None:
        """`known_…`: what can be chosen, value -> words."""
        super().__init__(*args, inherited=_l("Those of each person’s team or firm"), **values)
        self.least_minutes.description = taking
        self.course.choices = list(known_courses.items())
        self.audience.choices = [(EVERYONE, _l("Everyone on the roster")), (SOME, _l("Only people who match"))]
        self.match.choices = [
            (Match.ALL.value, _l("Everything I filled in")),
            (Match.ANY.value, _l("At least one thing I filled in")),
        ]
        self.earlier.choices = [
            (NONE, _l("Doesn’t count: everyone takes the course")),
            (ANY, _l("Counts, whatever its title")),
            (SOME, _l("Counts if it has one of the titles below")),
        ]
        self.roles.choices = [(role.value, name) for role, name in ROLE_NAMES.items()]
        self.not_roles.choices = [(role.value, name) for role, name in ROLE_NAMES.items() if role is not Role.OWNER]
        self.teams.choices = self.not_teams.choices = list(known_teams.items())
        self.job_titles.choices = self.not_job_titles.choices = list(known_titles.items())

    def chosen_audience(self, spellings: Mapping[str, str]) -> Audience:
        """Return whom the form names; `spellings`: folded job title -> as the firm writes it."""
        exceptions = _group(self.not_teams.data, self.not_job_titles.data, self.not_roles.data, spellings)
        if not self.owners.data:
            exceptions = replace(exceptions, roles=exceptions.roles | {Role.OWNER})
        if self.audience.data == EVERYONE:
            return Audience(exceptions=exceptions)
        return Audience(
            _group(self.teams.data, self.job_titles.data, self.roles.data, spellings),
            self.hired_since.data,
            Match(self.match.data),
            exceptions,
        )

    @property
    def exceptions(self) -> list[Ticks]:
        """The fields of people who are left out, owners apart."""
        return [self.not_teams, self.not_job_titles, self.not_roles]

    @property
    def chosen_titles(self) -> tuple[str, ...] | None:
        """Titles of earlier trainings that count; none: any does; None: none does."""
        if self.earlier.data == NONE:
            return None
        lines = str(self.earlier_titles.data or "").split("\n") if self.earlier.data == SOME else []
        return tuple(dict.fromkeys(line for line in lines if line))

    def validate_earlier_titles(self, field: Any) -> None:
        """Require a title where only some count, none longer than a training's."""
        if self.earlier.data != SOME:
            return
        titles = self.chosen_titles
        if not titles:
            raise ValidationError(_l("Enter at least one title, the way it’s recorded."))
        if max(map(len, titles)) > LONGEST_TRAINING:
            raise ValidationError(
                _l("A title can have at most %(most)s characters. Shorten the longer ones.", most=LONGEST_TRAINING)
            )

    def validate_audience(self, field: Any) -> None:
        """Require something to match."""
        filled = (self.teams.data, self.job_titles.data, self.roles.data, any(self.hired_since.raw_data or ()))
        if field.data == SOME and not any(filled):
            raise ValidationError(_l("Choose a team, a job title or a role, or enter a hire date."))

    def validate_owners(self, field: Any) -> None:
        """Refuse to choose owners and leave them out."""
        if self.audience.data == SOME and Role.OWNER in (self.roles.data or ()) and not field.data:
            raise ValidationError(_l("You chose the role Owner. Check this box, too, or take that role out."))
