"""Read the first sheet of an XLSX file, in a small memory whatever the file claims.

A megabyte of ZIP can hold gigabytes, and a sheet can name its last cell and no other. So the directory of the ZIP is
looked at before anything is inflated, each part is inflated only as far as its limit, and the sheet is read as a stream
that ends at the first row, column or text too many. A document type, which could name entities or files, is refused.
"""

from __future__ import annotations

import datetime as dt
import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable
from typing import Any, Final
from xml.parsers import expat

from flask_babel import lazy_gettext as _l

from trainer.core.errors import Invalid
from trainer.joining.lines import LONGEST_CELL, MOST_COLUMNS, Line, add_line, place, too_long

MOST_PARTS: Final = 500
MOST_BYTES: Final = 40 * 2**20
"""Of all parts together, as the ZIP's directory says."""
MOST_OF_A_PART: Final = 24 * 2**20
MOST_ELEMENTS: Final = 1_000_000
"""Of a part: empty cells and rows take next to no bytes, and time all the same."""
MOST_TEXT: Final = 16 * 2**20
"""Characters of all cells together: many cells may show one long text."""
LARGEST_RATIO: Final = 200
"""A real sheet shrinks to a tenth or a thirtieth."""

_CHUNK: Final = 64 * 1024
_CELL = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_TOO_LARGE: Final = _l(
    "This file unpacks to far more than a roster needs. Copy the list into a new file and try again."
)
_BROKEN: Final = _l("This file is damaged or isn’t an Excel file. Save it once more as .xlsx or .csv and try again.")
_DATES: Final = frozenset({14, 15, 16, 17, 22, *range(27, 37), *range(50, 59)})
"""Numbers of built-in formats that show a day (ECMA-376, 18.8.30)."""


def read_workbook(data: bytes) -> list[Line]:
    """Return the rows of the first sheet as texts; days are written as in 2026-11-24. Raises Invalid."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_directory(archive, len(data))
            return _read_first_sheet(archive)
    except (
        zipfile.BadZipFile,
        zlib.error,
        expat.ExpatError,
        LookupError,
        ValueError,
        OverflowError,
        EOFError,
    ) as error:
        raise Invalid(_BROKEN) from error
    except (NotImplementedError, RuntimeError) as error:  # another compression, or a password
        raise Invalid(
            _l("This file is locked or packed in a way we don’t read. Save it as plain .xlsx or .csv.")
        ) from error


def _check_directory(archive: zipfile.ZipFile, size: int) -> None:
    parts = archive.infolist()
    total = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or total > MOST_BYTES or total > LARGEST_RATIO * max(size, 4096):
        raise Invalid(_TOO_LARGE)
    if len({part.filename for part in parts}) != len(parts):
        raise Invalid(_BROKEN)
    if any(part.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} for part in parts):
        raise NotImplementedError


def _read_first_sheet(archive: zipfile.ZipFile) -> list[Line]:
    names = set(archive.namelist())
    book = _Workbook()
    _parse(archive, "xl/workbook.xml", book.start)
    targets: dict[str, str] = {}

    def relation(name: str, values: dict[str, str]) -> None:
        if name == "Relationship" and values.get("TargetMode") != "External":
            targets[values["Id"]] = posixpath.normpath(posixpath.join("/xl", values["Target"])).lstrip("/")

    _parse(archive, "xl/_rels/workbook.xml.rels", relation)
    styles, strings = _Styles(), _Strings()
    if "xl/styles.xml" in names:
        _parse(archive, "xl/styles.xml", styles.start, styles.end)
    if "xl/sharedStrings.xml" in names:
        _parse(archive, "xl/sharedStrings.xml", strings.start, strings.end, strings.text)
    sheet = _Sheet(strings.found, styles, book.first_day)
    _parse(archive, targets[book.sheet], sheet.start, sheet.end, sheet.text)
    return sheet.lines


def _parse(
    archive: zipfile.ZipFile,
    part: str,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Feed a part to handlers, inflated piece by piece. Names come without their namespace's prefix."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    elements = 0

    def started(name: str, values: dict[str, str]) -> None:
        nonlocal elements
        elements += 1
        if elements > MOST_ELEMENTS:
            raise Invalid(_TOO_LARGE)
        start(name.rpartition(":")[2], values)

    parser.StartElementHandler = started
    if end is not None:
        ended = end
        parser.EndElementHandler = lambda name: ended(name.rpartition(":")[2])
    if text is not None:
        parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    left = MOST_OF_A_PART
    with archive.open(part) as stream:  # it gives no more bytes than the directory says
        while chunk := stream.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise Invalid(_TOO_LARGE)
            parser.Parse(chunk, False)
    parser.Parse(b"", True)


def _refuse_doctype(*_declaration: Any) -> None:
    raise Invalid(_l("This file holds a document type, which no Excel file needs. Save it once more as .xlsx or .csv."))


class _Workbook:
    """Which sheet is the first, and from which day it counts."""

    def __init__(self) -> None:
        self.sheet = ""
        self.first_day = dt.date(1899, 12, 30)

    def start(self, name: str, values: dict[str, str]) -> None:
        if name == "workbookPr" and values.get("date1904") in {"1", "true"}:
            self.first_day = dt.date(1904, 1, 1)
        if name == "sheet" and not self.sheet and values.get("state", "visible") == "visible":
            self.sheet = next((value for key, value in values.items() if key.endswith(":id")), "")


class _Styles:
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
    bare = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", code).lower()
    return "y" in bare or "d" in bare


class _Strings:
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


class _Sheet:
    """The cells of a sheet, row by row."""

    def __init__(self, strings: list[str], styles: _Styles, first_day: dt.date) -> None:
        self.lines: list[Line] = []
        self._strings, self._styles, self._first_day = strings, styles, first_day
        self._row = self._column = 0
        self._cells: list[str] = []
        self._parts: list[str] = []
        self._kind, self._style = "n", 0
        self._is_text = self._is_aside = self._is_hidden = False
        self._left = MOST_TEXT

    def start(self, name: str, values: dict[str, str]) -> None:
        if name == "c":
            self._place_cell(values.get("r"))
            self._kind, self._style = values.get("t", "n"), int(values.get("s", "0"))
            self._parts = []
        elif name in {"v", "t"}:
            self._is_text = not self._is_aside
        elif name == "row":
            row = int(values.get("r", self._row + 1))
            if row <= self._row:
                raise ValueError("rows out of order")
            self._row, self._column, self._cells = row, 0, []
            self._is_hidden = values.get("hidden") in {"1", "true"}
        elif name == "rPh":
            self._is_aside = True

    def end(self, name: str) -> None:
        if name in {"v", "t"}:
            self._is_text = False
        elif name == "c":
            self._put("".join(self._parts))
        elif name == "row":
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
            column = 0
            for letter in match[1]:
                column = column * 26 + ord(letter) - 64
        if column <= self._column:
            raise ValueError("cells out of order")
        self._column = column

    def _put(self, raw: str) -> None:
        text = self._shown(raw)
        if not text:
            return
        if self._column > MOST_COLUMNS:
            raise Invalid(
                _l(
                    "%(place)s: there are more than %(most)s columns. Keep only those that we name.",
                    place=place(self._row, self._column),
                    most=MOST_COLUMNS,
                )
            )
        self._left -= len(text)
        if self._left < 0 or len(text) > LONGEST_CELL:
            raise Invalid(too_long(place(self._row, self._column)) if len(text) > LONGEST_CELL else _TOO_LARGE)
        self._cells.extend([""] * (self._column - 1 - len(self._cells)))
        self._cells.append(text)

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
        return self._number(raw) if raw.strip() else ""

    def _number(self, raw: str) -> str:
        number = float(raw)
        if self._style in self._styles.days and 0 < number < 2_958_466:  # the last day of the year 9999
            return (self._first_day + dt.timedelta(days=int(number))).isoformat()
        if not number.is_integer() or abs(number) >= 1e15:
            return raw.strip()
        return str(int(number)).zfill(self._styles.digits.get(self._style, 0))


def _index(raw: str) -> int:
    number = int(raw)
    if number < 0:
        raise ValueError("a text before the first")
    return number
