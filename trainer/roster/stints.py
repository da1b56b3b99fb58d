"""Rows of one person who was hired more than once: the stint that lasts is read, those that ended aren't. Pure."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from trainer.roster.cells import read_name, read_stint, tidy
from trainer.roster.days import Order
from trainer.roster.lines import Line
from trainer.roster.names import name_key


def keep_last_stints(lines: Sequence[Line], columns: Mapping[str, int], order: Order, today: dt.date) -> list[Line]:
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


def _group(lines: Sequence[Line], columns: Mapping[str, int]) -> list[list[int]]:
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
        name = name_key(read_name(_cells(lines[place], columns)))
        signs = [
            sign for sign in ((email, name, ""), ("", name, number), (email, "", number)) if sum(map(bool, sign)) > 1
        ]
        group = next((group_by_sign[sign] for sign in signs if sign in group_by_sign), [])
        if not group:
            groups.append(group)
        group.append(place)
        group_by_sign.update(dict.fromkeys(signs, group))
    return [group for group in groups if len(group) > 1]


def _cells(line: Line, columns: Mapping[str, int]) -> dict[str, str]:
    return tidy({meaning: _cell(line, column) for meaning, column in columns.items()})


def _cell(line: Line, column: int | None) -> str:
    return line.cells[column] if column is not None and column < len(line.cells) else ""
