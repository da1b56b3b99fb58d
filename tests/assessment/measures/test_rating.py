"""The area under the rating curve."""

from __future__ import annotations

from itertools import product
from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.assessment.measures.rating import Area, area, rate
from trainer.items.judge.model import Confidence

SIGNAL = [6, 5, 5, 4, 6, 6, 3, 2, 5, 6, 4, 6, 5, 6, 1]
NOISE = [1, 1, 2, 3, 2, 1, 4, 2, 1, 5, 3, 1, 2, 1, 6, 2, 1]

ratings = st.lists(st.integers(1, 6), min_size=2, max_size=24)


def test_the_worked_case_comes_out_to_the_digit() -> None:
    found = area(SIGNAL, NOISE)
    assert round(found.area, 9) == 0.847058824
    assert round(found.variance, 9) == 0.005271393


@given(ratings, ratings)
def test_it_is_the_share_of_comparisons_that_are_won(signal: list[int], noise: list[int]) -> None:
    won = sum((one > other) + (one == other) / 2 for one, other in product(signal, noise))
    assert isclose(area(signal, noise).area, won / (len(signal) * len(noise)))


@given(ratings, ratings)
def test_turning_the_classes_or_the_truths_around_mirrors_it(signal: list[int], noise: list[int]) -> None:
    found = area(signal, noise)
    for turned in (area(noise, signal), area([7 - one for one in signal], [7 - one for one in noise])):
        assert isclose(turned.area, 1 - found.area, abs_tol=1e-12)
        assert isclose(turned.variance, found.variance, abs_tol=1e-12)


@given(ratings, ratings)
def test_it_and_its_interval_lie_within_0_and_1(signal: list[int], noise: list[int]) -> None:
    found = area(signal, noise)
    interval = found.interval()
    if interval is not None:
        assert 0 <= interval[0] <= found.area <= interval[1] <= 1


def test_without_a_mistake_there_is_no_interval() -> None:
    assert area([5, 6, 6], [1, 4]) == Area(1.0, 0.0)
    assert area([5, 6, 6], [1, 4]).interval() is None


@pytest.mark.parametrize(("signal", "noise"), [([6], [1, 2]), ([6, 5], [])])
def test_one_scene_is_too_few(signal: list[int], noise: list[int]) -> None:
    with pytest.raises(ValueError, match="two scenes"):
        area(signal, noise)


def test_classes_rise_from_surely_no_report_to_surely_a_report() -> None:
    sure = [Confidence.CERTAIN, Confidence.FAIRLY_SURE, Confidence.GUESSING]
    assert [rate(False, one) for one in sure] + [rate(True, one) for one in reversed(sure)] == [1, 2, 3, 4, 5, 6]
