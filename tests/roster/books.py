"""XLSX files for tests: real ones, and ones that no program would write."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Mapping, Sequence

import xlsxwriter

_BOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Target="worksheets/sheet1.xml" Type="worksheet"/></Relationships>'
)


def book(rows: Sequence[Sequence[object]]) -> bytes:
    """Return a workbook as spreadsheet programs write it; days have a day's format."""
    memory = io.BytesIO()
    workbook = xlsxwriter.Workbook(memory, {"in_memory": True})
    sheet, day = workbook.add_worksheet(), workbook.add_format({"num_format": "m/d/yyyy"})
    badge = workbook.add_format({"num_format": "000"})
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            if isinstance(cell, dt.date):
                sheet.write_datetime(row, column, dt.datetime.combine(cell, dt.time()), day)
            elif isinstance(cell, int) and not isinstance(cell, bool):
                sheet.write_number(row, column, cell, badge)
            else:
                sheet.write(row, column, cell)
    workbook.close()
    return memory.getvalue()


def sheets(named: Mapping[str, Sequence[Sequence[object]]]) -> bytes:
    """Return a workbook of several sheets; one whose name begins with "-" is hidden."""
    memory = io.BytesIO()
    workbook = xlsxwriter.Workbook(memory, {"in_memory": True})
    for name, rows in named.items():
        sheet = workbook.add_worksheet(name.lstrip("-"))
        if name.startswith("-"):
            sheet.hide()
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                sheet.write(row, column, cell)
    workbook.close()
    return memory.getvalue()


def bare_book(sheet: bytes, strings: bytes = b"") -> bytes:
    """Return a workbook with this very text as its first sheet."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", _BOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", _RELATIONS)
        if strings:
            archive.writestr("xl/sharedStrings.xml", strings)
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
    return memory.getvalue()


def sheet_of(rows: str) -> bytes:
    """Return a sheet around rows."""
    head = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    return f"{head}{rows}</sheetData></worksheet>".encode()


def bomb(megabytes: int = 256) -> bytes:
    """Return a workbook whose sheet is so many megabytes of blanks, a thousand times its own size."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("xl/workbook.xml", _BOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", _RELATIONS)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as stream:
            stream.write(sheet_of("").removesuffix(b"</sheetData></worksheet>"))
            for _megabyte in range(megabytes):
                stream.write(b" " * 2**20)
    return memory.getvalue()


def lying(data: bytes, size: int = 10) -> bytes:
    """Return a ZIP whose directory says that its last part is this small."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        part = archive.infolist()[-1]
    where = data.rindex(part.filename.encode()) - 46
    return data[: where + 24] + size.to_bytes(4, "little") + data[where + 28 :]
