"""The further questions about a scene, and the questions of a lesson, ready to be asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trainer.content.catalogue import Indicator
from trainer.content.illustrations import Drawing
from trainer.content.schema import LessonItem, reading_seconds, text_seconds
from trainer.content.telling import Passage, SceneText


@dataclass(frozen=True, slots=True)
class Drill:
    """A further question. `payload` is all that is needed to show and to score it.

    `id` is "<scene>/<type>"; the second question of a type in a scene is "<scene>/<type>-2".
    """

    id: str
    type: str
    digest: str
    payload: dict[str, Any]
    seconds: float  # what it takes, its answer read


def build_drills(scene: SceneText) -> tuple[Drill, ...]:
    """Make the further questions of a scene."""
    counted: Counter[str] = Counter()
    drills = []
    for item in scene.file.drills:
        counted[item.type] += 1
        number = counted[item.type]
        name = f"{scene.id}/{item.type}" if number == 1 else f"{scene.id}/{item.type}-{number}"
        seconds = item.seconds + reading_seconds(scene.words) + text_seconds(item.texts())
        drills.append(Drill(name, item.type, item.digest(scene), item.payload(scene), seconds))
    return tuple(drills)


@dataclass(frozen=True, slots=True)
class Question:
    """A question of a lesson. `id` is unique in the lesson; `payload` is all that is needed to show and to score it."""

    id: str
    type: str
    digest: str
    payload: dict[str, Any]


def build_question(
    item: LessonItem, lesson: str, indicators: Mapping[str, Indicator], drawings: Mapping[str, Drawing | None]
) -> Question:
    """Make a question of a lesson, by "<course>/<module>/<lesson>"."""
    passage = Passage(f"{lesson}#{item.id}", item.passage or "", indicators, indicators, drawings)
    return Question(item.id, item.question.type, item.question.digest(passage), item.question.payload(passage))
