"""Forms about notes: which class gets it, a new version, and an instructor's answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, ValidationError

from trainer.extras.notes.models import LONGEST_COMMENT, LONGEST_NOTE_TEXT
from trainer.web.forms import Form, PlainText, Ticks, in_lines, length


def as_written(value: Any) -> Any:
    """Filter: keep lines and blanks as they were typed, with a line feed alone at the end of each line."""
    return "\n".join(value.expandtabs(2).splitlines()).rstrip() if isinstance(value, str) else value


class HandInForm(Form):
    """The class to which someone hands in a note."""

    cohort = RadioField(_l("To which class?"), validate_choice=False)

    def __init__(self, *args: Any, cohorts: Sequence[tuple[str, str]], **values: Any) -> None:
        super().__init__(*args, **values)
        self.cohort.choices = list(cohorts)


class RewriteForm(Form):
    """A new version of a note."""

    text = TextAreaField(
        _l("Your new version"),
        [
            InputRequired(_l("Write your note first. One line is enough.")),
            length(1, LONGEST_NOTE_TEXT),
            PlainText(lines=True),
        ],
        filters=[as_written],
        render_kw={"rows": "9"},
    )


class NoteAnswerForm(Form):
    """Which points of its rubric a note meets, and a comment."""

    met = Ticks(_l("What does this note do? Check what it meets."))
    comment = TextAreaField(
        _l("Comment (optional)"),
        [length(0, LONGEST_COMMENT), PlainText(lines=True)],
        description=_l("About the note, not the person. For example, what to add so that others can use it."),
        filters=[in_lines],
        render_kw={"rows": "4"},
    )
    saved = SelectField(_l("Your saved comments"), validate_choice=False)
    keeps = BooleanField(_l("Save this comment so I can use it again"))

    def __init__(
        self, *args: Any, points: Sequence[tuple[str, str]], comments: Sequence[tuple[str, str]], **values: Any
    ) -> None:
        super().__init__(*args, **values)
        self.met.choices = list(points)
        self.saved.choices = [("", _l("Choose a comment")), *comments]

    def validate_comment(self, field: TextAreaField) -> None:
        """An answer says something: an empty one was sent by mistake, and it can’t be changed."""
        if not field.data and not self.met.data:
            raise ValidationError(_l("Check at least one point, or write what is missing."))
