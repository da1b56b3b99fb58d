"""Where a roster is in a file: the sheet, the row of headings, what each column holds, and when somebody is asked."""

from __future__ import annotations

import pytest

from trainer.core.errors import Invalid
from trainer.roster.lines import RosterLine, RosterSheet
from trainer.roster.matching import ColumnMatch, How, choose_sheet, match, missing
from trainer.roster.reading import read_text


def find(text: str, remembered: dict[str, str] | None = None) -> ColumnMatch:
    return match(RosterSheet("", read_text(text)), remembered or {})


def meanings(found: ColumnMatch) -> list[str]:
    return [column.meaning for column in found.columns]


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("Name,E-mail", ["name", "email"]),
        ("Employee #,Name,E-mail", ["employee_number", "name", "email"]),
        ("Employee,E-mail,Badge", ["name", "email", "employee_number"]),
        ("Worker,First name,Last name,E-mail", ["", "first", "last", "email"]),
        ("Employee,Name,E-mail", ["", "name", "email"]),
        ("Preferred Name,Legal First Name,Legal Last Name,Email", ["", "first", "last", "email"]),
        ("First name Last name,Preferred name,Email", ["name", "", "email"]),
        ("Lastname,Firstname,Supervisor_Primary,Email", ["last", "first", "", "email"]),
        ("Name,Surname,Email", ["first", "last", "email"]),
        ("Region,Name,Default Site,Email", ["", "name", "teams", "email"]),
        ("Nombre,Correo", ["name", "email"]),
        ("Nombre,Apellidos,Correo", ["first", "last", "email"]),
        ("Site,Name,Department,E-mail", ["teams", "name", "", "email"]),
        ("Original Hire Date,Name,Hire Date,E-mail", ["", "name", "hired_on", "email"]),
        ("Rehire Date,Name,Original Hire Date,E-mail", ["rehired_on", "name", "hired_on", "email"]),
        ("First Name,MI,Last Name,E-mail", ["first", "middle", "last", "email"]),
        ("Apellido paterno,Apellido materno,Nombre(s),Correo", ["last", "second_last", "first", "email"]),
    ],
)
def test_each_thing_is_read_from_its_best_column_and_nobody_is_asked(head: str, said: list[str]) -> None:
    values = ["3/4/2026" if "Date" in heading else f"a {heading}" for heading in head.split(",")]
    found = find(f"{head}\n{','.join(values)}\n")
    assert meanings(found) == said
    assert found.is_sure


@pytest.mark.parametrize(
    ("text", "guessed"),
    [
        ("E-mail,Email,Name\na@x.org,b@x.org,Bob Stone\n", "Email"),
        ("Work email,Personal email,Name\n,b@x.org,Bob Stone\n", "Personal email"),
        ("Contact,Name\nb@x.org,Bob Stone\n", "Contact"),
        ("Company Email,Email,Name\na@x.org,b@x.org,Bob Stone\n", "Email"),
        ("Email,Company Email,Name\na@x.org,b@x.org,Bob Stone\n", "Email"),
        ("Guard on duty,E-mail\nBob Stone,b@x.org\n", "Guard on duty"),
    ],
)
def test_who_is_asked_is_asked_about_a_guess(text: str, guessed: str) -> None:
    found = find(text)
    assert not found.is_sure
    assert [column.heading for column in found.columns if column.how is How.GUESSED] == [guessed]


@pytest.mark.parametrize("heading", ["Supervisor_Primary", "Manager", "Preferred", "Preferred Name"])
def test_whoever_is_named_beside_a_person_is_never_taken_for_one(heading: str) -> None:
    found = find(f"Officer on file,{heading},E-mail\n7,Bob Stone,b@x.org\n")
    assert not found.is_sure
    assert meanings(found) == ["", "", "email"]


@pytest.mark.parametrize(
    ("text", "doubted"),
    [
        ("Name,E-mail\nBob Stone,b@x.org\n,c@x.org\n,d@x.org\n", "Name"),
        ("Name,E-mail,Status\nBob Stone,b@x.org,Armed\n", "Status"),
        ("Name,E-mail,Start\nBob Stone,b@x.org,8:00 AM\n", "Start"),
    ],
)
def test_a_known_heading_is_asked_about_if_most_values_do_not_bear_it_out(text: str, doubted: str) -> None:
    found = find(text)
    assert [column.heading for column in found.columns if column.how is How.GUESSED] == [doubted]


def test_a_hidden_column_never_comes_before_one_that_is_shown() -> None:
    lines = read_text("Work E-mail,Home Email,Name\na@x.org,b@x.org,Bob Stone\n")
    found = match(RosterSheet("", lines, frozenset({0})), {})
    assert meanings(found) == ["", "email", "name"]
    assert found.is_sure


def test_a_private_address_beside_one_of_the_firm_is_no_question() -> None:
    found = find("Personal Email,Work Email,Name\na@x.org,b@x.org,Bob Stone\n")
    assert meanings(found) == ["", "email", "name"]
    assert found.is_sure


@pytest.mark.parametrize("number", ["078-05-1120", "XXX-XX-1120", "***-**-1120"])
def test_social_security_numbers_are_never_employee_numbers_whatever_a_firm_said(number: str) -> None:
    found = find(f"ID,Name,E-mail\n{number},Bob Stone,b@x.org\n", {"id": "employee_number"})
    column = found.columns[0]
    assert (column.meaning, column.samples, column.how) == ("", (), How.PRIVATE)


def test_what_a_firm_said_before_wins_and_is_sure() -> None:
    text = "Contact,Name,Email\nb@x.org,Bob Stone,old@x.org\n"
    found = find(text, {"contact": "email", "email": ""})
    assert meanings(found) == ["email", "name", ""]
    assert found.is_sure
    assert meanings(find(text)) == ["", "name", "email"]


@pytest.mark.parametrize("above", [0, 1, 5, 19])
def test_the_row_of_headings_is_found_below_titles(above: int) -> None:
    title = "Harbor Security,,Site report\n" * above
    found = find(f"{title}Name,E-mail\nBob Stone,b@x.org\n")
    assert (found.row, meanings(found)) == (above, ["name", "email"])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "nothing in it yet"),
        ("Bob Stone,bob@example.org\n", "None of the first 20 rows names the columns"),
        ("a,b\nc,d\n", "None of the first 20 rows names the columns"),
        ("Harbor,1\n" * 20 + "name,e-mail\nBob,b@x.org", "None of the first 20 rows names the columns"),
        ("name,e-mail\n", "headings and no people"),
    ],
)
def test_a_list_without_headings_is_refused_with_an_example(text: str, words: str) -> None:
    with pytest.raises(Invalid) as refusal:
        find(text)
    assert words in refusal.value.message


def test_headings_that_nobody_knows_are_found_by_the_addresses_below() -> None:
    found = find("Harbor Security\nWho they are,Where to write\nBob Stone,b@x.org\n")
    assert (found.row, meanings(found), found.is_sure) == (1, ["name", "email"], False)


def test_a_column_without_a_name_is_asked_about_only_if_something_stands_in_it() -> None:
    found = find("Name,,E-mail,,\nBob Stone,Guard,b@x.org\n")
    assert [(column.index, column.heading) for column in found.columns] == [(0, "Name"), (1, ""), (2, "E-mail")]


def test_a_role_of_the_app_is_told_from_what_someone_does() -> None:
    people = "".join(f"P {one},p{one}@x.org,Officer\n" for one in "abcdef")
    assert meanings(find(f"Name,Email,Role\n{people}")) == ["name", "email", "job_title"]
    assert meanings(find(f"Name,Email,Role\n{people}Q q,q@x.org,Manager\n")) == ["name", "email", "role"]


def test_private_columns_show_no_values() -> None:
    ssn = find("SSN,Name,Email\n078-05-1120,Bob Stone,b@x.org\n").columns[0]
    assert (ssn.how, ssn.meaning, ssn.samples) == (How.PRIVATE, "", ())


def test_the_sheet_with_most_headings_is_chosen() -> None:
    readme = RosterSheet("READ ME", [RosterLine(1, ("How to use this file",))])
    people = RosterSheet("People", read_text("Name,E-mail,Site\nBob,b@x.org,Harbor"))
    pivot = RosterSheet("Pivot", read_text("Site,Count\nHarbor,3"))
    assert [choose_sheet(order, {}) for order in ([readme, people, pivot], [people, people], [pivot, readme])] == [
        1,
        0,
        0,
    ]


@pytest.mark.parametrize(
    ("there", "needs_address", "lacking"),
    [
        (["name", "email"], True, []),
        (["first", "email"], True, ["name"]),
        (["first", "last"], True, ["email"]),
        (["first", "last", "employee_number"], True, ["email"]),
        (["first", "last", "employee_number"], False, []),
        (["name"], False, ["email"]),
    ],
)
def test_what_a_roster_cannot_do_without(there: list[str], needs_address: bool, lacking: list[str]) -> None:
    assert missing(there, needs_address=needs_address) == lacking
