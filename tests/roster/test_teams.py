"""Whether a comma in a cell of teams separates them."""

from __future__ import annotations

import pytest

from tests.roster.decisions import decide
from trainer.roster.people import list_teams, split_teams
from trainer.roster.plan import RowOutcome


@pytest.mark.parametrize(
    ("cell", "teams", "unclear"),
    [
        ("North, South", ["North", "South"], []),
        ("north,  SOUTH; East", ["north", "SOUTH", " East"], []),
        ("North, West", ["North, West"], ["North, West"]),
        ("North, South, West", ["North, South, West"], ["North, South, West"]),
        ("Portland, OR", ["Portland, OR"], []),
        ("Acme, Inc.", ["Acme, Inc."], []),
        ("Gate 1, Gate 2", ["Gate 1, Gate 2"], []),
        ("North|South", ["North", "South"], []),
        ("North,", ["North,"], []),
        ("", [""], []),
    ],
)
def test_a_comma_separates_teams_that_stand_elsewhere(cell: str, teams: list[str], unclear: list[str]) -> None:
    assert split_teams(cell, {"north", "gate 1, gate 2"}, list_teams(["South; East", "West, North"])) == (
        teams,
        unclear,
    )


def test_the_first_row_with_a_team_that_may_be_two_says_how_it_is_read() -> None:
    teams = ("Dock, Gate", "Dock, Gate", "Harbor Mall", "Pier, Harbor Mall", "Pier")
    plan = decide("".join(f'Guard {n}a,g{n}@x.org,,{n},,"{team}",\n' for n, team in enumerate(teams)), [])
    assert {entry.outcome for entry in plan.entries} == {RowOutcome.NEW}
    assert [bool(entry.warnings) for entry in plan.entries] == [True, False, False, False, False]
    assert "“Dock, Gate” is read as one team" in plan.entries[0].warning
    assert plan.entries[3].wanted is not None
    assert plan.entries[3].wanted.teams == ("Pier", "Harbor Mall")
