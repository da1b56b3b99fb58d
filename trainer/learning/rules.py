"""What is still missing, and how much time counts as active. Pure: time is an argument."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from itertools import takewhile
from typing import Any

from trainer.content.objects import Course
from trainer.content.times import in_minutes

LONGEST_BEAT = dt.timedelta(seconds=90)
"""A heartbeat comes each 30 seconds; one that comes later than this was asleep."""
RENEWAL_WINDOW = dt.timedelta(days=60)
"""How long before a credential runs out its holder may take the course again."""
LAST_CHECK_INS = 5
ENOUGH_CHECK_INS = 4
"""Of the last check-ins that were due: anyone who did this many has kept up, and renews the short way."""
RENEWS_SHORT_FOR = dt.timedelta(days=365)
"""How long after a credential has run out its holder may still renew the short way."""


@dataclass(frozen=True)
class LessonNeed:
    """A lesson of the course as completion sees it."""

    id: str
    title: str
    seconds: float
    """What reading it takes."""
    is_done: bool
    choice: str | None = None
    """The module that it is one choice of; one lesson of it is enough."""
    is_chosen: bool = False
    """True if it is the one for the learner's workplace."""
    is_core: bool = True
    """False if it goes deeper, and nobody has to read it."""
    is_known: bool = False
    """True if it counts as done because the learner showed that they know the core path, and never read it."""

    @property
    def module(self) -> str:
        """The module that it belongs to."""
        return self.id.partition("/")[0]

    @property
    def stands_for_choice(self) -> tuple[bool, bool]:
        """How well it stands for the others of its choice: what was read counts before what was chosen."""
        return self.is_done, self.is_chosen


@dataclass(frozen=True, slots=True)
class Begun:
    """An enrollment as far as a lesson's page needs it."""

    id: uuid.UUID
    place: str | None
    is_paced: bool
    is_tested_out: bool
    is_short: bool
    read: frozenset[str]
    """Ids of the lessons that are marked as read."""
    has_answered: bool
    """Whether there is an answer to a question of this lesson."""
    user_id: uuid.UUID
    pin_replaced_at: dt.datetime | None
    """Of that user (`accounts.after_slip`)."""


@dataclass(frozen=True)
class Path:
    """The lessons of a course as one learner has read them."""

    lessons: tuple[LessonNeed, ...]

    @property
    def missing_lessons(self) -> tuple[LessonNeed, ...]:
        """Lessons of the core path that aren't done, in course order. Of a choice, one stands for all."""
        return tuple(lesson for lesson in self.path if not lesson.is_done)

    @cached_property
    def path(self) -> tuple[LessonNeed, ...]:
        """The core path, in course order; of a choice the one read, or else the one chosen, or else the first."""
        return _one_of_each(need for need in self.lessons if need.is_core)

    @cached_property
    def deeper(self) -> tuple[LessonNeed, ...]:
        """The lessons that are optional, in course order; of a choice one, as on the path."""
        return _one_of_each(need for need in self.lessons if not need.is_core)

    @property
    def has_known(self) -> bool:
        """True if lessons count as done that were never read."""
        return any(need.is_known for need in self.path)

    def find(self, lesson: str) -> LessonNeed | None:
        """Find a lesson by its id."""
        return self._by_id.get(lesson)

    @cached_property
    def _by_id(self) -> dict[str, LessonNeed]:
        return {need.id: need for need in self.lessons}

    @property
    def minutes_to_read(self) -> int:
        """Minutes that the missing lessons take, rounded up once for all of them; 0 if none is missing."""
        missing = self.missing_lessons
        return in_minutes(sum(need.seconds for need in missing)) if missing else 0

    def comes_first(self, lesson: str) -> LessonNeed | None:
        """Return what must be read before a lesson when lessons are read in order; None if it may be read.

        All of the core path comes before what goes deeper.
        """
        this = self.find(lesson)
        if this is None or this.is_done:
            return None
        place = this.choice or this.id
        before = takewhile(lambda need: (need.choice or need.id) != place, self.path)
        return next((need for need in before if not need.is_done), None)

    @property
    def all_lessons(self) -> int:
        """How many lessons the core path has; those of a choice count as one."""
        return len(self.path)

    @property
    def done_lessons(self) -> int:
        """How many of `all_lessons` are done."""
        return self.all_lessons - len(self.missing_lessons)

    @property
    def by_module(self) -> dict[str, tuple[int, int]]:
        """How many of `all_lessons` each module of the core path has, and how many of those are done: (done, all)."""
        counts: dict[str, tuple[int, int]] = {}
        for need in self.path:
            done, every = counts.get(need.module, (0, 0))
            counts[need.module] = done + need.is_done, every + 1
        return counts


def _one_of_each(lessons: Iterable[LessonNeed]) -> tuple[LessonNeed, ...]:
    chosen: dict[str, LessonNeed] = {}
    for lesson in lessons:
        place = lesson.choice or lesson.id
        if place not in chosen or lesson.stands_for_choice > chosen[place].stands_for_choice:
            chosen[place] = lesson
    return tuple(chosen.values())


@dataclass(frozen=True)
class CourseProgress(Path):
    """Where a learner stands in a course. The same object shows progress and decides completion."""

    least_minutes: int
    active_seconds: int
    is_final_passed: bool
    has_name: bool
    is_attested: bool = True

    @property
    def active_minutes(self) -> int:
        """Whole active minutes."""
        return self.active_seconds // 60

    @property
    def missing_minutes(self) -> int:
        """Whole active minutes still to come, rounded up."""
        return max(0, -(-(self.least_minutes * 60 - self.active_seconds) // 60))

    @cached_property
    def to_fill(self) -> tuple[LessonNeed, ...]:
        """Optional lessons for the active minutes that the missing lessons leave: in course order, unread ones first,
        until they fill the minutes."""
        left = self.missing_minutes * 60 - sum(need.seconds for need in self.missing_lessons)
        filling: list[LessonNeed] = []
        for need in sorted(self.deeper, key=lambda lesson: lesson.is_done):
            if left <= 0:
                break
            filling.append(need)
            left -= need.seconds
        return tuple(filling)

    @property
    def is_ready_for_final(self) -> bool:
        """True once lessons and minutes are done; the name is asked on the way in."""
        return not self.missing_lessons and not self.missing_minutes

    @property
    def is_complete(self) -> bool:
        """True once nothing is missing."""
        return self.is_ready_for_final and self.has_name and self.is_attested and self.is_final_passed


@dataclass(frozen=True)
class Reading:
    """When a lesson was marked as read, for the first and for the last time."""

    first: dt.datetime
    last: dt.datetime


def read_ahead(path: tuple[LessonNeed, ...], readings: Mapping[str, Reading]) -> list[str]:
    """Return the lessons that were read before one that comes earlier on the path.

    One that is done without being read itself has its place on the path, whenever that was.
    """
    reached: dt.datetime | None = None
    ahead: list[str] = []
    is_broken = False
    for need in path:
        reading = readings.get(need.id)
        if reading is None and need.is_done:
            continue
        is_broken |= reading is None or (reached is not None and reading.last < reached)
        if reading is not None and is_broken:
            ahead.append(need.id)
        elif reading is not None:
            reached = max(reading.first, reached) if reached else reading.first
    return ahead


@dataclass(frozen=True)
class RequiredConditions:
    """What someone else, such as a firm, asks of a completion."""

    minutes: int
    is_paced: bool
    attestation: str | None
    unapproved_state: str | None = None
    """The state that wants an approved course, which this one isn't: its credential will say so."""
    allows_test_out: bool = True
    """Whoever shows before the course that they know the core path needn't read it."""


@dataclass(frozen=True)
class Conditions:
    """What a completion takes, and what its credential will say: frozen when set. `version` is that of the shape."""

    least_minutes: int = 0
    """The most of what the course asks for and of `asked_minutes`."""
    edition: str | None = None
    achievement: str = ""
    validity_months: int = 0
    attestation: str | None = None
    """The sentence to sign."""
    is_paced: bool = False
    """Lessons are read in order."""
    unapproved_states: tuple[str, ...] = ()
    """States that want an approved course, which this one isn't."""
    asked_minutes: int = 0
    """Active minutes that someone else asks for, such as a firm; these stay where the course's own are waived."""
    allows_test_out: bool = True
    """Showing before the course that one knows the core path counts as having read it."""
    is_required: bool = False
    """Someone else, such as a firm, requires this course itself: no try in another course uses up one of its own."""
    is_short: bool = False
    """A renewal with only the lessons for renewing; the course's own lessons and minutes aren't asked for again."""
    version: int = 1

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Conditions:
        """Return conditions that were kept. Older ones lack what was added later; who asked for their minutes isn't
        known."""
        known = {name: value for name, value in kept.items() if name in cls.__dataclass_fields__}
        states = tuple(known.get("unapproved_states", ()))
        return cls(**{"asked_minutes": known.get("least_minutes", 0), **known, "unapproved_states": states})

    def kept(self) -> dict[str, Any]:
        """Return them ready for JSON."""
        return {**asdict(self), "unapproved_states": list(self.unapproved_states)}


def tightened(conditions: Conditions, asked: RequiredConditions) -> Conditions:
    """Return conditions that ask for no less than this. They never loosen, and a sentence that is there stays."""
    states = {*conditions.unapproved_states, *filter(None, [asked.unapproved_state])}
    return replace(
        conditions,
        least_minutes=max(conditions.least_minutes, asked.minutes),
        is_paced=conditions.is_paced or asked.is_paced,
        attestation=conditions.attestation or asked.attestation,
        asked_minutes=max(conditions.asked_minutes, asked.minutes),
        allows_test_out=conditions.allows_test_out and asked.allows_test_out,
        is_required=True,
        unapproved_states=tuple(sorted(states)),
    )


@dataclass(frozen=True, slots=True)
class Renewal:
    """How a certificate is renewed, for its holder."""

    course: Course
    valid_until: dt.date
    opens_on: dt.date
    """The first day on which the course may be taken again."""
    is_open: bool
    is_short: bool
    """With the lessons for renewing and the final; otherwise with the whole core path."""
    is_expired: bool = False
    is_long_expired: bool = False
    """For longer than it can be renewed the short way."""
    is_revoked: bool = False
    is_under_way: bool = False
    """It has already begun."""


def opens_on(valid_until: dt.date) -> dt.date:
    """Return the first day on which a course whose credential isn't withdrawn may be taken again."""
    return valid_until - RENEWAL_WINDOW


def renews_short(
    *, earned: str, current: str, done_check_ins: int, is_revoked: bool, valid_until: dt.date, today: dt.date
) -> bool:
    """Return True if someone renews by the lessons for that and the final.

    `earned`, `current`: versions of the course; what comes before the dot has to be the same. `done_check_ins`: how
    many of the last `LAST_CHECK_INS` that were due the holder did, which makes up for another version. `valid_until`:
    the last day of the credential, which may be past, but not for too long.
    """
    is_same = earned.partition(".")[0] == current.partition(".")[0]
    is_lasting = not (is_revoked or is_long_expired(valid_until, today))
    return is_lasting and (is_same or done_check_ins >= ENOUGH_CHECK_INS)


def is_long_expired(valid_until: dt.date, today: dt.date) -> bool:
    """Return True once a credential ran out too long ago to renew it the short way."""
    return today > valid_until + RENEWS_SHORT_FOR


def can_renew(*, valid_until: dt.date, is_revoked: bool, today: dt.date) -> bool:
    """Return True once a credential expires soon, has expired, or was withdrawn."""
    return is_revoked or today >= opens_on(valid_until)


def credit(
    opened_at: dt.datetime, now: dt.datetime, longest: dt.timedelta, active_until: dt.datetime | None
) -> tuple[int, dt.datetime]:
    """Return (seconds to credit, new end of the credited time) for a page open from `opened_at` to `now`.

    At most `longest` counts from one page. Time that another tab or an earlier post was credited for,
    everything before `active_until`, counts once.
    """
    start = max(opened_at, active_until) if active_until else opened_at
    end = min(now, opened_at + longest)
    if opened_at > now or end <= start:
        return 0, active_until or opened_at
    return int((end - start).total_seconds()), end


def longest_reading(minutes: int) -> dt.timedelta:
    """Return how long a lesson of `minutes` may count when nothing tells whether anybody was there."""
    return dt.timedelta(minutes=2 * minutes)


def slowest_reading(minutes: int) -> int:
    """Return for how many seconds a lesson of `minutes` may count in all, even for someone who reads very slowly."""
    return 4 * 60 * minutes
