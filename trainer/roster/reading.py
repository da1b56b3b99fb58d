"""Read what someone pasted or uploaded into a table of texts: CSV with any usual separator and encoding, or XLSX."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from flask_babel import lazy_gettext as _l

from trainer.core.errors import Invalid
from trainer.roster.headings import HEADINGS_WITHIN, count_known
from trainer.roster.lines import RosterLine, RosterSheet, add_line, trim, trim_bytes
from trainer.roster.workbook import read_workbook

SEPARATORS: Final = "\t;,|"
_TOP: Final = 100_000
"""How many characters from the top we search for headings."""

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins like UTF-16
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL: Final = re.compile("[\0-\x08\x0e-\x1f]")
_LOCKED: Final = "EncryptedPackage".encode("utf-16-le")
"""What a locked workbook has in the directory of its container."""

CODINGS: Final = ("windows-1252", "windows-1250", "mac-roman", "cp437")
"""How a file that isn't Unicode can be read. The first is what Excel on Windows writes in the United States."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The sheets of a file. With a coding, which is one of several that fit, each character stands for one byte."""

    sheets: Sequence[RosterSheet]
    coding: str = ""


def read_list(text: str) -> Listing:
    """Return a pasted list. Raises Invalid."""
    return Listing([RosterSheet("", read_text(text))])


def read_file(data: bytes) -> Listing:
    """Return the rows of an uploaded file; its first bytes tell its type, not its name. Raises Invalid."""
    if data.startswith(b"PK"):
        return Listing(read_workbook(data))
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        if _LOCKED in data:
            raise Invalid(_l("This file is locked with a password. Save it without one and try again."))
        raise Invalid(_l("This is an old Excel file (.xls). Save it as .xlsx or .csv and try again."))
    if data.startswith(b"%PDF"):
        raise Invalid(_l("This is a PDF. Save the list as .xlsx or .csv and try again."))
    text, coding = _decoded(data)
    if len(_CONTROL.findall(text[:2000])) * 20 > len(text[:2000]):
        raise Invalid(
            _l("This file is a picture or something else, not a list. Save the list as .xlsx or .csv and try again.")
        )
    if text.lstrip("\ufeff \t\r\n")[:1] == "<":
        raise Invalid(
            _l(
                "This is a web page or XML, whatever its name says. Open it in your spreadsheet program, "
                "save it as .xlsx or .csv, and try again."
            )
        )
    return Listing([RosterSheet("", read_text(text, trimmed=trim_bytes if coding else trim))], coding)


def read_text(text: str, *, trimmed: Callable[[str], str] = trim) -> list[RosterLine]:
    """Return the rows of a text with one separator. Raises Invalid."""
    separator, text = _separator(text.removeprefix("\ufeff"))
    lines: list[RosterLine] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    start = 1
    try:
        for cells in reader:
            add_line(lines, start, cells, trimmed=trimmed)
            start = reader.line_num + 1
    except csv.Error as error:
        raise Invalid(
            _l(
                "Row %(row)s: a quotation mark isn’t closed or stands in the middle of a cell, "
                "or a cell never ends. Take the mark out, or double it.",
                row=start,
            )
        ) from error
    return lines


def decode_cell(cell: str, coding: str) -> str:
    """Return the text of a cell's bytes in a coding; bytes without a meaning there become U+FFFD."""
    return trim(cell.encode("latin-1").decode(coding, errors="replace"))


def _decoded(data: bytes) -> tuple[str, str]:
    """Return the text and, unless it is Unicode, a coding to read it in: then each character is still one byte.

    What is broken in Unicode becomes U+FFFD, so that only the rows that need it are refused.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data[len(bom) :].decode(encoding, errors="replace"), ""
    if encoding := _wide_encoding(data):
        return data.decode(encoding, errors="replace"), ""
    try:
        return data.decode("utf-8"), ""
    except UnicodeDecodeError:
        pass
    if any(not line.isascii() and _is_utf8(line) for line in re.split(b"\r\n|\r|\n", data)):
        return data.decode("utf-8", errors="replace"), ""  # two files in one: some rows are Unicode
    return data.decode("latin-1"), CODINGS[0]


def _wide_encoding(data: bytes) -> str:
    """Return UTF-16 as some programs write it without saying so: every second byte is zero."""
    top = data[:2000]
    first, second = top[::2].count(0), top[1::2].count(0)
    if max(first, second) * 3 < len(top):
        return ""
    return "utf-16-be" if first > second else "utf-16-le"


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _separator(text: str) -> tuple[str, str]:
    """Return the separator and the text without Excel's own "sep=;" line.

    The headings decide: names of columns hold no separators. Without any that we know, the first row does. A quoted
    part doesn't count.
    """
    first, _, rest = text.lstrip("\r\n").partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        return first.strip()[4], text[: text.index(first)] + "\n" + rest
    top = [line for line in re.split("[\r\n]+", text[:_TOP]) if line.strip()][:HEADINGS_WITHIN] or [""]
    outside = ["".join(line.split('"')[::2]) for line in top]

    def sign(separator: str) -> tuple[int, int, int, int]:
        known = max(count_known([cell.strip('" ') for cell in line.split(separator)], {}) for line in top)
        most = max(line.count(separator) for line in outside)
        return known, outside[0].count(separator), most, -SEPARATORS.index(separator)

    return max(SEPARATORS, key=sign), text
