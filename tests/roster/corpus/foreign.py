"""Files that aren't what their name says, or that can't be read: each has its own clear error."""

from __future__ import annotations

import io
import json
import struct
import zlib
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from tests.roster.corpus.case import Case, archive, book, changed, compound, lines

HTML = lines("""
<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta charset="utf-8"></head><body><table border=1>
<tr><th>Name</th><th>Email</th></tr>
<tr><td>Marta Ruiz</td><td>marta@example.org</td></tr></table></body></html>
""")

XML_2003 = lines("""
<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Worksheet ss:Name="Sheet1"><Table>
<Row><Cell><Data ss:Type="String">Name</Data></Cell></Row></Table></Worksheet></Workbook>
""")

FIXED_WIDTH = lines("""
NORTHGATE GUARD                    ACTIVE EMPLOYEES                    PAGE 1
NAME                 EMPNO     EMAIL                          HIRED
-------------------- --------- ------------------------------ ----------
RUIZ MARTA           000000041 MARTA@EXAMPLE.ORG              03/14/2019
""")

PNG = bytes.fromhex("89504E470D0A1A0A0000000D49484452000000010000000108060000001F15C489") + zlib.compress(b"\0" * 5)


def _old_excel() -> bytes:
    return compound({"Workbook": bytes.fromhex("0908100000060500") + b"\0" * 600})


def _locked() -> bytes:
    return compound({"EncryptionInfo": b"\4\0\4\0\x40\0\0\0<encryption/>", "EncryptedPackage": b"\x5a" * 5000})


def _bomb() -> bytes:
    """Return a workbook of 1 MB whose sheet is 1 GB of blanks: one deflated megabyte over and over."""
    megabytes, sheet = 1024, "xl/worksheets/sheet1.xml"
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    once = packer.compress(b" " * 2**20) + packer.flush(zlib.Z_FULL_FLUSH)
    packed = once * megabytes + packer.flush()
    whole = book({"Roster": [["Name", "Email"], ["Marta Ruiz", "marta@example.org"]]})
    stream = io.BytesIO()
    with ZipFile(io.BytesIO(whole)) as source, ZipFile(stream, "w") as target:
        for name in source.namelist():
            target.writestr(ZipInfo(name), packed if name == sheet else source.read(name))
        entry = target.getinfo(sheet)
        at = entry.header_offset
        entry.compress_type, entry.file_size = ZIP_DEFLATED, megabytes * 2**20
    bomb = bytearray(stream.getvalue())
    struct.pack_into("<H", bomb, at + 8, ZIP_DEFLATED)
    struct.pack_into("<I", bomb, at + 22, megabytes * 2**20)
    return bytes(bomb)


def _laughs() -> bytes:
    """Return a workbook whose strings are entities that grow a billionfold."""

    def change(name: str, text: str) -> str:
        if name != "xl/sharedStrings.xml":
            return text
        entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
        kind = f'<!DOCTYPE sst [<!ENTITY a0 "Marta">{entities}]>'
        return text.replace("<sst", f"{kind}<sst", 1).replace("Marta Ruiz", "&a9;")

    return changed(book({"Roster": [["Name", "Email"], ["Marta Ruiz", "marta@example.org"]]}), change)


def _cut() -> bytes:
    return book({"Roster": [["Name", "Email"], ["Marta Ruiz", "marta@example.org"]]})[:-400]


def _headings_alone() -> bytes:
    return book({"Roster": [["Name", "Email", "Hire Date"]]})


CASES = [
    Case("html-as-xls", "export.xls", HTML, refusal="web page|HTML"),
    Case("xml-2003-as-xls", "export.xls", XML_2003, refusal="XML|\\.xlsx"),
    Case("old-excel", "roster.xls", _old_excel, refusal="\\.xlsx"),
    Case("old-excel-named-csv", "roster.csv", _old_excel, refusal="\\.xlsx"),
    Case("locked", "roster.xlsx", _locked, refusal="password"),
    Case(
        "binary-excel",
        "roster.xlsb",
        lambda: archive(
            {"[Content_Types].xml": "<Types/>", "xl/workbook.bin": b"\x83\x01\0", "xl/worksheets/sheet1.bin": b"\0"}
        ),
        refusal="\\.xlsb.*\\.xlsx|\\.xlsx",
    ),
    Case(
        "open-document",
        "roster.ods",
        lambda: archive(
            {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<office:document-content/>"}
        ),
        refusal="\\.xlsx|CSV",
    ),
    Case(
        "apple-numbers",
        "roster.numbers",
        lambda: archive({"Index/Document.iwa": b"\0\1", "preview.jpg": b"\xff\xd8"}),
        refusal="\\.xlsx|CSV",
    ),
    Case(
        "word-document", "roster.docx", lambda: archive({"word/document.xml": "<w:document/>"}), refusal="\\.xlsx|CSV"
    ),
    Case(
        "zip-of-csv",
        "roster.zip",
        lambda: archive({"roster.csv": "Name,Email\nMarta Ruiz,marta@example.org\n"}),
        refusal="\\.xlsx|CSV",
    ),
    Case(
        "pdf",
        "roster.pdf",
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj <</Type/Catalog>> endobj\n",
        refusal="PDF|\\.xlsx|CSV",
    ),
    Case("image-named-xlsx", "roster.xlsx", PNG, refusal="\\.xlsx|CSV|picture|image"),
    Case("image-named-csv", "roster.csv", PNG, refusal="\\.xlsx|CSV|picture|image|text"),
    Case("empty", "roster.csv", b"", refusal="nothing in it"),
    Case(
        "only-blanks", "roster.csv", b"\xef\xbb\xbf\r\n \r\n,,,\r\n", refusal="empty|nothing|no rows|names the columns"
    ),
    Case("headings-alone", "roster.xlsx", _headings_alone, refusal="[Nn]obody|no one|no rows|no people|nothing"),
    Case("cut-off", "roster.xlsx", _cut, refusal="damaged|open|incomplete|read"),
    Case("zip-bomb", "roster.xlsx", _bomb, refusal="large|big|unpack"),
    Case("billion-laughs", "roster.xlsx", _laughs, refusal="."),
    Case("fixed-width", "report.txt", FIXED_WIDTH, refusal="names the columns|separat"),
    Case(
        "json",
        "people.json",
        json.dumps([{"name": "Marta Ruiz", "email": "marta@example.org"}]).encode(),
        refusal="names the columns|JSON|CSV",
    ),
]
