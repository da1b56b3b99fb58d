"""Whether a final is passed, not passed, or too close to say before more scenes. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from itertools import accumulate
from typing import Any, Final, Self

from trainer.content import curriculum

MOST_SHOWN: Final = 4
"""Scenes that a passed final shows with their answers. Others are asked the same ones."""
KEPT_BACK: Final = 1
"""Of the wrong verdicts, and likewise of the wrong first steps, so many aren't shown: whoever saw them all would know
that every other answer of theirs is right."""


class Decision(StrEnum):
    """What the scenes so far come to."""

    PASSED = "passed"
    NOT_PASSED = "not_passed"
    SENT_ON = "sent_on"
    """It is close: the next stage's scenes decide."""


class FinalQuestion(StrEnum):
    """What a final asks for beside an answer to each scene."""

    MISSED = "missed"
    OVER_REPORTED = "over_reported"
    DANGER = "emergency"
    """Danger now without the emergency call as the first step."""
    HARMFUL = "harmful"
    GOOD_STEPS = "good_steps"

    @property
    def is_of_steps(self) -> bool:
        """True of what is asked of first steps, not of verdicts."""
        return self not in {FinalQuestion.MISSED, FinalQuestion.OVER_REPORTED}


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that is asked for: at most so many, of good first steps at least so many."""

    what: FinalQuestion
    there: int
    bound: int
    is_met: bool


def first_to_work_on(needs: Sequence[Need], *, is_far_off: bool) -> FinalQuestion | None:
    """Return which bar to work on first after a final that wasn't passed; None for telling both verdicts apart.

    Verdicts come before first steps, unless these do harm. Whoever misses scenes makes no call in them, either.
    """
    unmet = {need.what for need in needs if not need.is_met}
    if is_far_off or FinalQuestion.HARMFUL in unmet:
        return None if is_far_off else FinalQuestion.HARMFUL
    if FinalQuestion.MISSED in unmet:
        return None if FinalQuestion.OVER_REPORTED in unmet else FinalQuestion.MISSED
    rest = (FinalQuestion.DANGER, FinalQuestion.OVER_REPORTED)
    return next((bar for bar in rest if bar in unmet), FinalQuestion.GOOD_STEPS)


@dataclass(frozen=True, slots=True)
class Stage:
    """What one stage of a final draws."""

    scenes: int
    fewest_to_report: int
    most_to_report: int
    danger_now: int
    """How many of those to report show danger now."""
    on_duty_at_least: int = 0
    """Scenes seen by someone who guards or serves there, as far as the pool has them."""
    on_duty_at_most: int | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.danger_now <= self.fewest_to_report <= self.most_to_report <= self.scenes:
            raise ValueError(f"these numbers don't fit together: {self}")


@dataclass(frozen=True, slots=True)
class FinalCounts:
    """What was counted in the scenes of a final so far. A report is counted, however it was made."""

    scenes: int
    missed: int
    over_reported: int
    danger_without_911: int
    """Scenes of danger now whose first step wasn't 911, missed ones included."""
    harmful: int
    """First steps that could do harm."""
    good_first_steps: int
    """First steps that were best or fine."""
    unanswered: int = 0

    def __add__(self, other: FinalCounts) -> FinalCounts:
        """Return the counts of both stages."""
        return FinalCounts(
            self.scenes + other.scenes,
            self.missed + other.missed,
            self.over_reported + other.over_reported,
            self.danger_without_911 + other.danger_without_911,
            self.harmful + other.harmful,
            self.good_first_steps + other.good_first_steps,
            self.unanswered + other.unanswered,
        )


@dataclass(frozen=True, slots=True)
class Bounds:
    """What passes, of all scenes up to the end of a stage."""

    missed_at_most: int
    over_reported_at_most: int
    danger_without_911_at_most: int | None
    """None if it doesn't matter."""
    harmful_at_most: int
    good_first_steps_at_least: int

    def needs(self, counts: FinalCounts, more: int = 0) -> list[Need]:
        """Return what is asked for, what there is of it, and whether it is met.

        It counts as met if it would be met should all of `more` scenes go right. What doesn't apply is left out.
        """
        limits = [
            (FinalQuestion.MISSED, counts.missed, self.missed_at_most),
            (FinalQuestion.OVER_REPORTED, counts.over_reported, self.over_reported_at_most),
            (FinalQuestion.DANGER, counts.danger_without_911, self.danger_without_911_at_most),
            (FinalQuestion.HARMFUL, counts.harmful, self.harmful_at_most),
        ]
        needs = [Need(name, there, most, there <= most) for name, there, most in limits if most is not None]
        good, least = counts.good_first_steps, self.good_first_steps_at_least
        return [*needs, Need(FinalQuestion.GOOD_STEPS, good, least, good + more >= least)] if least else needs

    def hold(self, counts: FinalCounts, more: int = 0) -> bool:
        """Return True if the counts are within the bounds, or would be if all of `more` scenes went right."""
        return counts.unanswered == 0 and all(need.is_met for need in self.needs(counts, more))


@dataclass(frozen=True, slots=True)
class FinalRule:
    """How a final decides, in one stage or several, with bounds for the end of each stage."""

    stages: tuple[Stage, ...]
    first_try: tuple[Bounds, ...]
    later_tries: tuple[Bounds, ...]
    """Stricter, since each try is another chance to be lucky."""
    shows_all: bool = True
    """Whoever passed is shown each scene with its answer, and otherwise only those that went wrong."""
    shows_at_most: int | None = None
    """Of those that went wrong; None in finals from before there was a limit."""
    keeps_back: int = 0
    """How many of either kind that went wrong aren't shown in any case; none in finals from before."""
    achievement: str | None = None
    """What a credential that is earned by it says."""

    def __post_init__(self) -> None:
        if not len(self.stages) == len(self.first_try) == len(self.later_tries) > 0:
            raise ValueError("each stage needs bounds for the first try and for later ones")

    @property
    def ends(self) -> tuple[int, ...]:
        """How many scenes there have been at the end of each stage."""
        return tuple(accumulate(stage.scenes for stage in self.stages))

    @classmethod
    def of(cls, course: curriculum.CourseFile) -> Self:
        """Return how a course's final decides."""
        final = course.final
        later = [stage.later_tries or stage.first_try for stage in final.stages]
        return cls(
            tuple(_stage(stage) for stage in final.stages),
            tuple(Bounds(**stage.first_try.model_dump()) for stage in final.stages),
            tuple(Bounds(**bounds.model_dump()) for bounds in later),
            final.shows_all,
            None if final.shows_all else MOST_SHOWN,
            0 if final.shows_all else KEPT_BACK,
            course.achievement,
        )

    def kept(self) -> dict[str, Any]:
        """Return the rule for keeping, ready for JSON."""
        return asdict(self)

    @classmethod
    def read(cls, kept: Mapping[str, Any], scenes: int) -> Self:
        """Return a rule that was kept. Before there were stages, `scenes` were drawn, half of them to report."""
        if "stages" not in kept:
            return cls._read_counts(kept, scenes)
        return cls(
            stages=tuple(Stage(**stage) for stage in kept["stages"]),
            first_try=tuple(Bounds(**bounds) for bounds in kept["first_try"]),
            later_tries=tuple(Bounds(**bounds) for bounds in kept["later_tries"]),
            shows_all=kept["shows_all"],
            shows_at_most=kept.get("shows_at_most"),
            keeps_back=kept.get("keeps_back", 0),
            achievement=kept["achievement"],
        )

    @classmethod
    def _read_counts(cls, kept: Mapping[str, Any], scenes: int) -> Self:
        half = scenes // 2
        bounds = Bounds(
            missed_at_most=half - kept["hits_at_least"],
            over_reported_at_most=kept["false_alarms_at_most"],
            danger_without_911_at_most=0 if kept.get("danger_now_needs_911") else None,
            harmful_at_most=kept["forbidden_at_most"],
            good_first_steps_at_least=0,
        )
        return cls((Stage(scenes, half, half, 0),), (bounds,), (bounds,), kept.get("shows_all", True))

    def bounds(self, round_: int, number: int) -> tuple[Bounds, ...]:
        """Return the bounds of a try: only the first try of the first round isn't strict."""
        return self.first_try if (round_, number) == (1, 1) else self.later_tries

    def stage_of(self, scenes: int) -> int:
        """Return the index of the stage that ends after so many scenes. Raises ValueError if none does."""
        if scenes not in self.ends:
            raise ValueError(f"stages end after {self.ends} scenes, not after {scenes}")
        return self.ends.index(scenes)

    def asked(self, scenes: int, *, round_: int, number: int, is_passed: bool) -> Bounds:
        """Return the bounds of an attempt that is over: at the end of its stage, or in all if it isn't passed."""
        bounds = self.bounds(round_, number)
        return bounds[self.stage_of(scenes)] if is_passed else bounds[-1]

    def needs(self, counts: FinalCounts, *, round_: int, number: int, is_passed: bool) -> list[Need]:
        """Return what an attempt that is over was asked for, and what there was of it."""
        asked = self.asked(counts.scenes, round_=round_, number=number, is_passed=is_passed)
        return asked.needs(counts, 0 if is_passed else self.ends[-1] - counts.scenes)


def decide(rule: FinalRule, counts: FinalCounts, *, round_: int, number: int) -> Decision:
    """Return what the counts of all scenes up to the end of a stage come to, in one try of one round.

    Whoever isn't within the bounds is sent on to the next stage while passing is still possible: that is also what
    makes "6 or more missed" fail at once where 5 of all scenes may be missed. Raises ValueError if the counts aren't
    those of whole stages.
    """
    bounds, ends = rule.bounds(round_, number), rule.ends
    stage = rule.stage_of(counts.scenes)
    if bounds[stage].hold(counts):
        return Decision.PASSED
    later = zip(bounds[stage + 1 :], ends[stage + 1 :], strict=True)
    can_pass = any(bound.hold(counts, more=end - counts.scenes) for bound, end in later)
    return Decision.SENT_ON if can_pass else Decision.NOT_PASSED


def _stage(given: curriculum.FinalStage) -> Stage:
    return Stage(
        given.scenes,
        given.least_to_report,
        given.largest_to_report,
        given.shown_danger,
        given.on_duty_at_least,
        given.on_duty_at_most,
    )
