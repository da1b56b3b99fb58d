"""The form of *judge the scene*."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, SelectMultipleField
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput

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


class DrillForm(Form):
    """What was chosen of a further question: one option, several, or none of the phrases."""

    chosen = SelectMultipleField(option_widget=CheckboxInput(), validate_choice=False)
    version = _Count(validators=[NumberRange(0, 1_000_000)])
    type = ""
    allow_gaps = False

    @classmethod
    def for_question(cls, snapshot: Mapping[str, Any], order: Sequence[str], chosen: Sequence[str]) -> DrillForm:
        """Return the form of a question with its options in the learner's order."""
        form = cls(formdata=None, chosen=list(chosen))
        form._offer(snapshot["type"], order)
        form.show(snapshot)
        return form

    @classmethod
    def for_saving(cls, kind: str, order: Sequence[str], *, allow_gaps: bool) -> DrillForm:
        """Return the form that reads an answer. `allow_gaps`: it may be unfinished."""
        form = cls(meta={"csrf": False})  # the token was checked before the view
        form._offer(kind, order)
        form.allow_gaps = allow_gaps
        return form

    def show(self, snapshot: Mapping[str, Any]) -> None:
        """Give the options their texts."""
        texts = {option["id"]: option["text"] for option in snapshot["options"]}
        self.chosen.choices = [(choice[0], texts[choice[0]]) for choice in self.chosen.choices or ()]
        self.chosen.label.text = snapshot["ask"] or _l("Which phrases would you put in a report?")

    def validate_chosen(self, field: Any) -> None:
        """A single choice needs one option, a multiple choice at least one; no phrase may be marked at all."""
        if self.type != "marks" and not field.data and not self.allow_gaps:
            raise ValidationError(_l("Choose one.") if self.type == "single" else _l("Choose at least one."))

    def _offer(self, kind: str, order: Sequence[str]) -> None:
        self.type = kind
        self.chosen.choices = [(one, one) for one in order]

    def _known(self) -> list[str]:
        return [str(choice[0]) for choice in self.chosen.choices or ()]

    @property
    def given(self) -> list[str]:
        """What was chosen, in the order shown."""
        return [one for one in self._known() if one in (self.chosen.data or ())]

    @property
    def is_tampered(self) -> bool:
        """True if something was sent that the page doesn't offer."""
        data = self.chosen.data or []
        known = set(self._known())
        too_many = self.type == "single" and len(data) > 1
        return bool(self.version.errors) or too_many or len(set(data)) < len(data) or not known.issuperset(data)


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
