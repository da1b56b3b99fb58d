"""Workbooks as people and programs save them."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import Any

import xlsxwriter

from tests.roster.corpus.case import Case, Row, book, changed

HEADINGS = ["Name", "Email", "Employee ID", "Hire Date"]
MARTA = ["Marta Ruiz", "marta@example.org", "0041", "3/14/2019"]
KOFI = ["Kofi Mensah", "kofi@example.org", "0042", "10/25/2021"]
BOTH = """
    Marta Ruiz|marta@example.org|0041|||2019-03-14
    Kofi Mensah|kofi@example.org|0042|||2021-10-25"""


def _titled() -> bytes:
    def prepare(workbook: Any, sheet: Any) -> None:
        bold = workbook.add_format({"bold": True, "align": "center"})
        sheet.merge_range("A1:D1", "Northgate Guard – Roster", bold)
        sheet.merge_range("A2:D2", "Confidential. Printed November 20, 2026", bold)
        sheet.merge_range("A7:C7", "Total", bold)
        sheet.write_formula("D7", "=COUNTA(A5:A6)", None, 2)

    return book({"Roster": [[], [], [], HEADINGS, MARTA, KOFI]}, prepare)


def _read_me() -> bytes:
    return book(
        {
            "READ ME": [["Roster of Northgate Guard"], ["Name", "Purpose"], ["Roster", "All guards, updated weekly"]],
            "Lists": [["Status"], ["Active"], ["Leave"]],
            "Roster": [HEADINGS, MARTA, KOFI],
        }
    )


def _site_sheets() -> bytes:
    return book(
        {
            "Harbor Mall": [["Name", "Email"], ["Marta Ruiz", "marta@example.org"]],
            "Pier 9": [["Name", "Email"], ["Kofi Mensah", "kofi@example.org"]],
        }
    )


def _hidden() -> bytes:
    def prepare(_workbook: Any, sheet: Any) -> None:
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.set_column("C:C", None, None, {"hidden": True})

    return book({"Roster": [HEADINGS, MARTA, KOFI]}, prepare)


def _hidden_sheet() -> bytes:
    def prepare(workbook: Any, _sheet: Any) -> None:
        workbook.get_worksheet_by_name("Old").hide()
        workbook.get_worksheet_by_name("Now").activate()

    return book(
        {"Old": [HEADINGS, ["Pete Moss", "pete@example.org", "9", "1/15/2001"]], "Now": [HEADINGS, MARTA, KOFI]},
        prepare,
    )


def _typed(date_1904: bool) -> bytes:
    def prepare(workbook: Any, sheet: Any) -> None:
        zeros, day = workbook.add_format({"num_format": "0000"}), workbook.add_format({"num_format": "d-mmm-yy"})
        for row, (number, hired) in enumerate([(41, dt.date(2019, 3, 14)), (42, dt.date(2021, 10, 25))], start=1):
            sheet.write_number(row, 2, number, zeros)
            sheet.write_datetime(row, 3, dt.datetime.combine(hired, dt.time()), day)

    return book(
        {"Roster": [HEADINGS, MARTA[:2], KOFI[:2]]}, prepare, default_date_format="d-mmm-yy", date_1904=date_1904
    )


def _formulas() -> bytes:
    def prepare(_workbook: Any, sheet: Any) -> None:
        sheet.write_formula("A2", '=E2&" "&F2', None, "Marta Ruiz")
        sheet.write_formula(
            "B2", '=HYPERLINK("mailto:marta@example.org","marta@example.org")', None, "marta@example.org"
        )
        sheet.write_formula("C2", '=TEXT(41,"0000")', None, "0041")
        sheet.write_formula("A3", "=VLOOKUP(1,X1:Z9,2,0)", None, "#N/A")
        sheet.write_formula("A4", "=#REF!&B4", None, "#REF!")
        sheet.write_row("E2", ["Marta", "Ruiz"])

    rows: list[Row] = [
        ["Name", "Email", "Employee ID", "Remote"],
        ["", "", "", True],
        ["", "kofi@example.org", "0042", False],
        ["", "dora@example.org", "0043", True],
        ["Nia Bell", "nia@example.org", "0044", 0.5],
    ]
    return book({"Roster": rows}, prepare)


def _wide() -> bytes:
    rows = [[f"Custom field {n}" for n in range(298)] + ["Name", "Email"]]
    rows += [[f"x{n}" for n in range(298)] + person[:2] for person in (MARTA, KOFI)]
    return book({"Export": rows})


def _blank_rows() -> bytes:
    def prepare(workbook: Any, sheet: Any) -> None:
        border = workbook.add_format({"border": 1})
        for row in range(3, 40_003):
            sheet.write_blank(row, 0, None, border)

    return book({"Roster": [HEADINGS, MARTA, KOFI]}, prepare)


def _two_rows_of_headings() -> bytes:
    def prepare(workbook: Any, sheet: Any) -> None:
        bold = workbook.add_format({"bold": True})
        sheet.merge_range("A1:B1", "Employee", bold)
        sheet.merge_range("C1:D1", "Contact", bold)
        sheet.merge_range("E1:F1", "Assignment", bold)

    return book(
        {
            "Roster": [
                [],
                ["First", "Last", "Email", "Phone", "Site", "Title"],
                ["Marta", "Ruiz", "marta@example.org", "212-555-0147", "Harbor Mall", "Guard"],
                ["Kofi", "Mensah", "kofi@example.org", "212-555-0148", "Pier 9", "Guard"],
            ]
        },
        prepare,
    )


def _merged_sites() -> bytes:
    def prepare(workbook: Any, sheet: Any) -> None:
        middle = workbook.add_format({"valign": "vcenter"})
        sheet.merge_range("A2:A3", "Harbor Mall", middle)
        sheet.merge_range("A4:A5", "Pier 9", middle)

    return book(
        {
            "Roster": [
                ["Site", "Name", "Email"],
                [None, "Marta Ruiz", "marta@example.org"],
                [None, "Kofi Mensah", "kofi@example.org"],
                [None, "Dora Day", "dora@example.org"],
                [None, "Nia Bell", "nia@example.org"],
            ]
        },
        prepare,
    )


def _far_corner() -> bytes:
    rows: list[list[object]] = [[] for _ in range(9)]
    rows += [[*[None] * 6, *row] for row in (HEADINGS, MARTA, KOFI)]

    def prepare(_workbook: Any, sheet: Any) -> None:
        sheet.write("XFD1048576", " ")

    return book({"Sheet1": rows}, prepare)


def _rich() -> bytes:
    def prepare(workbook: Any, sheet: Any) -> None:
        bold, red = workbook.add_format({"bold": True}), workbook.add_format({"font_color": "red"})
        sheet.write_rich_string("A2", bold, "Marta ", red, "Ru", "iz")
        sheet.write_comment("A3", "Name: Pete Moss, pete@example.org")
        sheet.write_url("B2", "mailto:marta.old@example.test", string="marta@example.org")

    return book({"Roster": [HEADINGS, ["", "", *MARTA[2:]], KOFI]}, prepare)


def _streamed() -> bytes:
    stream = io.BytesIO()
    workbook = xlsxwriter.Workbook(stream, {"constant_memory": True, "strings_to_urls": False})
    sheet = workbook.add_worksheet("Data")
    for number, row in enumerate((HEADINGS, MARTA, KOFI)):
        sheet.write_row(number, 0, row)
    workbook.close()
    return stream.getvalue()


def _strict() -> bytes:
    places = {
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main": "http://purl.oclc.org/ooxml/spreadsheetml/main",
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships": "http://purl.oclc.org/ooxml/officeDocument/relationships",
    }

    def change(_name: str, text: str) -> str:
        for old, new in places.items():
            text = text.replace(old, new)
        return text

    return changed(book({"Roster": [HEADINGS, MARTA, KOFI]}), change)


def _prefixed() -> bytes:
    def change(name: str, text: str) -> str:
        if name.startswith("xl/worksheets/") or name in ("xl/workbook.xml", "xl/sharedStrings.xml"):
            text = re.sub(r"<(/?)(?!\?)(\w)", r"<\1x:\2", text).replace(' xmlns="', ' xmlns:x="')
        if name == "xl/_rels/workbook.xml.rels":
            text = re.sub(r'Target="(?=\w)', 'Target="/xl/', text)
        return re.sub(r' r="[A-Z]+\d+"', "", text) if name.startswith("xl/worksheets/") else text

    return changed(book({"Roster": [HEADINGS, MARTA, KOFI]}), change)


def _numbers() -> bytes:
    def prepare(workbook: Any, sheet: Any) -> None:
        sheet.write_number("C2", 41.0)
        sheet.write_number("C3", 474000000123)
        sheet.write_number("C4", 123456789012345680)
        sheet.write_number("C5", 0.5, workbook.add_format({"num_format": "0%"}))
        sheet.write_number("C6", 1234, workbook.add_format({"num_format": "#,##0"}))

    people = [
        ["Marta Ruiz", "marta@example.org"],
        ["Kofi Mensah", "kofi@example.org"],
        ["Dora Day", "dora@example.org"],
        ["Nia Bell", "nia@example.org"],
        ["Ann Lee", "ann@example.org"],
    ]
    return book({"Roster": [HEADINGS[:3], *people]}, prepare)


def _filtered() -> bytes:
    def prepare(_workbook: Any, sheet: Any) -> None:
        sheet.autofilter("A1:E4")
        sheet.filter_column("E", "x == Active")
        sheet.set_row(3, None, None, {"hidden": True})

    return book(
        {
            "Roster": [
                [*HEADINGS, "Status"],
                [*MARTA, "Active"],
                [*KOFI, "Active"],
                ["Pete Moss", "pete@example.org", "0043", "1/15/2001", "Terminated"],
            ]
        },
        prepare,
    )


def _key_below() -> bytes:
    return book(
        {"Schedule": [HEADINGS, MARTA, KOFI, [], ["Key:"], ["X = day off"], ["Questions? Call Sean, 212-555-0100"]]}
    )


def _schedule() -> bytes:
    week = ["Mon 11/23", "Tue 11/24", "Wed 11/25", "Thu 11/26", "Fri 11/27", "Sat 11/28", "Sun 11/29"]
    return book(
        {
            "Week 48": [
                ["Week of November 23"],
                ["Guard", "Email", "Post", *week],
                ["Marta Ruiz", "marta@example.org", "Harbor Mall", *["07:00-15:00"] * 5, "OFF", "OFF"],
                ["Kofi Mensah", "kofi@example.org", "Pier 9", *["15:00-23:00"] * 5, "OFF", "OFF"],
            ]
        }
    )


def _late_headings() -> bytes:
    return book({"Report": [[f"Parameter {n}", "All"] for n in range(24)] + [HEADINGS, MARTA, KOFI]})


CASES = [
    Case("titles-and-total", "Roster.xlsx", _titled, BOTH, left_out=1),
    Case("read-me-first", "Roster.xlsx", _read_me, BOTH),
    Case(
        "sheet-for-each-site",
        "Sites.xlsx",
        _site_sheets,
        "Kofi Mensah|kofi@example.org||||",
        sheet="Pier 9",
        says=("Harbor Mall",),
    ),
    Case("hidden-row-and-column", "Roster.xlsx", _hidden, BOTH, says=("hidden",)),
    Case("hidden-sheet-first", "Roster.xlsx", _hidden_sheet, BOTH),
    Case("typed-cells", "Roster.xlsx", lambda: _typed(date_1904=False), BOTH),
    Case("days-from-1904", "Roster.xlsx", lambda: _typed(date_1904=True), BOTH),
    Case(
        "formulas-and-errors",
        "Roster.xlsx",
        _formulas,
        """
        Marta Ruiz|marta@example.org|0041|||
        Nia Bell|nia@example.org|0044|||""",
        left_out=2,
    ),
    Case(
        "300-columns",
        "Export.xlsx",
        _wide,
        """
        Marta Ruiz|marta@example.org||||
        Kofi Mensah|kofi@example.org||||""",
    ),
    Case("40000-blank-rows", "Roster.xlsx", _blank_rows, BOTH),
    Case(
        "two-rows-of-headings",
        "Roster.xlsx",
        _two_rows_of_headings,
        """
        Marta Ruiz|marta@example.org||Harbor Mall|Guard|
        Kofi Mensah|kofi@example.org||Pier 9|Guard|""",
    ),
    Case(
        "merged-sites",
        "Roster.xlsx",
        _merged_sites,
        """
        Marta Ruiz|marta@example.org||Harbor Mall||
        Kofi Mensah|kofi@example.org||Harbor Mall||
        Dora Day|dora@example.org||Pier 9||
        Nia Bell|nia@example.org||Pier 9||""",
    ),
    Case("far-corner", "Book1.xlsx", _far_corner, BOTH),
    Case("rich-text", "Roster.xlsx", _rich, BOTH),
    Case("streamed", "Data.xlsx", _streamed, BOTH),
    Case("strict-format", "Roster.xlsx", _strict, BOTH),
    Case("prefixed-names", "Export.xlsx", _prefixed, BOTH),
    # Excel keeps 15 digits: a longer number lost its end, and a percentage was never a number of anybody.
    Case(
        "numbers-as-numbers",
        "Roster.xlsx",
        _numbers,
        """
        Marta Ruiz|marta@example.org|41|||
        Kofi Mensah|kofi@example.org|474000000123|||
        Ann Lee|ann@example.org|1234|||""",
        left_out=2,
    ),
    Case("filtered", "Roster.xlsx", _filtered, BOTH),
    Case("key-below", "Schedule.xlsx", _key_below, BOTH, left_out=3),
    Case(
        "schedule",
        "Week 48.xlsx",
        _schedule,
        """
        Marta Ruiz|marta@example.org||Harbor Mall||
        Kofi Mensah|kofi@example.org||Pier 9||""",
        columns={"Guard": "name", "Post": "teams"},
    ),
    Case("headings-in-row-25", "Report.xlsx", _late_headings, refusal="first 20 rows"),
    Case("workbook-named-csv", "Roster.csv", lambda: book({"Roster": [HEADINGS, MARTA, KOFI]}), BOTH),
]
