"""*Put in order* as a type of items."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any, ClassVar, Literal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from pydantic import Field

from trainer.content.parts import Part, Slug, Text
from trainer.content.quotes import told_digest
from trainer.content.schema import FurtherItem, InputMode, Refuse, Situation
from trainer.content.shapes import WITH_REASON, ById, Shape, words
from trainer.items.choices import scene_of
from trainer.items.contract import EVERY_WAY, FurtherPayload, FurtherType, Mark, Sample
from trainer.items.payload import Given, Kept, Payload
from trainer.items.rows import RowsForm, chosen_in


class OrderedStep(Part):
    """One step. Its id can be seen before answering, so it must not tell the place."""

    id: Slug
    text: Text
    why: Text


class OrderItem(FurtherItem):
    """*Put in order*: steps, written in the right order."""

    access: ClassVar[frozenset[InputMode]] = EVERY_WAY
    prose: ClassVar[Mapping[str, Shape]] = {**words("ask"), "steps": ById(WITH_REASON)}

    type: Literal["order"]
    ask: Text
    steps: list[OrderedStep] = Field(min_length=3, max_length=6)

    def check(self, scene: Situation, refuse: Refuse) -> None:
        """Each step has its own id and text, and no id counts."""
        for key in ("id", "text"):
            if len({getattr(step, key) for step in self.steps}) < len(self.steps):
                refuse(("steps",), f"two steps have the same {key}", "Give each its own.")
        for number, step in enumerate(self.steps):
            if re.search(r"[0-9]|first|last|second|third", step.id):
                refuse(("steps", number, "id"), f'the id "{step.id}" tells the place of the step', "Name what it does.")

    def payload(self, scene: Situation) -> dict[str, Any]:
        """Return all that is needed to show and to score it."""
        steps = [{"id": step.id, "text": step.text, "why": step.why} for step in self.steps]
        return {**scene_of(scene, self.type), "ask": self.ask, "steps": steps}

    def digest(self, scene: Situation) -> str:
        """Hash what scoring rests on and what is seen before answering."""
        told = {**self.payload(scene), "steps": [[step.id, step.text] for step in self.steps]}
        return told_digest(told)

    def texts(self) -> Iterable[str]:
        """List what is read of it."""
        return [self.ask, *(step.text for step in self.steps)]


class OrderStep(Kept):
    """A step as it was drawn."""

    id: str
    text: str
    why: str


class OrderPayload(FurtherPayload):
    """Steps as they were drawn, in the right order."""

    type: Literal["order"] = "order"
    steps: list[OrderStep]

    def draw(self, rng: random.Random) -> list[str]:
        """Return the steps as one learner sees them. They are sorted first, so that chance alone decides."""
        order = sorted(step.id for step in self.steps)
        rng.shuffle(order)
        return order

    def order_for_all(self) -> list[str]:
        """Return the steps shuffled by the question's name alone."""
        return self.draw(random.Random(self.scenario))  # noqa: S311 no secret

    def mark(self, given: Given) -> Mark:
        """Return what an order is worth: 1 where all is right, 0 for one as good as chance or worse.

        Counted are the pairs of steps that stand in the right order to each other (Kendall's tau, cut off at 0).
        """
        places = chosen_in(given, OrderForm.key)
        right = sum(places.get(step.id) == number for number, step in enumerate(self.steps, start=1))
        pairs = list(combinations(self.steps, 2))
        agreeing = sum(
            places[step.id] < places[later.id] for step, later in pairs if step.id in places and later.id in places
        )
        points = max(0.0, 2 * agreeing / len(pairs) - 1)
        return Mark(right, 0, len(self.steps) - right, points)

    def told(self, mark: Mark) -> str:
        """Say how many steps are in their place."""
        if mark.is_right:
            return str(_("Right."))
        steps = mark.right + mark.wrong
        return str(_("%(right)s of %(all)s steps are in the right place.", right=mark.right, all=steps))


class OrderForm(RowsForm):
    """A place for each step."""

    key = "places"
    box = "place"
    prompt = _l("Place")
    is_order = True

    def offer(self, order: Sequence[str]) -> None:
        """Set the steps, and as many places."""
        self.rows = [(step, step) for step in order]
        self.choices = [(place, str(place)) for place in range(1, len(order) + 1)]

    def show(self, payload: Payload) -> None:
        """Give the steps their texts."""
        assert isinstance(payload, OrderPayload)
        texts = {step.id: step.text for step in payload.steps}
        self.rows = [(step, texts[step]) for step, _text in self.rows]

    def fault(self) -> str:
        """Return that a step has no place, or that two have the same."""
        if len(self.chosen) < len(self.rows):
            return str(_("Choose a place for every step."))
        twice = [place for place, number in Counter(self.chosen.values()).items() if number > 1]
        if twice:
            return str(_("Two steps can’t have the same place. Place %(place)s is there twice.", place=twice[0]))
        return ""


def samples() -> list[Sample]:
    """Return one with three steps."""

    def item(*ids: str) -> dict[str, object]:
        texts = {
            "look": "Look from where you stand",
            "write": "Write down what you saw",
            "call": "Call your supervisor",
        }
        steps = [{"id": name, "text": texts[name], "why": f"Of the {name}."} for name in ids]
        return {"type": "order", "ask": "In which order?", "steps": steps}

    right = {"place-look": "1", "place-write": "2", "place-call": "3"}
    return [
        Sample(
            authored=item("look", "write", "call"),
            otherwise=item("write", "call", "look"),
            right=right,
            wrong={"place-look": "3", "place-write": "2", "place-call": "1"},
            partly={"place-write": "1"},
            altered=[
                {**right, "place-look": "4"},
                {**right, "place-look": "0"},
                {**right, "place-look": ["1", "1"]},
                {**right, "place-other": "1"},
                {**right, "place-look": "١"},
            ],
            incomplete={**right, "place-look": "2"},
            as_they_come=lambda order: {"places": {step: place for place, step in enumerate(order, start=1)}},
        )
    ]


ORDER = FurtherType(
    name="order",
    model=OrderItem,
    payload=OrderPayload,
    form=OrderForm,
    heading=_l("Put the steps in order"),
    lead=_l("Put the steps in order: 1 comes first."),
    button=_l("Check my order"),
    hint=_l("Put the steps in order: 1 comes first."),
    samples=samples,
)
