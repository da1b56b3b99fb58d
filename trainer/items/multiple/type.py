"""*Multiple choice* as a type of items."""

from __future__ import annotations

from typing import ClassVar, Literal

from flask_babel import lazy_gettext as _l
from pydantic import Field

from trainer.content.schema import InputMode, Refuse, Situation
from trainer.items.choices import ChoiceForm, ChoicePayload, Option, OptionsItem
from trainer.items.contract import EVERY_WAY, FurtherType, Sample


class MultipleItem(OptionsItem):
    """*Multiple choice* with partial credit: two keys or more, and one option that is none."""

    access: ClassVar[frozenset[InputMode]] = EVERY_WAY

    type: Literal["multiple"]
    options: list[Option] = Field(min_length=3, max_length=8)

    def check(self, scene: Situation, refuse: Refuse) -> None:
        """Each option has its own id; two are right, or more, but not all."""
        keys = sum(option.key for option in self.options)
        if len({option.id for option in self.options}) < len(self.options):
            refuse(("options",), "two options have the same id", "Give each its own.")
        if not 2 <= keys < len(self.options):
            refuse(
                ("options",),
                f"{keys} of {len(self.options)} options are right",
                "Mark two or more, but not all.",
            )


class MultiplePayload(ChoicePayload):
    """A multiple choice as it was drawn."""

    type: Literal["multiple"] = "multiple"


class MultipleForm(ChoiceForm):
    """One option or more."""

    needed = _l("Choose at least one.")


def samples() -> list[Sample]:
    """Return one with four options."""

    def item(*keys: str) -> dict[str, object]:
        texts = {"time": "The time", "words": "The exact words", "accent": "The accent", "guess": "A guess"}
        options = [
            {"id": name, "text": text, "why": f"Of the {name}.", **({"key": True} if name in keys else {})}
            for name, text in texts.items()
        ]
        return {"type": "multiple", "ask": "What goes into a report?", "options": options}

    return [
        Sample(
            authored=item("time", "words"),
            otherwise=item("accent", "guess"),
            right={"chosen": ["time", "words"]},
            wrong={"chosen": ["accent"]},
            partly={"chosen": ["time"]},
            altered=[{"chosen": "made-up"}, {"chosen": ["time", "made-up"]}, {"chosen": ["time", "time"]}],
            incomplete={},
            as_they_come=lambda order: {"chosen": list(order[:2])},
        )
    ]


MULTIPLE = FurtherType(
    name="multiple",
    model=MultipleItem,
    payload=MultiplePayload,
    form=MultipleForm,
    heading=_l("Choose all that apply"),
    lead=_l("More than one is right. Each wrong choice cancels a right one."),
    button=_l("Check my answer"),
    samples=samples,
)
