"""d′ and c: worked cases and properties."""

from __future__ import annotations

from math import isclose
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.assessment.measures.detection import Reports, detect

NORMAL = NormalDist()
counts = st.tuples(st.integers(1, 48), st.integers(1, 48)).flatmap(
    lambda n: st.tuples(st.integers(0, n[0]), st.just(n[0]), st.integers(0, n[1]), st.just(n[1]))
)


@pytest.mark.parametrize(
    ("reports", "sensitivity", "bias", "digits"),
    [
        ((14, 16, 2, 16), 2.098263, 0, 6),
        ((16, 16, 6, 16), 2.188817, -0.795102, 6),
        ((13, 15, 2, 17), 2.095315077, 0.037667369, 9),
        ((22, 24, 3, 24), 2.361870906, -0.100616112, 9),
        ((6, 6, 3, 6), 1.465233793, -0.732616896, 9),
    ],
)
def test_worked_cases_come_out_to_the_digit(
    reports: tuple[int, int, int, int], sensitivity: float, bias: float, digits: int
) -> None:
    found = detect(Reports(*reports))
    assert round(found.sensitivity, digits) == sensitivity
    assert round(found.bias, digits) == bias


@given(counts)
def test_reporting_what_one_let_pass_turns_both_around(given_: tuple[int, int, int, int]) -> None:
    hits, concerns, alarms, innocents = given_
    found = detect(Reports(hits, concerns, alarms, innocents))
    turned = detect(Reports(concerns - hits, concerns, innocents - alarms, innocents))
    assert isclose(found.sensitivity, -turned.sensitivity, abs_tol=1e-9)
    assert isclose(found.bias, -turned.bias, abs_tol=1e-9)


@given(counts)
def test_swapping_the_truths_turns_sensitivity_around_and_leaves_the_bias(given_: tuple[int, int, int, int]) -> None:
    hits, concerns, alarms, innocents = given_
    found, swapped = detect(Reports(*given_)), detect(Reports(alarms, innocents, hits, concerns))
    assert isclose(found.sensitivity, -swapped.sensitivity, abs_tol=1e-9)
    assert isclose(found.bias, swapped.bias, abs_tol=1e-9)


@given(counts)
def test_one_more_hit_helps_and_one_more_false_alarm_hurts(given_: tuple[int, int, int, int]) -> None:
    hits, concerns, alarms, innocents = given_
    found = detect(Reports(*given_))
    if hits < concerns:
        more = detect(Reports(hits + 1, concerns, alarms, innocents))
        assert more.sensitivity > found.sensitivity
        assert more.bias < found.bias
    if alarms < innocents:
        more = detect(Reports(hits, concerns, alarms + 1, innocents))
        assert more.sensitivity < found.sensitivity
        assert more.bias < found.bias


@pytest.mark.parametrize("reports", [(3, 2, 0, 1), (-1, 2, 0, 1), (0, 2, 2, 1), (0, 0, 1, 1), (1, 1, 0, 0)])
def test_counts_that_cannot_be_are_refused(reports: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match=r"reports than scenes|both truths"):
        Reports(*reports)


def test_with_many_scenes_the_truth_itself_is_found() -> None:
    hit, alarm = NORMAL.cdf(2.2 / 2 + 0.1), NORMAL.cdf(-2.2 / 2 + 0.1)
    found = detect(Reports(round(hit * 10**6), 10**6, round(alarm * 10**6), 10**6))
    assert isclose(found.sensitivity, 2.2, abs_tol=1e-4)
    assert isclose(found.bias, -0.1, abs_tol=1e-4)
