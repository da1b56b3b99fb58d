"""Forms about a class: joining it, meetings and who was there, transferring it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional, ValidationError

from trainer.accounts.rules import clean_name, is_printable_name
from trainer.content.library import Course
from trainer.instructing.models import (
    LONGEST_NAME,
    LONGEST_NOTE,
    LONGEST_PLACE,
    LONGEST_TITLE,
    MOST_WALK_INS,
)
from trainer.web.forms import Form, PlainText, Ticks, in_lines, length, trimmed


class CohortForm(Form):
    """What an instructor says of a class."""

    title = StringField(
        _l("Name of the class"),
        [InputRequired(_l("Enter a name for the class.")), length(1, LONGEST_TITLE), PlainText()],
        description=_l("Learners see it. For example, “Night crew, spring.”"),
        filters=[trimmed],
        render_kw={"autocomplete": "off"},
    )
    taught_by = StringField(
        _l("Your name, as learners see it"),
        [InputRequired(_l("Enter your name.")), length(1, LONGEST_NAME), PlainText()],
        filters=[trimmed],
        render_kw={"autocomplete": "name"},
    )
    starts_on = DateField(_l("First day"), [InputRequired(_l("Choose the first day."))])
    ends_on = DateField(_l("Last day to join"), [InputRequired(_l("Choose the last day."))])
    capacity = IntegerField(
        _l("Places (optional)"), [Optional()], render_kw={"inputmode": "numeric", "min": "1", "max": "1000"}
    )
    shows_answers = BooleanField(
        _l("Show me which scenes each person judged wrongly. People read this before joining.")
    )
    takes_notes = BooleanField(
        _l("Let people hand in their observation notes to me. People read this before joining."),
        description=_l("You grade and answer each note. Owners and managers of a firm can’t read notes or grades."),
    )


class NewCohortForm(CohortForm):
    """A new class, and the course that it takes."""

    course = SelectField(_l("Course"))

    def __init__(self, *args: Any, courses: Sequence[tuple[str, str]], **values: Any) -> None:
        super().__init__(*args, **values)
        self.course.choices = list(courses)


class FirmsCohortForm(NewCohortForm):
    """A new class of a firm, and the teams whose people are to be invited."""

    teams = Ticks(_l("Invite teams (optional)"))

    def __init__(self, *args: Any, teams_there: Sequence[tuple[str, str]], **values: Any) -> None:
        super().__init__(*args, **values)
        self.teams.choices = list(teams_there)


class TeamsForm(Form):
    """The teams whose people a class invites."""

    teams = Ticks(_l("Teams to invite"))

    def __init__(self, *args: Any, teams_there: Sequence[tuple[str, str]], **values: Any) -> None:
        super().__init__(*args, **values)
        self.teams.choices = list(teams_there)


class JoinClassForm(Form):
    """The name under which someone joins a class."""

    name = StringField(
        _l("Your name in this class"),
        [InputRequired(_l("Enter a name.")), length(1, LONGEST_NAME), PlainText()],
        description=_l("Only the instructor sees it. It can be an alias the instructor knows."),
        filters=[trimmed],
        render_kw={"autocomplete": "name"},
    )


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


class HandOverForm(Form):
    """Who in the firm teaches a class from now on."""

    membership = SelectField(_l("To"))

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **values: Any) -> None:
        super().__init__(*args, **values)
        self.membership.choices = list(people)


class PublicHandOverForm(Form):
    """Who teaches a public class from now on."""

    email = StringField(
        _l("Email address of an approved instructor"),
        [InputRequired(_l("Enter the address.")), length(1, 254)],
        filters=[trimmed],
        render_kw={"type": "email", "autocomplete": "off", "spellcheck": "false"},
    )
    name = StringField(
        _l("Their name, as learners see it"),
        [InputRequired(_l("Enter the name.")), length(1, LONGEST_NAME), PlainText()],
        filters=[trimmed],
        render_kw={"autocomplete": "off"},
    )
