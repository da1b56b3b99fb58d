"""How the cells of a row are read; what is wrong with one is told row by row in `test_roster.py`."""

from __future__ import annotations

import datetime as dt

import pytest

from trainer.joining.cells import read_day

TODAY = dt.date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "day", "told"),
    [
        ("2026-03-04", dt.date(2026, 3, 4), False),
        ("3/4/2026", dt.date(2026, 3, 4), True),
        ("03/14/2026", dt.date(2026, 3, 14), False),
        ("4/4/26", dt.date(2026, 4, 4), False),
        ("12/31/99", dt.date(1999, 12, 31), False),
    ],
)
def test_a_day_is_read_in_two_ways_and_told_where_it_could_mean_another(text: str, day: dt.date, told: bool) -> None:
    read, words = read_day(text, TODAY)
    assert (read, bool(words)) == (day, told)
