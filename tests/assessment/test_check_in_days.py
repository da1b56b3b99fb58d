"""The days of check-ins."""

from __future__ import annotations

import datetime as dt

import pytest

from trainer.assessment.check_in_days import make_schedule

EARNED = dt.date(2026, 1, 1)


def after(days: int) -> dt.date:
    return EARNED + dt.timedelta(days=days)


def test_a_year_has_five_check_ins_and_two_years_go_on_each_half_year() -> None:
    year = make_schedule(EARNED, dt.date(2027, 1, 1))
    assert [one.day for one in year.days] == [2, 11, 46, 163, 345]
    assert [one.number for one in year.days] == [1, 2, 3, 4, 5]
    two = make_schedule(EARNED, dt.date(2028, 1, 1))
    assert [one.day for one in two.days] == [2, 11, 46, 163, 345, 527, 709]


@pytest.mark.parametrize(("until", "number"), [(1, 0), (2, 1), (345, 5), (344, 4)])
def test_none_comes_after_the_certificates_last_day(until: int, number: int) -> None:
    assert len(make_schedule(EARNED, after(until)).days) == number


@pytest.mark.parametrize(
    ("today", "done", "due", "following"),
    [
        (0, (), None, 2),
        (1, (), None, 2),
        (2, (), 2, 11),
        (10, (), 2, 11),  # it stays on offer
        (11, (), 11, 46),  # and the one that was missed is gone
        (11, (1,), 11, 46),
        (11, (2,), None, 46),
        (45, (1, 2), None, 46),
        (345, (1, 2, 3, 4), 345, None),
        (350, (5,), None, None),
    ],
)
def test_the_last_one_whose_day_has_come_is_due_until_it_is_done(
    today: int, done: tuple[int, ...], due: int | None, following: int | None
) -> None:
    whole = make_schedule(EARNED, after(365), done)
    now, then = whole.due(after(today)), whole.following(after(today))
    assert (now.day if now else None) == due
    assert (then.day if then else None) == following


@pytest.mark.parametrize(
    ("today", "done", "number"),
    [
        (305, (1, 2, 3, 4), 4),
        (305, (1, 2, 4), 3),
        (345, (1, 2, 3, 4), 4),  # the one that is due today isn't done
        (345, (2, 3, 4, 5), 4),
        (527, (1, 2, 3, 4, 5), 4),  # the first is no longer among the last five
        (1, (), 0),
    ],
)
def test_of_the_last_five_those_that_were_done_are_counted(today: int, done: tuple[int, ...], number: int) -> None:
    assert make_schedule(EARNED, after(730), done).count_kept(after(today), 5) == number
