"""The rows of a list, whatever file they came in, and how much of it we read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from flask_babel import lazy_gettext as _l

from trainer.core.errors import Invalid

MOST_ROWS: Final = 50_000
MOST_COLUMNS: Final = 1_000
"""Columns further right aren't read: no list of people is that wide."""
LONGEST_CELL: Final = 2_000
"""Characters of a cell that are read: more than any name, address or list of teams may have."""
_ASCII_BLANKS: Final = " \t\r\n\v\f\0"
_BLANKS: Final = "".join(filter(str.isspace, map(chr, range(0x3001)))) + (
    "\0\u00ad\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u2060\u2066\u2067\u2068\u2069\ufeff"
)
"""Blanks, and what nobody sees: copying from a web page or padding by an old program leaves it around a text."""
UNCALCULATED: Final = "=(no value)"
"""What stands for a formula whose value isn't in the file: it is refused where it is read."""
_SUBSTITUTE: Final = "\x1a"
"""What stands for NUL, which PostgreSQL doesn't keep: a character that is refused wherever it is read."""


@dataclass(frozen=True, slots=True)
class RosterLine:
    """A row that isn't empty, with its number: the row of a spreadsheet, the line of a text on which it begins."""

    number: int
    cells: tuple[str, ...]
    is_hidden: bool = False
    """True for a row that the spreadsheet doesn't show."""
    repeats: tuple[int, ...] = ()
    """Numbers of other rows of the same person that were read with this one."""
    stints: tuple[int, ...] = ()
    """Numbers of other rows of the same person, about times that ended."""


@dataclass(frozen=True, slots=True)
class RosterSheet:
    """The rows of one sheet. A text is one sheet without a name."""

    name: str
    lines: Sequence[RosterLine]
    hidden_columns: frozenset[int] = frozenset()
    refusal: Invalid | None = None
    """Why its rows weren't read."""
    is_grid: bool = False
    """True for a spreadsheet: a cell beside the headings is a note there, and no comma too many."""


def trim(cell: str) -> str:
    """Return a cell without blanks and invisible characters around it."""
    return cell.strip(_BLANKS)


def trim_bytes(cell: str) -> str:
    """Return a cell in which each character stands for one byte, without blanks around it.

    Other bytes that are blanks in Latin-1 are letters elsewhere, such as Ö on a Mac.
    """
    return cell.strip(_ASCII_BLANKS)


def add_line(
    lines: list[RosterLine],
    number: int,
    cells: Sequence[str],
    *,
    is_hidden: bool = False,
    trimmed: Callable[[str], str] = trim,
) -> None:
    """Take a row with its empty end cut off, unless nothing stands in it. Raises Invalid for more rows than we read."""
    width = next((column for column in range(min(len(cells), MOST_COLUMNS), 0, -1) if trimmed(cells[column - 1])), 0)
    if width == 0:
        return
    if len(lines) > MOST_ROWS:  # beside the people there are headings
        raise Invalid(_l("There are more than %(most)s rows. Send the list in parts.", most=f"{MOST_ROWS:,}"))
    # One character more than we read, so that what is too long is told from what just fits.
    texts = (trimmed(cell)[: LONGEST_CELL + 1] for cell in cells[:width])
    lines.append(RosterLine(number, tuple(text.replace("\0", _SUBSTITUTE) for text in texts), is_hidden))
