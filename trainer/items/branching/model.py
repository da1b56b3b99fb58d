"""A branching scene as authors write it, and what is refused in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar, Final, Literal

from pydantic import Field

from trainer.content.parts import Part, Slug, Text
from trainer.content.quotes import told_digest
from trainer.content.schema import FurtherItem, Grade, InputMode, Refuse, Situation
from trainer.content.shapes import WITH_REASON, ById, Keys, Shape, words
from trainer.items.branching.paths import Paths
from trainer.items.choices import scene_of
from trainer.items.contract import EVERY_WAY

_MOST_CHOICES: Final = 8
_TELLS_GRADE: Final = re.compile(r"\b(best|fine|good|right|wrong|bad|harmful|harm)\b")


class BranchingChoice(Part):
    """One thing to do at a step. Its id can be seen before choosing, so it must not tell the grade."""

    id: Slug
    text: Text
    to: Slug  # the step or the end that it leads to
    grade: Grade
    why: Text


class Place(Part):
    """What a choice leads to, and what is seen and heard there."""

    id: Slug
    text: Text


class BranchingStep(Place):
    """A place where someone decides."""

    ask: Text | None = None
    choices: list[BranchingChoice] = Field(min_length=2, max_length=4)


class BranchingEnd(Place):
    """Where a path ends, and how it looks from there."""

    title: Text


class BranchingItem(FurtherItem):
    """*A scene, step by step*: it begins at the first step."""

    access: ClassVar[frozenset[InputMode]] = EVERY_WAY
    prose: ClassVar[Mapping[str, Shape]] = {
        "steps": ById(Keys({**words("text", "ask"), "choices": ById(WITH_REASON)})),
        "ends": ById(Keys(words("title", "text"))),
    }

    type: Literal["branching"]
    steps: list[BranchingStep] = Field(min_length=2, max_length=16)
    ends: list[BranchingEnd] = Field(min_length=2, max_length=8)

    @cached_property
    def paths(self) -> Paths:
        """Where each choice leads."""
        offers = {step.id: {choice.id: choice.to for choice in step.choices} for step in self.steps}
        return Paths(self.steps[0].id, offers)

    def check(self, scene: Situation, refuse: Refuse) -> None:
        """Each path comes to an end, everything can be reached, and nothing but its meaning tells the best choice."""
        places = [part.id for part in (*self.steps, *self.ends)]
        if twice := next((name for name in places if places.count(name) > 1), None):
            refuse((), f'two steps or ends are called "{twice}"', "Give each its own name.")
            return
        for number, step in enumerate(self.steps):
            _check_choices(number, step, places, refuse)
        self._check_paths(refuse)
        self._check_best(refuse)

    def _check_paths(self, refuse: Refuse) -> None:
        numbers = {step.id: number for number, step in enumerate(self.steps)}
        for step_id, choice in self.paths.loops:
            refuse(
                ("steps", numbers[step_id], "choices"),
                f'the choice "{choice}" leads back to an earlier step, so a path need not end',
                "Lead on to a step of its own.",
            )
        parts: tuple[tuple[str, Sequence[Place]], ...] = (("steps", self.steps), ("ends", self.ends))
        for key, places in parts:
            for number, part in enumerate(places):
                if part.id not in self.paths.order:
                    refuse((key, number), f'no choice leads to "{part.id}"', "Lead there, or take it out.")
        if not self.paths.loops and self.paths.depth > _MOST_CHOICES:
            refuse(("steps",), f"a path has {self.paths.depth} choices", f"Let it end after {_MOST_CHOICES} or fewer.")

    def _check_best(self, refuse: Refuse) -> None:
        best = [
            next((place for place, choice in enumerate(step.choices) if choice.grade is Grade.BEST), None)
            for step in self.steps
        ]
        best_places = [(step, place) for step, place in zip(self.steps, best, strict=True) if place is not None]
        if len(best_places) < len(self.steps):
            return  # which was refused
        if all(_is_longest(step.choices, place) for step, place in best_places):
            refuse(("steps",), "the best choice is always the longest", "Make another one longer now and then.")
        if len({place for _step, place in best_places}) == 1:
            refuse(
                ("steps",),
                f"the best choice always stands in place {best_places[0][1] + 1}",
                "Let it stand now here, now there.",
            )

    def payload(self, scene: Situation) -> dict[str, Any]:
        """Return all that is needed to show and to score it."""
        steps, ends = ([part.model_dump(mode="json") for part in parts] for parts in (self.steps, self.ends))
        return {**scene_of(scene, self.type), "ask": None, "steps": steps, "ends": ends}

    def digest(self, scene: Situation) -> str:
        """Hash what scoring rests on and what is seen on the way; a corrected reason keeps the digest."""
        payload = self.payload(scene)
        for step in payload["steps"]:
            step["choices"] = [{key: choice[key] for key in choice if key != "why"} for choice in step["choices"]]
        return told_digest(payload)

    def texts(self) -> Iterable[str]:
        """List what is read on the way that takes longest, with the reasons of what is best."""
        read = {end.id: [end.title, end.text] for end in self.ends}
        steps = {step.id: step for step in self.steps}
        for place in reversed(self.paths.order):
            if place in steps:
                step = steps[place]
                longest = max((read.get(choice.to, []) for choice in step.choices), key=_words)
                offered = [step.text, *([step.ask] if step.ask else []), *(choice.text for choice in step.choices)]
                reasons = [choice.why for choice in step.choices if choice.grade is Grade.BEST]
                read[place] = [*offered, *reasons, *longest]
        return read[self.paths.start]


def _check_choices(number: int, step: BranchingStep, places: Sequence[str], refuse: Refuse) -> None:
    at = ("steps", number, "choices")
    for key in ("id", "text"):
        if len({getattr(offered, key) for offered in step.choices}) < len(step.choices):
            refuse(at, f"two choices have the same {key}", "Give each its own.")
    if sum(offered.grade is Grade.BEST for offered in step.choices) != 1:
        refuse(at, "there must be exactly one best choice", 'Write "grade: best" at it, and only there.')
    for place, choice in enumerate(step.choices):
        if choice.to not in places:
            refuse(
                (*at, place, "to"), f'no step and no end is called "{choice.to}"', "Correct its name, or add the step."
            )
        if _TELLS_GRADE.search(choice.id):
            refuse((*at, place, "id"), f'the id "{choice.id}" tells the grade', "Name what it does.")


def _is_longest(choices: Sequence[BranchingChoice], place: int) -> bool:
    return all(len(choice.text) < len(choices[place].text) for other, choice in enumerate(choices) if other != place)


def _words(texts: Iterable[str]) -> int:
    return sum(len(text.split()) for text in texts)
