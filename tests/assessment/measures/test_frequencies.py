"""What a report is worth where trafficking is rare."""

from __future__ import annotations

import random
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.assessment.measures.detection import Reports
from trainer.assessment.measures.frequencies import OfHundred, of_hundred


@pytest.mark.parametrize(
    ("reports", "low", "high"),
    [
        # H = 29/34, F = 5/34: H/F = 5.8, and √(5/(16·29) + 29/(16·5)) = .610963
        (Reports(14, 16, 2, 16), 0.175004, 1.886445),
        # H = 33/34, F = 1/34: H/F = 33, and √(1/(16·33) + 33/16) = 1.436800
        (Reports(16, 16, 0, 16), 0.197281, 35.567837),
    ],
)
def test_worked_cases_come_out_to_the_digit(reports: Reports, low: float, high: float) -> None:
    found = of_hundred(reports)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-6)


def test_the_numbers_to_say_are_whole_and_below_a_half_none() -> None:
    assert [OfHundred(low, 60).least for low in (0.499, 0.5, 1.4, 1.5, 2.5)] == [0, 1, 1, 2, 3]
    assert OfHundred(0, 35.6).most == 36


@given(st.integers(0, 16), st.integers(0, 15), st.floats(0.0001, 0.9))
def test_it_rises_with_prevalence_and_falls_with_false_alarms(hits: int, alarms: int, prevalence: float) -> None:
    found = of_hundred(Reports(hits, 16, alarms, 16), prevalence)
    assert 0 < found.low < found.high < 100
    assert of_hundred(Reports(hits, 16, alarms + 1, 16), prevalence).high < found.high
    assert of_hundred(Reports(hits, 16, alarms, 16), prevalence * 1.05).low > found.low


def test_a_flawless_longer_form_says_little_more() -> None:
    """As a point, 24 of 24 without a false alarm would count for half as much again as 16 of 16: the form's length."""
    short, long = of_hundred(Reports(16, 16, 0, 16)), of_hundred(Reports(24, 24, 0, 24))
    assert short.least == long.least == 0
    assert short.low < long.low < short.high < long.high


def test_people_whose_rates_are_known_are_held_at_the_nominal_rate() -> None:
    rng, hit, alarm, people = random.Random(5), 0.85, 0.2, 2000
    true = 100 * hit / (hit + 999 * alarm)
    held = 0
    for _person in range(people):
        hits, alarms = (sum(rng.random() < rate for _scene in range(24)) for rate in (hit, alarm))
        found = of_hundred(Reports(hits, 24, alarms, 24))
        held += found.low <= true <= found.high
    assert held / people > 0.94 - 3 * sqrt(0.95 * 0.05 / people)


@pytest.mark.parametrize("prevalence", [0, 1, -0.1])
def test_a_prevalence_that_cannot_be_is_refused(prevalence: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        of_hundred(Reports(1, 2, 1, 2), prevalence)
