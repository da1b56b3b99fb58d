"""What is shown of an attempt that is over: which scenes with their answers, and of the others only what went wrong."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from trainer.assessment.attempt_policies import judge_all, policy_of
from trainer.assessment.models import Attempt, Response
from trainer.content.serving import served
from trainer.items.judge.payload import Judged, ScenePayload


@dataclass(frozen=True, slots=True)
class SealedMistake:
    """A scene that isn't shown: what went wrong in it, and why. Nothing says which scene it was."""

    judged: Judged
    line: str
    """The line of the rule that decides it."""
    signs: tuple[str, ...]
    """Ids of the catalogue."""


def list_shown(attempt: Attempt, responses: Sequence[Response]) -> list[Response]:
    """Return those of an attempt's responses whose scenes may be shown with their answers, in order.

    By the rule that a final was drawn with, what went right isn't shown, nor more than a few of those that went wrong:
    the ones that teach most, but never all wrong verdicts, nor all wrong first steps. Others may be asked these scenes,
    and could infer the answers.
    """
    if not policy_of(attempt).may_review(attempt.submitted_at is not None, attempt.is_passed):
        return []
    if attempt.rule.get("shows_all", True):
        return list(responses)
    wrong = sorted(_wrong(responses), key=lambda each: _teaches(each[2]))
    chosen: list[Response] = []
    for is_of_step in (False, True):
        alike = [response for response, _scene, judged in wrong if _teaches(judged)[0] is is_of_step]
        chosen += alike[: max(0, len(alike) - attempt.rule.get("keeps_back", 0))]
    return sorted(chosen[: attempt.rule.get("shows_at_most")], key=lambda response: response.position)


def list_others(responses: Sequence[Response], shown: Iterable[Response]) -> list[SealedMistake]:
    """Return what went wrong in the scenes of a passed final that aren't shown, in no order that tells which."""
    positions = {response.position for response in shown}
    others = [
        SealedMistake(judged, scene.rule, tuple(sorted({sign.id for sign in scene.signs})))
        for response, scene, judged in _wrong(responses)
        if response.position not in positions
    ]
    return sorted(others, key=lambda each: (_teaches(each.judged), each.line, each.signs))


def _wrong(responses: Sequence[Response]) -> list[tuple[Response, ScenePayload, Judged]]:
    judged = judge_all(responses, served().vocabulary.danger_rules)
    return [
        (response, scene, judgment)
        for response, (scene, judgment) in zip(responses, judged, strict=True)
        if judgment.went_wrong
    ]


def _teaches(judged: Judged) -> tuple[bool, bool, bool]:
    """Return what sorts scenes by how much there is to learn: wrong verdicts first, then what could harm."""
    is_right = judged.outcome is not None and judged.outcome.is_right
    return is_right, not (judged.is_harmful or judged.is_danger_missed), not judged.is_certain
