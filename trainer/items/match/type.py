"""*Match* as a type of items."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Literal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from pydantic import Field

from trainer.content.parts import Part, Slug, Text
from trainer.content.quotes import told_digest
from trainer.content.schema import FurtherItem, InputMode, Refuse, Situation
from trainer.content.shapes import WITH_REASON, ById, Only, Shape, words
from trainer.items.choices import scene_of
from trainer.items.contract import EVERY_WAY, FurtherPayload, FurtherType, Mark, Sample
from trainer.items.payload import Given, Kept, Payload
from trainer.items.rows import RowsForm, chosen_in

_CHOICE = "="
"""Marks the id of a choice among what was drawn; the id of a row never begins with it."""


class MatchChoice(Part):
    """Something that rows may belong to, such as a group of signs or a way to report."""

    id: Slug
    text: Text


class MatchRow(Part):
    """Something that belongs to one of the choices. Its id can be seen before answering, so it must not tell which."""

    id: Slug
    text: Text
    match: Slug
    why: Text


class MatchItem(FurtherItem):
    """*Match*: rows, each with the choice that it belongs to. A choice may have several rows, or none."""

    access: ClassVar[frozenset[InputMode]] = EVERY_WAY
    prose: ClassVar[Mapping[str, Shape]] = {**words("ask"), "choices": ById(Only("text")), "rows": ById(WITH_REASON)}

    type: Literal["match"]
    ask: Text
    choices: list[MatchChoice] = Field(min_length=2, max_length=6)
    rows: list[MatchRow] = Field(min_length=3, max_length=8)

    def check(self, scene: Situation, refuse: Refuse) -> None:
        """Rows and choices are distinct, each row has its choice, and at least two choices are used."""
        for key in ("id", "text"):
            if len({getattr(choice, key) for choice in self.choices}) < len(self.choices):
                refuse(("choices",), f"two choices have the same {key}", "Give each its own.")
            if len({getattr(row, key) for row in self.rows}) < len(self.rows):
                refuse(("rows",), f"two rows have the same {key}", "Give each its own.")
        names = {choice.id for choice in self.choices}
        for number, row in enumerate(self.rows):
            if row.match not in names:
                refuse(("rows", number, "match"), f'no choice has the id "{row.match}"', "Use one of the choices.")
            if row.id in names:
                refuse(("rows", number, "id"), f'"{row.id}" is the id of a choice, too', "Name what the row says.")
        if len({row.match for row in self.rows}) == 1:
            refuse(("rows",), "all rows belong to the same choice", "Have rows for two choices or more.")

    def payload(self, scene: Situation) -> dict[str, Any]:
        """Return all that is needed to show and to score it."""
        return {
            **scene_of(scene, self.type),
            "ask": self.ask,
            "choices": [{"id": choice.id, "text": choice.text} for choice in self.choices],
            "rows": [{"id": row.id, "text": row.text, "match": row.match, "why": row.why} for row in self.rows],
        }

    def digest(self, scene: Situation) -> str:
        """Hash what scoring rests on and what is seen before answering."""
        told = {**self.payload(scene), "rows": [[row.id, row.text, row.match] for row in self.rows]}
        return told_digest(told)

    def texts(self) -> Iterable[str]:
        """List what is read of it."""
        return [self.ask, *(choice.text for choice in self.choices), *(row.text for row in self.rows)]


class DrawnChoice(Kept):
    """A choice as it was drawn."""

    id: str
    text: str


class ShownRow(Kept):
    """A row as it was drawn, with the id of the choice that it belongs to."""

    id: str
    text: str
    match: str
    why: str


class MatchPayload(FurtherPayload):
    """Rows and choices as they were drawn, in the order of their author."""

    type: Literal["match"] = "match"
    choices: list[DrawnChoice]
    rows: list[ShownRow]

    def draw(self, rng: random.Random) -> list[str]:
        """Return the rows as one learner sees them, and then the choices, in the order of their author.

        The rows are sorted first, so that chance alone decides. An author often writes them choice by choice.
        """
        rows = sorted(row.id for row in self.rows)
        rng.shuffle(rows)
        return [*rows, *(f"{_CHOICE}{choice.id}" for choice in self.choices)]

    def order_for_all(self) -> list[str]:
        """Return the rows, shuffled by the question's name alone, and the choices."""
        return self.draw(random.Random(self.scenario))  # noqa: S311 no secret

    def mark(self, given: Given) -> Mark:
        """Return what the matches are worth: 1 if all are right, 0 for no more than chance would get right.

        With k choices, chance gets one row in k right. Each wrong row therefore takes 1/(k - 1) of a right one.
        """
        matches = chosen_in(given, MatchForm.key)
        right = sum(matches.get(row.id) == row.match for row in self.rows)
        wrong = len(self.rows) - right
        points = max(0.0, (right - wrong / (len(self.choices) - 1)) / len(self.rows))
        return Mark(right, 0, wrong, points)

    def told(self, mark: Mark) -> str:
        """Say how many rows are right."""
        if mark.is_right:
            return str(_("Right."))
        return str(_("%(right)s of %(all)s are right.", right=mark.right, all=mark.right + mark.wrong))

    def choice(self, name: str | None) -> str | None:
        """Return the text of a choice by its id."""
        return next((choice.text for choice in self.choices if choice.id == name), None)


class MatchForm(RowsForm):
    """One of the choices for each row."""

    key = "matches"
    box = "match"
    prompt = _l("Choose")

    def offer(self, order: Sequence[str]) -> None:
        """Set the rows and the choices, which were drawn together."""
        self.rows = [(row, row) for row in order if not row.startswith(_CHOICE)]
        choices = [name.removeprefix(_CHOICE) for name in order if name.startswith(_CHOICE)]
        self.choices = [(choice, choice) for choice in choices]

    def show(self, payload: Payload) -> None:
        """Give rows and choices their texts."""
        assert isinstance(payload, MatchPayload)
        rows = {row.id: row.text for row in payload.rows}
        choices = {choice.id: choice.text for choice in payload.choices}
        self.rows = [(row, rows[row]) for row, _text in self.rows]
        self.choices = [(choice, choices[choice]) for choice, _text in self.choices]

    def fault(self) -> str:
        """Return that a row has no choice."""
        return _("Choose one in every row.") if len(self.chosen) < len(self.rows) else ""


def samples() -> list[Sample]:
    """Return one with three rows and two choices."""

    def item(**matches: str) -> dict[str, object]:
        texts = {"desk": "You stand at the desk", "papers": "He asks for his papers", "answer": "The boss says no"}
        rows = [
            {"id": name, "text": texts[name], "match": match, "why": f"Of the {name}."}
            for name, match in matches.items()
        ]
        choices = [{"id": "saw", "text": "A camera shows it"}, {"id": "heard", "text": "A recorder plays it"}]
        return {"type": "match", "ask": "What shows it?", "choices": choices, "rows": rows}

    right = {"match-desk": "saw", "match-papers": "heard", "match-answer": "heard"}
    return [
        Sample(
            authored=item(desk="saw", papers="heard", answer="heard"),
            otherwise=item(desk="heard", papers="saw", answer="heard"),
            right=right,
            wrong={"match-desk": "heard", "match-papers": "saw", "match-answer": "heard"},
            partly={"match-papers": "heard"},
            altered=[
                {**right, "match-desk": "smelled"},
                {**right, "match-desk": "papers"},
                {**right, "match-desk": "=saw"},
                {**right, "match-desk": ["saw", "saw"]},
                {**right, "match-other": "saw"},
                {**right, "match-=saw": "saw"},
            ],
            incomplete={"match-desk": "saw", "match-papers": "heard"},
            as_they_come=lambda order: {"matches": {row: "saw" for row in order if row[0] != _CHOICE}},
        )
    ]


MATCH = FurtherType(
    name="match",
    model=MatchItem,
    payload=MatchPayload,
    form=MatchForm,
    heading=_l("Match them"),
    lead=_l("Choose one for each row. A choice may be right for several rows, or for none."),
    button=_l("Check my matches"),
    hint=_l("Choose one for each row. A choice may be right for several rows, or for none."),
    samples=samples,
)
