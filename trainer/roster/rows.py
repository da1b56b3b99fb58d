"""The rows of a list, each with what it says: those of one person are read as one. Pure."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from trainer.organizations.rules import fold
from trainer.roster.cells import Problem, is_nothing, is_total, refuse_odd_cells, tidy
from trainer.roster.days import DayOrder, could_be_two
from trainer.roster.lines import RosterLine
from trainer.roster.names import name_key, written_name
from trainer.roster.people import Wanted, list_teams, read_person, read_stint, split_teams


@dataclass(frozen=True, slots=True)
class RosterTable:
    """The rows of people, which column holds what, and how days are read."""

    lines: Sequence[RosterLine]
    columns: dict[str, int]
    width: int
    """How many columns have a heading."""
    order: DayOrder = DayOrder.MONTH_FIRST
    has_both_orders: bool = False
    """True if some days fit only one order and some only the other, so that a row says how its day is read."""
    is_exact: bool = False
    """True for rows of a program: no spreadsheet ate zeros, and a comma in a cell of teams is a part of a name."""


@dataclass(frozen=True, slots=True)
class RosterRow:
    """A row, and what it says."""

    line: RosterLine
    cells: Mapping[str, str]
    """What stands in which column, without what programs add."""
    name: str
    person: Wanted | Problem
    """The person, without a role; or why nobody can be read."""
    warnings: tuple[LazyString, ...] = ()
    unclear_teams: Sequence[str] = ()
    """Teams whose comma may separate two."""
    is_total: bool = False
    """True for a row that sums up others or belongs to the printed page."""


def read_rows(table: RosterTable, teams: Collection[str], today: dt.date, *, needs_address: bool) -> list[RosterRow]:
    """Return what each row says. `teams`: the firm's teams, folded.

    Without `needs_address`, someone with an employee number needs no email address.
    """
    column = table.columns.get("teams")
    listed = list_teams(_cell(line, column) for line in table.lines)
    lines = join_repeats(keep_last_stints(table.lines, table.columns, table.order, today), table.columns)
    return [_read_row(line, table, teams, listed, today, needs_address=needs_address) for line in lines]


def _read_row(
    line: RosterLine,
    table: RosterTable,
    teams: Collection[str],
    listed: Collection[str],
    today: dt.date,
    *,
    needs_address: bool,
) -> RosterRow:
    raw = {meaning: _cell(line, column) for meaning, column in table.columns.items()}
    cells = tidy(raw)
    name = written_name(cells)
    unclear: Sequence[str] = ()
    if is_total(cells, name):
        reason = _l("this looks like a total, not a person, so it stays out. If it is a person, add an email address.")
        return RosterRow(line, cells, name, Problem(reason), is_total=True)
    if not table.is_exact and "," in cells.get("teams", ""):
        separate, unclear = split_teams(cells["teams"], teams, listed)
        cells["teams"] = ";".join(separate)
    try:
        refuse_odd_cells(cells, line.cells[table.width :])
        person, warnings = read_person(cells, name, table.order, today, needs_address=needs_address)
    except Problem as problem:
        return RosterRow(line, cells, name, problem)
    return RosterRow(line, cells, name, person, (*warnings, *_say_day(raw, person.hired_on, table)), unclear)


def _say_day(raw: dict[str, str], hired_on: dt.date | None, table: RosterTable) -> list[LazyString]:
    """Return how a hire date was read that says none, or that could be two days in a file that has both orders."""
    text = (raw.get("rehired_on") or raw.get("hired_on", ""))[:40]
    if hired_on is None and is_nothing(text):
        return [_l("“%(text)s” is read as no hire date", text=text)]
    if hired_on is not None and table.has_both_orders and could_be_two(text):
        return [_l("“%(text)s” is read as %(day)s", text=text, day=hired_on.isoformat())]
    return []


def keep_last_stints(
    lines: Sequence[RosterLine], columns: Mapping[str, int], order: DayOrder, today: dt.date
) -> list[RosterLine]:
    """Return the rows without those that ended where another row has the same person; each tells which they were.

    Rows are one person's if two of these are the same: name, address, employee number. Of rows that all ended, the last
    one stays. Two rows that haven't ended both stay, to be refused as twins.
    """
    dropped: set[int] = set()
    stints: dict[int, tuple[int, ...]] = {}
    for group in _group(lines, columns):
        ends = {place: read_stint(_cells(lines[place], columns), order, today) for place in group}
        ended = [place for place in group if ends[place] is not None]
        if len(ended) == len(group):
            ended.remove(max(ended, key=lambda place: (ends[place] or dt.date.min, place)))
        if ended:
            dropped.update(ended)
            kept = next(place for place in group if place not in ended)
            stints[kept] = tuple(lines[place].number for place in ended)
    return [
        replace(line, stints=stints[place]) if place in stints else line
        for place, line in enumerate(lines)
        if place not in dropped
    ]


def _group(lines: Sequence[RosterLine], columns: Mapping[str, int]) -> list[list[int]]:
    """Return the places of rows of one person, where there are several."""
    known_by = [
        (_cell(line, columns.get("email")).lower(), _cell(line, columns.get("employee_number"))) for line in lines
    ]
    addresses, numbers = Counter(email for email, _number in known_by), Counter(number for _email, number in known_by)
    groups: list[list[int]] = []
    group_by_sign: dict[tuple[str, str, str], list[int]] = {}
    for place, (email, number) in enumerate(known_by):
        is_repeated = (email and addresses[email] > 1) or (number and numbers[number] > 1)
        if not is_repeated:
            continue
        name = name_key(written_name(_cells(lines[place], columns)))
        signs = [
            sign for sign in ((email, name, ""), ("", name, number), (email, "", number)) if sum(map(bool, sign)) > 1
        ]
        group = next((group_by_sign[sign] for sign in signs if sign in group_by_sign), [])
        if not group:
            groups.append(group)
        group.append(place)
        group_by_sign.update(dict.fromkeys(signs, group))
    return [group for group in groups if len(group) > 1]


def _cells(line: RosterLine, columns: Mapping[str, int]) -> dict[str, str]:
    return tidy({meaning: _cell(line, column) for meaning, column in columns.items()})


def join_repeats(lines: Sequence[RosterLine], columns: Mapping[str, int]) -> list[RosterLine]:
    """Return the rows, those of one person joined into the first of them, with the teams of all.

    Rows are one person's if their name and address, or without addresses their number, are the same and nothing but the
    teams contradicts. `columns`: which column holds what. Others stay as they are, to be refused as twins.
    """
    joined: list[RosterLine] = []
    places: dict[tuple[str, str], int] = {}
    known_by = [_key_of(line, columns) for line in lines]
    counts = Counter(known_by)
    for line, key in zip(lines, known_by, strict=True):
        place = len(joined)
        if key and counts[key] > 1 and (name := _name(line, columns)):
            place = places.setdefault((key, name), place)
        both = _join(joined[place], line, columns.get("teams")) if place < len(joined) else None
        if both is None:
            joined.append(line)
        else:
            joined[place] = both
    return joined


def _key_of(line: RosterLine, columns: Mapping[str, int]) -> str:
    return _cell(line, columns.get("email")).lower() or _cell(line, columns.get("employee_number"))


def _name(line: RosterLine, columns: Mapping[str, int]) -> str:
    return fold(written_name({meaning: _cell(line, column) for meaning, column in columns.items()}))


def _join(first: RosterLine, second: RosterLine, teams: int | None) -> RosterLine | None:
    """Return both rows in one, or None if they contradict each other."""
    width = max(len(first.cells), len(second.cells))
    cells = []
    for column in range(width):
        cell, other = _cell(first, column), _cell(second, column)
        if not cell or not other or fold(cell) == fold(other):
            cells.append(cell or other)
        elif column == teams:
            cells.append(f"{cell}; {other}")
        else:
            return None
    return replace(
        first,
        cells=tuple(cells),
        is_hidden=first.is_hidden or second.is_hidden,
        repeats=(*first.repeats, second.number),
    )


def _cell(line: RosterLine, column: int | None) -> str:
    return line.cells[column] if column is not None and column < len(line.cells) else ""
