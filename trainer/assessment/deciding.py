"""Whether a final is passed, not passed, or too close to say before more scenes. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate


class Decision(StrEnum):
    """What the scenes so far come to."""

    PASSED = "passed"
    NOT_PASSED = "not_passed"
    SENT_ON = "sent_on"
    """It is close: the next stage's scenes decide."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What one stage of a final draws."""

    scenes: int
    fewest_to_report: int
    most_to_report: int
    danger_now: int
    """How many of those to report show danger now."""

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
    danger_without_911_at_most: int
    harmful_at_most: int
    good_first_steps_at_least: int

    def hold(self, counts: FinalCounts, more: int = 0) -> bool:
        """Return True if the counts are within the bounds, or would be if `more` scenes went as well as can be."""
        return (
            counts.unanswered == 0
            and counts.missed <= self.missed_at_most
            and counts.over_reported <= self.over_reported_at_most
            and counts.danger_without_911 <= self.danger_without_911_at_most
            and counts.harmful <= self.harmful_at_most
            and counts.good_first_steps + more >= self.good_first_steps_at_least
        )


@dataclass(frozen=True, slots=True)
class FinalRule:
    """How a final decides, in one stage or several, with bounds for the end of each stage."""

    stages: tuple[Stage, ...]
    first_try: tuple[Bounds, ...]
    later_tries: tuple[Bounds, ...]
    """Stricter, since each try is another chance to be lucky."""

    def __post_init__(self) -> None:
        if not len(self.stages) == len(self.first_try) == len(self.later_tries) > 0:
            raise ValueError("each stage needs bounds for the first try and for later ones")

    @property
    def ends(self) -> tuple[int, ...]:
        """How many scenes there have been at the end of each stage."""
        return tuple(accumulate(stage.scenes for stage in self.stages))

    def bounds(self, round_: int, number: int) -> tuple[Bounds, ...]:
        """Return the bounds of a try: only the first try of the first round isn't strict."""
        return self.first_try if (round_, number) == (1, 1) else self.later_tries


def decide(rule: FinalRule, counts: FinalCounts, *, round_: int, number: int) -> Decision:
    """Return what the counts of all scenes up to the end of a stage come to, in one try of one round.

    Whoever isn't within the bounds is sent on to the next stage while passing is still possible: that is also what
    makes "6 or more missed" fail at once where 5 of all scenes may be missed. Raises ValueError if the counts aren't
    those of whole stages.
    """
    bounds, ends = rule.bounds(round_, number), rule.ends
    if counts.scenes not in ends:
        raise ValueError(f"stages end after {ends} scenes, not after {counts.scenes}")
    stage = ends.index(counts.scenes)
    if bounds[stage].hold(counts):
        return Decision.PASSED
    later = zip(bounds[stage + 1 :], ends[stage + 1 :], strict=True)
    can_pass = any(bound.hold(counts, more=end - counts.scenes) for bound, end in later)
    return Decision.SENT_ON if can_pass else Decision.NOT_PASSED


TWO_STAGES = FinalRule(
    stages=(Stage(32, 15, 17, 4), Stage(16, 7, 9, 2)),
    first_try=(Bounds(2, 2, 1, 1, 24), Bounds(5, 4, 2, 2, 36)),
    later_tries=(Bounds(2, 1, 1, 1, 24), Bounds(5, 3, 2, 2, 36)),
)
"""The rule: 32 scenes, and 16 more where they leave it open."""
