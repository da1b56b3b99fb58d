"""A roster file as firms send them, with what must become of it, and the makers of files."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import xlsxwriter

Row = Sequence[object]


@dataclass(frozen=True)
class Case:
    """What is sent and what is expected of it."""

    id: str
    filename: str
    """Empty if it is pasted."""
    content: bytes | Callable[[], bytes]
    people: str = ""
    """Who is added, one a line: name|email|number|teams|job title|hired on."""
    gone: tuple[str, ...] = ()
    """Who was on the roster and leaves it, by name."""
    refusal: str = ""
    """What the error says, as a regular expression; empty if the file is read."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """What the firm answers if it is asked what each column is: heading -> value of the choice."""
    left_out: int = 0
    """Rows that are refused and left out."""
    sheet: str = ""
    """The sheet that the firm chooses."""
    reading: str = ""
    """The encoding that the firm chooses."""
    order: str = ""
    """Which number of a day comes first, as the firm answers; both this and refused rows are asked then."""
    says: tuple[str, ...] = ()
    """What the last page before importing says, too, as regular expressions."""

    def sent(self) -> bytes:
        """Return the bytes of the file."""
        return self.content if isinstance(self.content, bytes) else self.content()

    def expected(self) -> list[str]:
        """Return who is added, sorted."""
        return sorted(
            "|".join(cell.strip() for cell in line.split("|")) for line in self.people.split("\n") if line.strip()
        )


def lines(text: str, encoding: str = "utf-8", end: str = "\r\n") -> bytes:
    """Return a text file; the first line break of the text belongs to the source."""
    return text.removeprefix("\n").replace("\n", end).encode(encoding)


def book(
    sheets: Mapping[str, Iterable[Row]], prepare: Callable[[Any, Any], None] | None = None, **options: object
) -> bytes:
    """Return an XLSX workbook; `prepare` gets the book and its last sheet once all cells are written."""
    stream = io.BytesIO()
    workbook = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_urls": False, **options})
    for title, rows in sheets.items():
        sheet = workbook.add_worksheet(title)
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell is not None:
                    sheet.write(number, column, cell)
    if prepare:
        prepare(workbook, sheet)
    workbook.close()
    return stream.getvalue()


def archive(parts: Mapping[str, bytes | str]) -> bytes:
    """Return a ZIP file of these parts."""
    stream = io.BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as target:
        for name, part in parts.items():
            target.writestr(name, part)
    return stream.getvalue()


def changed(workbook: bytes, change: Callable[[str, str], str]) -> bytes:
    """Return a workbook whose XML parts another program would have written differently."""
    stream = io.BytesIO()
    with ZipFile(io.BytesIO(workbook)) as source, ZipFile(stream, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, change(name, source.read(name).decode()))
    return stream.getvalue()


def compound(streams: Mapping[str, bytes]) -> bytes:
    """Return an OLE compound file, as old Excel and encrypted workbooks are: 512-byte sectors, a table, a directory."""
    end, free, sector = 0xFFFFFFFE, 0xFFFFFFFF, 512
    table, body, entries = [0xFFFFFFFD, end], b"", [("Root Entry", 5, end, 0)]
    for name, content in streams.items():
        padded = content.ljust(4096, b"\0")
        padded += b"\0" * (-len(padded) % sector)
        first, count = len(table), len(padded) // sector
        table += [*range(first + 1, first + count), end]
        entries.append((name, 2, first, len(padded)))
        body += padded
    directory = b""
    for number, (name, kind, first, size) in enumerate(entries):
        child = 1 if number == 0 and len(entries) > 1 else free
        right = number + 1 if 0 < number < len(entries) - 1 else free
        letters = name.encode("utf-16-le") + b"\0\0"
        numbers = (free, right, child)
        directory += letters.ljust(64, b"\0") + len(letters).to_bytes(2, "little") + bytes([kind, 1])
        directory += b"".join(n.to_bytes(4, "little") for n in numbers) + b"\0" * 36
        directory += first.to_bytes(4, "little") + size.to_bytes(8, "little")
    directory = directory.ljust(sector, b"\0")
    table += [free] * (128 - len(table))
    head = bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 16 + bytes.fromhex("3E000300FEFF0900060000000000000000000000")
    head += b"".join(n.to_bytes(4, "little") for n in (1, 1, 0, 4096, end, 0, end, 0, 0)) + b"\xff\xff\xff\xff" * 108
    return head.ljust(sector, b"\xff")[:sector] + b"".join(n.to_bytes(4, "little") for n in table) + directory + body
