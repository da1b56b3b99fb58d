"""Rows of one person are read as one, unless they contradict each other."""

from __future__ import annotations

import pytest

from trainer.roster.lines import RosterLine
from trainer.roster.rows import join_repeats

COLUMNS = {"name": 0, "email": 1, "employee_number": 2, "teams": 3, "job_title": 4}
ANN = "Ann Lee,a@example.org,7,North,Guard"


def joined(*rows: str) -> list[tuple[str, tuple[int, ...]]]:
    lines = [RosterLine(number, tuple(row.split(","))) for number, row in enumerate(rows, start=2)]
    return [(",".join(line.cells), line.repeats) for line in join_repeats(lines, COLUMNS)]


@pytest.mark.parametrize(
    ("other", "both"),
    [
        (ANN, ANN),
        ("Ann Lee,a@example.org,7,South,Guard", "Ann Lee,a@example.org,7,North; South,Guard"),
        ("ANN LEE,A@example.org,,north,", ANN),
        ("Ann Lee,a@example.org", ANN),
    ],
)
def test_rows_that_agree_are_one_person(other: str, both: str) -> None:
    assert joined(ANN, other) == [(both, (3,))]


def test_a_third_row_and_a_number_without_an_address_count_too() -> None:
    rows = ["Ann Lee,,7,North", "Ann Lee,,7,South", "Bo Ray,,8,North", "Ann Lee,,7,East"]
    assert joined(*rows) == [("Ann Lee,,7,North; South; East", (3, 5)), ("Bo Ray,,8,North", ())]


@pytest.mark.parametrize(
    "other",
    [
        "Ann Leeds,a@example.org,7,South,Guard",
        "Ann Lee,a@example.org,8,South,Guard",
        "Ann Lee,a@example.org,7,South,Lead",
        "Ann Lee,b@example.org,7,South,Guard",
        ",,,South,",
    ],
)
def test_rows_that_contradict_each_other_stay_two(other: str) -> None:
    assert joined(ANN, other) == [(ANN, ()), (other, ())]
