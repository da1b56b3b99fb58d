"""The form of *judge the scene*."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from trainer.courses.schema import Confidence, Verdict
from trainer.web.forms import Form

VERDICTS = (
    (Verdict.REPORT_NOW, _l("Report now"), _l("As possible trafficking")),
    (Verdict.NOTE_AND_WATCH, _l("Note it and keep watching"), _l("Not enough yet")),
    (Verdict.NOTHING_TO_REPORT, _l("Nothing to report"), _l("Not as trafficking")),
)
CONFIDENCES = (
    (Confidence.GUESSING, _l("Guessing")),
    (Confidence.FAIRLY_SURE, _l("Fairly sure")),
    (Confidence.CERTAIN, _l("Certain")),
)
VERDICT_LABELS = {str(value): label for value, label, _hint in VERDICTS}
CONFIDENCE_LABELS = {str(value): label for value, label in CONFIDENCES}
_UNKNOWN = _l("This answer isn’t one of the choices. Load the page again.")


class _Choice(RadioField):
    def pre_validate(self, form: Any) -> None:
        values = [str(choice[0]) for choice in self.choices or ()]
        if self.data not in (None, "") and self.data not in values:
            self.is_unknown = True
            raise ValidationError(_UNKNOWN)


class _Count(IntegerField):
    """A number as our pages write it: int() also takes signs, blanks, underscores and digits of other scripts."""

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist and not (valuelist[0].isascii() and valuelist[0].isdigit()):
            self.data = None
            raise ValueError(_UNKNOWN)
        super().process_formdata(valuelist)


class JudgeForm(Form):
    """Verdict, how sure, first action. All three are asked for when the answer is recorded."""

    verdict = _Choice(_l("What do you make of it?"), [InputRequired(_l("Choose one of the three."))])
    confidence = _Choice(_l("How sure are you?"), [InputRequired(_l("Say how sure you are."))])
    action = _Choice(_l("Your first step?"), [InputRequired(_l("Choose a first step."))])
    version = _Count(validators=[NumberRange(0, 1_000_000)])

    @classmethod
    def for_scene(cls, snapshot: Mapping[str, Any], order: Sequence[str], **values: Any) -> JudgeForm:
        """Return the form of a scene with its actions in the learner's order."""
        form = cls(**values)
        form._offer(order)
        form.show(snapshot)
        return form

    @classmethod
    def for_saving(cls, order: Sequence[str], *, allow_gaps: bool) -> JudgeForm:
        """Return the form that reads an answer; its texts aren't needed for that.

        `allow_gaps`: accept missing parts, because an answer is saved as it is given, one part at a time.
        """
        form = cls(meta={"csrf": False})  # the token was checked before the view
        form._offer(order)
        if allow_gaps:
            for field in (form.verdict, form.confidence, form.action):
                field.validators = [Optional()]
        return form

    def show(self, snapshot: Mapping[str, Any]) -> None:
        """Give the actions their texts."""
        texts = {action["id"]: action["text"] for action in snapshot["actions"]}
        self.action.choices = [(choice[0], texts[choice[0]]) for choice in self.action.choices or ()]

    def _offer(self, order: Sequence[str]) -> None:
        self.verdict.choices = [(str(value), label) for value, label, _hint in VERDICTS]
        self.confidence.choices = [(str(value), label) for value, label in CONFIDENCES]
        self.action.choices = [(action, action) for action in order]

    @property
    def given(self) -> dict[str, str]:
        """What was given so far."""
        parts = {"verdict": self.verdict.data, "confidence": self.confidence.data, "action": self.action.data}
        return {name: str(value) for name, value in parts.items() if value}

    @property
    def is_tampered(self) -> bool:
        """True if something was sent that the page doesn't offer: no slip of the finger."""
        names = ("verdict", "confidence", "action", "version")
        unknown = any(getattr(field, "is_unknown", False) for field in (self.verdict, self.confidence, self.action))
        twice = any(len(request.form.getlist(name)) > 1 for name in names)
        return unknown or twice or bool(self.version.errors)
