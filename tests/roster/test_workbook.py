"""Reading XLSX: as another reader reads it, and in a small memory whatever the file claims."""

from __future__ import annotations

import datetime as dt
import io
import json
import random
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
import python_calamine

from tests.roster.books import bare_book, bomb, book, lying, sheet_of, sheets
from trainer.core.errors import Invalid
from trainer.core.settings import ROOT
from trainer.roster import workbook
from trainer.roster.book_parts import WorkbookLimits
from trainer.roster.lines import LONGEST_CELL
from trainer.roster.reading import read_file

DAY = dt.date(2026, 3, 4)
_READ = """
import json, resource, sys, time
from trainer.core.errors import Invalid
from trainer.roster import workbook
from trainer.roster.reading import read_file
data = open(sys.argv[1], "rb").read()
before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
try:
    sheet = read_file(data).sheets[0]
    words = sheet.refusal.message if sheet.refusal else f"read {len(sheet.lines)}"
except Invalid as error:
    words = error.message
seconds = time.process_time() - began
print(json.dumps([words, seconds, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024]))
"""


def test_texts_numbers_and_days_read_as_a_person_would_type_them() -> None:
    data = book([["Name", "Number", "Hired on", "Share"], ["Bob", 7, DAY, 1.5], [], ["Dana", 1234, None, True]])
    assert [(line.number, line.cells) for line in read_file(data).sheets[0].lines] == [
        (1, ("Name", "Number", "Hired on", "Share")),
        (2, ("Bob", "007", "2026-03-04", "1.5")),
        (4, ("Dana", "1234", "", "TRUE")),
    ]


@pytest.mark.asvs("1.5.3")
def test_another_reader_sees_the_same_texts() -> None:
    rows = [["Name", "E-mail"], *([f"Zoë <{number}> & co", f"p{number}@example.org"] for number in range(200))]
    data = book(rows)
    theirs = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    assert [list(line.cells) for line in read_file(data).sheets[0].lines] == theirs == rows


def test_texts_beside_a_text_and_prefixes_of_names_do_not_disturb() -> None:
    strings = (
        b'<x:sst xmlns:x="m"><x:si><x:r><x:t>Bo</x:t></x:r><x:r><x:t>b</x:t></x:r>'
        b"<x:rPh><x:t>aloud</x:t></x:rPh></x:si></x:sst>"
    )
    rows = '<row r="3"><c r="B3" t="s"><v>0</v></c><c r="D3" t="inlineStr"><is><t>Dana</t></is></c></row>'
    assert [(line.number, line.cells) for line in read_file(bare_book(sheet_of(rows), strings)).sheets[0].lines] == [
        (3, ("", "Bob", "", "Dana"))
    ]


@pytest.mark.check("T080")
@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ('<row r="1"><c r="A2"><v>1</v></c></row>', "damaged"),
        ('<row r="2"/><row r="1"/>', "damaged"),
        ('<row r="1"><c r="A1" t="s"><v>99</v></c></row>', "damaged"),
        ('<row r="1"><c r="A1" t="s"><v>-1</v></c></row>', "damaged"),
        ('<row r="1"><c r="A1"><v>one</v></c></row>', "damaged"),
        ('<row r="1">', "damaged"),
    ],
    ids=lambda value: value[:30],
)
def test_a_sheet_out_of_order_is_refused(rows: str, words: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_file(bare_book(sheet_of(rows)))
    assert words in refusal.value.message


def test_what_stands_far_to_the_right_isnt_read_and_long_texts_are_cut() -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>1</v></c></row>'
    rows += '<row r="2"><c r="A2" t="str"><v>' + "x" * 3000 + "</v></c></row>"
    first, second = read_file(bare_book(sheet_of(rows))).sheets[0].lines
    assert first.cells == ("1",)
    assert second.cells == ("x" * (LONGEST_CELL + 1),)


def test_columns_that_the_spreadsheet_hides_are_marked() -> None:
    cols = (
        '<cols><col min="2" max="3" hidden="1"/><col min="5" max="99999" hidden="true"/><col min="4" max="4"/></cols>'
    )
    sheet = sheet_of('<row r="1"><c r="A1"><v>1</v></c></row>').replace(b"<sheetData>", cols.encode() + b"<sheetData>")
    hidden = read_file(bare_book(sheet)).sheets[0].hidden_columns
    assert {1, 2, 4, 999} <= hidden
    assert not {0, 3, 1000} & hidden


def test_all_sheets_that_are_shown_are_read() -> None:
    data = sheets(
        {"READ ME": [["Hello"]], "Employees": [["Name", "E-mail"], ["Bob", "bob@example.org"]], "-Old": [["x"]]}
    )
    assert [(one.name, len(one.lines)) for one in read_file(data).sheets] == [("READ ME", 1), ("Employees", 2)]


def test_rows_that_the_spreadsheet_hides_are_marked() -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="2" hidden="1"><c r="A2"><v>2</v></c></row>'
    rows += '<row r="3" hidden="0"><c r="A3"><v>3</v></c></row>'
    assert [line.is_hidden for line in read_file(bare_book(sheet_of(rows))).sheets[0].lines] == [False, True, False]


def test_a_far_last_cell_costs_nothing() -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="A1048576"><v>1</v></c></row>'
    assert [line.number for line in read_file(bare_book(sheet_of(rows))).sheets[0].lines] == [1, 1_048_576]


def test_broken_bytes_are_refused_in_words() -> None:
    data, rng = book([["Name", "E-mail"], ["Bob", "bob@example.org"]]), random.Random(1)
    for _round in range(500):
        broken = bytearray(data)
        for _byte in range(rng.randint(1, 20)):
            broken[rng.randrange(len(broken))] = rng.randrange(256)
        with suppress(Invalid):
            read_file(bytes(broken))


def _declaring(entities: str) -> bytes:
    text = f"<!DOCTYPE sst [{entities}]><sst><si><t>&x;</t></si></sst>"
    return bare_book(sheet_of('<row r="1"><c r="A1" t="s"><v>0</v></c></row>'), text.encode())


LAUGHS = "<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {name} '{f'&{inner};' * 10}'>" for inner, name in zip("abcdefgh", "bcdefghx", strict=True)
)
HUGE: dict[str, tuple[Callable[[], bytes], str]] = {
    "a quarter of a gigabyte in a quarter of a megabyte": (bomb, "unpacks to far more"),
    "a directory that lies": (lambda: lying(bomb(64)), "unpacks|damaged"),
    "too many rows": (
        lambda: bare_book(sheet_of("".join(f"<row><c><v>{number}</v></c></row>" for number in range(300_000)))),
        "more than 50,000 rows",
    ),
    "a million empty cells": (lambda: bare_book(sheet_of("<row>" + "<c/>" * 1_900_000 + "</row>")), "unpacks"),
    "one text shown everywhere": (
        lambda: bare_book(
            sheet_of(("<row>" + '<c t="s"><v>0</v></c>' * 60 + "</row>") * 10_000),
            b"<sst><si><t>" + b"x" * 1_900 + b"</t></si></sst>",
        ),
        "unpacks",
    ),
    "one token": (
        lambda: bare_book(sheet_of(f"<row><!--{random.Random(1).getrandbits(23 * 2**20):b}--></row>")),
        "read 0",
    ),
    "an entity that names a file": (lambda: _declaring('<!ENTITY x SYSTEM "file:///etc/passwd">'), "document type"),
    "a billion laughs": (lambda: _declaring(LAUGHS), "document type"),
}


@pytest.mark.slow
@pytest.mark.asvs("1.5.1", "5.2.3")
@pytest.mark.check("T080")
@pytest.mark.parametrize("name", HUGE)
def test_a_bomb_is_refused_soon_and_in_a_small_memory(tmp_path: Path, name: str) -> None:
    make, words = HUGE[name]
    path = tmp_path / "people.xlsx"
    path.write_bytes(make())
    assert path.stat().st_size < 4 * 2**20
    answer = subprocess.run([sys.executable, "-c", _READ, path], cwd=ROOT, capture_output=True, check=True, text=True)
    said, seconds, megabytes = json.loads(answer.stdout)
    assert any(one in said for one in words.split("|")), said
    assert seconds < 2
    assert megabytes < 100


def test_a_cell_over_several_rows_says_the_same_in_each() -> None:
    rows = "".join(f'<row r="{n}"><c r="B{n}"><v>{n}</v></c></row>' for n in (2, 3, 5, 6))
    rows = rows.replace('<row r="2">', '<row r="2"><c r="A2" t="inlineStr"><is><t>North</t></is></c>')
    areas = "".join(f'<mergeCell ref="{area}"/>' for area in ("A2:A5", "B2:B3", "XFD2:XFD3", "A6:C6", "odd"))
    data = sheet_of(rows).replace(b"</sheetData>", f"</sheetData><mergeCells>{areas}</mergeCells>".encode())
    lines = read_file(bare_book(data)).sheets[0].lines
    assert [line.cells for line in lines] == [("North", "2"), ("North", "3"), ("North", "5"), ("", "6")]


def test_many_cells_over_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "WorkbookLimits", partial(WorkbookLimits, cells=100_000))  # of 4 million
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 4_001))
    areas = '<mergeCell ref="A1:A4000"/>' * 90
    data = sheet_of(rows).replace(b"</sheetData>", f"</sheetData><mergeCells>{areas}</mergeCells>".encode())
    refusal = read_file(bare_book(data)).sheets[0].refusal
    assert refusal is not None
    assert "unpacks" in refusal.message
