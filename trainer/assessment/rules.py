"""Drawing, scoring, passing and trying again. Pure: chance and time are arguments."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from trainer.courses.schema import Confidence, PassRule, RetryRule, Rule, Truth, Verdict


class Kind(StrEnum):
    """Kinds of attempts."""

    PRACTICE = "practice"
    DRILL = "drill"  # further questions about open scenes
    SHIFT = "shift"  # the scenes of one night, in clock order
    FINAL = "final"


class Outcome(StrEnum):
    """Signal-detection outcome of one scene."""

    HIT = "hit"
    MISS = "miss"
    FALSE_ALARM = "false_alarm"
    CORRECT_REJECTION = "correct_rejection"

    @property
    def is_right(self) -> bool:
        """True for a hit or a correct rejection."""
        return self in {Outcome.HIT, Outcome.CORRECT_REJECTION}


@dataclass(frozen=True)
class Pair:
    """Two scenes that differ in one controlling fact, by their ids."""

    concern: str
    no_concern: str


@dataclass(frozen=True)
class Judged:
    """One scene with what was said of it."""

    outcome: Outcome | None  # None: not answered
    is_certain: bool
    forbidden: str | None
    is_first_action_right: bool
    is_danger_missed: bool = False
    """Danger now, and the first action isn't the 911 call."""


@dataclass(frozen=True)
class Marked:
    """A further question with what was chosen. `points` is between 0 and 1."""

    right: int
    missed: int
    wrong: int
    points: float

    @property
    def is_right(self) -> bool:
        """True if nothing was missed and nothing is wrong."""
        return not self.missed and not self.wrong


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

    def as_dict(self) -> dict[str, int]:
        """Return the counts for keeping."""
        return asdict(self)


@dataclass(frozen=True)
class TryDecision:
    """Whether a final may start now, and if not, why."""

    is_allowed: bool
    number: int
    opens_at: dt.datetime | None = None
    lessons: tuple[str, ...] = ()
    is_last_used: bool = False


def draw(pairs: Sequence[Pair], scenes: int, seen: Collection[str], rng: random.Random) -> list[str]:
    """Return ids of `scenes` scenes in random order: half of each truth, one twin of a pair, unseen ones first."""
    if len(pairs) < scenes:
        raise ValueError(f"{scenes} scenes need as many pairs; there are {len(pairs)}")
    half = scenes // 2
    shuffled = rng.sample(list(pairs), len(pairs))
    # Of pairs with one twin seen, no more than half of the scenes can show the other twin of a kind.
    new_concern = [pair for pair in shuffled if pair.concern not in seen and pair.no_concern in seen][:half]
    new_innocent = [pair for pair in shuffled if pair.concern in seen and pair.no_concern not in seen][:half]
    turned = {*new_concern, *new_innocent}
    ranks = {
        pair: 1 if pair in turned else 2 if pair.concern in seen or pair.no_concern in seen else 0 for pair in shuffled
    }
    fresh = sorted(shuffled, key=lambda pair: ranks[pair])[:scenes]
    # Giving the places of "concern" to pairs that gain most by it shows as many unseen scenes as can be.
    fresh.sort(key=lambda pair: (pair.concern in seen) - (pair.no_concern in seen))
    drawn = [pair.concern for pair in fresh[:half]] + [pair.no_concern for pair in fresh[half:]]
    rng.shuffle(drawn)
    return drawn


def draw_drills(drills: Sequence[str], number: int, seen: Collection[str], rng: random.Random) -> list[str]:
    """Return ids of questions, unseen ones first, at most one of a scene."""
    drawn: dict[str, str] = {}
    for drill in sorted(rng.sample(list(drills), len(drills)), key=lambda one: one in seen):
        drawn.setdefault(drill.partition("/")[0], drill)
    chosen = list(drawn.values())[:number]
    rng.shuffle(chosen)
    return chosen


def judge(snapshot: Mapping[str, Any], given: Mapping[str, Any] | None) -> Judged:
    """Return how one scene was judged."""
    verdict = (given or {}).get("verdict")
    action = next((one for one in snapshot["actions"] if one["id"] == (given or {}).get("action")), None)
    return Judged(
        outcome=outcome(Truth(snapshot["truth"]), Verdict(verdict)) if verdict else None,
        is_certain=(given or {}).get("confidence") == Confidence.CERTAIN,
        forbidden=action["forbidden"] if action else None,
        is_first_action_right=bool(action and action["key"]),
        is_danger_missed=snapshot["rule"] == Rule.DANGER_NOW and not (action and action["key"]),
    )


def mark(snapshot: Mapping[str, Any], chosen: Collection[str]) -> Marked:
    """Return how a further question was answered.

    Each right choice counts for, each wrong one against; nothing falls below 0. Where nothing is right, choosing
    nothing earns the point.
    """
    keys = {option["id"] for option in snapshot["options"] if option["key"]}
    right, wrong = len(keys.intersection(chosen)), len(set(chosen) - keys)
    points = max(0.0, (right - wrong) / len(keys)) if keys else float(not wrong)
    return Marked(right, len(keys) - right, wrong, points)


def outcome(truth: Truth, verdict: Verdict) -> Outcome:
    """Return the outcome: only "report now" is a yes."""
    if truth is Truth.CONCERN:
        return Outcome.HIT if verdict is Verdict.REPORT_NOW else Outcome.MISS
    return Outcome.FALSE_ALARM if verdict is Verdict.REPORT_NOW else Outcome.CORRECT_REJECTION


def count(judged: Iterable[Judged]) -> Tally:
    """Return the counts of judged scenes."""
    scenes = list(judged)

    def number(one: Outcome) -> int:
        return sum(scene.outcome is one for scene in scenes)

    certain = [scene for scene in scenes if scene.is_certain and scene.outcome]
    return Tally(
        hits=number(Outcome.HIT),
        misses=number(Outcome.MISS),
        false_alarms=number(Outcome.FALSE_ALARM),
        correct_rejections=number(Outcome.CORRECT_REJECTION),
        unanswered=sum(scene.outcome is None for scene in scenes),
        forbidden=sum(scene.forbidden is not None for scene in scenes),
        first_actions_right=sum(scene.is_first_action_right for scene in scenes),
        certain=len(certain),
        certain_and_wrong=sum(not scene.outcome.is_right for scene in certain if scene.outcome),
        danger_missed=sum(scene.is_danger_missed for scene in scenes if scene.outcome),
    )


def passes(tally: Tally, rule: PassRule) -> bool:
    """Return True if the counts meet the rule and every scene was answered."""
    return (
        tally.unanswered == 0
        and tally.hits >= rule.hits_at_least
        and tally.false_alarms <= rule.false_alarms_at_most
        and tally.forbidden <= rule.forbidden_at_most
        and not (rule.danger_now_needs_911 and tally.danger_missed)
    )


def decide_try(
    rule: RetryRule,
    failed: Sequence[tuple[dt.datetime, Sequence[str]]],
    readings: Mapping[str, dt.datetime],
    now: dt.datetime,
) -> TryDecision:
    """Return whether the next try may start.

    `failed`: when each failed try was handed in, in order, and the lessons it named; `readings`: lesson id to
    when it was last marked as read. From try `wait_before_try` on, `wait_days` must have passed since the last
    try and the lessons it named must have been read since.
    """
    number = len(failed) + 1
    if number > rule.tries:
        return TryDecision(False, number, is_last_used=True)
    if number < rule.wait_before_try:
        return TryDecision(True, number)
    last_at, named = failed[-1]
    unread = tuple(lesson for lesson in named if readings.get(lesson, last_at) <= last_at)
    opens_at = last_at + dt.timedelta(days=rule.wait_days)
    return TryDecision(now >= opens_at and not unread, number, opens_at if now < opens_at else None, unread)


def may_see_scenes(kind: Kind, is_submitted: bool, is_passed: bool | None, number: int, tries: int | None) -> bool:
    """Return True if every scene with its key may be shown: practice, a passed final, or the last try."""
    if kind is not Kind.FINAL:
        return is_submitted
    return is_submitted and (bool(is_passed) or (tries is not None and number >= tries))


def lessons_for(
    judged: Iterable[tuple[Mapping[str, Any], Judged]], taught: Mapping[str, Sequence[str]], most: int = 3
) -> list[str]:
    """Return lessons to read for scenes that went wrong: those that teach most of the signs in them.

    `taught`: indicator id to lesson ids, in course order.
    """
    wanted: dict[str, int] = {}
    for snapshot, scene in judged:
        if scene.outcome is not None and scene.outcome.is_right and not (scene.forbidden or scene.is_danger_missed):
            continue
        for sign in snapshot["signs"]:
            for lesson in taught.get(sign["id"], ()):
                wanted[lesson] = wanted.get(lesson, 0) + 1
    return sorted(wanted, key=lambda lesson: -wanted[lesson])[:most]
