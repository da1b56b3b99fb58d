"""`instrument.json`: what `flask content instrument` has computed of each course's final.

It fits one rule of a final and one bank of reserved scenes, which it names by their digest. What no longer fits, or
can't be read, is left out, and finals draw as they do without it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Annotated, Final, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from trainer.content.chances import Chances
from trainer.content.curriculum import Final as FinalFile
from trainer.content.parts import Slug
from trainer.content.schema import ScenarioFile
from trainer.content.subject import Vocabulary

NAME: Final = "instrument.json"
REMEDY: Final = 'Run "flask content instrument".'
Topics = dict[Slug, Annotated[float, Field(ge=0, le=200)]]


class PairKind(NamedTuple):
    """What the pairs of the reserved pool are drawn by."""

    on_duty: bool
    """Seen by someone who guards or serves there."""
    danger: bool
    """The scene to report shows danger now."""
    topic: str


class _Computed(BaseModel):
    """Part of what a command writes: nobody writes it by hand."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PlannedPlace(_Computed):
    """How many pairs seen from one side are drawn on average, by topic."""

    danger: Topics
    other: Topics


class StagePlan(_Computed):
    """How many pairs of each kind a stage draws on average, while all are fresh."""

    on_duty: PlannedPlace
    elsewhere: PlannedPlace

    @classmethod
    def of(cls, numbers: Mapping[PairKind, float]) -> StagePlan:
        """Return a plan of these numbers."""

        def side(on_duty: bool, danger: bool) -> Topics:
            return {
                kind.topic: number
                for kind, number in sorted(numbers.items())
                if (kind.on_duty, kind.danger) == (on_duty, danger)
            }

        return cls(
            on_duty=PlannedPlace(danger=side(True, True), other=side(True, False)),
            elsewhere=PlannedPlace(danger=side(False, True), other=side(False, False)),
        )

    def numbers(self) -> dict[PairKind, float]:
        """Return the number of each kind."""
        return {
            PairKind(on_duty, danger, topic): number
            for on_duty, place in ((True, self.on_duty), (False, self.elsewhere))
            for danger, topics in ((True, place.danger), (False, place.other))
            for topic, number in topics.items()
        }


class DrawPlan(_Computed):
    """How a final draws."""

    stages: list[StagePlan]

    def numbers(self, stage: int) -> dict[PairKind, float] | None:
        """Return how many pairs of each kind a stage draws; None of a stage that isn't planned."""
        return self.stages[stage].numbers() if stage < len(self.stages) else None


class CourseInstrument(_Computed):
    """What was computed of one course's final."""

    digest: str
    draw: DrawPlan
    chances: Chances | None = None


class Instrument(_Computed):
    """The file."""

    courses: dict[Slug, CourseInstrument] = Field(default_factory=dict)

    def fitting(self, slug: str, digest: str) -> CourseInstrument | None:
        """Return what was computed of a course, if it was for this digest."""
        course = self.courses.get(slug)
        return course if course and course.digest == digest else None


def kind_of(concern: ScenarioFile, words: Vocabulary) -> PairKind:
    """Return the kind of a pair by its scene to report."""
    on_duty = {place.id for place in words.places if place.on_duty}
    return PairKind(concern.place in on_duty, concern.rule in words.danger_rules, concern.about)


def instrument_digest(final: FinalFile, reserved: Iterable[ScenarioFile], words: Vocabulary) -> str:
    """Hash what the numbers depend on: the rule of a final, and of each reserved scene what draws look at."""
    scenes = sorted(
        [scene.pair or "", scene.truth.value, *kind_of(scene, words), scene.best.value, scene.difficulty.value]
        for scene in reserved
    )
    rule = final.model_dump(mode="json", include={"stages", "retry_rule"})
    return hashlib.sha256(json.dumps([rule, scenes], sort_keys=True).encode()).hexdigest()
