"""Drawing, scoring, passing and trying again. Pure: chance and time are arguments."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final

from trainer.assessment.deciding import FinalCounts, FinalQuestion
from trainer.content.curriculum import RetryRule
from trainer.items.judge.payload import Judged, Outcome

REPLACED: Final = "replaced"
"""Under this name the rule of a final keeps which scenes were answered too fast, and were replaced, once."""
_WRONG: Final = {FinalQuestion.MISSED: Outcome.MISS, FinalQuestion.OVER_REPORTED: Outcome.FALSE_ALARM}


class Kind(StrEnum):
    """Kinds of attempts."""

    FIRST_TRY = "first_try"  # open scenes, the verdict alone
    PRETEST = "pretest"  # before the first course, once ever
    PRACTICE = "practice"
    DRILL = "drill"  # further questions about open scenes
    SHIFT = "shift"  # the scenes of one night, in clock order
    RARE = "rare"  # short events of one night, nearly all of them ordinary
    FINAL = "final"
    CHECK_IN = "check_in"  # two minutes, on the days of a schedule after passing
    FOLLOW_UP = "follow_up"  # the check-in that asks the other form of the pretest
    RETEST = "retest"  # the same form, asked by a trial at the same time of people with and without training


class Sitting(StrEnum):
    """Kinds of sittings that say different things of a scene."""

    UNTRAINED = "untrained"  # a pretest, or a first try before any lesson
    PRACTICE = "practice"
    FINAL = "final"
    CHECK_IN = "check_in"


@dataclass(frozen=True)
class Tally:
    """Counts of an attempt."""

    hits: int
    misses: int
    false_alarms: int
    correct_rejections: int
    unanswered: int
    forbidden: int
    first_actions_right: int
    certain: int
    certain_and_wrong: int
    danger_missed: int = 0
    exact: int | None = None
    """Answers that were the best of the three; None where scenes didn't say which that is."""

    @property
    def concerns(self) -> int:
        """How many answered scenes were ones to report."""
        return self.hits + self.misses

    @property
    def innocents(self) -> int:
        """How many answered scenes were not."""
        return self.false_alarms + self.correct_rejections

    @property
    def answered(self) -> int:
        """How many scenes were answered."""
        return self.concerns + self.innocents

    @property
    def is_far_off(self) -> bool:
        """True if over a third of the verdicts were wrong. Guessing hardly ever does better."""
        return 3 * (self.misses + self.false_alarms) > self.answered

    @property
    def counts(self) -> FinalCounts:
        """What a final's rule looks at."""
        return FinalCounts(
            scenes=self.answered + self.unanswered,
            missed=self.misses,
            over_reported=self.false_alarms,
            danger_without_911=self.danger_missed,
            harmful=self.forbidden,
            good_first_steps=self.first_actions_right,
            unanswered=self.unanswered,
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the counts for keeping."""
        return asdict(self)

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Tally:
        """Return counts that were kept. Older ones lack what was counted later, newer ones may hold more."""
        return cls(**{name: number for name, number in kept.items() if name in cls.__dataclass_fields__})


@dataclass(frozen=True, slots=True)
class RightOf:
    """How many of the scenes that were answered were judged as the rule does."""

    right: int
    answered: int

    @classmethod
    def of(cls, tally: Tally) -> RightOf:
        """Return the result of a tally."""
        return cls(tally.hits + tally.correct_rejections, tally.answered)


@dataclass(frozen=True)
class Points:
    """Points for further questions: of how many, and how many were answered that can be right or wrong."""

    points: float
    items: int
    answered: int

    def as_dict(self) -> dict[str, Any]:
        """Return the points for keeping."""
        return asdict(self)

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Points:
        """Return points that were kept."""
        return cls(kept["points"], kept["items"], kept["answered"])


@dataclass(frozen=True)
class FailedTry:
    """A final that was handed in and not passed: in which round, which try of it, when, and which lessons it named."""

    round: int
    number: int
    at: dt.datetime
    lessons: Sequence[str] = ()


@dataclass(frozen=True)
class TryDecision:
    """Whether the next try at a final may start now, and if not, why."""

    is_allowed: bool
    round: int
    number: int
    opens_at: dt.datetime | None = None
    """The day it waits for, if that is still to come."""
    lessons: tuple[str, ...] = ()
    """Lessons to read again first."""

    @property
    def begins_round(self) -> bool:
        """True if all tries of the round before are used."""
        return self.round > 1 and self.number == 1


def draw_drills(drills: Sequence[str], number: int, seen: Collection[str], rng: random.Random) -> list[str]:
    """Return ids of questions, unseen ones first, at most one of a scene."""
    drawn: dict[str, str] = {}
    for drill in sorted(rng.sample(list(drills), len(drills)), key=lambda drill_id: drill_id in seen):
        drawn.setdefault(drill.partition("/")[0], drill)
    chosen = list(drawn.values())[:number]
    rng.shuffle(chosen)
    return chosen


def count(judged: Iterable[Judged]) -> Tally:
    """Return the counts of judged scenes."""
    scenes = list(judged)

    def number(outcome: Outcome) -> int:
        return sum(scene.outcome is outcome for scene in scenes)

    certain = [scene for scene in scenes if scene.is_certain and scene.outcome]
    exact = [scene.is_exact for scene in scenes]
    return Tally(
        hits=number(Outcome.HIT),
        misses=number(Outcome.MISS),
        false_alarms=number(Outcome.FALSE_ALARM),
        correct_rejections=number(Outcome.CORRECT_REJECTION),
        unanswered=sum(scene.outcome is None for scene in scenes),
        forbidden=sum(scene.is_harmful for scene in scenes),
        first_actions_right=sum(scene.is_first_action_right for scene in scenes),
        certain=len(certain),
        certain_and_wrong=sum(not scene.outcome.is_right for scene in certain if scene.outcome),
        danger_missed=sum(scene.is_danger_missed for scene in scenes if scene.outcome),
        exact=None if all(matches is None for matches in exact) else exact.count(True),
    )


def decide_try(
    rule: RetryRule,
    failed: Sequence[FailedTry],
    readings: Mapping[str, dt.datetime],
    granted: Collection[int],
    now: dt.datetime,
) -> TryDecision:
    """Return whether the next try may start.

    `failed`: the failed tries, in the order of their numbers; `readings`: lesson id to when it was last marked as
    read; `granted`: rounds that someone opened early. From try `wait_before_try` of a round on, `wait_days` must have
    passed since the last try and the lessons it named must have been read since; after the last try of a round it is
    `round_days`, unless the next round was granted.
    """
    if not failed:
        return TryDecision(True, 1, 1)
    last = failed[-1]
    taken = {attempt.number for attempt in failed if attempt.round == last.round}
    free = [number for number in range(1, rule.tries + 1) if number not in taken]
    if free:  # the next one; where an earlier one was canceled, that
        round_, number, days = last.round, free[0], rule.wait_days
        is_open = len(taken) + 1 < rule.wait_before_try
    else:
        round_, number, days = last.round + 1, 1, rule.round_days
        is_open = round_ in granted
    if is_open:
        return TryDecision(True, round_, number)
    unread = tuple(lesson for lesson in last.lessons if readings.get(lesson, last.at) <= last.at)
    opens_at = last.at + dt.timedelta(days=days)
    return TryDecision(now >= opens_at and not unread, round_, number, opens_at if now < opens_at else None, unread)


def lessons_for(
    judged: Iterable[tuple[Sequence[str], Judged]],
    taught: Mapping[str, Sequence[str]],
    steps_lesson: str | None = None,
    first: FinalQuestion | None = None,
    most: int = 3,
) -> list[str]:
    """Return lessons to read for scenes that went wrong: those that teach most of what did, of what is `first` before.

    For a wrong verdict those are the lessons of the signs in the scene; for a first step that harms, or isn't the
    emergency call where it must be, the lesson on first steps, which is always among them. It leads if steps are first.

    `judged`: the signs of each scene, and how it was judged; `taught`: indicator id to lesson ids, in course order.
    """
    leading, times = Counter[str](), Counter[str]()
    for signs, scene in judged:
        lessons = [lesson for sign in signs for lesson in taught.get(sign, ())]
        is_step_wrong = scene.is_harmful or scene.is_danger_missed
        if scene.outcome is not None and scene.outcome.is_right and (steps_lesson or not is_step_wrong):
            lessons = []
        times.update([*lessons, steps_lesson] if steps_lesson and is_step_wrong else lessons)
        if first is None or scene.outcome is _WRONG.get(first):
            leading.update(lessons)
    others = [lesson for lesson in times if lesson != steps_lesson]
    named = sorted(others, key=lambda lesson: (-leading[lesson], -times[lesson]))
    if steps_lesson and first and first.is_of_steps:
        return [steps_lesson, *named][:most]
    return [*named[: most - 1], steps_lesson] if steps_lesson and steps_lesson in times else named[:most]
