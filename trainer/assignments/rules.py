"""Where someone stands in a duty, and when reminders are due. Pure: the day is an argument."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from trainer.credentials.rules import valid_until as add_months
from trainer.learning.rules import RequiredConditions
from trainer.organizations.rules import Role, fold, local_day

SOON = 30
"""Days before a due day from which on it is due soon."""
LONGEST_KEY = 240
_LEADS = (1, 7, 30)
BY_HAND = "now"
"""The first word of the kind of a reminder that someone sent by hand."""


class Status(StrEnum):
    """Where someone stands."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    CURRENT = "current"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    EXPIRED = "expired"
    WAIVED = "waived"

    @property
    def is_open(self) -> bool:
        """True while there is something to do."""
        return self not in (Status.CURRENT, Status.WAIVED)


LATE = (Status.OVERDUE, Status.EXPIRED)


class Match(StrEnum):
    """How many of an audience's conditions someone must meet."""

    ALL = "all"
    ANY = "any"


@dataclass(frozen=True)
class Group:
    """Teams, job titles (as the roster writes them; compared folded) and roles: one of each kind is enough."""

    teams: frozenset[uuid.UUID] = frozenset()
    job_titles: frozenset[str] = frozenset()
    roles: frozenset[Role] = frozenset()

    def written(self) -> dict[str, list[str]]:
        """Return it as it is stored."""
        return {
            "teams": sorted(map(str, self.teams)),
            "job_titles": sorted(self.job_titles),
            "roles": sorted(self.roles),
        }

    @classmethod
    def read(cls, stored: Mapping[str, list[str]]) -> Group:
        """Return what `written` wrote."""
        return cls(
            frozenset(map(uuid.UUID, stored["teams"])),
            frozenset(stored["job_titles"]),
            frozenset(map(Role, stored["roles"])),
        )


@dataclass(frozen=True)
class Audience:
    """Who of the roster a requirement is for: without conditions everyone; never the exceptions."""

    chosen: Group = Group()
    hired_since: dt.date | None = None
    match: Match = Match.ALL
    """Of teams, job titles, roles and day of hiring, those that are given."""
    exceptions: Group = Group()

    @property
    def is_everyone(self) -> bool:
        """True without conditions; there may be exceptions."""
        return self.chosen == Group() and self.hired_since is None

    @property
    def teams(self) -> frozenset[uuid.UUID]:
        """All teams that it names."""
        return self.chosen.teams | self.exceptions.teams

    @property
    def job_titles(self) -> frozenset[str]:
        """All job titles that it names."""
        return self.chosen.job_titles | self.exceptions.job_titles

    def written(self) -> dict[str, Any]:
        """Return it as it is stored."""
        return {
            **self.chosen.written(),
            "hired_since": self.hired_since.isoformat() if self.hired_since else None,
            "match": self.match.value,
            "except": self.exceptions.written(),
        }

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Audience:
        """Return what `written` wrote."""
        day = stored["hired_since"]
        return cls(
            Group.read(stored),
            dt.date.fromisoformat(day) if day else None,
            Match(stored["match"]),
            Group.read(stored["except"]),
        )


@dataclass(frozen=True)
class Terms:
    """What a requirement asks of a completion."""

    least_minutes: int
    cadence_months: int
    renewal_days: int
    is_paced: bool
    needs_attestation: bool
    allows_test_out: bool = True
    earlier_keys: frozenset[str] | None = None
    """Folded titles of trainings recorded by the firm that count; of none: any counts; None: none does."""


@dataclass(frozen=True)
class RequiredTerms:
    """A requirement as it is asked for: who takes which course, by when, how often, under which conditions."""

    title: str
    course: str
    audience: Audience
    starts_on: dt.date
    least_minutes: int
    cadence_months: int
    days_allowed: int
    renewal_days: int
    is_paced: bool = False
    attestation: str | None = None
    pack: str | None = None
    unapproved_state: str | None = None
    allows_test_out: bool = True
    earlier_titles: tuple[str, ...] | None = None
    """Titles of trainings recorded by the firm that count; empty: any counts; None: none does."""
    region: str | None = None
    """Whose numbers and laws people are shown where it leads them; None: those of their team or firm."""

    @property
    def terms(self) -> Terms:
        """What it asks of a completion."""
        return Terms(
            least_minutes=self.least_minutes,
            cadence_months=self.cadence_months,
            renewal_days=self.renewal_days,
            is_paced=self.is_paced,
            needs_attestation=self.attestation is not None,
            allows_test_out=self.allows_test_out,
            earlier_keys=None if self.earlier_titles is None else frozenset(map(title_key, self.earlier_titles)),
        )

    @property
    def asked(self) -> RequiredConditions:
        """What it asks of an enrollment."""
        return RequiredConditions(
            self.least_minutes, self.is_paced, self.attestation, self.unapproved_state, self.allows_test_out
        )


@dataclass(frozen=True)
class CoveringCredential:
    """A credential of the course, as far as a requirement looks at it."""

    issued_on: dt.date
    valid_until: dt.date
    minutes: int
    is_attested: bool
    is_paced: bool
    is_revoked: bool = False
    is_tested_out: bool = False


@dataclass(frozen=True)
class Recorded:
    """A training elsewhere that the firm recorded and a second person approved."""

    title_key: str
    completed_on: dt.date
    minutes: int


@dataclass(frozen=True)
class Duty:
    """All that decides where one person stands in one requirement."""

    terms: Terms
    first_due_on: dt.date
    completions: tuple[CoveringCredential, ...] = ()
    waived_until: dt.date | None = None
    has_begun: bool = False
    recorded: tuple[Recorded, ...] = ()

    @property
    def covers_until(self) -> dt.date | None:
        """The last day that a completion or a recorded training covers, or None if none satisfies the terms."""
        return max((day for day in (self._earned_until, self._recorded_until) if day), default=None)

    @property
    def is_recorded(self) -> bool:
        """True if what covers the person is a training recorded by the firm: where a certificate covers as long, that
        counts."""
        earned, recorded = self._earned_until, self._recorded_until
        return recorded is not None and (earned is None or recorded > earned)

    @property
    def _earned_until(self) -> dt.date | None:
        terms = self.terms
        days = (covered_until(completion, terms) for completion in self.completions if satisfies(completion, terms))
        return max(days, default=None)

    @property
    def _recorded_until(self) -> dt.date | None:
        terms = self.terms
        days = (add_months(each.completed_on, terms.cadence_months) for each in self.recorded if accepts(each, terms))
        return max(days, default=None)

    @property
    def due_on(self) -> dt.date:
        """The day by which the course is to be completed: the first time, or again."""
        return self.covers_until or self.first_due_on


class Lack(StrEnum):
    """What a certificate lacks of what a requirement asks for."""

    MINUTES = "minutes"
    ORDER = "order"
    STATEMENT = "statement"
    LESSONS = "lessons"
    PERIOD = "period"


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Why a valid certificate doesn't count toward a requirement."""

    lack: Lack
    valid_until: dt.date
    had: int
    """Active minutes."""
    asked: int
    """Active minutes or, of a period, months."""


@dataclass(frozen=True)
class OwnDuty:
    """What a firm requires of the person who looks."""

    firm: str
    course: str
    status: Status
    due_on: dt.date
    least_minutes: int
    shortfall: Shortfall | None = None
    region: str | None = None
    """The requirement's own."""

    @property
    def is_open(self) -> bool:
        """True while there is something to do."""
        return self.status.is_open


def satisfies(completion: CoveringCredential, terms: Terms) -> bool:
    """Return True if a completion is one that the requirement asks for, wherever it was earned."""
    return (
        not completion.is_revoked
        and completion.minutes >= terms.least_minutes
        and (completion.is_paced or not terms.is_paced)
        and (completion.is_attested or not terms.needs_attestation)
        and (terms.allows_test_out or not completion.is_tested_out)
    )


def find_shortfall(completion: CoveringCredential, terms: Terms) -> Shortfall:
    """Return the first thing that a valid completion lacks, of one that doesn't cover its person today."""
    lack = (
        Lack.MINUTES
        if completion.minutes < terms.least_minutes
        else Lack.ORDER
        if terms.is_paced and not completion.is_paced
        else Lack.STATEMENT
        if terms.needs_attestation and not completion.is_attested
        else Lack.LESSONS
        if completion.is_tested_out and not terms.allows_test_out
        else Lack.PERIOD
    )
    had, asked = completion.minutes, terms.least_minutes
    return Shortfall(lack, completion.valid_until, had, terms.cadence_months if lack is Lack.PERIOD else asked)


def accepts(recorded: Recorded, terms: Terms) -> bool:
    """Return True if a requirement counts a training that the firm recorded: by its title and its length."""
    keys = terms.earlier_keys
    if keys is None or recorded.minutes < terms.least_minutes:
        return False
    return not keys or recorded.title_key in keys


def written_keys(titles: tuple[str, ...] | None) -> str | None:
    """Return titles folded, each between line feeds, so that one is found whole; empty where any title counts."""
    if titles is None:
        return None
    return "".join(f"\n{key}" for key in sorted(set(map(title_key, titles)))) + "\n" if titles else ""


def title_key(title: str) -> str:
    """Return a training's title as titles are compared."""
    return fold(title)[:LONGEST_KEY]


def covered_until(completion: CoveringCredential, terms: Terms) -> dt.date:
    """Return the last day that a completion covers: the credential's own, or the cadence if that is shorter."""
    return min(completion.valid_until, add_months(completion.issued_on, terms.cadence_months))


def status(duty: Duty, today: dt.date) -> Status:
    """Return where someone stands. `statements.status_case` is the same table of rules in SQL."""
    covers_until, renewal_days = duty.covers_until, duty.terms.renewal_days
    return status_of(covers_until, duty.first_due_on, renewal_days, duty.waived_until, today, has_begun=duty.has_begun)


def status_of(
    covers_until: dt.date | None,
    first_due_on: dt.date,
    renewal_days: int,
    waived_until: dt.date | None,
    today: dt.date,
    *,
    has_begun: bool = False,
) -> Status:
    """Return where someone stands whom completions cover until a day, or (None) never did."""
    if waived_until is not None and today <= waived_until:
        return Status.WAIVED
    if covers_until is not None:
        left = (covers_until - today).days
        if left < 0:
            return Status.EXPIRED
        return Status.DUE_SOON if left <= min(SOON, renewal_days) else Status.CURRENT
    left = (first_due_on - today).days
    if left < 0:
        return Status.OVERDUE
    if left <= SOON:
        return Status.DUE_SOON
    return Status.IN_PROGRESS if has_begun else Status.NOT_STARTED


def is_renewal_open(covers_until: dt.date | None, renewal_days: int, today: dt.date) -> bool:
    """Return True if an enrollment is needed: nothing covers the person, or what does runs out soon."""
    return covers_until is None or (covers_until - today).days <= renewal_days


def began_on(hired_on: dt.date | None, listed_at: dt.datetime, zone: str) -> dt.date:
    """Return the day from which a person's days run: of being hired, or else of being put on the roster."""
    return hired_on or local_day(zone, listed_at)


def first_due(began_on: dt.date, starts_on: dt.date, days_allowed: int, earliest: dt.date | None = None) -> dt.date:
    """Return the first due day of someone who was hired, or first listed, on a day; none is before `earliest`."""
    due_on = max(began_on, starts_on) + dt.timedelta(days=days_allowed)
    return max(due_on, earliest) if earliest else due_on


def monday_of(day: dt.date) -> dt.date:
    """Return the Monday of a day's week."""
    return day - dt.timedelta(days=day.weekday())


def reminder_kind(due_on: dt.date, today: dt.date) -> str | None:
    """Return which reminder is due on a day, or None: the nearest before the due day, one for each week after it."""
    left = (due_on - today).days
    if left < 0:
        return f"overdue {(-left - 1) // 7 + 1}"
    lead = next((lead for lead in _LEADS if left <= lead), None)
    return None if lead is None else "1 day" if lead == 1 else f"{lead} days"


def kind_by_hand(day: dt.date) -> str:
    """Return which reminder it is that someone sends by hand on a day: one a day."""
    return f"{BY_HAND} {day.isoformat()}"
