"""The rows of a list, whatever file they came in, and how much of it we read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flask_babel import lazy_gettext as _l

from trainer.core.errors import Invalid

MOST_ROWS: Final = 50_000
MOST_COLUMNS: Final = 1_000
"""What stands further right isn't read: no list of people is that wide."""
LONGEST_CELL: Final = 2_000
"""Characters of a cell that are read: more than any name, address or list of teams may have."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row that isn't empty, with its number: the row of a spreadsheet, the line of a text on which it begins."""

    number: int
    cells: tuple[str, ...]
    is_hidden: bool = False
    """True for a row that the spreadsheet doesn't show."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of one sheet. A text is one sheet without a name."""

    name: str
    lines: Sequence[Line]
    hidden_columns: frozenset[int] = frozenset()
    refusal: Invalid | None = None
    """Why its rows weren't read."""


def add_line(lines: list[Line], number: int, cells: list[str], *, is_hidden: bool = False) -> None:
    """Take a row with its empty end cut off, unless nothing stands in it. Raises Invalid for more rows than we read."""
    width = next((column for column in range(min(len(cells), MOST_COLUMNS), 0, -1) if cells[column - 1].strip()), 0)
    if width == 0:
        return
    if len(lines) > MOST_ROWS:  # beside the people there are headings
        raise Invalid(_l("There are more than %(most)s rows. Send the list in parts.", most=f"{MOST_ROWS:,}"))
    # One character more than we read, so that what is too long is told from what just fits.
    lines.append(Line(number, tuple(cell.strip()[: LONGEST_CELL + 1] for cell in cells[:width]), is_hidden))
