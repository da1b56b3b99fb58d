"""A branching scene as it was drawn: what it is worth to have taken a path through it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from flask_babel import gettext as _
from flask_babel import ngettext

from trainer.content.schema import Grade
from trainer.items.branching.paths import Paths
from trainer.items.contract import FurtherPayload, Mark
from trainer.items.payload import Given, Kept

GOOD = frozenset({Grade.BEST, Grade.FINE})


class BranchChoice(Kept):
    """A choice as it was drawn."""

    id: str
    text: str
    to: str
    grade: Grade
    why: str

    @property
    def is_good(self) -> bool:
        """True if it is best or fine."""
        return self.grade in GOOD


class BranchStep(Kept):
    """A step as it was drawn."""

    id: str
    text: str
    ask: str | None = None
    choices: list[BranchChoice]

    @property
    def best(self) -> BranchChoice:
        """The best choice."""
        return next(choice for choice in self.choices if choice.grade is Grade.BEST)


class ShownEnd(Kept):
    """An end as it was drawn."""

    id: str
    title: str
    text: str


@dataclass(frozen=True)
class Taken:
    """A choice that was made. `before` is what was given when it was offered: from there it can be made again."""

    step: BranchStep
    choice: BranchChoice
    before: Given


class BranchingPayload(FurtherPayload):
    """A branching scene as it was drawn. It begins at the first step."""

    type: Literal["branching"] = "branching"
    steps: list[BranchStep]
    ends: list[ShownEnd]

    @cached_property
    def paths(self) -> Paths:
        """Where each choice leads."""
        return Paths(
            self.steps[0].id, {step.id: {choice.id: choice.to for choice in step.choices} for step in self.steps}
        )

    def draw(self, rng: random.Random) -> list[str]:
        """Return the choices of all steps, each with where it leads, as one learner sees them."""
        order = self.order_for_all()
        rng.shuffle(order)
        return order

    def order_for_all(self) -> list[str]:
        """Return the choices of all steps, each with where it leads, as the author ordered them."""
        return self.paths.ways

    def step(self, place: str) -> BranchStep | None:
        """Return a step, or None if the place is an end."""
        return next((step for step in self.steps if step.id == place), None)

    def end(self, given: Given) -> ShownEnd | None:
        """Return the end that was reached, or None."""
        return next((end for end in self.ends if end.id == given.get("end")), None)

    def taken(self, given: Given) -> list[Taken]:
        """Return the choices that were made, in their order."""
        path = path_of(given)
        taken = []
        for number, (place, chosen) in enumerate(zip(self.paths.follow(path) or (), path, strict=False)):
            step = self.step(place)
            assert step is not None  # something was chosen there
            choice = next(known for known in step.choices if known.id == chosen)
            taken.append(Taken(step, choice, {"path": path[:number]}))
        return taken

    def mark(self, given: Given) -> Mark:
        """Return what a path is worth: the share of its choices that were best or fine, and 0 once one could do harm.

        Missed are choices that lead nowhere good, wrong ones could do harm.
        """
        grades = [taken.choice.grade for taken in self.taken(given)]
        harmful, good = grades.count(Grade.HARMFUL), sum(grade in GOOD for grade in grades)
        points = good / len(grades) if grades and not harmful else 0.0
        return Mark(good, len(grades) - good - harmful, harmful, points)

    def told(self, mark: Mark) -> str:
        """Say how many choices were good, and whether one could do harm."""
        if mark.is_right:
            return str(_("Every choice you made was best or fine."))
        made = mark.right + mark.missed + mark.wrong
        good = ngettext(
            "Best or fine: %(right)s of %(num)s choice.",
            "Best or fine: %(right)s of %(num)s choices.",
            made,
            right=mark.right,
        )
        if not mark.wrong:
            return str(good)
        harm = _("Could do harm: %(number)s.", number=mark.wrong)
        return f"{good} {harm}"


def path_of(given: Given) -> list[str]:
    """Return the choices that were made so far."""
    return list(given.get("path", ()))


def given_of(paths: Paths, path: Sequence[str]) -> dict[str, object]:
    """Return a path as it is kept, with its end once it has reached one. Raises ValueError if it isn't one."""
    places = paths.follow(path)
    if places is None:
        raise ValueError("a choice on the path wasn't offered")
    return {"path": list(path)} if places[-1] in paths.offers else {"path": list(path), "end": places[-1]}
