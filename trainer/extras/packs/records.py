"""What an evidence pack shows of a firm, found in its records (`reading.py`) or made up (`sample.py`)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from trainer.assignments.models import Requirement, RequirementVersion
from trainer.compliance.rules import Row, StatusCounts
from trainer.content.library import Course
from trainer.content.papers import Pack
from trainer.credentials.models import Credential
from trainer.learning.models import Enrollment
from trainer.organizations.models import Membership

Rule = Requirement | RequirementVersion
"""A requirement as it is, or as it was on a day."""


class PackPerson(NamedTuple):
    """Someone on the roster that day, and the teams they were in then."""

    membership: Membership
    teams: tuple[str, ...]


class FormerPerson(NamedTuple):
    """Someone who had left by that day, with a certificate earned before that; once without, if there is none."""

    membership: Membership
    credential: Credential | None


class Excuse(NamedTuple):
    """A waiver: why, until which day, who decided it, and who ended it early."""

    name: str
    employee_number: str | None
    requirement: str
    reason: str
    until: dt.date
    made_at: dt.datetime
    made_by: str
    ended_at: dt.datetime | None
    ended_by: str | None
    is_in_effect: bool
    """On the pack's day."""


class TaughtLesson(NamedTuple):
    """Someone who was at a meeting. Without `signed_at`, nothing was signed off for them."""

    name: str
    employee_number: str | None
    lessons: int
    minutes: int
    signed_at: dt.datetime | None
    signed_by: str | None
    signed_as: str | None = None
    """The name that the trainer typed; nothing on records from before there were signatures."""
    statement: str | None = None
    """What was signed."""


class Meeting(NamedTuple):
    """A meeting in person, and who was there, by name."""

    held_on: dt.date
    minutes: int
    class_title: str
    course: str
    lessons: tuple[str, ...]
    taught_by: str
    people: Sequence[TaughtLesson]
    place: str | None = None


class Trained(NamedTuple):
    """A training elsewhere that the firm recorded and that counted on the day."""

    name: str
    employee_number: str | None
    title: str
    issuer: str
    completed_on: dt.date
    minutes: int
    note: str | None
    recorded_at: dt.datetime
    recorded_by: str
    approved_at: dt.datetime
    approved_by: str
    proof: str | None
    """Its file in the pack."""


class Reminding(NamedTuple):
    """A reminder: which one, for which due day, and what became of it."""

    name: str
    employee_number: str | None
    requirement: str
    kind: str
    due_on: dt.date
    ordered_at: dt.datetime
    outcome: str
    is_sent: bool
    has_no_server: bool = False
    """It isn't sent since the site had no mail server."""


class AuditedChange(NamedTuple):
    """Something that was done to a requirement."""

    at: dt.datetime
    act: str
    requirement: str
    by: str
    details: str


@dataclass(frozen=True, slots=True)
class Records:
    """What a pack shows of a firm. Rows are read when their file is written, each once."""

    firm: str
    zone: str
    as_of: dt.date
    made_at: dt.datetime
    ordered_by: str
    check_url: str | None
    """Where anyone can check the pack; nothing for a sample."""
    requirements: Sequence[Rule]
    """As they were on the day."""
    laws: Sequence[Pack]
    """Packs of those requirements that say for how long records of former staff are kept."""
    team_names: Mapping[uuid.UUID, str]
    """Names of the teams that requirements are for."""
    courses: Sequence[Course]
    counts: StatusCounts
    people: Iterable[PackPerson]
    standings: Iterable[Row]
    completions: Iterable[tuple[Membership, Credential]]
    attestations: Iterable[tuple[Membership, Credential, Enrollment]]
    trainings: Iterable[Trained]
    former: Iterable[FormerPerson]
    excuses: Iterable[Excuse]
    meetings: Iterable[Meeting]
    reminders: Iterable[Reminding]
    changes: Iterable[AuditedChange]
    certificates: Mapping[str, str]
    """Serial -> name of its file in the pack."""
    caveats: Sequence[str] = ()
    """What isn't known of the day."""
    limits: str = ""
    """What the pack is limited to; nothing for all of the firm."""
    mark: str | None = None
    """What every file says of a pack that shows nobody."""
