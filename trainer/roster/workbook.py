"""Read the sheets of an XLSX file, in a small memory whatever the file claims.

A megabyte of ZIP can hold gigabytes, and a sheet can name its last cell and no other. So the directory of the ZIP is
looked at before anything is inflated, each part is inflated only as far as its limit, and a sheet is read as a stream
that ends at the first row or text too many. All sheets share one limit. A document type, which could name entities or
files, is refused.

calamine, with which tests read our exports, would lose what rosters need: numbers that a format shows as 007, and which
rows are hidden. It also lays out all cells up to the last: a file of 5 kB with one cell at XFD1048576 ends the process.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Callable
from typing import Any, Final
from xml.parsers import expat

from flask_babel import lazy_gettext as _l

from trainer.core.errors import Invalid
from trainer.roster.book_parts import TOO_LARGE, Book, Cells, Strings, Styles, WorkbookLimits
from trainer.roster.lines import RosterSheet

MOST_PARTS: Final = 500
MOST_BYTES: Final = 40 * 2**20
"""Bytes of all parts together, as the ZIP's directory says."""
MOST_OF_A_PART: Final = 24 * 2**20
MOST_SHEETS: Final = 20
LARGEST_RATIO: Final = 200
"""A real sheet shrinks to a tenth or a thirtieth."""

_CHUNK: Final = 2**20
"""Bytes that are parsed at once: older parsers read a token again with each of its parts."""
_BROKEN: Final = _l("This file is damaged or isn’t an Excel file. Save it once more as .xlsx or .csv and try again.")


def read_workbook(data: bytes) -> list[RosterSheet]:
    """Return the sheets that the program shows, their rows as texts; days are written as in 2026-11-24.

    Raises Invalid. A sheet with more than we read comes without rows, and with the reason.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_directory(archive, len(data))
            return _read_sheets(archive)
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
        raise Invalid(TOO_LARGE)
    if len({part.filename for part in parts}) != len(parts):
        raise Invalid(_BROKEN)
    if any(part.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} for part in parts):
        raise NotImplementedError


def _read_sheets(archive: zipfile.ZipFile) -> list[RosterSheet]:
    names = set(archive.namelist())
    book = Book()
    _parse(archive, "xl/workbook.xml", WorkbookLimits(), book.start)
    targets: dict[str, str] = {}

    def relation(name: str, values: dict[str, str]) -> None:
        if name == "Relationship" and values.get("TargetMode") != "External":
            targets[values["Id"]] = posixpath.normpath(posixpath.join("/xl", values["Target"])).lstrip("/")

    _parse(archive, "xl/_rels/workbook.xml.rels", WorkbookLimits(), relation)
    styles, strings = Styles(), Strings()
    if "xl/styles.xml" in names:
        _parse(archive, "xl/styles.xml", WorkbookLimits(), styles.start, styles.end)
    if "xl/sharedStrings.xml" in names:
        _parse(archive, "xl/sharedStrings.xml", WorkbookLimits(), strings.start, strings.end, strings.text)
    limits = WorkbookLimits()
    if not book.sheets:
        raise ValueError("no sheet to be seen")
    return [
        _read_sheet(archive, name, targets[relation_id], Cells(strings.found, styles, book.first_day, limits), limits)
        for name, relation_id in book.sheets[:MOST_SHEETS]
    ]


def _read_sheet(archive: zipfile.ZipFile, name: str, part: str, sheet: Cells, limits: WorkbookLimits) -> RosterSheet:
    try:
        _parse(archive, part, limits, sheet.start, sheet.end, sheet.text)
        lines = sheet.filled_lines()
    except Invalid as refusal:
        return RosterSheet(name, [], refusal=refusal)
    return RosterSheet(name, lines, sheet.hidden_columns(), is_grid=True)


def _parse(
    archive: zipfile.ZipFile,
    part: str,
    limits: WorkbookLimits,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Feed a part to handlers, inflated piece by piece. Names come without their namespace's prefix."""
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def started(name: str, values: dict[str, str]) -> None:
        limits.elements -= 1
        if limits.elements < 0:
            raise Invalid(TOO_LARGE)
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
                raise Invalid(TOO_LARGE)
            parser.Parse(chunk, False)
    parser.Parse(b"", True)


def _refuse_doctype(*_declaration: Any) -> None:
    raise Invalid(_l("This file holds a document type, which no Excel file needs. Save it once more as .xlsx or .csv."))
