"""How the cells of a row are read; what is wrong with one is told row by row in `test_roster.py`."""

from __future__ import annotations

import pytest

from trainer.accounts.rules import email_key
from trainer.roster.cells import tidy
from trainer.roster.people import key_of


@pytest.mark.parametrize(
    ("column", "cell", "read"),
    [
        ("employee_number", '="00417"', "00417"),
        ("employee_number", "'00417", "00417"),
        ("employee_number", "417.0", "417"),
        ("employee_number", "A-417.0", "A-417"),
        ("employee_number", "N/A", ""),
        ("email", "Bob Stone <bob@example.org>", "bob@example.org"),
        ("email", "mailto:bob@example.org;", "bob@example.org"),
        ("email", "#N/A", "#N/A"),
        ("email", "none", ""),
        ("hired_on", "00/00/0000", ""),
        ("name", "N/A", "N/A"),
        ("name", "Bob Stone (Terminated)", "Bob Stone (Terminated)"),
        ("teams", "none", "none"),
        ("teams", "N/A", ""),
        ("email", "No E-mail", ""),
        ("email", "bob@example.org, BOB@example.org", "bob@example.org"),
        ("email", "bob@example.org; b@example.org", "bob@example.org; b@example.org"),
        ("job_title", "Shift\nLead", "Shift Lead"),
        ("name", "'Aolani", "'Aolani"),
    ],
)
def test_what_programs_put_around_a_text_is_taken_off(column: str, cell: str, read: str) -> None:
    assert tidy({column: cell})[column] == read


def test_a_short_look_at_an_address_sees_what_a_long_one_does() -> None:
    domains = [
        "example.org",
        "EXAMPLE.org",
        "test",
        "x.local",
        "xn--mnchen-3ya.de",
        "münchen.de",
        "a",
        "-a.org",
        "a..org",
        "localhost",
        "",
    ]
    locals_ = [
        "bob",
        "Bob.Stone",
        "bob+guard",
        "b-o_b",
        ".bob",
        "bob.",
        "bo..b",
        "bob\u00ad",
        "ｂob",
        "bob stone",
        "",
        "x" * 64,
        "x" * 65,
    ]
    addresses = [f"{local}@{domain}" for local in locals_ for domain in domains]
    assert [address for address in addresses if key_of(address) != email_key(address)] == []
