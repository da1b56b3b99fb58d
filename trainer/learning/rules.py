"""What is still missing, and how much time counts as active. Pure: time is an argument."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

LONGEST_BEAT = dt.timedelta(seconds=90)
"""A heartbeat comes each 30 seconds; one that comes later than this was asleep."""
RENEWAL_WINDOW = dt.timedelta(days=60)
"""How long before a credential runs out its holder may take the course again."""


@dataclass(frozen=True)
class LessonNeed:
    """A lesson of the course as completion sees it."""

    id: str
    title: str
    minutes: int
    is_done: bool
    choice: str | None = None
    """The module that it is one choice of; one lesson of it is enough."""


@dataclass(frozen=True)
class Standing:
    """Where a learner stands in a course. The same object shows progress and decides completion."""

    lessons: tuple[LessonNeed, ...]
    least_minutes: int
    active_seconds: int
    is_final_passed: bool
    has_name: bool
    is_attested: bool = True

    @property
    def missing_lessons(self) -> tuple[LessonNeed, ...]:
        """Lessons not yet marked as read, in course order. Where one of several is enough, the first stands for all."""
        return tuple(lesson for lesson in self.path if not lesson.is_done)

    @property
    def path(self) -> tuple[LessonNeed, ...]:
        """The lessons to read, in course order; of a choice the one that was read, or else the first."""
        chosen: dict[str, LessonNeed] = {}
        for lesson in self.lessons:
            place = lesson.choice or lesson.id
            if place not in chosen or (lesson.is_done and not chosen[place].is_done):
                chosen[place] = lesson
        return tuple(chosen.values())

    def comes_first(self, lesson: str) -> LessonNeed | None:
        """Return what must be read before a lesson when lessons are read in order; None if it may be read."""
        this = next((one for one in self.lessons if one.id == lesson), None)
        if this is None or this.is_done:
            return None
        place = this.choice or this.id
        before = takewhile(lambda need: (need.choice or need.id) != place, self.path)
        return next((need for need in before if not need.is_done), None)

    @property
    def all_lessons(self) -> int:
        """How many lessons there are to read; those of a choice count as one."""
        return len(self.path)

    @property
    def done_lessons(self) -> int:
        """How many of `all_lessons` are marked as read."""
        return self.all_lessons - len(self.missing_lessons)

    @property
    def active_minutes(self) -> int:
        """Whole active minutes."""
        return self.active_seconds // 60

    @property
    def missing_minutes(self) -> int:
        """Whole active minutes still to come, rounded up."""
        return max(0, -(-(self.least_minutes * 60 - self.active_seconds) // 60))

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
    """Return the lessons that were read before one that comes earlier on the path."""
    reached: dt.datetime | None = None
    ahead: list[str] = []
    is_broken = False
    for need in path:
        reading = readings.get(need.id)
        is_broken |= reading is None or (reached is not None and reading.last < reached)
        if reading is not None and is_broken:
            ahead.append(need.id)
        elif reading is not None:
            reached = max(reading.first, reached) if reached else reading.first
    return ahead


@dataclass(frozen=True)
class Asked:
    """What someone else, such as a firm, asks of a completion."""

    minutes: int
    is_paced: bool
    attestation: str | None
    unapproved_state: str | None = None
    """The state that wants an approved course, which this one isn't: its credential will say so."""


def tightened(conditions: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    """Return conditions that ask for no less than this. They never loosen, and a sentence that is there stays."""
    states = {*conditions.get("unapproved_states", ()), *filter(None, [asked.unapproved_state])}
    return {
        **conditions,
        "least_minutes": max(int(conditions.get("least_minutes", 0)), asked.minutes),
        "is_paced": bool(conditions.get("is_paced")) or asked.is_paced,
        "attestation": conditions.get("attestation") or asked.attestation,
        **({"unapproved_states": sorted(states)} if states else {}),
    }


def can_renew(*, valid_until: dt.date, is_revoked: bool, today: dt.date) -> bool:
    """Return True once a credential runs out soon, has run out, or was withdrawn."""
    return is_revoked or valid_until - today <= RENEWAL_WINDOW


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
