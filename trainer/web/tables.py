"""Write tables as CSV and XLSX. What people typed can never become a formula.

A text that a spreadsheet might take for a formula gets an apostrophe before it
(https://owasp.org/www-community/attacks/CSV_Injection); numbers and days stay what they are.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any, Final

from flask import stream_with_context
from flask_babel.speaklater import LazyString
from werkzeug.wrappers import Response

Cell = str | int | float | dt.date | None

_STARTS_FORMULA: Final = tuple("=+-@\t\r\n\0＝＋－＠|%")
_PORTION: Final = 500  # rows
_BUTTON: Final = 4  # characters beside a head, for the button of its filter
_MARGIN: Final = 2
_WIDEST: Final = 60
_LONGEST_SHEET: Final = 31  # UTF-16 units
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Table:
    """A named table: its heads, in the language of whoever reads it, and its rows as they come."""

    name: str
    heads: Sequence[str | LazyString]
    rows: Iterable[Sequence[Cell]]


def csv_answer(table: Table) -> Response:
    """Stream a table as CSV (UTF-8 with a mark, so that spreadsheets read its letters)."""
    return Response(stream_with_context(csv_lines(table)), headers=_headers(table.name, "csv"), mimetype="text/csv")


def csv_lines(table: Table) -> Iterator[str]:
    """Yield the table's text in portions."""
    buffer = io.StringIO()
    buffer.write("\ufeff")
    writer = csv.writer(buffer, quoting=csv.QUOTE_MINIMAL)
    writer.writerow([harmless(str(head)) for head in table.heads])
    for number, row in enumerate(table.rows, start=1):
        # The writer leaves nothing for None and writes days as YYYY-MM-DD.
        writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])
        if number % _PORTION == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def xlsx_answer(table: Table) -> Response:
    """Return a table as a workbook."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 the answer closes it
    write_xlsx(table, file)
    file.seek(0)
    answer = Response(iter(lambda: file.read(65_536), b""), headers=_headers(table.name, "xlsx"))
    answer.mimetype = XLSX
    answer.call_on_close(file.close)
    return answer


def write_xlsx(table: Table, file: IO[bytes]) -> None:
    """Write a table as a workbook of one sheet."""
    write_book([table], file)


def write_book(tables: Sequence[Table], file: IO[bytes]) -> None:
    """Write tables as a workbook, a sheet each. Texts are written as texts, whatever they begin with."""
    import xlsxwriter  # few ask for a workbook, and every process would start later for it

    with xlsxwriter.Workbook(file, {"constant_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        bold = book.add_format({"bold": True})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for table, name in zip(tables, sheet_names([table.name for table in tables]), strict=True):
            _write_sheet(book.add_worksheet(name), table, bold, day)


def sheet_names(names: Iterable[str]) -> list[str]:
    """Return names that spreadsheets take for sheets, as like these as can be: 31 characters, no two alike.

    What they refuse: https://support.microsoft.com/office/rename-a-worksheet-3f1f7148-ee83-404d-8ef0-9ff99fbad1f9
    """
    taken: set[str] = {"history", ""}  # the first is Excel's own
    made = []
    for name in names:
        plain = "".join(" " if char in "[]:*?/\\" or not char.isprintable() else char for char in name)
        plain = " ".join(plain.split()).strip("'")
        short, number = _cut(plain, _LONGEST_SHEET).strip("' "), 1
        while short.casefold() in taken:
            number += 1
            ending = f" ({number})"
            short = (_cut(plain, _LONGEST_SHEET - len(ending)).strip("' ") + ending).strip()
        taken.add(short.casefold())
        made.append(short)
    return made


def _cut(text: str, most: int) -> str:
    """Return the beginning of a text of at most so many UTF-16 units, as Excel counts them."""
    while len(text.encode("utf-16-le")) > 2 * most:
        text = text[:-1]
    return text


def _write_sheet(sheet: Any, table: Table, bold: Any, day: Any) -> None:
    heads = [str(head) for head in table.heads]
    widths = [len(head) + _BUTTON for head in heads]
    for column, head in enumerate(heads):
        sheet.write_string(0, column, head, bold)
    sheet.freeze_panes(1, 0)
    line = 0
    for line, row in enumerate(table.rows, start=1):
        for column, cell in enumerate(row):
            if cell is None:
                continue
            if isinstance(cell, str):
                sheet.write_string(line, column, cell)
            elif isinstance(cell, dt.date):
                sheet.write_datetime(line, column, dt.datetime.combine(cell, dt.time()), day)
            else:
                sheet.write_number(line, column, cell)
            widths[column] = max(widths[column], len(str(cell)) + _MARGIN)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, min(width, _WIDEST))
    sheet.autofilter(0, 0, line, len(heads) - 1)


def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    if text[:1].isalnum():
        return text
    # Some programs trim blanks and quotes before they look.
    return f"'{text}" if text.lstrip(" '\"\u00a0").startswith(_STARTS_FORMULA) else text


def _headers(name: str, ending: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}.{ending}"', "Cache-Control": "no-store"}
