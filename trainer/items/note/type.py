"""*Write a note* as a type of items: written first, then compared with a model by a checklist that its writer ticks."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, ClassVar, Literal

from flask import request
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from pydantic import Field
from wtforms import SelectMultipleField, TextAreaField
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput

from trainer.content.parts import Part, Slug, Text
from trainer.content.quotes import told_digest
from trainer.content.schema import FurtherItem, InputMode, Refuse, Situation
from trainer.content.serving import served_in
from trainer.content.shapes import WITH_REASON, ById, Each, Keys, Shape, words
from trainer.items.choices import scene_of
from trainer.items.contract import EVERY_WAY, FurtherPayload, FurtherType, Mark, Sample
from trainer.items.forms import AnswerForm
from trainer.items.note.hints import Hint, hints_on
from trainer.items.payload import Given, Kept, Payload
from trainer.web.language import language_tag

LONGEST = 2_000
"""The most characters a note may have: several times the length of a good one."""


class NoteStep(StrEnum):
    """How far someone is with a note. Only COMPARED is an answer."""

    WRITING = "writing"
    WRITTEN = "written"  # the model is shown
    COMPARED = "compared"


class ModelLine(Part):
    """A line of the model: what it is about, such as what was seen, and what it says."""

    part: Text
    text: Text


class Check(Part):
    """Something to look for in one's own note, told as what a good note does."""

    id: Slug
    text: Text
    why: Text


class NoteItem(FurtherItem):
    """*Write a note*: what a good one says, in its parts, and what to look for in one's own."""

    access: ClassVar[frozenset[InputMode]] = EVERY_WAY
    prose: ClassVar[Mapping[str, Shape]] = {
        **words("ask"),
        "model": Each(Keys(words("part", "text"))),
        "checks": ById(WITH_REASON),
    }
    seconds: ClassVar[float] = 120.0

    type: Literal["note"]
    ask: Text
    model: list[ModelLine] = Field(min_length=2, max_length=8)
    checks: list[Check] = Field(min_length=3, max_length=8)

    def check(self, scene: Situation, refuse: Refuse) -> None:
        """There is something to write about, and lines and checks are told apart."""
        if not any(scene.paragraphs):
            refuse((), "there is nothing to write a note about", 'Tell what happened, in "passage".')
        if len({line.part for line in self.model}) < len(self.model):
            refuse(("model",), "two lines have the same part", "Give each its own.")
        for key in ("id", "text"):
            if len({getattr(check, key) for check in self.checks}) < len(self.checks):
                refuse(("checks",), f"two checks have the same {key}", "Give each its own.")

    def payload(self, scene: Situation) -> dict[str, Any]:
        """Return all that is needed to show it."""
        return {
            **scene_of(scene, self.type),
            "ask": self.ask,
            "model": [{"part": line.part, "text": line.text} for line in self.model],
            "checks": [{"id": check.id, "text": check.text, "why": check.why} for check in self.checks],
        }

    def digest(self, scene: Situation) -> str:
        """Hash what is asked, the model and the checks."""
        told = {**self.payload(scene), "checks": [[check.id, check.text] for check in self.checks]}
        return told_digest(told)

    def texts(self) -> Iterable[str]:
        """List what is read of it."""
        model = [text for line in self.model for text in (line.part, line.text)]
        return [self.ask, *model, *(text for check in self.checks for text in (check.text, check.why))]


class ShownLine(Kept):
    """A line of the model as it was drawn."""

    part: str
    text: str


class ShownCheck(Kept):
    """A check as it was drawn."""

    id: str
    text: str
    why: str


class NotePayload(FurtherPayload):
    """A note to write, with its model, as it was drawn."""

    type: Literal["note"] = "note"
    model: list[ShownLine]
    checks: list[ShownCheck]

    @property
    def opening(self) -> str:
        """The first paragraph of what the note is about: many notes are asked for in the same words."""
        return "".join(text for text, _phrase in next(filter(None, self.paragraphs)))

    def draw(self, rng: random.Random) -> list[str]:
        """Return the checks: they stay in the order of their author."""
        return self.order_for_all()

    def order_for_all(self) -> list[str]:
        """Return the checks in the order of their author."""
        return [check.id for check in self.checks]

    def mark(self, given: Given) -> Mark | None:
        """Return None: the writer of a note judges it."""
        return None

    def told(self, mark: Mark) -> str:
        """Raise ValueError: a note has no mark."""
        raise ValueError("a note has no mark")


class NoteForm(AnswerForm):
    """A note, and in the second step what was ticked beside the model. The note comes along, and can be changed."""

    note = TextAreaField(_l("Your note"))
    ticked = SelectMultipleField(
        _l("What does your note do? Tick what you find in it."), option_widget=CheckboxInput(), validate_choice=False
    )
    whys: Sequence[tuple[str, str, str]] = ()
    """Of each check id, text and reason."""
    step = NoteStep.WRITING
    allow_gaps = False

    @classmethod
    def for_asking(cls, payload: Payload, order: Sequence[str], given: Given) -> NoteForm:
        """Return the form of the step that comes next."""
        # The page has the token.
        form = cls(formdata=None, note=given.get("note", ""), ticked=given.get("ticked", []), meta={"csrf": False})
        form.step = NoteStep(given.get("step", NoteStep.WRITING))
        form._offer(order)
        form.show(payload)
        return form

    @classmethod
    def for_saving(cls, order: Sequence[str], *, allow_gaps: bool) -> NoteForm:
        """Return the form that reads an answer."""
        form = cls(meta={"csrf": False})  # the token was checked before the view
        form._offer(order)
        form.allow_gaps = allow_gaps
        form.note.data = "\n".join((form.note.data or "").splitlines()).rstrip()
        form.step = NoteStep.WRITTEN if request.form.get("step") == NoteStep.WRITTEN else NoteStep.WRITING
        return form

    def _offer(self, order: Sequence[str]) -> None:
        self.ticked.choices = [(check_id, check_id) for check_id in order]

    def show(self, payload: Payload) -> None:
        """Give the note its question, and the checks their texts."""
        assert isinstance(payload, NotePayload)
        checks = {check.id: check for check in payload.checks}
        known = [checks[str(choice[0])] for choice in self.ticked.choices or ()]
        self.ticked.choices = [(check.id, check.text) for check in known]
        self.whys = [(check.id, check.text, check.why) for check in known]

    def validate_note(self, field: Any) -> None:
        """There must be a note, and it may not be endless."""
        if not (field.data or "").strip() and not self.allow_gaps:
            raise ValidationError(_l("Write your note first. One line is enough."))
        if len(field.data or "") > LONGEST:
            raise ValidationError(
                _l(
                    "Your note has %(number)s characters. Shorten it to %(most)s.",
                    number=len(field.data),
                    most=LONGEST,
                )
            )

    @property
    def hints(self) -> list[Hint]:
        """What can be pointed out in the note, in the reader's language."""
        return hints_on(self.note.data or "", served_in(language_tag()).vocabulary.note_hints)

    @property
    def button(self) -> LazyString | None:
        """The second step has a button of its own."""
        return _l("I’ve compared them") if self.step is not NoteStep.WRITING else None

    @staticmethod
    def is_whole(given: Given) -> bool:
        """Return whether the note was written and compared."""
        return given.get("step") == NoteStep.COMPARED

    @property
    def given(self) -> dict[str, Any]:
        """The note, how far it is, and what was ticked. A step is taken once the note is in order, and on purpose."""
        step = self.step
        if not self.allow_gaps and not self.note.errors:
            step = NoteStep.WRITTEN if step is NoteStep.WRITING else NoteStep.COMPARED
        known = [str(choice[0]) for choice in self.ticked.choices or ()]
        ticked = [check_id for check_id in known if check_id in (self.ticked.data or ())]
        return {"note": self.note.data or "", "step": str(step), "ticked": ticked}

    @property
    def is_tampered(self) -> bool:
        """True if something was sent that the page doesn't offer."""
        ticked = self.ticked.data or []
        known = {str(choice[0]) for choice in self.ticked.choices or ()} if self.step is NoteStep.WRITTEN else set()
        steps, notes = request.form.getlist("step"), request.form.getlist("note")
        is_unknown = not {NoteStep.WRITING, NoteStep.WRITTEN}.issuperset(steps) or not known.issuperset(ticked)
        twice = len(steps) > 1 or len(notes) > 1 or len(set(ticked)) < len(ticked)
        # No keyboard writes NUL, and PostgreSQL keeps none.
        return is_unknown or twice or any("\x00" in note for note in notes) or bool(self.version.errors)


def samples() -> list[Sample]:
    """Return one with a model of two lines and three checks."""

    def item(said: str) -> dict[str, object]:
        checks = {"time": "It has a time", "words": "It has the exact words", "origin": "It has no origin"}
        return {
            "type": "note",
            "ask": "Write down what you saw and heard.",
            "model": [{"part": "Saw", "text": "A man at the desk"}, {"part": "Heard", "text": said}],
            "checks": [{"id": name, "text": text, "why": f"Of the {name}."} for name, text in checks.items()],
        }

    note = "He asked for his papers.\r\nThe boss said no."
    return [
        Sample(
            authored=item("He asked for his papers"),
            otherwise=item("The boss said no"),
            first={"note": note},
            right={"note": note, "step": "written", "ticked": ["words", "origin"]},
            wrong={"note": "No.", "step": "written"},
            partly={"note": "He asked"},
            altered=[
                {"note": note, "step": "compared"},
                {"note": note, "step": ["written", "written"]},
                {"note": [note, note]},
                {"note": "\x00"},
                {"note": note, "ticked": ["words"]},
                {"note": note, "step": "written", "ticked": ["made-up"]},
                {"note": note, "step": "written", "ticked": ["words", "words"]},
            ],
            incomplete={},
            as_they_come=lambda order: {"note": note, "step": "compared", "ticked": list(order[:2])},
        )
    ]


NOTE = FurtherType(
    name="note",
    model=NoteItem,
    payload=NotePayload,
    form=NoteForm,
    heading=_l("Write a note"),
    lead=_l("Write it as you would for someone who wasn’t there. Then you compare it with ours. Nothing is scored."),
    button=_l("Compare with a model"),
    samples=samples,
    is_written=True,
    done=_l("Written and compared."),
)
