"""What a heading says of its column, in the spellings of several programs."""

from __future__ import annotations

import pytest

from trainer.roster.headings import bare, count_known, is_private, known_as


@pytest.mark.parametrize(
    ("heading", "meaning"),
    [
        ("Name", "name"),
        ("  E–Mail ", "email"),
        ("WORK E-MAIL", "email"),
        ("Work Contact: Work Email", "email"),
        ("Employee #", "employee_number"),
        ("#", "employee_number"),
        ("Emp ID", "employee_number"),
        ("EmployeeID", "employee_number"),
        ("employee_number", "employee_number"),
        ("File #", "employee_number"),
        ("Associate ID", "employee_number"),
        ("N.º de empleado", "employee_number"),
        ("Legal First Name", "first"),
        ("firstName", "first"),
        ("Apellidos", "last"),
        ("Last, First", "name"),
        ("Payroll Name", "name"),
        ("Hire Date (mm/dd/yyyy)", "hired_on"),
        ("DOH", "hired_on"),
        ("Original Hire Date", "hired_on"),
        ("Fecha de contratación", "hired_on"),
        ("Term Date", "ended_on"),
        ("Last Day Worked", "ended_on"),
        ("Position Status", "status"),
        ("Active?", "status"),
        ("Home Department Description", "teams"),
        ("Ubicación", "teams"),
        ("Job Title Description", "job_title"),
        ("Puesto", "job_title"),
        ("Correo electrónico", "email"),
        ("Lastname", "last"),
        ("First name Last name", "name"),
        ("Núm. de empleado", "employee_number"),
        ("Start", "hired_on"),
        ("Site / Post", "teams"),
        ("Site /\nPost", "teams"),
        ("Name / Nombre", "name"),
        ("Last Name / First Name", "name"),
        ("Employee Name/ID", ""),
        ("Default Site", "teams"),
        ("Preferred Name", ""),
        ("Shirt size", ""),
        ("Manager Name", ""),
        ("", ""),
    ],
)
def test_headings_are_known_in_many_spellings(heading: str, meaning: str) -> None:
    assert known_as(heading)[0] == meaning


def test_the_better_of_two_headings_is_told_apart() -> None:
    assert known_as("Work Email")[1] < known_as("Personal Email")[1]
    assert known_as("Site")[1] < known_as("Department")[1]


def test_what_is_compared_has_no_marks_numbers_and_parentheses() -> None:
    assert bare("  Shirt–Size 2 (US) ") == "shirt size"


@pytest.mark.parametrize(
    ("heading", "values", "is_so"),
    [
        ("SSN", ["1"], True),
        ("Date of Birth", ["1/2/1990"], True),
        ("Hourly Rate", ["17.50"], True),
        ("Home Phone", ["555-0100"], True),
        ("Field 7", ["078-05-1120"], True),
        ("Shirt size", ["M"], False),
        ("Assigned to", ["Harbor"], False),
    ],
)
def test_what_nobody_should_see_here_is_told_by_heading_or_by_values(
    heading: str, values: list[str], is_so: bool
) -> None:
    assert is_private(heading, values) == is_so


def test_how_many_things_headings_name_is_counted_once_for_each() -> None:
    assert count_known(["Name", "E-mail", "Email", "Shirt", ""], {}) == 2
    assert count_known(["Shirt"], {"shirt": "job_title"}) == 1
