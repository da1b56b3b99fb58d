"""Draw the sign-in sheet of a meeting: who is expected, and room for signatures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import ngettext

from trainer.content.library import Course
from trainer.extras.meetings.models import ClassSession
from trainer.extras.meetings.presence import list_numbers
from trainer.extras.meetings.sessions import statement_of
from trainer.instructing.queries import TeachingContext, list_members
from trainer.organizations.rules import fold
from trainer.web.language import show_day
from trainer.web.paper import breakable, typeset_sheet

SHEET: Final = Path(__file__).with_name("sheet.typ")
PAPERS: Final = {"letter": "us-letter", "a4": "a4"}
BLANK_ROWS: Final = 10
MOST_SHOWN: Final = 3
"""Characters at the end of an employee number."""


def list_expected(context: TeachingContext) -> Sequence[tuple[str, str]]:
    """Return (name, end of the employee number or nothing) of the people in a class, by name.

    The whole number signs in with a PIN, and a sheet goes from hand to hand: its end tells two people of one name
    apart.
    """
    members = list_members(context.cohort)
    numbers = list_numbers(context)
    people = [(member.name, _end_of(numbers.get(member.user_id))) for member in members]
    return sorted(people, key=lambda pair: (fold(pair[0]), pair[1]))


def _end_of(number: str | None) -> str:
    shown = min(MOST_SHOWN, len(number or "") // 2)
    return f"…{number[-shown:]}" if number and shown else ""


def draw_sheet(context: TeachingContext, session: ClassSession, course: Course | None, paper: str) -> bytes:
    """Return a tagged PDF that prints in gray, on a paper of `PAPERS`. A letter that no font can show is a box."""
    people = list_expected(context)
    rows = [(str(place), breakable(name), breakable(number, 9), "") for place, (name, number) in enumerate(people, 1)]
    rows += [(str(len(people) + place), "", "", "") for place in range(1, BLANK_ROWS + 1)]
    texts = {
        "paper": PAPERS[paper],
        "title": _("Sign-in sheet"),
        "name": breakable(context.cohort.title),
        "facts": [(label, breakable(text, 30)) for label, text in _facts(context, session, course) if text],
        "taught": what_is_taught(session, course),
        "heads": [_("No."), _("Name"), _("Number"), _("Signature")],
        "rows": rows,
        "statement": statement_of(session),
        "lines": [_("Instructor’s name (print)"), _("Instructor’s signature"), _("Date")],
        "words": {
            "taught": _("What is taught"),
            "footer": _("Sign only for yourself. Only people the instructor checks off count as present."),
        },
    }
    return typeset_sheet(SHEET, texts, session.held_on)


def what_is_taught(session: ClassSession, course: Course | None) -> list[str]:
    """Return the modules of a meeting in words: a title where all of its lessons are taught, and how many of how
    many where not."""
    if course is None:
        return list(session.lessons)
    taught = []
    for module in course.modules:
        number, every = sum(lesson.id in session.lessons for lesson in module.lessons), len(module.lessons)
        if number == every:
            taught.append(module.file.title)
        elif number:
            taught.append(
                ngettext(
                    "%(module)s (%(num)s of %(every)s lessons)",
                    "%(module)s (%(num)s of %(every)s lessons)",
                    number,
                    module=module.file.title,
                    every=every,
                )
            )
    return taught


def _facts(context: TeachingContext, session: ClassSession, course: Course | None) -> list[tuple[str, Any]]:
    return [
        (_("Firm"), context.actor.organization.name if context.actor else ""),
        (_("Course"), course.file.title if course else context.cohort.course),
        (_("Day"), show_day(session.held_on, "long")),
        (_("Length"), ngettext("%(num)s minute", "%(num)s minutes", session.minutes)),
        (_("Place"), session.place),
        (_("Trainer"), context.cohort.taught_by),
    ]
