"""Nothing that people typed becomes a formula in a spreadsheet, and numbers stay numbers."""

from __future__ import annotations

import csv
import datetime as dt
import io
import shutil
import subprocess
import zipfile
from pathlib import Path

import pypdf
import pytest
from python_calamine import CalamineWorkbook

from trainer.web.tables import Cell, Table, csv_lines, harmless, sheet_names, write_book, write_xlsx

SOFFICE = shutil.which("soffice")
NASTY = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\0=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    "  =1",
    "'=1",
    '"=1',
    "\n=1",
    "|x",
]


def read_csv(rows: list[list[Cell]], heads: list[str]) -> list[list[str]]:
    text = "".join(csv_lines(Table("people", heads, rows)))
    return list(csv.reader(io.StringIO(text.lstrip("\ufeff"), newline="")))


@pytest.mark.asvs("1.2.10")
@pytest.mark.check("T078")
@pytest.mark.parametrize("nasty", NASTY)
def test_a_text_that_looks_like_a_formula_is_a_text(nasty: str) -> None:
    head, row = read_csv([[nasty, 7]], [nasty, "Number"])
    assert head[0].startswith("'")
    assert row == ["'" + nasty, "7"]


@pytest.mark.parametrize("plain", ["", "Bob", "O’Neil", "’t Hooft", "12-3", "a=b"])
def test_other_texts_stay_as_they_are(plain: str) -> None:
    assert harmless(plain) == plain


@pytest.mark.check("T078")
def test_numbers_days_and_nothing_stay_what_they_are() -> None:
    assert read_csv([[-5, dt.date(2026, 11, 24), None, 1.5]], ["a", "b", "c", "d"])[1] == [
        "-5",
        "2026-11-24",
        "",
        "1.5",
    ]


@pytest.mark.asvs("1.2.10")
@pytest.mark.check("T079")
def test_a_workbook_holds_texts_numbers_and_days_and_no_formula() -> None:
    file = io.BytesIO()
    write_xlsx(Table("people", ["Name", "Minutes", "Due"], [["=1+1", 7, dt.date(2026, 11, 24)]]), file)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(file.getvalue())).get_sheet_by_index(0).to_python()
    assert rows[1] == ["=1+1", 7.0, dt.date(2026, 11, 24)]
    with zipfile.ZipFile(file) as parts:
        assert not any("externalLink" in name for name in parts.namelist())
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


@pytest.mark.slow
@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) isn't installed")
def test_a_spreadsheet_program_shows_every_day_number_and_name_in_full(tmp_path: Path) -> None:
    heads = ["Name", "Hired on", "Due on", "Minutes"]
    name, day = "Bartholomew Featherstonehaugh-Cholmondeley", dt.date(2026, 11, 24)
    book = tmp_path / "people.xlsx"
    with book.open("wb") as file:
        write_xlsx(Table("people", heads, [[name, day, day, 123_456_789], ["Bo", None, day, 7]]), file)
    home = f"-env:UserInstallation=file://{tmp_path}/office"
    order = [str(SOFFICE), home, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(book)]
    subprocess.run(order, check=True, capture_output=True, timeout=120)
    shown = "".join(page.extract_text() for page in pypdf.PdfReader(tmp_path / "people.pdf").pages)
    assert "###" not in shown
    assert shown.count("2026-11-24") == 3
    assert name in shown


@pytest.mark.check("T079")
def test_a_workbook_can_be_filtered_and_its_heads_stay_in_view() -> None:
    file = io.BytesIO()
    write_xlsx(Table("people", ["Name", "Due"], [["Bob", None], ["Dana", None]]), file)
    with zipfile.ZipFile(file) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert '<autoFilter ref="A1:B3"/>' in sheet
    assert 'state="frozen"' in sheet


def test_a_long_table_comes_in_portions() -> None:
    portions = list(csv_lines(Table("people", ["n"], ([number] for number in range(1_200)))))
    assert len(portions) == 3
    assert "".join(portions).count("\n") == 1_201


def test_sheets_have_names_that_spreadsheets_take_and_no_two_alike() -> None:
    names = [
        *("Harbor Mall", "harbor mall", "A/B: [night]?*", "'quoted'", "", "History", "x" * 40, "x" * 41, "x" * 40),
        *("\U0001f338" * 20, "Summary", "summary (2)", "Summary"),
    ]
    made = sheet_names(names)
    assert made[:6] == ["Harbor Mall", "harbor mall (2)", "A B night", "quoted", "(2)", "History (2)"]
    assert made[6:9] == ["x" * 31, "x" * 27 + " (2)", "x" * 27 + " (3)"]
    assert made[-3:] == ["Summary", "summary (2)", "Summary (3)"]
    assert len({name.casefold() for name in made}) == len(names)
    assert all(0 < len(name.encode("utf-16-le")) <= 62 for name in made)


def test_a_book_has_a_sheet_for_each_table() -> None:
    file = io.BytesIO()
    write_book([Table("A/B", ["Name"], [["=1+1"]]), Table("a b", ["Day"], [[dt.date(2026, 11, 26)]])], file)
    file.seek(0)
    book = CalamineWorkbook.from_filelike(file)
    assert book.sheet_names == ["A B", "a b (2)"]
    assert book.get_sheet_by_index(0).to_python() == [["Name"], ["=1+1"]]
    assert book.get_sheet_by_index(1).to_python() == [["Day"], [dt.date(2026, 11, 26)]]
