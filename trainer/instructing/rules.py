"""Who is stuck, when to nudge, and shares with how sure they are. Pure: time is an argument."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, NamedTuple

from trainer.learning.rules import CourseProgress
from trainer.organizations.rules import FOLLOW_UPS

IDLE_AFTER: Final = dt.timedelta(days=7)
"""Without any activity for so long, whoever isn't done is stuck."""
NUDGES_APART: Final = dt.timedelta(days=3)
"""A class sends one person at most one mail in this time."""


def is_stuck(*, last_active: dt.datetime, is_complete: bool, has_failed_last: bool, now: dt.datetime) -> bool:
    """Return True for whoever isn't done and either did nothing for a week or failed the last try."""
    return not is_complete and (has_failed_last or now - last_active >= IDLE_AFTER)


def may_nudge(last_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Return True if the last mail, if any, was long enough ago."""
    return last_at is None or now - last_at >= NUDGES_APART


def bucket(now: dt.datetime) -> int:
    """Return in which span of `NUDGES_APART` since 1970 an instant lies."""
    return int(now.timestamp() // NUDGES_APART.total_seconds())


def is_follow_up_due(invited_on: dt.date, mailed_on: dt.date | None, today: dt.date) -> bool:
    """Return True if one of the days on which an unanswered invitation goes out again has come since the last mail."""
    passed = [day for after in FOLLOW_UPS if (day := invited_on + dt.timedelta(days=after)) <= today]
    return bool(passed) and (mailed_on is None or mailed_on < passed[-1])


class Answer(StrEnum):
    """What someone who is invited to a class has said."""

    WAITING = "waiting"
    JOINED = "joined"
    DECLINED = "declined"  # or left after joining


class Grain(StrEnum):
    """How finely answers are counted."""

    ALL = "all"
    CATEGORY = "category"
    SCENE = "scene"
    INDICATOR = "indicator"


LEAST: Final = {Grain.ALL: 10, Grain.CATEGORY: 10, Grain.SCENE: 10, Grain.INDICATOR: 30}
"""Responses below which a share says too little; `measures.disclosure` says which of the others may be told."""


@dataclass(frozen=True, slots=True)
class Rate:
    """How often something was said, of how many responses of how many people."""

    part: int
    whole: int
    people: int
    interval: tuple[float, float] = (0.0, 1.0)
    """Where the share of other people in other scenes plausibly lies."""
    is_shown: bool = False
    """True if it may be told: there is enough of it, and neither it nor what is left of the group tells of a person."""

    @property
    def share(self) -> float:
        """The share, between 0 and 1."""
        return self.part / self.whole if self.whole else 0.0


@dataclass(frozen=True, slots=True)
class Misread:
    """What a group said of the scenes of one kind."""

    grain: Grain
    key: str
    """A sign's id, a category's name, a scene's id; empty for all, and for scenes without a sign."""
    label: str
    hits: Rate
    """Of scenes to report: how many were reported."""
    false_alarms: Rate
    """Of innocent scenes: how many were reported."""

    @property
    def is_shown(self) -> bool:
        """True if at least one of the shares can be said."""
        return self.hits.is_shown or self.false_alarms.is_shown


class Show(StrEnum):
    """Whom the board shows."""

    ALL = "all"
    STUCK = "stuck"
    DONE = "done"


class BoardOrder(StrEnum):
    """How the board is sorted."""

    BEHIND = "behind"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One learner as the instructor sees them: counts, never an answer."""

    member_id: uuid.UUID
    user_id: uuid.UUID
    name: str
    joined_at: dt.datetime
    standing: CourseProgress | None
    """None before the course is begun."""
    last_active: dt.datetime
    practices: int
    """Practices handed in."""
    tries: int
    """Finals handed in."""
    hits: int | None
    """Of the last final handed in; None unless it was passed."""
    concerns: int | None
    false_alarms: int | None
    innocents: int | None
    is_last_failed: bool
    serial: str | None
    completed_at: dt.datetime | None
    nudged_at: dt.datetime | None
    is_stuck: bool

    @property
    def has_begun(self) -> bool:
        """True once something was done in the course: joining a class alone opens it."""
        where = self.standing
        return where is not None and bool(where.done_lessons or where.active_minutes or self.practices or self.tries)

    @property
    def is_complete(self) -> bool:
        """True once the course is completed."""
        return self.completed_at is not None


class Mark(NamedTuple):
    """By what someone in a class is counted, narrowed and sorted on the board."""

    member_id: uuid.UUID
    user_id: uuid.UUID
    name: str
    joined_at: dt.datetime
    last_active: dt.datetime
    practices: int
    """Practices handed in."""
    completed_at: dt.datetime | None
    is_last_failed: bool
    nudged_at: dt.datetime | None
    is_stuck: bool

    @property
    def is_complete(self) -> bool:
        """True once the course is completed."""
        return self.completed_at is not None


def narrow(marks: list[Mark], show: Show, order: BoardOrder) -> list[Mark]:
    """Return those to show, who come by name, or who is stuck first, then the longest idle; who is done comes last."""
    shown = [
        mark
        for mark in marks
        if show is Show.ALL or (show is Show.STUCK and mark.is_stuck) or (show is Show.DONE and mark.is_complete)
    ]
    if order is BoardOrder.BEHIND:
        return sorted(shown, key=lambda mark: (mark.is_complete, not mark.is_stuck, mark.last_active))
    return shown


def mistaken(row: Misread, *, is_missed: bool) -> Rate:
    """Return how often scenes to report were missed, or innocent ones reported."""
    if not is_missed:
        return row.false_alarms
    hits, (low, high) = row.hits, row.hits.interval
    return replace(hits, part=hits.whole - hits.part, interval=(1 - high, 1 - low))
