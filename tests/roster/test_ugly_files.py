"""Files as they come: exports of several programs, each with the faults that such files have, read as a person would.

Each file holds Bob Stone (00417, bob@example.org, Harbor Mall, hired on March 4, 2026), as its program would write him,
and whatever the fault adds. What is expected is what a reader of the file knows, not how it is read.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from tests.roster.books import book, sheets
from trainer.core.errors import Invalid
from trainer.organizations.rules import Role
from trainer.roster.deciding import plan
from trainer.roster.matching import ColumnMatch, choose_sheet, match
from trainer.roster.plan import RosterPlan, RowOutcome
from trainer.roster.reading import decode_cell, read_file
from trainer.roster.rows import RosterTable

TODAY = dt.date(2026, 11, 24)
BOB = ("Bob Stone", "bob@example.org", "00417", dt.date(2026, 3, 4), ("Harbor Mall",))


@dataclass(frozen=True)
class Export:
    """A program's file: its headings, Bob's row and another person's, and a row of somebody who has left."""

    heads: list[str]
    bob: list[str]
    ann: list[str]
    left: list[str] | None = None
    above: list[list[str]] = field(default_factory=list)

    def rows(self) -> list[list[str]]:
        return [*self.above, self.heads, self.bob, self.ann]


EXPORTS = {
    "payroll of legal names": Export(
        ["Payroll Name", "File #", "Work Contact: Work Email", "Home Department Description", "Hire Date", "SSN"],
        ["Stone, Bob", "00417", "bob@example.org", "Harbor Mall", "03/04/2026", "078-05-1120"],
        ["Lee, Ann", "00418", "ann@example.org", "North Gate", "11/17/2025", "078-05-1121"],
    ),
    "payroll with a title": Export(
        ["Legal First Name", "Legal Last Name", "Associate ID", "Personal Email", "Location", "Most Recent Hire Date"],
        ["Bob", "Stone", "00417", "bob@example.org", "Harbor Mall", "Mar 4, 2026"],
        ["Ann", "Lee", "00418", "ann@example.org", "North Gate", "Nov 17, 2025"],
        above=[["Harbor Security, Inc."], [], ["Employee Roster", "", "", "as of 11/20/2026"]],
    ),
    "small firms' payroll": Export(
        ["First name", "Last name", "Work email", "Employee ID", "Department", "Start date", "Phone"],
        ["Bob", "Stone", "bob@example.org", "00417", "Harbor Mall", "2026-03-04", "555-0100"],
        ["Ann", "Lee", "ann@example.org", "00418", "North Gate", "2025-11-17", "555-0101"],
    ),
    "HR platform": Export(
        ["employee_number", "full_name", "work_email", "work_location_name", "start_date", "title", "salary"],
        ["00417", "Bob Stone", "bob@example.org", "Harbor Mall", "2026-03-04T00:00:00Z", "Guard", "38000"],
        ["00418", "Ann Lee", "ann@example.org", "North Gate", "2025-11-17T00:00:00Z", "Guard", "39000"],
    ),
    "guard scheduling": Export(
        ["Employee #", "Last, First", "Email", "Site", "DOH", "Position"],
        ["00417", "Stone, Bob", "bob@example.org", "Harbor Mall", "04-Mar-2026", "Guard I"],
        ["00418", "Lee, Ann", "ann@example.org", "North Gate", "17-Nov-2025", "Guard II"],
    ),
    "guard tours": Export(
        ["Officer Name", "Badge #", "E-mail Address", "Property", "Date of Hire"],
        ["Bob Stone", "00417", "bob@example.org", "Harbor Mall", "3/4/2026"],
        ["Ann Lee", "00418", "ann@example.org", "North Gate", "11/17/2025"],
    ),
    "in Spanish": Export(
        ["N.º de empleado", "Nombre", "Apellidos", "Correo electrónico", "Sitio", "Fecha de contratación"],
        ["00417", "Bob", "Stone", "bob@example.org", "Harbor Mall", "4 de marzo de 2026"],
        ["00418", "Ann", "Lee", "ann@example.org", "North Gate", "17 de noviembre de 2025"],
    ),
}


def as_csv(rows: list[list[str]], separator: str = ",", encoding: str = "utf-8", end: str = "\r\n") -> bytes:
    memory = io.StringIO()
    csv.writer(memory, delimiter=separator, lineterminator=end).writerows(rows)
    return memory.getvalue().encode(encoding)


def look(data: bytes) -> tuple[ColumnMatch, RosterPlan]:
    """Return how a file was read, and the plan that comes of it in a firm without people."""
    sent = read_file(data)
    sheet = sent.sheets[choose_sheet(sent.sheets, {})]
    if sent.coding:
        lines = [
            replace(line, cells=tuple(decode_cell(cell, sent.coding) for cell in line.cells)) for line in sheet.lines
        ]
        sheet = replace(sheet, lines=lines)
    found = match(sheet, {})
    columns = {column.meaning: column.index for column in found.columns if column.meaning}
    head = sheet.lines[found.row].cells
    people = [line for line in sheet.lines[found.row + 1 :] if line.cells != head]
    table = RosterTable(people, columns, len(head), found.reading.order)
    return found, plan(table, [], set(), [Role.MEMBER], TODAY)


def told(one: RosterPlan, place: int = 0) -> tuple[object, ...]:
    wanted = one.entries[place].wanted
    assert wanted is not None, one.entries[place].reason
    return wanted.name, wanted.email_key, wanted.employee_number, wanted.hired_on, wanted.teams


FAULTS: dict[str, Callable[[list[list[str]]], bytes]] = {
    "none": as_csv,
    "semicolons": lambda rows: as_csv(rows, ";"),
    "tabs": lambda rows: as_csv(rows, "\t"),
    "UTF-16": lambda rows: as_csv(rows, encoding="utf-16"),
    "a mark before it": lambda rows: as_csv(rows, encoding="utf-8-sig"),
    "Windows letters": lambda rows: as_csv(rows, encoding="windows-1252"),
    "old Mac line ends": lambda rows: as_csv(rows, end="\r"),
    "a workbook": lambda rows: book(rows),
    "a workbook with a READ ME": lambda rows: sheets({"READ ME": [["Hello"]], "Data": rows, "Pivot": [["Site", "n"]]}),
    "a sheet of headings alone": lambda rows: sheets({"Template": rows[:-2], "Data": rows}),
    "a hidden sheet": lambda rows: sheets({"Data": rows, "-Old": [*rows, rows[-1]]}),
    "headings repeated": lambda rows: as_csv([*rows, rows[-3]]),
    "empty rows and columns": lambda rows: as_csv([[""], *[[*row, "", ""] for row in rows], ["", ""], [" "]]),
    "80 more columns": lambda rows: as_csv([[*row, *(f"c{n}" for n in range(80))] for row in rows]),
    "capitals": lambda rows: as_csv([[cell.upper() if row is rows[-3] else cell for cell in row] for row in rows]),
    "blanks around": lambda rows: as_csv([[f"  {cell}\u00a0" for cell in row] for row in rows]),
    "zeros kept by a formula": lambda rows: as_csv(
        [[f'="{cell}"' if cell.startswith("004") else cell for cell in row] for row in rows]
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("program", EXPORTS)
def test_two_people_are_read_whatever_wrote_the_file(program: str, fault: str) -> None:
    _found, seen = look(FAULTS[fault](EXPORTS[program].rows()))
    assert [entry.outcome for entry in seen.entries] == [RowOutcome.NEW, RowOutcome.NEW]
    assert told(seen) == BOB
    assert told(seen, 1)[:2] == ("Ann Lee", "ann@example.org")
    assert "078-05" not in str(seen.entries)


HEAD = "name,email,employee number,hire date,team,status,last day\n"
SMALL: dict[str, tuple[str, list[str]]] = {
    "a footer": ("Bob Stone,b@x.org,1,,,,\nTotal: 1,,,,,,\n", ["new", "looks like a total"]),
    "an unquoted comma": ("Stone, Bob,b@x.org,1,,,,\n", ["isn’t one we can write to|more cells than headings"]),
    "two addresses": ("Bob Stone,b@x.org; c@x.org,1,,,,\n", ["isn’t one we can write to"]),
    "a display name": ("Bob Stone,Bob Stone <b@x.org>,1,,,,\n", ["new"]),
    "a number in E notation": ("Bob Stone,b@x.org,4.74E+11,,,,\n", ["rounded by a spreadsheet"]),
    "a number with .0": ("Bob Stone,b@x.org,417.0,,,,\n", ["new"]),
    "an impossible day": ("Bob Stone,b@x.org,1,2026-02-30,,,\n", ["isn’t a date"]),
    "a day as a number": ("Bob Stone,b@x.org,1,46085,,,\n", ["new"]),
    "a year of two digits": ("Bob Stone,b@x.org,1,3/14/26,,,\n", ["new"]),
    "a day far ahead": ("Bob Stone,b@x.org,1,2062-03-04,,,\n", ["more than a year ahead"]),
    "n/a everywhere": ("Bob Stone,b@x.org,N/A,n/a,,,-\n", ["new: read as no hire date"]),
    "terminated": ("Bob Stone,b@x.org,1,,,Terminated,2026-10-01\n", ["gone"]),
    "terminated without a day": ("Bob Stone,b@x.org,1,,,T,\n", ["gone"]),
    "a last day alone": ("Bob Stone,b@x.org,1,2020-01-01,,,2026-10-01\n", ["gone"]),
    "a last day ahead": ("Bob Stone,b@x.org,1,,,Active,2026-12-31\n", ["new: still ahead"]),
    "active with an old last day": ("Bob Stone,b@x.org,1,,,Active,2019-01-01\n", ["new: but the status is"]),
    "hired again": ("Bob Stone,b@x.org,1,2025-01-01,,,2019-01-01\n", ["new: who came back"]),
    "on leave": ("Bob Stone,b@x.org,1,,,On Leave,\n", ["new"]),
    "an unknown status": ("Bob Stone,b@x.org,1,,,Zebra,\n", ["new: we don’t know the status"]),
    "an unreadable last day": ("Bob Stone,b@x.org,1,,,,sometime\n", ["isn’t a date"]),
    "a name of digits": ("00417,b@x.org,1,,,,\n", ["no letter in it"]),
    "a suffix": ('"Stone, Bob, Jr.",b@x.org,1,,,,\n', ["new"]),
    "letters read wrongly": ("JosÃ© PeÃ±a,b@x.org,1,,,,\n", ["the name holds “Ã”"]),
    "the same person twice": ("Bob Stone,b@x.org,1,,,,\nBob Stone,b@x.org,1,,,,\n", ["new: also in row 3"]),
    "one number for two": (
        "Bob Stone,b@x.org,1,,,,\nAnn Lee,a@x.org,1,,,,\n",
        ["new: row 3 has the same", "is in row 2 too"],
    ),
    "a formula": ('"=HYPERLINK(""x"")",b@x.org,1,,,,\n', ["looks like a formula"]),
    "a script": ("<script>alert(1)</script>,b@x.org,1,,,,\n", ["the name holds “<”"]),
    "a NUL": ("Bob\0by,b@x.org,1,,,,\n", ["can’t be shown"]),
    "a lost letter": (
        "Jos? Ruiz,b@x.org,1,,,,\nMar?a Ruiz,c@x.org,2,,,,\n",
        ["new: read wrongly", "the name holds “r?a”"],
    ),
    "an error of a formula": (
        "#N/A,b@x.org,1,,,,\n#REF!,c@x.org,2,,,,\n",
        ["the name is “#N/A”", "the name is “#REF!”"],
    ),
    "a turned name": ("Bob \u202estone,b@x.org,1,,,,\n", ["can’t be shown"]),
    "an address with hidden letters": ("Bob Stone,b\u200b@x.org,1,,,,\n", ["hidden characters"]),
    "many teams": (f"Bob Stone,b@x.org,1,,{';'.join(f't{n}' for n in range(21))},,\n", ["more than 20 teams"]),
    "a cell of a novel": (f"{'x' * 3000},b@x.org,1,,,,\n", ["longer than 120 characters"]),
    "a novel beside it": (f"Bob Stone,b@x.org,1,,{'x' * 3000},,\n", ["a team’s name is longer"]),
}


@pytest.mark.parametrize("fault", SMALL)
def test_each_fault_of_a_row_is_that_rows_alone(fault: str) -> None:
    rows, expected = SMALL[fault]
    data = f"{HEAD}{rows}Zoe Zed,zoe@example.org,900,,,,\n".encode()
    _found, seen = look(data)
    assert [entry.outcome for entry in seen.entries][-1] is RowOutcome.NEW
    for entry, said in zip(seen.entries, expected, strict=False):
        outcome, _colon, warning = said.partition(": ")
        if outcome in set(RowOutcome):
            assert entry.outcome == outcome, entry.reason
            assert warning in entry.warning if warning else not entry.warning
        else:
            assert entry.outcome is RowOutcome.PROBLEM
            assert any(words in entry.reason for words in said.split("|")), entry.reason


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "nothing in it yet"),
        (b"\xef\xbb\xbf", "nothing in it yet"),
        (b"Bob Stone\nAnn Lee\n", "None of the first 20 rows names the columns"),
        (as_csv([["Title"]] * 25 + EXPORTS["guard tours"].rows()), "None of the first 20 rows names the columns"),
        (b"Name,Email\n", "headings and no people"),
        (sheets({"Empty": [], "Also": []}), "nothing in it yet"),
        (b"<table><tr><td>Name</td><td>Email</td></tr></table>", "a web page or XML"),
        (b"PK\x03\x04broken", "damaged"),
        (b"\xd0\xcf\x11\xe0old", "old Excel file"),
        (b'Name,Email\n"Bob,b@x.org\n', "Row 2: a quotation mark"),
    ],
    ids=range(10),
)
def test_a_file_that_cannot_be_read_says_why(data: bytes, words: str) -> None:
    with pytest.raises(Invalid) as refusal:
        look(data)
    assert words in refusal.value.message


@pytest.mark.parametrize(
    ("days", "order", "is_asked"),
    [
        (["04.03.2026", "17.06.2025"], "day", False),
        (["04.03.2026", "05.06.2025"], "day", True),
        (["3/4/2026", "11/17/2025"], "month", False),
        (["4/3/2026", "17/11/2025"], "day", False),
        (["3/4/2026", "17/11/2025", "11/17/2025", "13/1/2025"], "day", True),
    ],
)
def test_a_file_has_one_order_of_days(days: list[str], order: str, is_asked: bool) -> None:
    rows = [["Name", "Email", "DOH"], *([f"P {n}", f"p{n}@x.org", day] for n, day in enumerate(days))]
    found, _seen = look(as_csv(rows))
    assert (found.reading.order, not found.is_sure) == (order, is_asked)
