"""The rows of a list, whatever file they came in, and how much of it we read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from trainer.core.errors import Invalid

MOST_ROWS: Final = 20_000
MOST_COLUMNS: Final = 60
LONGEST_CELL: Final = 2_000


@dataclass(frozen=True, slots=True)
class Line:
    """A row that isn't empty, with its number: the row of a spreadsheet, the line of a text on which it begins."""

    number: int
    cells: tuple[str, ...]
    is_hidden: bool = False
    """True for a row that the spreadsheet doesn't show."""


def add_line(lines: list[Line], number: int, cells: list[str], *, is_hidden: bool = False) -> None:
    """Take a row with its empty end cut off, unless nothing stands in it. Raises Invalid for more than we read."""
    width = next((column for column in range(len(cells), 0, -1) if cells[column - 1].strip()), 0)
    if width == 0:
        return
    if len(lines) >= MOST_ROWS:
        raise Invalid(_l("There are more than %(most)s rows. Send the list in parts.", most=f"{MOST_ROWS:,}"))
    if width > MOST_COLUMNS:
        raise Invalid(
            _l(
                "Row %(row)s: there are more than %(most)s columns. Keep only those that we name.",
                row=number,
                most=MOST_COLUMNS,
            )
        )
    cells = [cell.strip() for cell in cells[:width]]
    for column, cell in enumerate(cells, start=1):
        if len(cell) > LONGEST_CELL:
            raise Invalid(too_long(place(number, column)))
    lines.append(Line(number, tuple(cells), is_hidden))


def too_long(where: LazyString) -> LazyString:
    """Return what is said of a cell that holds too much."""
    return _l(
        "%(place)s: more than %(most)s characters in one cell. Shorten it.", place=where, most=f"{LONGEST_CELL:,}"
    )


def place(number: int, column: int) -> LazyString:
    """Return where a cell is, as a spreadsheet names it: "Row 14, column C"."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return _l("Row %(row)s, column %(column)s", row=number, column=name)
