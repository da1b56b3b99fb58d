"""d′ and c: worked cases, properties, and learners whose d′ and c are known."""

from __future__ import annotations

import random
from math import comb, isclose, sqrt
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.assessment.measures.detection import Detection, Reports, detect

NORMAL = NormalDist()
LEARNERS = [(0.0, 0.0), (1.0, 0.5), (1.5, -0.5), (2.2, -0.1), (2.5, 0.5)]
"""d′ and c."""

counts = st.tuples(st.integers(1, 48), st.integers(1, 48)).flatmap(
    lambda n: st.tuples(st.integers(0, n[0]), st.just(n[0]), st.integers(0, n[1]), st.just(n[1]))
)


@pytest.mark.parametrize(
    ("reports", "sensitivity", "bias", "error", "digits"),
    [
        ((14, 16, 2, 16), 2.098263, 0, 0.544200, 6),
        ((16, 16, 6, 16), 2.188817, -0.795102, 0.706881, 6),
        ((13, 15, 2, 17), 2.095315077, 0.037667369, 0.544715403, 9),
        ((22, 24, 3, 24), 2.361870906, -0.100616112, 0.472248603, 9),
        ((6, 6, 3, 6), 1.465233793, -0.732616896, 0.925331353, 9),
    ],
)
def test_worked_cases_come_out_to_the_digit(
    reports: tuple[int, int, int, int], sensitivity: float, bias: float, error: float, digits: int
) -> None:
    found = detect(Reports(*reports))
    assert round(found.sensitivity, digits) == sensitivity
    assert round(found.bias, digits) == bias
    assert round(found.sensitivity_error, digits) == error
    assert found.bias_error == found.sensitivity_error / 2


@given(counts)
def test_reporting_what_one_let_pass_turns_both_around(given_: tuple[int, int, int, int]) -> None:
    hits, concerns, alarms, innocents = given_
    found = detect(Reports(hits, concerns, alarms, innocents))
    turned = detect(Reports(concerns - hits, concerns, innocents - alarms, innocents))
    assert isclose(found.sensitivity, -turned.sensitivity, abs_tol=1e-9)
    assert isclose(found.bias, -turned.bias, abs_tol=1e-9)
    assert isclose(found.variance, turned.variance, rel_tol=1e-9)


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


@given(counts, st.floats(0.5, 0.98))
def test_an_interval_lies_around_its_value_and_widens(given_: tuple[int, int, int, int], level: float) -> None:
    found = detect(Reports(*given_))
    for value, low, high, wider in (
        (found.sensitivity, *found.sensitivity_interval(level), found.sensitivity_interval(level + 0.01)),
        (found.bias, *found.bias_interval(level), found.bias_interval(level + 0.01)),
    ):
        assert isclose(high - value, value - low, abs_tol=1e-9)
        assert wider[0] < low < value < high < wider[1]


@pytest.mark.parametrize("reports", [(3, 2, 0, 1), (-1, 2, 0, 1), (0, 2, 2, 1), (0, 0, 1, 1), (1, 1, 0, 0)])
def test_counts_that_cannot_be_are_refused(reports: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match=r"reports than scenes|both truths"):
        Reports(*reports)


def holds(found: Detection, sensitivity: float, bias: float) -> tuple[bool, bool]:
    """Return whether the 95 % intervals hold what is true."""
    low, high = found.sensitivity_interval()
    lower, higher = found.bias_interval()
    return low <= sensitivity <= high, lower <= bias <= higher


def rates(sensitivity: float, bias: float) -> tuple[float, float]:
    return NORMAL.cdf(sensitivity / 2 - bias), NORMAL.cdf(-sensitivity / 2 - bias)


def exactly(sensitivity: float, bias: float, scenes: int) -> tuple[float, float]:
    """Return how often the two intervals hold the truth, over all that so many scenes of each truth can come to."""
    hit, alarm = (
        [comb(scenes, k) * rate**k * (1 - rate) ** (scenes - k) for k in range(scenes + 1)]
        for rate in rates(sensitivity, bias)
    )
    held = [0.0, 0.0]
    for hits, chance in enumerate(hit):
        for alarms, other in enumerate(alarm):
            for index, is_held in enumerate(holds(detect(Reports(hits, scenes, alarms, scenes)), sensitivity, bias)):
                held[index] += chance * other * is_held
    return held[0], held[1]


def simulate(sensitivity: float, bias: float, scenes: int, learners: int) -> tuple[float, float]:
    """Return the shares of so many learners whose intervals hold the truth."""
    rng, (hit, alarm) = random.Random(f"{sensitivity} {bias} {scenes}"), rates(sensitivity, bias)
    held = [0, 0]
    for _learner in range(learners):
        hits = sum(rng.random() < hit for _scene in range(scenes))
        alarms = sum(rng.random() < alarm for _scene in range(scenes))
        for index, is_held in enumerate(holds(detect(Reports(hits, scenes, alarms, scenes)), sensitivity, bias)):
            held[index] += is_held
    return held[0] / learners, held[1] / learners


def recovered(sensitivity: float, bias: float, scenes: int) -> None:
    """Hold 1,000 simulated learners against the nominal 95 %.

    Counts are whole, so the true rate of an interval isn't just .95: it must lie from .93 to 1 with 16 or more scenes
    of each truth. Chance adds four standard deviations of a binomial of 1,000, at most .028.
    """
    for true, found in zip(exactly(sensitivity, bias, scenes), simulate(sensitivity, bias, scenes, 1000), strict=True):
        assert 0.93 <= true <= 1
        assert abs(found - true) <= 4 * sqrt(true * (1 - true) / 1000)


@pytest.mark.parametrize(("sensitivity", "bias"), LEARNERS)
def test_simulated_learners_are_recovered_at_the_nominal_rate(sensitivity: float, bias: float) -> None:
    recovered(sensitivity, bias, 16)


@pytest.mark.nightly
@pytest.mark.parametrize("scenes", [16, 24, 48, 100])
@pytest.mark.parametrize("sensitivity", [0.0, 0.5, 1.0, 1.5, 2.0, 2.5])
@pytest.mark.parametrize("bias", [-0.5, -0.1, 0.0, 0.5])
def test_all_simulated_learners_are_recovered_at_the_nominal_rate(sensitivity: float, bias: float, scenes: int) -> None:
    recovered(sensitivity, bias, scenes)


def test_with_many_scenes_the_truth_itself_is_found() -> None:
    hit, alarm = rates(2.2, -0.1)
    found = detect(Reports(round(hit * 10**6), 10**6, round(alarm * 10**6), 10**6))
    assert isclose(found.sensitivity, 2.2, abs_tol=1e-4)
    assert isclose(found.bias, -0.1, abs_tol=1e-4)
