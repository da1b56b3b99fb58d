"""The area under the rating curve."""

from __future__ import annotations

from collections import Counter
from itertools import product
from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.assessment.measures.rating import CLASSES, area, rate
from trainer.items.judge.model import Confidence

SIGNAL = [6, 5, 5, 4, 6, 6, 3, 2, 5, 6, 4, 6, 5, 6, 1]
NOISE = [1, 1, 2, 3, 2, 1, 4, 2, 1, 5, 3, 1, 2, 1, 6, 2, 1]

ratings = st.lists(st.sampled_from(CLASSES), min_size=1, max_size=24)


def test_the_worked_case_comes_out_to_the_digit() -> None:
    assert round(area(Counter(SIGNAL), Counter(NOISE)).area, 9) == 0.847058824


@given(ratings, ratings)
def test_it_is_the_share_of_comparisons_that_are_won(signal: list[int], noise: list[int]) -> None:
    won = sum((one > other) + (one == other) / 2 for one, other in product(signal, noise))
    found = area(Counter(signal), Counter(noise))
    assert isclose(found.area, won / (len(signal) * len(noise)), abs_tol=1e-12)
    assert isclose(found.area, sum(found.of_noise[one] for one in noise) / len(noise), abs_tol=1e-12)


@given(ratings, ratings)
def test_turning_the_classes_or_the_truths_around_mirrors_it(signal: list[int], noise: list[int]) -> None:
    found = area(Counter(signal), Counter(noise))
    for turned in (
        area(Counter(noise), Counter(signal)),
        area(Counter(7 - one for one in signal), Counter(7 - one for one in noise)),
    ):
        assert isclose(turned.area, 1 - found.area, abs_tol=1e-12)


@pytest.mark.parametrize(("signal", "noise"), [({}, {1: 2}), ({6: 1}, {})])
def test_a_truth_without_ratings_is_refused(signal: dict[int, int], noise: dict[int, int]) -> None:
    with pytest.raises(ValueError, match="both truths"):
        area(signal, noise)


def test_classes_rise_from_surely_no_report_to_surely_a_report() -> None:
    sure = [Confidence.CERTAIN, Confidence.FAIRLY_SURE, Confidence.GUESSING]
    assert [rate(False, one) for one in sure] + [rate(True, one) for one in reversed(sure)] == list(CLASSES)
