"""Of a person's rows, the one that lasts is read, wherever it stands."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.roster.decisions import TODAY
from trainer.roster.days import DayOrder
from trainer.roster.lines import RosterLine
from trainer.roster.rows import keep_last_stints

COLUMNS = {"name": 0, "email": 1, "employee_number": 2, "hired_on": 3, "ended_on": 4}
ENDED, LASTS = "Ann Lee,a@x.org,7,2015-03-04,2020-01-31", "Ann Lee,a@x.org,7,2023-05-06,"


def kept(*rows: str) -> list[tuple[int, tuple[int, ...]]]:
    lines = [RosterLine(number, tuple(row.split(","))) for number, row in enumerate(rows, start=2)]
    return [(line.number, line.stints) for line in keep_last_stints(lines, COLUMNS, DayOrder.MONTH_FIRST, TODAY)]


def test_the_row_that_lasts_wins_in_either_order() -> None:
    assert kept(ENDED, LASTS) == [(3, (2,))]
    assert kept(LASTS, ENDED) == [(2, (3,))]
    assert kept(ENDED, "Zoe Zed,z@x.org,8,,", LASTS, ENDED) == [(3, ()), (4, (2, 5))]


@pytest.mark.parametrize(
    "other",
    ["Ann Lee,,7,2023-05-06,", "Ann Lee,A@x.org,9,2023-05-06,", "Ann Kim,a@x.org,7,2023-05-06,", "LEE Ann,a@x.org,,,"],
)
def test_two_of_name_address_and_number_make_one_person(other: str) -> None:
    assert kept(ENDED, other) == [(3, (2,))]


@pytest.mark.parametrize("other", ["Bob Stone,a@x.org,,,", "Bob Stone,,7,,", "Ann Lee,b@x.org,8,,"])
def test_rows_of_different_people_stay(other: str) -> None:
    assert kept(ENDED, other) == [(2, ()), (3, ())]


def test_of_rows_that_all_ended_the_last_stays_and_of_rows_that_last_all_do() -> None:
    assert kept("Ann Lee,a@x.org,7,,2024-01-31", ENDED) == [(2, (3,))]
    assert kept(LASTS, LASTS) == [(2, ()), (3, ())]
    assert kept(ENDED, f"Ann Lee,a@x.org,7,,{TODAY + dt.timedelta(days=9)}") == [(3, (2,))]
