"""What the parts of an XLSX file hold, taken from the elements as they come."""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from typing import Final

from flask_babel import lazy_gettext as _l

from trainer.core.errors import Invalid
from trainer.roster.lines import LONGEST_CELL, MOST_COLUMNS, UNCALCULATED, RosterLine, add_line

MOST_ELEMENTS: Final = 1_500_000
"""The most elements of a part, and of all sheets: empty cells and rows take few bytes, but still take time."""
MOST_TEXT: Final = 16 * 2**20
"""Characters of all cells together: many cells may show one long text."""
MOST_CELLS: Final = 4_000_000
"""Cells of all rows together, with empty ones before the last of each row: one far cell per row is cheap otherwise."""
TOO_LARGE: Final = _l("This file unpacks to far more than a roster needs. Copy the list into a new file and try again.")

MOST_MERGED: Final = 10_000
"""Cells over several rows that are read."""
_CELL = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_AREA = re.compile(rf"{_CELL.pattern}:{_CELL.pattern}")
_DATES: Final = frozenset({14, 15, 16, 17, 22, *range(27, 37), *range(50, 59)})
"""Ids of built-in formats that show a day (ECMA-376, 18.8.30)."""


@dataclass
class WorkbookLimits:
    """How much may still be read."""

    elements: int = MOST_ELEMENTS
    text: int = MOST_TEXT
    cells: int = MOST_CELLS


class Book:
    """Which sheets the program shows, and from which day it counts."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, str]] = []
        """Names and the ids under which their parts are found."""
        self.first_day = dt.date(1899, 12, 30)

    def start(self, name: str, values: dict[str, str]) -> None:
        if name == "workbookPr" and values.get("date1904") in {"1", "true"}:
            self.first_day = dt.date(1904, 1, 1)
        if name == "sheet" and values.get("state", "visible") == "visible":
            self.sheets += [(values.get("name", ""), value) for key, value in values.items() if key.endswith(":id")]


class Styles:
    """Which styles of cells show a number as a day, and which with leading zeros, as employee numbers have."""

    def __init__(self) -> None:
        self.days: set[int] = set()
        self.digits: dict[int, int] = {}
        self._formats = set(_DATES)
        self._zeros: dict[int, int] = {}
        self._is_inside = False
        self._count = 0

    def start(self, name: str, values: dict[str, str]) -> None:
        if name == "numFmt":
            number, code = int(values["numFmtId"]), values["formatCode"]
            if _shows_a_day(code):
                self._formats.add(number)
            elif len(code) > 1 and set(code) == {"0"}:
                self._zeros[number] = min(len(code), 40)
        elif name == "cellXfs":
            self._is_inside = True
        elif name == "xf" and self._is_inside:
            number = int(values.get("numFmtId", "0"))
            if number in self._formats:
                self.days.add(self._count)
            elif number in self._zeros:
                self.digits[self._count] = self._zeros[number]
            self._count += 1

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._is_inside = False


def _shows_a_day(code: str) -> bool:
    bare = re.sub(r'"[^"]*"|\\.|\[[^\[\]]*\]', "", code).lower()
    return "y" in bare or "d" in bare


class Strings:
    """The texts that cells share. What is read aloud beside a text (phonetic) is no part of it."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._parts: list[str] = []
        self._is_text = self._is_aside = False

    def start(self, name: str, _values: dict[str, str]) -> None:
        if name == "si":
            self._parts = []
        elif name == "rPh":
            self._is_aside = True
        elif name == "t":
            self._is_text = True

    def end(self, name: str) -> None:
        if name == "si":
            self.found.append("".join(self._parts))
        elif name == "rPh":
            self._is_aside = False
        elif name == "t":
            self._is_text = False

    def text(self, text: str) -> None:
        if self._is_text and not self._is_aside:
            self._parts.append(text)


class Cells:
    """The cells of a sheet, row by row."""

    def __init__(self, strings: list[str], styles: Styles, first_day: dt.date, limits: WorkbookLimits) -> None:
        self.lines: list[RosterLine] = []
        self._limits = limits
        self._hidden: list[tuple[int, int]] = []
        self._merged: list[tuple[int, int, int]] = []
        """First row, last row and column of cells over several rows."""
        self._strings, self._styles, self._first_day = strings, styles, first_day
        self._row = self._column = 0
        self._cells: list[str] = []
        self._parts: list[str] = []
        self._kind, self._style = "n", 0
        self._is_text = self._is_aside = self._is_hidden = self._is_formula = False

    def hidden_columns(self) -> frozenset[int]:
        """Return the columns that the program doesn't show, counted from 0."""
        return frozenset(index for first, last in self._hidden for index in range(first, last))

    def filled_lines(self) -> list[RosterLine]:
        """Return the rows; a cell over several rows says the same in each of them. Raises Invalid."""
        numbers = [line.number for line in self.lines]
        for first, last, column in self._merged:
            top, end = bisect_left(numbers, first), bisect_right(numbers, last)
            if top == end or numbers[top] != first or not (text := "".join(self.lines[top].cells[column : column + 1])):
                continue
            for index in range(top + 1, end):
                line = self.lines[index]
                cells = [*line.cells, *[""] * (column + 1 - len(line.cells))]
                self._limits.cells -= len(cells)
                if self._limits.cells < 0:
                    raise Invalid(TOO_LARGE)
                cells[column] = cells[column] or text
                self.lines[index] = replace(line, cells=tuple(cells))
        return self.lines

    def start(self, name: str, values: dict[str, str]) -> None:
        if name == "c":
            self._place_cell(values.get("r"))
            self._kind, self._style = values.get("t", "n"), int(values.get("s", "0"))
            self._parts, self._is_formula = [], False
        elif name == "f":
            self._is_formula = True
        elif name in {"v", "t"}:
            self._is_text = not self._is_aside
        elif name == "row":
            row = int(values.get("r", self._row + 1))
            if row <= self._row:
                raise ValueError("rows out of order")
            self._row, self._column, self._cells = row, 0, []
            self._is_hidden = values.get("hidden") in {"1", "true"}
        elif name == "col" and values.get("hidden") in {"1", "true"} and len(self._hidden) < MOST_COLUMNS:
            self._hidden.append((max(int(values["min"]) - 1, 0), min(int(values["max"]), MOST_COLUMNS)))
        elif name == "rPh":
            self._is_aside = True
        elif name == "mergeCell" and len(self._merged) < MOST_MERGED:
            area = _AREA.fullmatch(values.get("ref", ""))
            if area is not None and int(area[2]) < int(area[4]) and _column(area[1]) <= MOST_COLUMNS:
                self._merged.append((int(area[2]), int(area[4]), _column(area[1]) - 1))

    def end(self, name: str) -> None:
        if name in {"v", "t"}:
            self._is_text = False
        elif name == "c":
            self._put("".join(self._parts))
        elif name == "row":
            self._limits.cells -= len(self._cells)
            if self._limits.cells < 0:
                raise Invalid(TOO_LARGE)
            add_line(self.lines, self._row, self._cells, is_hidden=self._is_hidden)
        elif name == "rPh":
            self._is_aside = False

    def text(self, text: str) -> None:
        if self._is_text:
            self._parts.append(text)

    def _place_cell(self, reference: str | None) -> None:
        column = self._column + 1
        if reference is not None:
            match = _CELL.fullmatch(reference)
            if match is None or int(match[2]) != self._row:
                raise ValueError("a cell in another row")
            column = _column(match[1])
        if column <= self._column:
            raise ValueError("cells out of order")
        self._column = column

    def _put(self, raw: str) -> None:
        text = self._shown(raw)
        if not text:
            return
        if self._column > MOST_COLUMNS:
            return
        self._limits.text -= len(text)
        if self._limits.text < 0:
            raise Invalid(TOO_LARGE)
        self._cells.extend([""] * (self._column - 1 - len(self._cells)))
        self._cells.append(text[: LONGEST_CELL + 1])

    def _shown(self, raw: str) -> str:
        """Return a cell as a person would type it."""
        if self._kind == "s":
            return self._strings[_index(raw)] if raw else ""
        if self._kind == "b":
            return "TRUE" if raw == "1" else "FALSE"
        if self._kind == "d":
            return raw.removesuffix("T00:00:00")
        if self._kind != "n":
            return raw  # a text of its own, the text of a formula, or an error such as #N/A
        if raw.strip():
            return self._number(raw)
        return UNCALCULATED if self._is_formula else ""

    def _number(self, raw: str) -> str:
        number = float(raw)
        if self._style in self._styles.days and 0 < number < 2_958_466:  # the last day of the year 9999
            return (self._first_day + dt.timedelta(days=int(number))).isoformat()
        if not number.is_integer() or abs(number) >= 1e15:
            return raw.strip()
        return str(int(number)).zfill(self._styles.digits.get(self._style, 0))


def _column(letters: str) -> int:
    """Return the number of a column, counted from 1."""
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return column


def _index(raw: str) -> int:
    number = int(raw)
    if number < 0:
        raise ValueError("a text before the first")
    return number
