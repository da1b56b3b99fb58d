"""A share with its interval."""

from __future__ import annotations

from fractions import Fraction
from math import isclose, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.assessment.measures.shares import wilson


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
