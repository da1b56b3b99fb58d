"""What becomes of each row: every outcome, and every kind of broken row with its reason."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from flask import Flask
from flask_babel import force_locale

from tests.languages import PSEUDO, pseudo, speak_pseudo
from tests.roster.decisions import BOB, HEAD, HERE, NAMES, TODAY, decide, known
from trainer.organizations.rules import Role
from trainer.roster.deciding import plan
from trainer.roster.lines import RosterLine
from trainer.roster.plan import KnownPerson, RosterChoices, RosterEntry, RowOutcome
from trainer.roster.reading import read_text
from trainer.roster.rows import RosterTable


def one(rows: str, there: list[KnownPerson] | None = None) -> RosterEntry:
    return decide(rows, there).entries[-1]


BROKEN = {
    "R. Dow,,,,,,": "no email address for R. Dow. Add one, or leave the row out.",
    "R. Dow,r.dow,,,,,": "the email address for R. Dow isn’t one we can write to",
    "R. Dow,a@example.org b@example.org,,,,,": "isn’t one we can write to",
    ",dow@example.org,,,,,": "no name for dow@example.org",
    "...,dow@example.org,,,,,": "has no letter in it",
    "00446,dow@example.org,,,,,": "has no letter in it",
    "R. Dow,ｄow@example.org,,,,,": "the email address for R. Dow holds hidden characters",
    "Bob Builder,bob\u00ad@example.org,,,,,": "the email address for Bob Builder holds hidden characters",
    "R. Dow,d\u200bow@example.org,,,,,": "the email address for R. Dow holds hidden characters",
    f"R. Dow,{'d' * 65}@example.org,,,,,": "isn’t one we can write to",
    "R. Dow\ufffd,dow@example.org,,,,,": "the name has lost a letter",
    "R. Dow,dow@example.org,,4.74E+11,,,": "the employee number 4.74E+11 was rounded by a spreadsheet",
    f"{'R' * 121},dow@example.org,,,,,": "the name is longer than 120 characters",
    "R.\x07 Dow,dow@example.org,,,,,": "the name holds a character that can’t be shown",
    "R.\u202e Dow,dow@example.org,,,,,": "the name holds a character that can’t be shown",
    '"R. Dow\nA. Lee",dow@example.org,,,,,': "the name has a line break in it",
    "=HYPERLINK(1),dow@example.org,,,,,": "the name looks like a formula",
    "R. Dow,dow@example.org,@SUM(A1),,,,": "the job title looks like a formula",
    f"R. Dow,dow@example.org,{'x' * 81},,,,": "the job title is longer than 80 characters",
    f"R. Dow,dow@example.org,,{'9' * 41},,,": "the employee number is longer than 40 characters",
    "R. Dow,dow@example.org,,,soon,,": "“soon” isn’t a date we can read",
    "R. Dow,dow@example.org,,,2026-02-30,,": "“2026-02-30” isn’t a date we can read",
    "R. Dow,dow@example.org,,,13/04/2026,,": "Write it as 2026-03-04, or month/day/year",
    "R. Dow,dow@example.org,,,2062-01-01,,": "more than a year ahead",
    "R. Dow,dow@example.org,,,1826-01-01,,": "is 1826-01-01. Correct the year",
    f"R. Dow,dow@example.org,,,,{'x' * 81},": "a team’s name is longer than 80 characters",
    "R. Dow,dow@example.org,,,,...;Harbor,": "a team’s name has no letter in it",
    f"R. Dow,dow@example.org,,,,{';'.join(f't{n}' for n in range(21))},": "more than 20 teams",
    "R. Dow,dow@example.org,,,,,boss": "there is no role “boss”. Write member, or leave it empty",
    "R. Dow,dow@example.org,,,,,Owner": "a roster can’t make someone an owner",
    "R. Dow,dow@example.org,,,,,manager": "you can’t give the role manager",
    "Dow, R.,dow@example.org,,,,,member": "there are more cells than headings",
    "Bob Builder,BOB@example.org,,,,,\nRob,bob@example.org,,,,,": "the email address bob@example.org is in row 2 too",
    "A,a@example.org,,5,,,\nB,b@example.org,,5,,,": "the employee number 5 is in row 2 too",
    "R. Dow,dow@example.org,,007,,,": "the employee number 007 belongs to Bob Builder",
    "Bob Builder,bob@example.org,,001,,,": "the employee number 001 belongs to Alice Able",
    "Bob Builder,bob@example.org,,,,,\nBob Builder,b@example.org,,007,,,": "this is Bob Builder, who is in row 2 too",
}


@pytest.mark.parametrize("rows", BROKEN)
def test_each_kind_of_broken_row_says_its_line_and_what_to_do(rows: str) -> None:
    entry = one(rows)
    assert entry.outcome is RowOutcome.PROBLEM
    assert BROKEN[rows] in entry.reason
    assert entry.reason.startswith(f"Row {entry.line}: ")
    assert entry.reason.endswith(".")
    assert decide(rows).refused


def test_a_new_person_and_new_teams() -> None:
    decided = decide("Dana Dow,Dana@Example.org,Guard,012,2026-03-04,Harbor  MALL; Motel 95,member")
    entry = decided.entries[0]
    assert entry.wanted is not None
    assert (entry.outcome, entry.gets_mail, entry.wanted.email_key) == (RowOutcome.NEW, True, "dana@example.org")
    assert (entry.wanted.hired_on, entry.wanted.employee_number) == (dt.date(2026, 3, 4), "012")
    assert decided.new_teams == ("Motel 95",)


@pytest.mark.parametrize(
    ("row", "outcome", "reason"),
    [
        ("Bob Builder,BOB@example.org,,,,,", RowOutcome.UNCHANGED, ""),
        ("Bob Builder,bob@example.org,Guard,007,1/2/2025,HARBOR MALL,member", RowOutcome.UNCHANGED, ""),
        (
            "Robert Builder,bob@example.org,Sergeant,,,,",
            RowOutcome.CHANGED,
            "name: Bob Builder → Robert Builder; job title: Guard → Sergeant",
        ),
        (
            "Bob Builder,bob@example.org,,008,2025-01-03,Motel 95,",
            RowOutcome.CHANGED,
            "employee number: 007 → 008; hire date: January 2, 2025 → January 3, 2025; teams: Harbor Mall → Motel 95",
        ),
        (
            "Bob Builder,bob@example.org,,,3/4/2025,,",
            RowOutcome.CHANGED,
            "hire date: January 2, 2025 → March 4, 2025",
        ),
        (
            "bob builder,bob.b@example.org,,007,,,",
            RowOutcome.CHANGED,
            "name: Bob Builder → bob builder; email: bob@example.org → bob.b@example.org",
        ),
    ],
)
def test_someone_known_is_found_by_address_or_number_and_an_empty_cell_changes_nothing(
    row: str, outcome: RowOutcome, reason: str
) -> None:
    entry = one(row)
    assert (entry.outcome, entry.reason, entry.membership_id) == (outcome, reason, BOB)
    assert entry.gets_mail == ("email" in reason)


def test_who_has_come_in_gets_no_invitation_to_another_address() -> None:
    entry = one("Bob Builder,bob.b@example.org,,007,,,", [known(has_joined=True)])
    assert (entry.outcome, entry.gets_mail) == (RowOutcome.CHANGED, False)


def test_who_was_here_before_returns_as_a_new_entry() -> None:
    entry = one("Bob Builder,bob@example.org,,007,,,", [known(is_here=False)])
    assert (entry.outcome, entry.membership_id, entry.gets_mail) == (RowOutcome.RETURNED, None, True)


def test_who_may_give_roles_gives_them_to_new_people() -> None:
    entry = decide("Dana,dana@example.org,,,,,Instructor", [], Role.INSTRUCTOR, Role.MEMBER).entries[0]
    assert entry.wanted is not None
    assert entry.wanted.role is Role.INSTRUCTOR


@pytest.mark.parametrize(
    ("name", "is_odd"),
    [
        ("JosÃ© £ukasz", True),
        ("£ukasz Wiœniewski", True),
        ("Zofia ¯ak", True),
        ("?ukasz Zak", True),
        ("Jos‚ Pe¤a", True),
        ("JOÃO GONÇALVES", False),
        ("Mª José Peña", False),
        ("Zoë O’Brien-Ångström", False),
        ("Gal·la Œuvrard", False),
        ("Łukasz Żak", False),
        ("王小明", False),
    ],
)
def test_a_name_that_looks_misread_is_pointed_out(name: str, is_odd: bool) -> None:
    assert ("read wrongly" in one(f"{name},new@example.org,,,,,").warning) == is_odd


def test_another_name_at_a_known_address_stays_out_until_its_row_is_taken() -> None:
    assert one("Robert Stonewall,bob@example.org,,,,,").old_name == "Bob Builder"
    assert one("BOB BUILDER,bob@example.org,,,,,").old_name == ""
    assert decide("Robert Stonewall,bob@example.org,,,,,").renamed[0].line == 2
    assert decide("Robert Stonewall,bob@example.org,,,,,").changes is False
    said = RosterChoices(taken=frozenset({2}))
    assert (
        decide("Robert Stonewall,bob@example.org,,,,,", said=said).taken[RowOutcome.CHANGED][0].name
        == "Robert Stonewall"
    )


def test_leading_zeros_that_are_lost_are_pointed_out() -> None:
    eaten = one("Bob Builder,bob@example.org,,7,,,")
    assert "007 without its zeros: the same person" in eaten.warning
    assert eaten.outcome is RowOutcome.UNCHANGED
    assert "zeros before the employee number" in one("Bob Builder,bob@example.org,,0007,,,").warning
    assert one("Bob Builder,bob@example.org,,8,,,").warning == ""


def test_who_is_known_by_number_alone_is_found_without_its_zeros_under_the_same_name() -> None:
    without_address = [replace(known(), email=None, keys=frozenset())]
    bob, nobody = decide("Bob Builder,,Lead,7,,,\nAnn Lee,,,07,,,\n", without_address, needs_address=False).entries
    assert (bob.outcome, bob.membership_id) == (RowOutcome.CHANGED, BOB)
    assert bob.wanted is not None
    assert bob.wanted.employee_number == "007"
    assert nobody.outcome is RowOutcome.NEW


def test_hidden_rows_are_pointed_out() -> None:
    table = RosterTable([RosterLine(2, ("Dow", "dow@example.org"), is_hidden=True)], {"name": 0, "email": 1}, 2)
    assert "hidden" in plan(table, [], set(), [Role.MEMBER], TODAY).warned[0].warning


@pytest.mark.parametrize("role", ["", "owner", "member", "boss"])
def test_the_owners_own_row_blocks_nothing_and_changes_no_role(role: str) -> None:
    entry = one(f"Alice Able,alice@example.org,,,,,{role}")
    assert entry.outcome is RowOutcome.UNCHANGED
    assert ("stays owner" in entry.warning) == (role in {"member", "boss"})


def test_who_may_not_set_roles_leaves_people_with_a_role_as_they_are() -> None:
    row = "Alice Other,alice@example.org,Boss,,,,\nAlice Able,evil@example.org,,001,,,"
    for entry in decide(row.split("\n")[0]).entries + decide(row.split("\n")[1]).entries:
        assert (entry.outcome, entry.wanted, entry.has_other_address, entry.gets_mail) == (
            RowOutcome.UNCHANGED,
            None,
            False,
            False,
        )
        assert "only an owner can change it" in entry.warning
    assert decide(row.split("\n")[1], None, *Role).entries[0].outcome is RowOutcome.CHANGED


def test_reasons_are_in_the_readers_language_and_the_digest_is_in_none(app: Flask) -> None:
    speak_pseudo(app)
    rows = "Bob B,bob@example.org,Chief,,3/4/2025,,owner\nR. Dow,,,,,,"
    with app.test_request_context():
        source = decide(rows)
        told, digest = (source.entries[0].reason, source.entries[0].warning), source.digest
        assert told[0].startswith("name: Bob Builder → Bob B; job title: Guard → Chief; hire date: January 2, 2025")
        with force_locale(PSEUDO):
            other = decide(rows)
            changed, broken = other.entries
            assert changed.reason.startswith(pseudo(f"{pseudo('name')}: Bob Builder → Bob B"))
            assert changed.warning.endswith(
                pseudo(f"Bob Builder stays {pseudo('member')}: a roster changes nobody’s role")
            )
            no_address = pseudo("no email address for R. Dow. Add one, or leave the row out.")
            assert broken.reason == pseudo(f"Row 3: {no_address}")
            assert other.digest == digest


def test_the_digest_rests_on_what_is_known_and_on_what_is_wanted() -> None:
    row = "Bob B,bob@example.org,Chief,,,,"
    owner = [known(role="owner")]
    other_name = [known(name="Rob Builder")]
    plans = [decide(row), decide(row, other_name), decide(row, owner), decide(row.replace("Chief", "Cook"))]
    assert len({one.digest for one in plans}) == len(plans)


def test_the_digest_changes_with_any_fate() -> None:
    row = "Bob Builder,bob@example.org,,,,,"
    assert decide(row).digest == decide(row).digest
    assert len({decide(row).digest, decide(row, []).digest, decide(row, [known(is_here=False)]).digest}) == 3


def test_without_an_address_a_number_is_enough_where_that_is_allowed() -> None:
    row = "Gus Gold,,Guard,417,,,"
    assert one(row).outcome is RowOutcome.PROBLEM
    entry = decide(row, needs_address=False).entries[0]
    assert (entry.outcome, entry.email, entry.gets_mail) == (RowOutcome.NEW, None, False)
    assert decide(row, needs_address=False).without_address == 1
    neither = decide("Gus Gold,,Guard,,,,", needs_address=False).entries[0]
    assert "no email address and no employee number for Gus Gold" in neither.reason


def test_who_has_no_address_gets_no_role_and_is_told_from_a_namesake() -> None:
    refused = decide("Gus Gold,,,417,,,instructor", [], *Role, needs_address=False).entries[0]
    assert "the role instructor needs an email address" in refused.reason
    namesake = decide("Builder BOB,,,417,,,", needs_address=False).entries[0]
    assert (namesake.outcome, "is on the roster already" in namesake.warning) == (RowOutcome.NEW, True)


def test_a_row_without_an_address_finds_people_by_number_and_takes_no_address_away() -> None:
    entry = decide("Bob Builder,,Sergeant,007,,,", needs_address=False).entries[0]
    assert (entry.outcome, entry.membership_id, entry.has_other_address) == (RowOutcome.CHANGED, BOB, False)
    assert entry.reason == "job title: Guard → Sergeant"
    other = decide("Rob Stone,,,007,,,", needs_address=False).entries[0]
    assert "belongs to Bob Builder" in other.reason


def test_two_rows_without_address_are_told_apart_by_number() -> None:
    first, second = decide("A A,,,1,,,\nB B,,,1,,,", needs_address=False).entries
    assert (first.outcome, second.outcome) == (RowOutcome.NEW, RowOutcome.PROBLEM)
    assert all(each.outcome is RowOutcome.NEW for each in decide("A A,,,1,,,\nB B,,,2,,,", needs_address=False).entries)


@pytest.mark.parametrize("is_exact", [False, True])
def test_what_looks_like_a_slip_stays_out_but_for_a_program_which_nobody_watches(is_exact: bool) -> None:
    lines = read_text(f"{HEAD}BOB BUILDER,bob@example.org,,007,,,\nPat Poe,pat@gmial.com,,8,,,\n")[1:]
    columns = {name: index for index, name in enumerate(NAMES)}
    entries = plan(RosterTable(lines, columns, len(NAMES), is_exact=is_exact), HERE, (), (Role.MEMBER,), TODAY).entries
    assert [(entry.outcome, entry.is_taken) for entry in entries] == [
        (RowOutcome.CHANGED, is_exact),
        (RowOutcome.NEW, is_exact),
    ]
