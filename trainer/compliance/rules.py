"""How a training-status page is filtered, and its numbers. Pure."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from trainer.assignments.rules import Shortfall, Status
from trainer.content.papers import FormerStaff
from trainer.credentials.rules import valid_until as add_months
from trainer.organizations.rules import fold

FILES_KEPT = dt.timedelta(days=7)
"""How long a file that someone ordered can be downloaded."""


class StatusGroup(StrEnum):
    """Statuses as the page's tabs group them."""

    ATTENTION = "attention"
    LATE = "late"
    DUE = "due"
    OPEN = "open"
    CURRENT = "current"
    WAIVED = "waived"


GROUPS: dict[StatusGroup, tuple[Status, ...]] = {
    StatusGroup.ATTENTION: (Status.OVERDUE, Status.EXPIRED, Status.DUE_SOON),
    StatusGroup.LATE: (Status.OVERDUE, Status.EXPIRED),
    StatusGroup.DUE: (Status.DUE_SOON,),
    StatusGroup.OPEN: (Status.NOT_STARTED, Status.IN_PROGRESS),
    StatusGroup.CURRENT: (Status.CURRENT,),
    StatusGroup.WAIVED: (Status.WAIVED,),
}


class End(StrEnum):
    """What happens on the day that a row shows."""

    FIRST = "first"
    """The course is due, and nothing covers the person yet."""
    CERTIFICATE = "certificate"
    """What covers the person runs out."""
    WAIVER = "waiver"
    """The waiver ends."""


class Basis(StrEnum):
    """What someone's completion rests on."""

    CERTIFICATE = "certificate"
    RECORDED = "recorded_by_firm"
    """A training elsewhere that the firm recorded."""


class StatusOrder(StrEnum):
    """How rows are sorted."""

    NAME = "name"
    DUE = "due"


class Limits(NamedTuple):
    """What an evidence pack or an inspector's link shows: of these teams or (None) of all, of one requirement or of
    all."""

    team_ids: frozenset[uuid.UUID] | None = None
    requirement_id: uuid.UUID | None = None

    def hold(self, other: Limits) -> bool:
        """Return True if what has the other limits shows nothing beyond these."""
        has_teams = self.team_ids is None or (other.team_ids is not None and other.team_ids <= self.team_ids)
        return has_teams and self.requirement_id in (None, other.requirement_id)


class Viewer(NamedTuple):
    """Whose training status is read, and on which day: a firm's people, of these teams or (None) of all.

    On a past day the teams are those that people were in then.
    """

    organization_id: uuid.UUID
    team_ids: frozenset[uuid.UUID] | None
    today: dt.date
    until: dt.datetime | None = None
    """When the day ended, of a past one; None for today, which is read as it is now."""
    requirement_id: uuid.UUID | None = None
    """The only requirement that is read, whatever a filter asks for; None for all."""

    @property
    def is_past(self) -> bool:
        """True of a past day."""
        return self.until is not None


@dataclass(frozen=True, slots=True)
class StatusFilter:
    """Which rows to show; all of it is in the address."""

    text: str = ""
    team_id: uuid.UUID | None = None
    requirement_id: uuid.UUID | None = None
    group: StatusGroup | None = None
    status: Status | None = None
    end: End | None = None
    from_on: dt.date | None = None
    """The first day that a row may show: the last one of a waiver in effect, else the due day."""
    to_on: dt.date | None = None
    owes_top_up: bool = False
    """Only people who are still to read lessons that changed since their certificate."""
    has_no_email: bool = False
    """Only people whom no reminder or invitation reaches."""
    owing: frozenset[uuid.UUID] | None = None
    """The duties of these, once they have been looked up: `queries.find_owing`."""
    order: StatusOrder = StatusOrder.NAME

    @property
    def is_of_some(self) -> bool:
        """True if it leaves people out, whatever their group and requirement."""
        filters = (self.text, self.team_id, self.end, self.from_on, self.to_on, self.owes_top_up, self.has_no_email)
        return any(value for value in filters)


class Row(NamedTuple):
    """One person's duty as it is shown, exported and packed. Days are the firm's."""

    membership_id: uuid.UUID
    assignment_id: uuid.UUID
    name: str
    employee_number: str | None
    job_title: str | None
    teams: tuple[str, ...]
    hired_on: dt.date | None
    requirement_id: uuid.UUID
    requirement: str
    course: str
    status: Status
    due_on: dt.date
    completed_on: dt.date | None
    serial: str | None
    minutes: int | None
    unapproved_state: str | None
    waived_until: dt.date | None
    """The last day of the waiver that holds, of someone who is waived."""
    is_recorded: bool = False
    """What covers the person is a training elsewhere that the firm recorded: it has no certificate."""
    top_up_due_on: dt.date | None = None
    """By when the person is to read lessons that changed since the certificate; None if none are left, and of a past
    day. The certificate stays valid either way."""
    shortfall: Shortfall | None = None
    """Why a certificate that is valid doesn't count, of someone who has something to do."""

    @property
    def basis(self) -> Basis | None:
        """What the completion rests on, of someone with one."""
        if self.completed_on is None:
            return None
        return Basis.RECORDED if self.is_recorded else Basis.CERTIFICATE

    @property
    def is_only_trained(self) -> bool:
        """True for someone who is trained where the state wants an approved course, which ours isn't."""
        return self.unapproved_state is not None and self.serial is not None


@dataclass(slots=True)
class StatusCounts:
    """How many duties have each status, and how many people have them, in all and by team."""

    people: int = 0
    people_current: int = 0
    """Of them, current in everything that is required of them."""
    people_by_group: dict[StatusGroup, int] = field(default_factory=dict)
    """How many have a duty that stands there."""
    by_status: dict[Status, int] = field(default_factory=dict)
    by_team: dict[uuid.UUID, StatusCounts] = field(default_factory=dict)
    """Of people alone."""

    @property
    def total(self) -> int:
        """All duties."""
        return sum(self.by_status.values())

    def of(self, group: StatusGroup) -> int:
        """Return how many duties stand in a group of statuses."""
        return sum(self.by_status.get(status, 0) for status in GROUPS[group])

    def people_of(self, group: StatusGroup) -> int:
        """Return how many people have a duty in a group of statuses."""
        return self.people_by_group.get(group, 0)

    @property
    def people_by_worst(self) -> dict[str, int]:
        """How many people are current in everything, due soon, overdue, or none of these: each is counted once."""
        late, current = self.people_of(StatusGroup.LATE), self.people_current
        due = self.people_of(StatusGroup.ATTENTION) - late
        return {"current": current, "due": due, "late": late, "rest": self.people - current - due - late}


class DayShare(NamedTuple):
    """How many people were current on a day, of how many."""

    day: dt.date
    people: int
    current: int


def worst_first(name: str | None, counts: StatusCounts) -> tuple[bool, float, int, str]:
    """Return by what teams are sorted: the smallest share of current people first, of two with one share the one with
    more people overdue; who is in no team comes last."""
    share = counts.people_current / counts.people
    return name is None, share, -counts.people_of(StatusGroup.LATE), fold(name or "")


class Outlook(NamedTuple):
    """Where people stand today, and what ends in the next 30 days: how many duties, by kind and day."""

    counts: StatusCounts
    ends: Mapping[tuple[End, dt.date], int]

    def ending(self, end: End, from_on: dt.date, to_on: dt.date) -> int:
        """Return how many duties end so within these days."""
        return sum(number for (kind, day), number in self.ends.items() if kind is end and from_on <= day <= to_on)


def month_ends(today: dt.date) -> list[dt.date]:
    """Return the last days of the eleven months before, oldest first, and today."""
    first = today.replace(day=1)
    return [*(add_months(first, -back) - dt.timedelta(days=1) for back in range(10, -1, -1)), today]


def is_kept(law: FormerStaff, ended_on: dt.date, completed_on: dt.date | None, day: dt.date) -> bool:
    """Return True if a law wants the records of someone who has left to be kept on a day."""
    since = ended_on if law.since == "leaving" else completed_on
    return since is not None and since >= first_kept(law, day)


def first_kept(law: FormerStaff, day: dt.date) -> dt.date:
    """Return the earliest day of leaving, or of completion, whose records a law still wants on a day."""
    first = add_months(day, -12 * law.years)
    # No February 29 that many years ago.
    return first if add_months(first, 12 * law.years) >= day else first + dt.timedelta(days=1)
