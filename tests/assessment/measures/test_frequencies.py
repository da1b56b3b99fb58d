"""What a report is worth where trafficking is rare."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.assessment.measures.detection import Reports
from trainer.assessment.measures.frequencies import OfHundred, of_hundred


@pytest.mark.parametrize(
    ("reports", "hit", "alarm"),
    [
        (Reports(14, 16, 2, 16), Fraction(29, 34), Fraction(5, 34)),
        (Reports(16, 16, 0, 16), Fraction(33, 34), Fraction(1, 34)),
    ],
)
def test_it_counts_a_thousand_scenes(reports: Reports, hit: Fraction, alarm: Fraction) -> None:
    expected = 100 * hit / (hit + 999 * alarm)
    assert of_hundred(reports).right == pytest.approx(float(expected), abs=1e-12)


def test_below_a_half_it_says_fewer_than_one() -> None:
    assert of_hundred(Reports(14, 16, 2, 16)).about == 1
    assert of_hundred(Reports(16, 16, 6, 16)).is_fewer_than_one
    assert not of_hundred(Reports(14, 16, 2, 16)).is_fewer_than_one
    assert [OfHundred(right).about for right in (0.5, 1.4, 1.5, 2.5)] == [1, 1, 2, 3]
    assert OfHundred(0.499).is_fewer_than_one
    assert not OfHundred(0.5).is_fewer_than_one


@given(st.integers(0, 16), st.integers(0, 15), st.floats(0.0001, 0.9))
def test_it_rises_with_prevalence_and_falls_with_false_alarms(hits: int, alarms: int, prevalence: float) -> None:
    found = of_hundred(Reports(hits, 16, alarms, 16), prevalence)
    assert 0 < found.right < 100
    assert of_hundred(Reports(hits, 16, alarms + 1, 16), prevalence).right < found.right
    assert of_hundred(Reports(hits, 16, alarms, 16), prevalence * 1.05).right > found.right


def test_who_cannot_tell_them_apart_is_right_as_often_as_scenes_are() -> None:
    assert of_hundred(Reports(8, 16, 8, 16), 0.25).right == pytest.approx(25)


@pytest.mark.parametrize("prevalence", [0, 1, -0.1])
def test_a_prevalence_that_cannot_be_is_refused(prevalence: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        of_hundred(Reports(1, 2, 1, 2), prevalence)
