"""Rows that say the same person twice, such as one for each site: they are read as one. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from trainer.organizations.rules import fold
from trainer.roster.cells import read_name
from trainer.roster.lines import Line


def join_repeats(lines: Sequence[Line], columns: Mapping[str, int]) -> list[Line]:
    """Return the rows, those of one person joined into the first of them, with the teams of all.

    Rows are one person's if their name and address, or without addresses their number, are the same and nothing but the
    teams contradicts. `columns`: which column holds what. Others stay as they are, to be refused as twins.
    """
    joined: list[Line] = []
    places: dict[tuple[str, str], int] = {}
    known_by = [_known_by(line, columns) for line in lines]
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


def _known_by(line: Line, columns: Mapping[str, int]) -> str:
    return _cell(line, columns.get("email")).lower() or _cell(line, columns.get("employee_number"))


def _name(line: Line, columns: Mapping[str, int]) -> str:
    return fold(read_name({meaning: _cell(line, column) for meaning, column in columns.items()}))


def _cell(line: Line, column: int | None) -> str:
    return line.cells[column] if column is not None and column < len(line.cells) else ""


def _join(first: Line, second: Line, teams: int | None) -> Line | None:
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
