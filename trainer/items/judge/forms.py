"""The form of a scene to judge, and the words of how sure someone is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, Optional, ValidationError

from trainer.content.serving import served
from trainer.content.subject import Verdict, VerdictWords
from trainer.items.forms import UNKNOWN, AnswerForm
from trainer.items.judge.model import PARTS, PARTS_AND_LINE, Confidence
from trainer.items.judge.payload import ScenePayload
from trainer.items.payload import Given, Payload
from trainer.web.forms import PlainText, length

LONGEST_LINE = 300

CONFIDENCES = (
    (Confidence.GUESSING, _l("Guessing")),
    (Confidence.FAIRLY_SURE, _l("Fairly sure")),
    (Confidence.CERTAIN, _l("Certain")),
)
CONFIDENCE_LABELS = {str(value): label for value, label in CONFIDENCES}


class _Choice(RadioField):
    def pre_validate(self, form: Any) -> None:
        values = [str(choice[0]) for choice in self.choices or ()]
        if self.data not in (None, "") and self.data not in values:
            self.is_unknown = True
            raise ValidationError(UNKNOWN)


class JudgeForm(AnswerForm):
    """Verdict, how sure, first action. The parts that are asked must be there when the answer is recorded."""

    verdict = _Choice(_l("What do you make of it?"), [InputRequired(_l("Choose one of the three."))])
    confidence = _Choice(_l("How sure are you?"), [InputRequired(_l("Choose how sure you are."))])
    action = _Choice(_l("Your first step?"), [InputRequired(_l("Choose a first step."))])
    line = TextAreaField(
        _l("A line for your log (optional)"),
        [Optional(), length(1, LONGEST_LINE), PlainText()],
        filters=[lambda value: " ".join(value.split()) if isinstance(value, str) else value],
        description=_l("What you saw, in your words. Only you can read it, and it stays with this night."),
        render_kw={"maxlength": str(LONGEST_LINE), "rows": "2"},
    )

    @classmethod
    def for_asking(cls, payload: Payload, order: Sequence[str], given: Given) -> JudgeForm:
        """Return the form of a scene with its actions in the learner's order."""
        return cls.for_scene(payload, order, **given)

    @classmethod
    def for_scene(
        cls, payload: Payload, order: Sequence[str], asks: Collection[str] = PARTS, **values: Any
    ) -> JudgeForm:
        """Return the form of a scene; `values` are what WTForms takes."""
        form = cls(**values)
        form._ask(asks)
        form._offer(order)
        form.show(payload)
        return form

    @classmethod
    def for_saving(cls, order: Sequence[str], *, allow_gaps: bool, asks: Collection[str] = PARTS) -> JudgeForm:
        """Return the form that reads an answer."""
        form = cls(meta={"csrf": False})  # the token was checked before the view
        form._ask(asks)
        form._offer(order)
        if allow_gaps:
            for field in form._asked:
                field.validators = [Optional()]
        return form

    def show(self, payload: Payload) -> None:
        """Give the actions their texts."""
        assert isinstance(payload, ScenePayload)
        texts = {action.id: action.text for action in payload.actions}
        if "action" in self:
            self.action.choices = [(choice[0], texts[choice[0]]) for choice in self.action.choices or ()]

    def _ask(self, asks: Collection[str]) -> None:
        for part in set(PARTS_AND_LINE).difference(asks):
            del self[part]

    @property
    def _asked(self) -> list[_Choice]:
        return [self[part] for part in PARTS if part in self]

    def _offer(self, order: Sequence[str]) -> None:
        offered = {
            "verdict": [(str(value), words.name) for value, words in served().vocabulary.verdicts.items()],
            "confidence": [(str(value), label) for value, label in CONFIDENCES],
            "action": [(action, action) for action in order],
        }
        for field in self._asked:
            field.choices = offered[field.name]

    def name_verdicts(self, verdicts: Mapping[Verdict, VerdictWords]) -> None:
        """Give the verdicts other names than those of today."""
        if "verdict" in self:
            self.verdict.choices = [(str(value), words.name) for value, words in verdicts.items()]

    @staticmethod
    def is_whole(given: Given, asks: Collection[str] = PARTS) -> bool:
        """Return whether all parts that are asked were given."""
        return all(given.get(part) for part in PARTS if part in asks)

    @property
    def given(self) -> dict[str, Any]:
        """What was given so far."""
        given = {field.name: str(field.data) for field in self._asked if field.data}
        if "line" in self and self.line.data and not self.line.errors:
            given["line"] = str(self.line.data)
        return given

    @property
    def is_tampered(self) -> bool:
        """True if something was sent that the page doesn't offer: no slip of the finger."""
        unknown = any(getattr(field, "is_unknown", False) for field in self._asked)
        twice = any(len(request.form.getlist(name)) > 1 for name in (*PARTS_AND_LINE, "version"))
        return unknown or twice or bool(self.version.errors)
