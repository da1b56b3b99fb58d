"""The days of reports, and whom they tell of."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.extras.reports.rules import (
    Rhythm,
    days_of_trend,
    due_day,
    fits_mail,
    following,
    is_within,
    shared_teams,
)

days = st.dates(dt.date(2024, 1, 1), dt.date(2040, 12, 31))


@given(days, st.sampled_from(Rhythm))
def test_today_is_between_the_newest_due_day_and_the_next(today: dt.date, rhythm: Rhythm) -> None:
    newest, upcoming = due_day(rhythm, today), following(rhythm, today)
    assert newest <= today < upcoming
    assert due_day(rhythm, upcoming) == upcoming
    assert due_day(rhythm, upcoming - dt.timedelta(days=1)) == newest
    assert (newest.weekday() == 0) if rhythm is Rhythm.WEEK else (newest.day == 1)


def test_a_trend_has_twelve_weeks_and_none_before_the_firm() -> None:
    today = dt.date(2026, 11, 26)
    assert days_of_trend(today)[::11] == [dt.date(2026, 9, 10), today]


def test_someone_is_told_of_the_teams_that_were_chosen_and_that_he_sees() -> None:
    one, two, three = uuid4(), uuid4(), uuid4()
    assert shared_teams([], None) is None
    assert shared_teams([], frozenset({one})) == frozenset({one})
    assert shared_teams([one.hex, two.hex], None) == frozenset({one, two})
    assert shared_teams([one.hex, two.hex], frozenset({two, three})) == frozenset({two})
    assert is_within([], None)
    assert is_within([one.hex], frozenset({one, two}))
    assert not is_within([], frozenset({one}))
    assert not is_within([one.hex, three.hex], frozenset({one, two}))


@pytest.mark.parametrize(("sizes", "fits"), [((1, 1), True), ((7_500_000, 0), True), ((7_000_000, 600_000), False)])
def test_ten_megabytes_on_the_wire_fit(sizes: tuple[int, int], fits: bool) -> None:
    assert fits_mail(*sizes) is fits
