"""*Mark the signs* as a type of items."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from random import Random
from typing import Any, ClassVar, Literal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from pydantic import Field

from trainer.content.parts import IndicatorId, Part, Text
from trainer.content.schema import FurtherItem, InputMode, Refuse, Situation
from trainer.content.shapes import WITH_REASON, Each, Shape
from trainer.items.choices import ChoiceForm, ChoicePayload, digest_of, scene_of, tell_signs
from trainer.items.contract import EVERY_WAY, FurtherType, Mark, Sample


class Phrase(Part):
    """Words of the narrative that can be marked. With a `sign` the mark is right, without one it is wrong."""

    text: Text
    why: Text
    sign: IndicatorId | None = None


class MarksItem(FurtherItem):
    """*Mark the signs*: choose the phrases that matter, in the order of the narrative."""

    access: ClassVar[frozenset[InputMode]] = EVERY_WAY
    prose: ClassVar[Mapping[str, Shape]] = {"phrases": Each(WITH_REASON)}

    quotes: ClassVar[bool] = True

    type: Literal["marks"]
    phrases: list[Phrase] = Field(min_length=3, max_length=12)

    def check(self, scene: Situation, refuse: Refuse) -> None:
        """The phrases stand in the scene, in order; those that are signs are signs of the scene."""
        texts = self._texts
        for number, text in enumerate(texts):
            if not any(text in paragraph for paragraph in scene.paragraphs):
                refuse(("phrases", number), f'"{text[:60]}" is not in the {scene.kind}', "Copy it letter for letter.")
                return
        if cut(scene.paragraphs, texts) is None:
            refuse(
                ("phrases",), f"the phrases overlap or are not in the order of the {scene.kind}", "Put them in order."
            )
        for number, phrase in enumerate(self.phrases):
            if phrase.sign and phrase.sign not in scene.signs:
                refuse(
                    ("phrases", number),
                    f"{phrase.sign} is none of the {scene.signs_named}",
                    "Add it there, or take it out here.",
                )
        has_keys = any(phrase.sign for phrase in self.phrases)
        if scene.shows_concern not in (None, has_keys):
            complaint = "a scene of no concern has signs to mark" if has_keys else "no phrase is a sign"
            refuse((), complaint, "Correct the phrases or the truth.")

    def payload(self, scene: Situation) -> dict[str, Any]:
        """Return all that is needed to show and to score it."""
        paragraphs = [
            [[text, None if number is None else f"p{number + 1}"] for text, number in parts]
            for parts in cut(scene.paragraphs, self._texts) or ()
        ]
        options = [
            {
                "id": f"p{number}",
                "text": phrase.text,
                "why": phrase.why,
                "key": phrase.sign is not None,
                "sign": phrase.sign,
                "name": scene.indicators[phrase.sign].name if phrase.sign else None,
            }
            for number, phrase in enumerate(self.phrases, start=1)
        ]
        return {**scene_of(scene, self.type), "paragraphs": paragraphs, "ask": None, "options": options}

    def digest(self, scene: Situation) -> str:
        """Hash what scoring rests on."""
        return digest_of(self.payload(scene))

    def texts(self) -> Iterable[str]:
        """List what is read of it beside the passage that it quotes."""
        return [phrase.why for phrase in self.phrases if phrase.sign]

    @property
    def _texts(self) -> list[str]:
        return [" ".join(phrase.text.split()) for phrase in self.phrases]


class MarksPayload(ChoicePayload):
    """Phrases to mark as they were drawn."""

    type: Literal["marks"] = "marks"

    def draw(self, rng: Random) -> list[str]:
        """Return the phrases in the order of the scene: they stay where they are."""
        return [phrase.id for phrase in self.options]

    def told(self, mark: Mark) -> str:
        """Say how many signs were found, and what was marked besides."""
        return tell_signs(
            mark,
            chose_none=_("There is no sign here, and you marked none."),
            chose_some=_("There is no sign here, and you marked %(number)s.", number=mark.wrong),
            besides=ngettext(
                ", and marked %(num)s thing that isn’t one.", ", and marked %(num)s things that aren’t.", mark.wrong
            ),
        )


class MarksForm(ChoiceForm):
    """Any phrases; none may be marked."""


def cut(paragraphs: Sequence[str], phrases: Sequence[str]) -> list[list[tuple[str, int | None]]] | None:
    """Cut paragraphs into (text, number of the phrase or None), or None if the phrases aren't all there in order."""
    cuts: list[list[tuple[str, int | None]]] = []
    number = 0
    for paragraph in paragraphs:
        parts: list[tuple[str, int | None]] = []
        start = 0
        while number < len(phrases) and (at := paragraph.find(phrases[number], start)) >= 0:
            if at > start:
                parts.append((paragraph[start:at], None))
            parts.append((phrases[number], number))
            start = at + len(phrases[number])
            number += 1
        if start < len(paragraph):
            parts.append((paragraph[start:], None))
        cuts.append(parts)
    return cuts if number == len(phrases) else None


def samples() -> list[Sample]:
    """Return one with three phrases."""

    def item(*signs: str | None) -> dict[str, object]:
        texts = ("You stand at the desk", "A man asks for his papers", "the boss says no")
        phrases = [
            {"text": text, "why": f"Of {text.split()[-1]}.", **({"sign": sign} if sign else {})}
            for text, sign in zip(texts, signs, strict=True)
        ]
        return {"type": "marks", "phrases": phrases}

    return [
        Sample(
            authored=item(None, "A1", "C1"),
            otherwise=item("A1", None, "C1"),
            right={"chosen": ["p2", "p3"]},
            wrong={"chosen": ["p1"]},
            partly={"chosen": ["p3"]},
            altered=[{"chosen": "p9"}, {"chosen": ["p2", "p2"]}, {"chosen": "boss"}],
            as_they_come=lambda order: {"chosen": list(order[:2])},
        )
    ]


MARKS = FurtherType(
    name="marks",
    model=MarksItem,
    payload=MarksPayload,
    form=MarksForm,
    heading=_l("Mark the signs"),
    lead=_l(
        "Choose every phrase you would put in a report, and leave the rest. There may be none. Wrong marks "
        "count against you, so don’t mark everything."
    ),
    button=_l("Check my marks"),
    samples=samples,
    tells_scene=False,
    hint=_l("Choose every phrase you would put in a report, and leave the rest. There may be none."),
)
