"""Which sheet, row and columns of a file hold a roster: guessed, remembered, or to be asked. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from flask_babel import lazy_gettext as _l

from trainer.core.errors import Invalid
from trainer.organizations.models import LONGEST_TITLE
from trainer.organizations.rules import Role, fold
from trainer.roster.cells import is_nothing
from trainer.roster.days import DayReading, find_order, is_day
from trainer.roster.headings import (
    EXAMPLE,
    HEADINGS_WITHIN,
    PERHAPS,
    bare,
    count_known,
    has_social_security,
    is_others,
    is_private,
    is_private_email,
    known_as,
)
from trainer.roster.lines import RosterLine, RosterSheet
from trainer.roster.statuses import is_working

_LOOKED_AT: Final = 200
"""How many rows we look at to tell what a column holds."""
_DAYS: Final = ("hired_on", "rehired_on", "ended_on")


class How(StrEnum):
    """How we know what a column holds."""

    KNOWN = "known"  # by its heading
    REMEMBERED = "remembered"  # the firm said so before
    CHOSEN = "chosen"  # someone just said so
    GUESSED = "guessed"  # by its values, or one of two with such a heading: to be asked
    UNREAD = "unread"  # nothing that we read
    PRIVATE = "private"  # never read


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file, and what it holds."""

    index: int
    heading: str
    meaning: str
    """One of `headings.MEANINGS`; nothing for a column that is left out."""
    how: How
    is_hidden: bool = False
    samples: tuple[str, ...] = ()
    """Its first three values."""


@dataclass(frozen=True, slots=True)
class ColumnMatch:
    """Where in a sheet the roster is."""

    row: int
    """Index of the row of headings."""
    columns: tuple[Column, ...]
    reading: DayReading

    @property
    def is_sure(self) -> bool:
        """True if nobody has to be asked anything."""
        if any(column.how is How.GUESSED for column in self.columns) or not self.reading.is_sure:
            return False
        return not missing(column.meaning for column in self.columns)


def missing(meanings: Iterable[str], *, needs_address: bool = True) -> list[str]:
    """Return which required columns are missing: "name", "email"."""
    there = set(meanings)
    lacking = [] if "name" in there or {"first", "last"} <= there else ["name"]
    has_key = "email" in there or (not needs_address and "employee_number" in there)
    return lacking if has_key else [*lacking, "email"]


def choose_sheet(sheets: Sequence[RosterSheet], remembered: Mapping[str, str]) -> int:
    """Return which sheet holds the roster: the sheet with people in which we know the most headings, or the first."""
    return max(range(len(sheets)), key=lambda index: (*_sign(sheets[index], remembered), -index))


def _sign(sheet: RosterSheet, remembered: Mapping[str, str]) -> tuple[int, bool]:
    row = _find_headings(sheet.lines, remembered) if sheet.lines else None
    has_people = row is not None and len(sheet.lines) > row + 1
    return count_known(sheet.lines[row].cells, remembered) if has_people and row is not None else 0, bool(sheet.lines)


def match(sheet: RosterSheet, remembered: Mapping[str, str]) -> ColumnMatch:
    """Return where the roster is. `remembered`: what a firm's headings mean, as `headings.bare` writes them.

    Raises Invalid for a sheet without headings, and for one without people.
    """
    if sheet.refusal is not None:
        raise sheet.refusal
    if not sheet.lines:
        raise Invalid(
            _l("There is nothing in it yet. Start with a row of headings, such as: %(example)s.", example=EXAMPLE)
        )
    row = _find_headings(sheet.lines, remembered)
    if row is None:
        raise Invalid(
            _l(
                "None of the first %(most)s rows names the columns, at least name (or first name and last name) and "
                "email. Add a row such as: %(example)s.",
                most=HEADINGS_WITHIN,
                example=EXAMPLE,
            )
        )
    below = sheet.lines[row + 1 :]
    if not below:
        raise Invalid(_l("There are headings and no people below them. Add a row for each person."))
    columns = _settle(
        [
            _name(sheet, index, heading, below, remembered)
            for index, heading in enumerate(sheet.lines[row].cells)
            if heading or any(len(line.cells) > index and line.cells[index] for line in below[:_LOOKED_AT])
        ],
        below,
    )
    columns = [_doubt(column, columns, below) for column in columns]
    return ColumnMatch(row, tuple(columns), read_days(columns, below))


def read_days(columns: Iterable[Column], below: Sequence[RosterLine]) -> DayReading:
    """Return how the days in the columns of days are read."""
    days = [column for column in columns if column.meaning in _DAYS]
    texts = (line.cells[column.index] for column in days for line in below if column.index < len(line.cells))
    return find_order(texts, " ".join(column.heading for column in days))


def _find_headings(lines: Sequence[RosterLine], remembered: Mapping[str, str]) -> int | None:
    rows = lines[:HEADINGS_WITHIN]
    scores = [count_known(line.cells, remembered) for line in rows]
    best = max(range(len(rows)), key=lambda index: (scores[index], -index))
    if scores[best] >= 2:
        return best
    for index, line in enumerate(rows):  # headings that nobody knows: texts, and an address somewhere below
        cells = [cell for cell in line.cells if cell]
        below = lines[index + 1 : index + 6]
        has_address = any("@" in cell for row in below for cell in row.cells)
        if len(cells) >= 2 and not any(map(_is_value, cells)) and (scores[index] or has_address):
            return index
    return None


def _is_value(cell: str) -> bool:
    return "@" in cell or cell.replace("/", "").replace("-", "").replace(".", "").isdigit()


def _name(
    sheet: RosterSheet, index: int, heading: str, below: Sequence[RosterLine], remembered: Mapping[str, str]
) -> Column:
    column = Column(index, heading[:LONGEST_TITLE], "", How.UNREAD, index in sheet.hidden_columns)
    values = _values(column, below)
    column = replace(column, samples=tuple(values[:3]))
    key = bare(heading)
    if has_social_security(values):
        return replace(column, how=How.PRIVATE, samples=())
    if key in remembered:
        return replace(column, meaning=remembered[key], how=How.REMEMBERED)
    if known := known_as(heading)[0]:
        if known == "role" and len(values) >= 5 and not {fold(value) for value in values} & {*Role}:
            known = "job_title"  # what someone does, not what someone may do here
        return replace(column, meaning=known, how=How.KNOWN)
    return replace(column, how=How.PRIVATE, samples=()) if is_private(heading, values) else column


def _settle(columns: list[Column], below: Sequence[RosterLine]) -> list[Column]:
    """Give each meaning to one column: first what the firm remembered, then the better heading, then the first one."""
    columns = _settle_names(columns, below)
    chosen: dict[str, Column] = {}
    for column in columns:
        if column.meaning and (column.meaning not in chosen or _rank(column) < _rank(chosen[column.meaning])):
            chosen[column.meaning] = column
    settled = []
    for column in columns:
        best = chosen.get(column.meaning)
        if best is None or best is column:
            settled.append(column)
            continue
        is_tie = _rank(best) == _rank(column)
        may_be_it = column.meaning == "email" and _may_be_it(best, column, below)
        how = How.GUESSED if is_tie or may_be_it else How.UNREAD
        settled.append(replace(column, meaning="", how=how))
    if "email" not in chosen:
        settled = _guess(settled, "email", below)
    if missing(chosen) and "name" in missing(chosen):
        settled = _guess(settled, "name", below)
    return settled


def _settle_names(columns: list[Column], below: Sequence[RosterLine]) -> list[Column]:
    """Tell columns of names apart: "Employee" is one only if no other is; "Nombre" may be a first or a full name.

    "Name" beside "Surname" is a first name, if the surname isn't in it.
    """
    if "first" not in {column.meaning for column in columns}:
        last = next((column for column in columns if column.meaning == "last"), None)
        columns = [
            replace(column, meaning="first")
            if last is not None and column.meaning == "name" and _lacks(column, last, below)
            else column
            for column in columns
        ]
    there = {column.meaning for column in columns if bare(column.heading) not in PERHAPS}
    if {"first", "last"} <= {column.meaning for column in columns}:
        there.add("name")
    elif "last" not in there:
        columns = [
            replace(column, meaning="name")
            if column.meaning == "first" and bare(column.heading) == "nombre"
            else column
            for column in columns
        ]
    if "name" not in there:
        return columns
    return [
        replace(column, meaning="", how=How.UNREAD)
        if column.meaning == "name" and column.how is How.KNOWN and bare(column.heading) in PERHAPS
        else column
        for column in columns
    ]


def _lacks(name: Column, last: Column, below: Sequence[RosterLine]) -> bool:
    """Return True if the last names aren't in a column of names."""
    cells = [[fold("".join(line.cells[column.index : column.index + 1])) for column in (name, last)] for line in below]
    pairs = [(whole, part) for whole, part in cells[:_LOOKED_AT] if whole and part]
    return 2 * sum(part not in whole for whole, part in pairs) > len(pairs)


def _doubt(column: Column, columns: Sequence[Column], below: Sequence[RosterLine]) -> Column:
    """Return a column as a guess if its values don't bear its heading out.

    That is so if over half of the people have no name in it, or if over half of its statuses or days are none.
    """
    if column.how is not How.KNOWN:
        return column
    if column.meaning == "status":
        statuses = _values(column, below)
        is_doubtful = 2 * sum(is_working(status) is None for status in statuses) > len(statuses)
    elif column.meaning in {"name", "last"}:
        keys = [other.index for other in columns if other.meaning in {"email", "employee_number"}]
        people = [line for line in below[:_LOOKED_AT] if any("".join(line.cells[key : key + 1]) for key in keys)]
        is_doubtful = 2 * len(_values(column, people)) < len(people)
    elif column.meaning in _DAYS:
        days = _values(column, below)
        is_doubtful = 2 * sum(not is_day(day) and not is_nothing(day) for day in days) > len(days)
    else:
        return column
    return replace(column, how=How.GUESSED) if is_doubtful else column


def _values(column: Column, below: Sequence[RosterLine]) -> list[str]:
    """Return the cells of a column in the first rows."""
    cells = (line.cells[column.index] for line in below[:_LOOKED_AT] if column.index < len(line.cells))
    return [cell for cell in cells if cell]


def _rank(column: Column) -> tuple[bool, bool, int]:
    return column.how is not How.REMEMBERED, column.is_hidden, known_as(column.heading)[1]


def _may_be_it(best: Column, other: Column, below: Sequence[RosterLine]) -> bool:
    """Return True if another column of addresses fills gaps of the best one, or could be meant as well."""
    is_rival = not (other.is_hidden or best.how is How.REMEMBERED or is_private_email(other.heading))
    for line in below[:_LOOKED_AT]:
        first, second = (fold("".join(line.cells[column.index : column.index + 1])) for column in (best, other))
        if second and (not first or (is_rival and second != first)):
            return True
    return False


def _guess(columns: list[Column], meaning: str, below: Sequence[RosterLine]) -> list[Column]:
    """Take the first column whose values look like it; someone is asked whether they are."""
    looks = _looks_like_address if meaning == "email" else _looks_like_name
    for place, column in enumerate(columns):
        is_open = column.how is How.UNREAD and column.samples and not is_others(column.heading)
        if is_open and all(map(looks, column.samples)):
            columns[place] = replace(column, meaning=meaning, how=How.GUESSED)
            break
    return columns


def _looks_like_address(value: str) -> bool:
    return value.count("@") == 1 and " " not in value


def _looks_like_name(value: str) -> bool:
    return len(value.replace(",", " ").split()) in {2, 3, 4} and not any(
        char.isdigit() or char == "@" for char in value
    )
