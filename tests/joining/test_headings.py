"""Which column holds what: headings in several spellings, and lists without them."""

from __future__ import annotations

import datetime as dt

import pytest

from trainer.core.errors import Invalid
from trainer.joining.headings import read_columns_only, read_header
from trainer.joining.roster import plan
from trainer.joining.sheets import read_text
from trainer.organizations.rules import Role


@pytest.mark.parametrize(
    "head",
    [
        "Name,E-mail",
        "FULL NAME;Email Address;Site",
        "First Name\tLast Name\tWork E-Mail\tHire Date",
        "Employee ID,Surname,Given name,e_mail,Position",
        "\ufeffName ,  E–Mail, Crew",
    ],
)
def test_headings_are_known_in_several_spellings(head: str) -> None:
    lines = read_text(f"{head}\n1,2,3,4,5\n")
    assert "email" in read_header(lines)
    assert read_columns_only(lines)[1] == ()


def test_columns_that_are_not_read_are_named() -> None:
    assert read_columns_only(read_text("name,e-mail,Shirt size\na,b,c"))[1] == ("Shirt size",)


@pytest.mark.parametrize(
    ("head", "name", "number"),
    [
        ("Employee #,Name,E-mail", 1, 0),
        ("#,Name,E-mail", 1, 0),
        ("Employee,E-mail,Badge", 0, 2),
        ("Worker,First name,Last name,E-mail", None, None),
        ("Employee,Name,E-mail", 1, None),
    ],
)
def test_a_number_is_no_name_and_employee_is_one_only_where_nothing_else_is(
    head: str, name: int | None, number: int | None
) -> None:
    columns = read_header(read_text(f"{head}\na,b,c,d\n"))
    assert (columns.get("name"), columns.get("employee_number")) == (name, number)


def test_a_list_with_numbers_and_no_names_is_refused() -> None:
    with pytest.raises(Invalid, match="at least name"):
        read_header(read_text("Employee #,E-mail\n00446,dow@example.org\n"))


def test_columns_that_are_not_read_are_not_kept_even_in_rows_out_of_step() -> None:
    lines = read_text("SSN,name,e-mail,phone\n078-05-1120,Dow,dow@example.org\n1,Dow,R.,dow@example.org,078-05-1121")
    kept, ignored = read_columns_only(lines)
    assert ignored == ("SSN", "phone")
    assert [line.cells for line in kept] == [
        ("name", "e-mail"),
        ("Dow", "dow@example.org"),
        ("Dow", "R.", "..."),
    ]
    entries = plan(kept, [], set(), [Role.MEMBER], dt.date(2026, 11, 24)).entries
    assert entries[1].reason.startswith("Row 3: there are more cells")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "nothing in it yet"),
        ("Bob Builder,bob@example.org\n", "The first row must name the columns"),
        ("name,phone\nBob,1\n", "The first row must name the columns"),
        ("first name,e-mail\nBob,bob@example.org\n", "The first row must name the columns"),
        ("name,e-mail,mail\nBob,1,2\n", "Two columns mean the same: “mail” is the second"),
        ("name,e-mail\n", "headings and no people"),
    ],
)
def test_a_list_without_headings_is_refused_with_an_example(text: str, words: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_header(read_text(text))
    assert words in refusal.value.message
