"""Forms about a meeting: what is taught, who was there, and the signature below it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, ValidationError

from trainer.accounts.rules import clean_name, is_printable_name
from trainer.content.library import Course
from trainer.extras.meetings.models import LONGEST_NOTE, LONGEST_PLACE, MOST_WALK_INS
from trainer.instructing.models import LONGEST_NAME
from trainer.web.forms import Form, PlainText, Ticks, in_lines, length, trimmed


class SessionForm(Form):
    """A meeting in person: whole modules, and individual lessons of others."""

    number = HiddenField()
    """The id that the meeting gets, so that a form sent twice makes one."""
    held_on = DateField(_l("Day"), [InputRequired(_l("Choose the day."))])
    minutes = IntegerField(
        _l("Minutes"),
        [InputRequired(_l("Enter how many minutes it takes."))],
        render_kw={"inputmode": "numeric", "min": "1", "max": "600"},
    )
    place = StringField(
        _l("Place (optional)"),
        [length(0, LONGEST_PLACE), PlainText()],
        description=_l("It’s printed on the sign-in sheet."),
        filters=[trimmed],
        render_kw={"autocomplete": "off"},
    )
    modules = Ticks(_l("What you teach"))
    lessons = Ticks(_l("Individual lessons"))
    note = StringField(
        _l("Note (optional)"),
        [length(0, LONGEST_NOTE), PlainText()],
        description=_l("Nothing about individuals, please."),
        filters=[trimmed],
        render_kw={"autocomplete": "off"},
    )

    def __init__(self, *args: Any, course: Course | None, **values: Any) -> None:
        super().__init__(*args, **values)
        modules = course.modules if course else ()
        self.modules.choices = [(module.slug, module.file.title) for module in modules]
        self.lessons.choices = [(lesson.id, lesson.file.title) for module in modules for lesson in module.lessons]
        self._lessons_of = {module.slug: [lesson.id for lesson in module.lessons] for module in modules}

    @property
    def taught(self) -> list[str]:
        """The lessons chosen, including those of whole modules."""
        whole = [lesson for module in self.modules.data or [] for lesson in self._lessons_of.get(module, [])]
        return list(dict.fromkeys([*whole, *(self.lessons.data or [])]))

    def count_of(self, module: str) -> int:
        """Return how many lessons of a module are chosen."""
        return len(set(self.taught) & set(self._lessons_of[module]))


class AttendanceForm(Form):
    """Who was at a meeting."""

    members = Ticks(_l("Who was there"))
    walk_ins = TextAreaField(
        _l("Others who were there (optional)"),
        [PlainText(lines=True)],
        description=_l(
            "One name per line. They aren’t in the class, so nothing can be signed off for them. In a public class, we "
            "delete the names a year after the meeting."
        ),
        filters=[in_lines],
        render_kw={"rows": "3", "autocomplete": "off"},
    )

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **values: Any) -> None:
        super().__init__(*args, **values)
        self.members.choices = list(people)

    @property
    def names(self) -> list[str]:
        """The names of people who aren't in the class."""
        return [name for name in (self.walk_ins.data or "").split("\n") if name]

    def validate_walk_ins(self, _field: TextAreaField) -> None:
        """Refuse too many names, and what is none."""
        if len(self.names) > MOST_WALK_INS:
            raise ValidationError(_l("Enter at most %(most)s names.", most=MOST_WALK_INS))
        if any(len(name) > LONGEST_NAME or not is_printable_name(clean_name(name)) for name in self.names):
            raise ValidationError(
                _l(
                    "Each name needs at least one letter, and at most %(most)s characters.",
                    most=LONGEST_NAME,
                )
            )


class SignatureForm(Form):
    """The instructor's name below what is signed."""

    signer = StringField(
        _l("Your full name, as your signature"),
        [InputRequired(_l("Enter your name.")), length(1, LONGEST_NAME), PlainText()],
        filters=[trimmed],
        render_kw={"autocomplete": "name"},
    )
