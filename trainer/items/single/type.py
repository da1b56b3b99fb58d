"""*Single choice* as a type of items."""

from __future__ import annotations

from typing import ClassVar, Literal

from flask_babel import lazy_gettext as _l
from pydantic import Field

from trainer.content.schema import InputMode, Refuse, Situation
from trainer.items.choices import ChoiceForm, ChoicePayload, Option, OptionsItem
from trainer.items.contract import EVERY_WAY, FurtherType, Sample


class SingleItem(OptionsItem):
    """*Single choice*: exactly one key."""

    access: ClassVar[frozenset[InputMode]] = EVERY_WAY

    type: Literal["single"]
    options: list[Option] = Field(min_length=2, max_length=6)

    def check(self, scene: Situation, refuse: Refuse) -> None:
        """Each option has its own id, and one is right."""
        keys = sum(option.key for option in self.options)
        if len({option.id for option in self.options}) < len(self.options):
            refuse(("options",), "two options have the same id", "Give each its own.")
        if keys != 1:
            refuse(("options",), f"there are {keys} right options", "Mark exactly one.")


class SinglePayload(ChoicePayload):
    """A single choice as it was drawn."""

    type: Literal["single"] = "single"


class SingleForm(ChoiceForm):
    """One option."""

    needed = _l("Choose one.")
    takes_one = True


def samples() -> list[Sample]:
    """Return one with three options."""

    def item(key: str) -> dict[str, object]:
        texts = {"boss": "The word of the boss", "desk": "The look of the desk", "hour": "The time of day"}
        options = [
            {"id": name, "text": text, "why": f"Of the {name}.", **({"key": True} if name == key else {})}
            for name, text in texts.items()
        ]
        return {"type": "single", "ask": "What decides it?", "options": options}

    return [
        Sample(
            authored=item("boss"),
            otherwise=item("desk"),
            right={"chosen": "boss"},
            wrong={"chosen": "desk"},
            partly={"chosen": "hour"},
            altered=[
                {"chosen": "made-up"},
                {"chosen": ["boss", "desk"]},
                {"chosen": ["boss", "boss"]},
                {"chosen": "\x00"},
                {"chosen": "x" * 5_000},
            ],
            incomplete={},
            as_they_come=lambda order: {"chosen": list(order[:1])},
        )
    ]


SINGLE = FurtherType(
    name="single",
    model=SingleItem,
    payload=SinglePayload,
    form=SingleForm,
    heading=_l("Choose one"),
    lead=_l("One answer is right."),
    button=_l("Check my answer"),
    samples=samples,
)
