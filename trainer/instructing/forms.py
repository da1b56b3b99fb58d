"""Forms about a class: what is said of it, joining it, transferring it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Optional

from trainer.instructing.models import (
    LONGEST_NAME,
    LONGEST_TITLE,
)
from trainer.web.forms import Form, PlainText, Ticks, length, trimmed


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
