"""What differs from one kind of attempt to another: what it asks, when it is answered, what is shown, how it counts."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from trainer.assessment.models import Attempt, Response
from trainer.assessment.rules import Kind, Points, Tally, count
from trainer.items.judge.forms import JudgeForm
from trainer.items.judge.model import PARTS, VERDICT_ALONE, VERDICT_AND_SURENESS
from trainer.items.judge.payload import Judged, ScenePayload
from trainer.items.registry import read_further, read_scene, type_of


@dataclass(frozen=True)
class Sitting:
    """The policy of a kind of attempts."""

    page: str
    """The endpoint that shows one of its items."""
    asks_scenes: bool = True
    """Scenes to judge; otherwise further questions about them."""
    is_graded: bool = False
    """It is passed or not, by a rule. Then no answer is shown before it is passed, and all must be answered."""
    is_sealed: bool = False
    """No answer is ever shown, only counts: who takes it will be asked about the twins of its scenes."""
    is_held_back: bool = False
    """Answers are shown once it is handed in, and none before: it measures."""
    asks: tuple[str, ...] = PARTS
    """What is asked of a scene."""

    @property
    def answers_at_once(self) -> bool:
        """True if the answer is shown after each item, which can't be changed then."""
        return not (self.is_graded or self.is_sealed or self.is_held_back)

    @property
    def is_brief(self) -> bool:
        """True if the verdict alone is asked for; then its answer begins with the reason alone."""
        return self.asks == VERDICT_ALONE

    def is_answered(self, response: Response) -> bool:
        """Return whether a response is whole; where answers are shown, whether its answer was."""
        if self.answers_at_once:
            return response.recorded_at is not None
        given = response.given or {}
        return JudgeForm.is_whole(given, self.asks) if self.asks_scenes else type_of(response.item).form.is_whole(given)

    def may_review(self, is_submitted: bool, is_passed: bool | None) -> bool:
        """Return whether every item with its key may be shown.

        Not after a failed final, the last of a round included: whoever tries again would meet what the keys give away.
        """
        return is_submitted and not self.is_sealed and (not self.is_graded or bool(is_passed))

    def count(self, responses: Sequence[Response], danger_rules: Container[str]) -> Tally | Points:
        """Return what the responses come to. `danger_rules`: the lines of the rule that mean danger now."""
        if self.asks_scenes:
            return count(judged for _scene, judged in judge_all(responses, danger_rules))
        marks = [
            read_further(one.snapshot.payload).mark(one.given or {}) for one in responses if one.recorded_at is not None
        ]
        marked = [one for one in marks if one is not None]
        return Points(round(sum(one.points for one in marked), 2), len(responses), len(marked))

    def read(self, kept: Mapping[str, Any]) -> Tally | Points:
        """Return what an attempt of this kind came to, as it was kept."""
        return Tally.read(kept) if self.asks_scenes else Points.read(kept)


SITTINGS: Final = {
    Kind.FIRST_TRY: Sitting("assessment.scene", asks=VERDICT_ALONE),
    Kind.PRETEST: Sitting("assessment.scene", is_sealed=True),
    Kind.PRACTICE: Sitting("assessment.scene"),
    Kind.SHIFT: Sitting("assessment.scene"),
    Kind.DRILL: Sitting("drills.question", asks_scenes=False),
    Kind.FINAL: Sitting("assessment.scene", is_graded=True),
    Kind.CHECK_IN: Sitting("assessment.scene", asks=VERDICT_AND_SURENESS),
    Kind.FOLLOW_UP: Sitting("assessment.scene", is_held_back=True, asks=VERDICT_AND_SURENESS),
}


def sitting_of(attempt: Attempt) -> Sitting:
    """Return the policy of an attempt."""
    return SITTINGS[Kind(attempt.kind)]


def judge_all(responses: Sequence[Response], danger_rules: Container[str]) -> list[tuple[ScenePayload, Judged]]:
    """Return each scene of an attempt as it was drawn, and how it was judged."""
    scenes = [(read_scene(one.snapshot.payload), one.given) for one in responses]
    return [(scene, scene.judge(given, danger_rules)) for scene, given in scenes]
