"""Shares with their intervals, who is stuck, when to nudge."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from math import isclose, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.instructing.rules import (
    FEWEST_PEOPLE,
    IDLE_AFTER,
    NUDGES_APART,
    Rate,
    bucket,
    is_stuck,
    may_nudge,
    wilson,
)

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_intervals_are_those_that_newcombe_published(part: int, whole: int, low: float, high: float) -> None:
    """Statistics in Medicine 17 (1998), 857–872, table I, method 3."""
    assert [round(one, 4) for one in wilson(part, whole)] == [low, high]


@given(st.integers(1, 400).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_the_bounds_are_the_shares_at_which_the_score_test_just_fails(pair: tuple[int, int]) -> None:
    part, whole = pair
    share = Fraction(part, whole)
    for bound in wilson(part, whole):
        if 0 < bound < 1:
            score = (float(share) - bound) / sqrt(bound * (1 - bound) / whole)
            assert isclose(abs(score), 1.959964, rel_tol=1e-5)
    low, high = wilson(part, whole)
    assert 0 <= low <= share <= high <= 1
    assert [round(1 - one, 9) for one in wilson(whole - part, whole)] == [round(high, 9), round(low, 9)]


def test_of_nothing_nothing_is_known() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert not Rate(0, 0, 0, 10).is_shown


@pytest.mark.parametrize(("whole", "people", "is_shown"), [(29, 9, False), (30, 4, False), (30, 5, True)])
def test_a_share_is_said_of_answers_and_people_enough(whole: int, people: int, is_shown: bool) -> None:
    assert Rate(3, whole, people, 30).is_shown is is_shown
    assert FEWEST_PEOPLE == 5


@pytest.mark.parametrize(
    ("idle", "is_complete", "has_failed", "stuck"),
    [
        (IDLE_AFTER, False, False, True),
        (IDLE_AFTER - dt.timedelta(seconds=1), False, False, False),
        (dt.timedelta(), False, True, True),
        (IDLE_AFTER, True, False, False),
        (IDLE_AFTER, True, True, False),
    ],
)
def test_stuck_is_idle_for_a_week_or_failed_last(
    idle: dt.timedelta, is_complete: bool, has_failed: bool, stuck: bool
) -> None:
    found = is_stuck(last_active=NOW - idle, is_complete=is_complete, has_failed_last=has_failed, now=NOW)
    assert found is stuck


def test_a_nudge_waits_three_days() -> None:
    assert may_nudge(None, NOW)
    assert not may_nudge(NOW - NUDGES_APART + dt.timedelta(seconds=1), NOW)
    assert may_nudge(NOW - NUDGES_APART, NOW)
    assert bucket(NOW + NUDGES_APART) == bucket(NOW) + 1
