"""Read what someone pasted or uploaded into a table of texts: CSV with any usual separator and encoding, or XLSX."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from trainer.core.errors import Invalid
from trainer.joining.headings import HEADINGS_WITHIN, count_known
from trainer.joining.lines import Line, Sheet, add_line
from trainer.joining.workbook import read_workbook

SEPARATORS: Final = "\t;,|"
_TOP: Final = 100_000
"""Characters in which those rows stand."""

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


CODINGS: Final = ("windows-1252", "windows-1250", "mac-roman", "cp437")
"""How a file that isn't Unicode can be read. The first is what Excel on Windows writes in the United States."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The sheets of a file. With a coding, which is one of several that fit, each character stands for one byte."""

    sheets: Sequence[Sheet]
    coding: str = ""


def read_list(text: str) -> Listing:
    """Return a pasted list. Raises Invalid."""
    return Listing([Sheet("", read_text(text))])


def read_file(data: bytes) -> Listing:
    """Return the rows of an uploaded file; what it is stands in its first bytes, not in its name. Raises Invalid."""
    if data.startswith(b"PK"):
        return Listing(read_workbook(data))
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Invalid(_l("This is an old Excel file (.xls). Save it as .xlsx or .csv and try again."))
    if data.startswith(b"%PDF"):
        raise Invalid(_l("This is a PDF. Save the list as .xlsx or .csv and try again."))
    text, coding = _decoded(data)
    if text.lstrip("\ufeff \t\r\n")[:1] == "<":
        raise Invalid(
            _l(
                "This is a web page or XML, whatever its name says. Open it in your spreadsheet program, "
                "save it as .xlsx or .csv, and try again."
            )
        )
    return Listing([Sheet("", read_text(text))], coding)


def read_text(text: str) -> list[Line]:
    """Return the rows of a text with one separator. Raises Invalid."""
    text = text.removeprefix("\ufeff")
    if "\0" in text:
        number = len(_lines(text[: text.index("\0")]))
        raise Invalid(
            _l(
                "Row %(row)s: there is a character (NUL) that no list has. "
                "Save the list as .csv (UTF-8) or .xlsx and try again.",
                row=number,
            )
        )
    separator, text = _separator(text)
    lines: list[Line] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    start = 1
    try:
        for cells in reader:
            add_line(lines, start, cells)
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
    """Return what the bytes of a cell mean in a coding; what means nothing there becomes U+FFFD."""
    return cell.encode("latin-1").decode(coding, errors="replace")


def _decoded(data: bytes) -> tuple[str, str]:
    """Return the text and, unless it is Unicode, a coding to read it in: then each character is still one byte."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            text = data[len(bom) :].decode(encoding, errors="replace")
            broken = [number for number, line in enumerate(_lines(text), start=1) if "\ufffd" in line]
            if broken:
                raise Invalid(
                    _l(
                        "%(rows)s: some characters are broken. Save the file as UTF-8 and try again.",
                        rows=_rows(broken),
                    )
                )
            return text, ""
    try:
        return data.decode("utf-8"), ""
    except UnicodeDecodeError:
        pass
    text = data.decode("latin-1")
    others = [number for number, line in enumerate(_lines(text), start=1) if not _is_utf8(line)]
    if any(not line.isascii() and _is_utf8(line) for line in _lines(text)):
        raise Invalid(
            _l(
                "%(rows)s: the characters are saved in another way than in the other rows. "
                "Type the names there again, save the file as UTF-8, and try again.",
                rows=_rows(others),
            )
        )
    return text, CODINGS[0]


def _lines(text: str) -> list[str]:
    """Return the lines as `csv` counts them: characters like U+2028 or NEL end none."""
    return re.split("\r\n|\r|\n", text)


def _is_utf8(line: str) -> bool:
    try:
        line.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _rows(numbers: list[int]) -> LazyString:
    named = ", ".join(str(number) for number in numbers[:5])
    if len(numbers) == 1:
        return _l("Row %(row)s", row=named)
    if len(numbers) <= 5:
        return _l("Rows %(rows)s", rows=named)
    return _l("Rows %(rows)s and %(more)s more", rows=named, more=len(numbers) - 5)


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
