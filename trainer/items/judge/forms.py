"""The form of a scene to judge, and the words of how sure someone is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.validators import InputRequired, Optional, ValidationError

from trainer.content.schema import Verdict, VerdictWords
from trainer.content.serving import served
from trainer.items.forms import UNKNOWN, AnswerForm
from trainer.items.judge.model import Confidence
from trainer.items.judge.payload import ScenePayload
from trainer.items.payload import Given, Payload

CONFIDENCES = (
    (Confidence.GUESSING, _l("Guessing")),
    (Confidence.FAIRLY_SURE, _l("Fairly sure")),
    (Confidence.CERTAIN, _l("Certain")),
)
CONFIDENCE_LABELS = {str(value): label for value, label in CONFIDENCES}
PARTS = ("verdict", "confidence", "action")


class _Choice(RadioField):
    def pre_validate(self, form: Any) -> None:
        values = [str(choice[0]) for choice in self.choices or ()]
        if self.data not in (None, "") and self.data not in values:
            self.is_unknown = True
            raise ValidationError(UNKNOWN)


class JudgeForm(AnswerForm):
    """Verdict, how sure, first action. All three are asked for when the answer is recorded."""

    verdict = _Choice(_l("What do you make of it?"), [InputRequired(_l("Choose one of the three."))])
    confidence = _Choice(_l("How sure are you?"), [InputRequired(_l("Choose how sure you are."))])
    action = _Choice(_l("Your first step?"), [InputRequired(_l("Choose a first step."))])

    @classmethod
    def for_asking(cls, payload: Payload, order: Sequence[str], given: Given) -> JudgeForm:
        """Return the form of a scene with its actions in the learner's order."""
        return cls.for_scene(payload, order, **given)

    @classmethod
    def for_scene(cls, payload: Payload, order: Sequence[str], **values: Any) -> JudgeForm:
        """Return the form of a scene; `values` are what WTForms takes."""
        form = cls(**values)
        form._offer(order)
        form.show(payload)
        return form

    @classmethod
    def for_saving(cls, order: Sequence[str], *, allow_gaps: bool) -> JudgeForm:
        """Return the form that reads an answer."""
        form = cls(meta={"csrf": False})  # the token was checked before the view
        form._offer(order)
        if allow_gaps:
            for field in (form.verdict, form.confidence, form.action):
                field.validators = [Optional()]
        return form

    def show(self, payload: Payload) -> None:
        """Give the actions their texts."""
        assert isinstance(payload, ScenePayload)
        texts = {action.id: action.text for action in payload.actions}
        self.action.choices = [(choice[0], texts[choice[0]]) for choice in self.action.choices or ()]

    def _offer(self, order: Sequence[str]) -> None:
        self.verdict.choices = [(str(value), words.name) for value, words in served().vocabulary.verdicts.items()]
        self.confidence.choices = [(str(value), label) for value, label in CONFIDENCES]
        self.action.choices = [(action, action) for action in order]

    def name_verdicts(self, verdicts: Mapping[Verdict, VerdictWords]) -> None:
        """Give the verdicts other names than those of today."""
        self.verdict.choices = [(str(value), words.name) for value, words in verdicts.items()]

    @staticmethod
    def is_whole(given: Given) -> bool:
        """Return whether all three parts were given."""
        return all(given.get(part) for part in PARTS)

    @property
    def given(self) -> dict[str, Any]:
        """What was given so far."""
        parts = {"verdict": self.verdict.data, "confidence": self.confidence.data, "action": self.action.data}
        return {name: str(value) for name, value in parts.items() if value}

    @property
    def is_tampered(self) -> bool:
        """True if something was sent that the page doesn't offer: no slip of the finger."""
        unknown = any(getattr(field, "is_unknown", False) for field in (self.verdict, self.confidence, self.action))
        twice = any(len(request.form.getlist(name)) > 1 for name in (*PARTS, "version"))
        return unknown or twice or bool(self.version.errors)
