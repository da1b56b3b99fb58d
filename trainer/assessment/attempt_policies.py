"""What differs from one kind of attempt to another: what it asks, when it is answered, what is shown, how it counts."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Any, Final, Protocol

from trainer.assessment.deciding import Bounds, FinalRule
from trainer.assessment.models import Attempt, Response
from trainer.assessment.queries import GivenSoFar
from trainer.assessment.rules import Kind, Points, Tally, count
from trainer.core.errors import NotFound
from trainer.items.judge.forms import JudgeForm
from trainer.items.judge.model import PARTS, PARTS_AND_LINE, VERDICT_ALONE, VERDICT_AND_SURENESS
from trainer.items.judge.payload import Judged, ScenePayload
from trainer.items.payload import Given
from trainer.items.registry import read_further, read_scene, type_of

VERDICT_FIRST: Final = "verdict_first"
"""Under this name the rule of an attempt keeps that a verdict is recorded before the menu of first steps is shown, so
that the menu tells nothing. An attempt begun before there was such a thing asks for both at once."""


class AttemptCounts(Protocol):
    """What an attempt came to."""

    def as_dict(self) -> dict[str, Any]:
        """Return it for keeping."""


class What(Enum):
    """What an attempt is made of."""

    SCENES = auto()
    QUESTIONS = auto()
    EVENTS = auto()


@dataclass(frozen=True)
class AttemptPolicy:
    """The policy of a kind of attempts."""

    page: str
    """The endpoint that shows one of its items."""
    result: str = "assessment.result"
    """The endpoint that says how it went."""
    what: What = What.SCENES
    """Scenes to judge, further questions about them, or short events."""
    is_graded: bool = False
    """It is passed or not, by a rule. Then no answer is shown before it is passed, and all must be answered."""
    is_sealed: bool = False
    """No answer is ever shown, only counts: who takes it will be asked about the twins of its scenes."""
    is_held_back: bool = False
    """Answers are shown once it is handed in, and none before: it measures."""
    asks: tuple[str, ...] = PARTS
    """What is asked of a scene."""
    overview: str = "assessment/_overview.html"
    """The template that lists what is answered before it is handed in."""
    past: str = "assessment/_past.html"
    """The template that says how it went in a list of earlier ones."""

    @property
    def asks_scenes(self) -> bool:
        """True if it is made of scenes to judge."""
        return self.what is What.SCENES

    @property
    def has_menu(self) -> bool:
        """True if a first step is asked for."""
        return self.asks_scenes and "action" in self.asks

    @property
    def answers_at_once(self) -> bool:
        """True if the answer is shown after each item, which can't be changed then."""
        return not (self.is_graded or self.is_sealed or self.is_held_back)

    def is_answered(self, response: Response | GivenSoFar) -> bool:
        """Return whether a response is whole; where answers are shown, whether its answer was."""
        if self.answers_at_once:
            return response.recorded_at is not None
        given = response.given or {}
        if self.what is What.QUESTIONS:
            return type_of(response.item).form.is_whole(given)
        return JudgeForm.is_whole(given, self.asks)

    def may_review(self, is_submitted: bool, is_passed: bool | None) -> bool:
        """Return whether every item with its key may be shown.

        Not after a failed final, not even the last of a round: the next try could draw what the keys give away.
        """
        return is_submitted and not self.is_sealed and (not self.is_graded or bool(is_passed))

    def count(self, responses: Sequence[Response], danger_rules: Container[str]) -> AttemptCounts:
        """Return the result of the responses. `danger_rules`: the lines of the rule that mean danger now."""
        if self.asks_scenes:
            return count(judged for _scene, judged in judge_all(responses, danger_rules))
        marks = [
            read_further(response.snapshot.payload).mark(response.given or {})
            for response in responses
            if response.recorded_at is not None
        ]
        marked = [mark for mark in marks if mark is not None]
        return Points(round(sum(mark.points for mark in marked), 2), len(responses), len(marked))

    def read(self, kept: Mapping[str, Any]) -> AttemptCounts:
        """Return the result of an attempt of this kind, as it was kept."""
        return Tally.read(kept) if self.asks_scenes else Points.read(kept)


POLICIES: Final = {
    Kind.FIRST_TRY: AttemptPolicy("assessment.scene", asks=VERDICT_ALONE),
    Kind.PRETEST: AttemptPolicy("assessment.scene", result="pretest.result", is_sealed=True),
    Kind.PRACTICE: AttemptPolicy("assessment.scene"),
    Kind.SHIFT: AttemptPolicy("assessment.scene", asks=PARTS_AND_LINE),
    Kind.DRILL: AttemptPolicy("drills.question", result="drills.result", what=What.QUESTIONS),
    Kind.FINAL: AttemptPolicy("assessment.scene", is_graded=True),
    Kind.CHECK_IN: AttemptPolicy("assessment.scene", asks=VERDICT_AND_SURENESS),
    Kind.FOLLOW_UP: AttemptPolicy("assessment.scene", is_held_back=True),
}
"""An extra adds the policy of a kind that it alone can ask."""


def policy_of(attempt: Attempt) -> AttemptPolicy:
    """Return the policy of an attempt. Raises NotFound for one of an extra that was deleted."""
    policy = POLICIES.get(Kind(attempt.kind))
    if policy is None:
        raise NotFound
    if attempt.kind == Kind.FOLLOW_UP and VERDICT_FIRST not in attempt.rule:
        return replace(policy, asks=VERDICT_AND_SURENESS)  # from before it asked for all that the pretest asks
    return policy


def bounds_of(attempt: Attempt) -> Bounds | None:
    """Return what a final that is over asked for; None for anything else, which asks for nothing."""
    if attempt.kind != Kind.FINAL:
        return None
    rule = FinalRule.read(attempt.rule, attempt.scenes)
    return rule.asked(attempt.scenes, round_=attempt.round, number=attempt.number, is_passed=bool(attempt.is_passed))


def is_verdict_recorded(attempt: Attempt, given: Given | None) -> bool:
    """Return whether a verdict can no longer be changed, and the menu of first steps may be shown."""
    return VERDICT_FIRST in attempt.rule and "action" in (given or {})


def asks_now(attempt: Attempt, given: Given | None) -> tuple[str, ...]:
    """Return what the page of a scene asks for: where the verdict comes first, one of the two steps."""
    asks = policy_of(attempt).asks
    if VERDICT_FIRST not in attempt.rule:
        return asks
    is_recorded = is_verdict_recorded(attempt, given)
    return tuple(part for part in asks if (part in VERDICT_AND_SURENESS) is not is_recorded)


def judge_all(responses: Sequence[Response], danger_rules: Container[str]) -> list[tuple[ScenePayload, Judged]]:
    """Return each scene of an attempt as it was drawn, and how it was judged."""
    scenes = [(read_scene(response.snapshot.payload), response.given) for response in responses]
    return [(scene, scene.judge(given, danger_rules)) for scene, given in scenes]
