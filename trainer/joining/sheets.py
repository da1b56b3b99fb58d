"""Read what someone pasted or uploaded into a table of texts: CSV with any usual separator and encoding, or XLSX."""

from __future__ import annotations

import codecs
import csv
import io
from dataclasses import dataclass
from typing import Final

from trainer.core.errors import Invalid

MOST_ROWS: Final = 20_000
MOST_COLUMNS: Final = 60
LONGEST_CELL: Final = 2_000
SEPARATORS: Final = "\t;,"

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """A row that isn't empty, with its number as a spreadsheet counts."""

    number: int
    cells: tuple[str, ...]


def read_file(data: bytes) -> list[Line]:
    """Return the rows of an uploaded file; what it is stands in its first bytes, not in its name. Raises Invalid."""
    from trainer.joining.workbook import read_workbook  # it builds on this file

    if data.startswith(b"PK"):
        return read_workbook(data)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Invalid("This is an old Excel file (.xls). Save it as .xlsx or .csv and try again.")
    if data.startswith(b"%PDF"):
        raise Invalid("This is a PDF. Save the list as .xlsx or .csv and try again.")
    return read_text(_decoded(data))


def read_text(text: str) -> list[Line]:
    """Return the rows of a text with one separator. Raises Invalid."""
    text = text.removeprefix("\ufeff")
    if "\0" in text:
        raise Invalid("This is no list that we can read. Save it as .csv (UTF-8) or .xlsx and try again.")
    separator, text = _separator(text)
    lines: list[Line] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            add_line(lines, number, cells)
    except csv.Error as error:
        raise Invalid(
            f"Line {number + 1}: a quotation mark isn’t closed or stands in the middle of a cell, "
            "or a cell never ends. Take the mark out, or double it."
        ) from error
    return lines


def add_line(lines: list[Line], number: int, cells: list[str]) -> None:
    """Take a row with its empty end cut off, unless nothing stands in it. Raises Invalid for more than we read."""
    width = next((column for column in range(len(cells), 0, -1) if cells[column - 1].strip()), 0)
    if width == 0:
        return
    if len(lines) >= MOST_ROWS:
        raise Invalid(f"There are more than {MOST_ROWS:,} rows. Send the list in parts.")
    if width > MOST_COLUMNS:
        raise Invalid(f"Line {number}: there are more than {MOST_COLUMNS} columns. Keep only those that we name.")
    cells = [cell.strip() for cell in cells[:width]]
    for column, cell in enumerate(cells, start=1):
        if len(cell) > LONGEST_CELL:
            raise Invalid(f"{place(number, column)}: more than {LONGEST_CELL:,} characters in one cell. Shorten it.")
    lines.append(Line(number, tuple(cells)))


def place(number: int, column: int) -> str:
    """Return where a cell is, as a spreadsheet names it: "Line 14, column C"."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return f"Line {number}, column {name}"


def _decoded(data: bytes) -> str:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            try:
                return data[len(bom) :].decode(encoding)
            except UnicodeDecodeError as error:
                raise Invalid(
                    f"Line {_line_of(data, error.start)}: some characters are broken. Save the file as UTF-8."
                ) from error
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("windows-1252")  # what Excel on Windows writes in the United States
    except UnicodeDecodeError as error:
        raise Invalid(
            f"Line {_line_of(data, error.start)}: some characters are broken. Save the file as UTF-8."
        ) from error


def _line_of(data: bytes, position: int) -> int:
    return data[:position].count(b"\n") + 1


def _separator(text: str) -> tuple[str, str]:
    """Return the separator and the text without Excel's own "sep=;" line.

    The header decides: names of columns hold no separators. A quoted part doesn't count.
    """
    first, _, rest = text.lstrip("\r\n").partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        return first.strip()[4], "\n" + rest
    outside = "".join(first.split('"')[::2])
    return max(SEPARATORS, key=lambda one: (outside.count(one), -SEPARATORS.index(one))), text
