"""Reading lists: any usual separator, encoding and quoting; what can't be read says where and why."""

from __future__ import annotations

import pytest

from trainer.core.errors import Invalid
from trainer.roster.lines import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, RosterLine
from trainer.roster.reading import CODINGS, Listing, decode_cell, read_file, read_text

PEOPLE = [
    RosterLine(1, ("name", "e-mail", "teams")),
    RosterLine(2, ("Zoë Ångström", "zoe@example.org", "Harbor, night")),
]


def _as_read(sent: Listing, coding: str) -> list[RosterLine]:
    cells = [[decode_cell(cell, coding) if coding else cell for cell in line.cells] for line in sent.sheets[0].lines]
    return [RosterLine(line.number, tuple(texts)) for line, texts in zip(sent.sheets[0].lines, cells, strict=True)]


@pytest.mark.check("T080")
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
def test_every_separator_and_encoding_reads_alike(separator: str, encoding: str) -> None:
    text = separator.join(["name", "e-mail", "teams"]) + "\r\n"
    text += separator.join(["Zoë Ångström", "zoe@example.org", '"Harbor, night"']) + "\r\n"
    sent = read_file(text.encode(encoding))
    assert sent.coding == ("windows-1252" if encoding == "windows-1252" else "")
    assert _as_read(sent, sent.coding) == PEOPLE


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_line_breaks_in_quotation_marks_belong_to_the_cell(newline: str) -> None:
    text = f'name,e-mail{newline}"Bob{newline}Builder",bob@example.org{newline}{newline}Dana,dana@example.org'
    assert [line.number for line in read_text(text)] == [1, 2, 5]
    assert read_text(text)[1].cells == (f"Bob{newline}Builder", "bob@example.org")


def test_the_line_for_excel_and_empty_rows_and_columns_are_passed_over() -> None:
    lines = read_text('sep=;\nname;e-mail;;\n;;;\n" Bob ";bob@example.org;;\n')
    assert [(line.number, line.cells) for line in lines] == [
        (2, ("name", "e-mail")),
        (4, ("Bob", "bob@example.org")),
    ]


@pytest.mark.check("T080")
@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'name,e-mail\n"Bob,bob@example.org\nDana,dana@example.org\n', "Row 2: a quotation mark"),
        (b"a\n" * 2**20, "more than 50,000 rows"),
        (b"<html><table><tr><td>name", "a web page or XML"),
        (b"\xef\xbb\xbf\n<?xml version='1.0'?><Workbook>", "a web page or XML"),
        (b"%PDF-1.7", "This is a PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel file"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "locked with a password"),
        (b"PK\x03\x04 no more", "damaged or isn’t an Excel file"),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else value[:20],
)
def test_what_cannot_be_read_says_where_and_what_to_do(data: bytes, words: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_file(data)
    assert words in refusal.value.message


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"\xef\xbb\xbfname,e-mail\nBob\x81,bob@example.org", "Bob\ufffd"),
        (b"\xff\xfe" + "name,e-mail\nBob".encode("utf-16-le") + b"\0\xd8,\0b\0", "Bob\ufffd"),
        ("name,e-mail\nZoë,z@example.org\n".encode() + b"\xa3ukasz,l@example.org\n", "\ufffdukasz"),
        (b"name,e-mail\n\nBob\0by,bob@example.org", "Bob\x1aby"),
    ],
    ids=["UTF-8", "UTF-16", "two codings", "NUL"],
)
def test_a_broken_letter_stays_visible_so_that_its_row_alone_is_refused(data: bytes, name: str) -> None:
    assert read_file(data).sheets[0].lines[-1].cells[0] == name


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32"])
def test_wide_encodings_need_no_mark(encoding: str) -> None:
    listing = read_file("name,e-mail\nZoë,z@example.org\nKofi,k@example.org\n".encode(encoding))
    assert [line.cells[0] for line in listing.sheets[0].lines] == ["name", "Zoë", "Kofi"]


def test_bytes_that_are_letters_elsewhere_are_no_blanks() -> None:
    listing = read_file("name,e-mail\nÖzil,o@example.org\nCamelö ,c@example.org\n".encode("mac-roman"))
    cells = [line.cells[0] for line in listing.sheets[0].lines[1:]]
    assert [decode_cell(cell, "mac-roman") for cell in cells] == ["Özil", "Camelö"]


def test_what_nobody_sees_around_a_text_is_no_part_of_it() -> None:
    lines = read_text(
        "name,e-mail\n\u200bBob\u00a0,\ufeffbob@example.org\u200b\n\u200f\u05e0\u05d5\u05e2\u05d4\u200f,n\n\0\0,\0\n"
    )
    assert [line.cells for line in lines[1:]] == [("Bob", "bob@example.org"), ("\u05e0\u05d5\u05e2\u05d4", "n")]


def test_the_largest_list_that_we_promise_is_read() -> None:
    assert len(read_text("name,e-mail\n" + "x,y\n" * MOST_ROWS)) == MOST_ROWS + 1


def test_what_stands_far_to_the_right_isnt_read_and_long_texts_are_cut() -> None:
    wide, long = read_text("x," * 10_000 + "x\n" + "y" * 3000)
    assert len(wide.cells) == MOST_COLUMNS
    assert len(long.cells[0]) == LONGEST_CELL + 1


@pytest.mark.parametrize(
    "text",
    [
        "Harbor Security, Inc.\nname;e-mail;teams\nDow, Bob, Jr.;bob@example.org;North, South\n",
        "Employee list\n\nname\te-mail\tteams\nDow, Bob, Jr.\tbob@example.org\tNorth, South\n",
        '"name";"e-mail";"teams, sites, crews"\n"Dow, Bob, Jr.";"bob@example.org";"North, South"\n',
        "name|e-mail|teams\nDow, Bob, Jr.|bob@example.org|North, South\n",
    ],
)
def test_the_row_of_headings_decides_the_separator_wherever_it_stands(text: str) -> None:
    assert read_text(text)[-1].cells == ("Dow, Bob, Jr.", "bob@example.org", "North, South")


@pytest.mark.parametrize("coding", CODINGS)
def test_a_file_that_is_not_unicode_can_be_read_in_each_coding(coding: str) -> None:
    text = (
        "name,e-mail\nJosé Peña,jose@example.org\n" if coding != "windows-1250" else "name,e-mail\nŁukasz Żak,l@x.org\n"
    )
    sent = read_file(text.encode(coding))
    assert sent.coding == "windows-1252"
    assert _as_read(sent, coding) == read_text(text)


def test_bytes_that_mean_nothing_in_a_coding_are_shown_as_lost() -> None:
    sent = read_file(b"name,e-mail\nBob\x81,bob@example.org")
    assert _as_read(sent, "windows-1252")[1].cells[0] == "Bob\ufffd"
