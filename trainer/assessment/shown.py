"""What pages show of scenes: before answering without any key, after answering with what decided it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from trainer.assessment import words
from trainer.assessment.localized import lit_story
from trainer.content.sentences import Pieces
from trainer.content.subject import Truth, Verdict, Vocabulary
from trainer.items.judge.model import PARTS
from trainer.items.judge.payload import Judged, ScenePayload, ShownAction, ShownSign, ShownTwin, without_yes
from trainer.items.payload import Given, Payload


@dataclass(frozen=True)
class Where:
    """Where an item stands in an attempt, and where it plays."""

    position: int
    of: int
    first: int
    """The position of the first item of the stage under way."""
    setting: str


@dataclass(frozen=True)
class UnansweredScene(Where):
    """A scene as it is shown before answering: nothing in it tells the key."""

    note: str | None
    narrative: Markup


@dataclass(frozen=True)
class AnsweredScene:
    """A scene as it is shown after answering."""

    digest: str
    """Which version of the scene it is: what a remark is tied to."""
    title: str
    judged: Judged
    word: str
    said: Given
    truth: Truth
    fits: Verdict
    line: str
    """The line of the rule that decides it, which the vocabulary may no longer have."""
    reasons: Mapping[str, str]
    """Why each verdict is right or wrong."""
    signs: Sequence[ShownSign]
    ordinary: Sequence[str]
    chosen_action: ShownAction | None
    best_action: ShownAction | None
    """None where no first action was asked for."""
    other_actions: Sequence[ShownAction]
    """Neither chosen nor the best."""
    twin: ShownTwin | None
    narrative: Markup
    lit: Sequence[Pieces] | None
    """The same in pieces, if the words that decide are known."""


def where(payload: Payload, position: int, of: int) -> Where:
    """Return where an item stands."""
    return Where(position, of, 1, payload.setting)


def question(scene: ScenePayload, position: int, of: int, first: int = 1) -> UnansweredScene:
    """Return the parts of a scene that may be shown at any time."""
    return UnansweredScene(position, of, first, scene.setting, scene.note, scene.story)


def answer(
    digest: str, scene: ScenePayload, given: Given | None, vocabulary: Vocabulary, asks: Collection[str] = PARTS
) -> AnsweredScene:
    """Return what may be shown of a scene only after answering, by the review policy.

    `asks`: what was asked of it.
    """
    judged = scene.judge(given, vocabulary.danger_rules)
    said = given or {}
    chosen, best = scene.action(given), scene.best_action if "action" in asks else None
    return AnsweredScene(
        digest=digest,
        title=scene.title,
        judged=judged,
        word=words.outcome(judged.outcome),
        said=said,
        truth=scene.truth,
        fits=scene.fits,
        line=scene.rule,
        reasons={**scene.verdicts, scene.fits: without_yes(scene.verdicts[scene.fits])},
        signs=scene.signs,
        ordinary=scene.ordinary,
        chosen_action=chosen,
        best_action=best,
        other_actions=[action for action in scene.actions if action not in (chosen, best)] if best else [],
        twin=scene.twin,
        narrative=scene.story,
        lit=lit_story(scene),
    )
