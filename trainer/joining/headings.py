"""Which column of a roster holds what, by its headings. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from flask_babel import lazy_gettext as _l

from trainer.core.errors import Invalid
from trainer.joining.lines import Line
from trainer.organizations.models import LONGEST_TITLE
from trainer.organizations.rules import fold

EXAMPLE: Final = "name, email, job title, employee number, hired on, teams"

_COLUMNS: Final = {
    "name": "name, full name, employee name",
    "first": "first name, first, given name, forename",
    "last": "last name, last, surname, family name",
    "email": "email, e mail, email address, e mail address, mail, work email, work e mail",
    "job_title": "job title, title, position, job",
    "employee_number": "employee number, employee no, employee id, number, id, no, staff number, badge, badge number",
    "hired_on": "hired on, hired, hire date, date of hire, date hired, start date, started, started on, day of hiring",
    "teams": "teams, team, site, sites, crew, crews, location, locations, group, groups",
    "role": "role, roles",
}
"""Spellings of the headings, without capitals and marks; “#” is read as “number”."""
_HEADINGS: Final = {spelling: name for name, spellings in _COLUMNS.items() for spelling in spellings.split(", ")}
_PERHAPS_NAMES: Final = frozenset({"employee", "person", "worker"})
"""Headings of names where no other column is one."""


def read_header(lines: Sequence[Line]) -> dict[str, int]:
    """Return which column holds what. Raises Invalid."""
    if not lines:
        raise Invalid(
            _l("There is nothing in it yet. Start with a row of headings, such as: %(example)s.", example=EXAMPLE)
        )
    headings = [_bare(heading) for heading in lines[0].cells]
    columns: dict[str, int] = {}
    for index, heading in enumerate(headings):
        name = _HEADINGS.get(heading)
        if name in columns:
            shown = lines[0].cells[index][:LONGEST_TITLE]
            raise Invalid(_l("Two columns mean the same: “%(shown)s” is the second. Keep one of them.", shown=shown))
        if name is not None:
            columns[name] = index
    has_name = "name" in columns or {"first", "last"} <= columns.keys()
    perhaps = [index for index, heading in enumerate(headings) if heading in _PERHAPS_NAMES]
    if not has_name and len(perhaps) == 1:
        columns["name"], has_name = perhaps[0], True
    if "email" not in columns or not has_name:
        raise Invalid(
            _l(
                "The first row must name the columns, at least name (or first name and last name) and email. "
                "For example: %(example)s.",
                example=EXAMPLE,
            )
        )
    if len(lines) == 1:
        raise Invalid(_l("There are headings and no people below them. Add a row for each person."))
    return columns


def read_columns_only(lines: Sequence[Line]) -> tuple[list[Line], tuple[str, ...]]:
    """Return the rows without the columns that we don't read, and the headings of those. Raises Invalid."""
    read, width = sorted(read_header(lines).values()), len(lines[0].cells)
    ignored = tuple(
        heading[:LONGEST_TITLE] for index, heading in enumerate(lines[0].cells) if heading and index not in read
    )
    kept = []
    for line in lines:
        cells = [line.cells[index] if index < len(line.cells) else "" for index in read]
        if any(line.cells[width:]):  # a row out of step: anything may stand there, also what we must not keep
            cells += ["..."] if ignored else line.cells[width:]
        kept.append(Line(line.number, tuple(cells), line.is_hidden))
    return kept, ignored


def _bare(heading: str) -> str:
    return " ".join(re.sub(r"[^a-z]+", " ", fold(heading).replace("#", " number ")).split())
