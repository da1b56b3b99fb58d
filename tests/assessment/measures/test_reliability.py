"""How far a final would say the same again."""

from __future__ import annotations

import random
from math import isclose
from statistics import fmean, pvariance

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from trainer.assessment.measures.reliability import Scored, cohen, spearman_brown, split_half

numbers = st.integers(0, 200)


def test_cohens_own_agreement() -> None:
    """20 and 15 agreed of 50, 5 and 10 not: pₒ = .7, pₑ = .5."""
    assert isclose(cohen(20, 5, 10, 15), 0.4)
    assert isclose(cohen(0.4, 0.1, 0.2, 0.3), 0.4)


@given(numbers, numbers, numbers, numbers)
def test_kappa_is_at_most_one_and_symmetric(both: int, first: int, second: int, neither: int) -> None:
    assume(0 < 2 * both + first + second < 2 * (both + first + second + neither))
    found = cohen(both, first, second, neither)
    assert -1 <= found <= 1 + 1e-12
    assert isclose(found, cohen(both, second, first, neither), abs_tol=1e-12)
    assert isclose(found, cohen(neither, first, second, both), abs_tol=1e-12)
    assert (found > 1 - 1e-9) == (first == second == 0)


@given(st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_verdicts_that_know_nothing_of_each_other_have_none(first: float, second: float) -> None:
    found = cohen(first * second, first * (1 - second), (1 - first) * second, (1 - first) * (1 - second))
    assert isclose(found, 0, abs_tol=1e-9)


@pytest.mark.parametrize("verdicts", [(5, 0, 0, 0), (0, 0, 0, 5)])
def test_where_all_verdicts_are_the_same_there_is_none(verdicts: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="the same"):
        cohen(*verdicts)
    with pytest.raises(ValueError, match="no verdicts"):
        cohen(0, 0, 0, 0)


def test_two_halves_make_a_whole() -> None:
    assert isclose(spearman_brown(0.5), 2 / 3)
    assert (spearman_brown(0), spearman_brown(1)) == (0, 1)
    with pytest.raises(ValueError, match="two halves"):
        spearman_brown(-1)


@given(st.floats(-0.9, 0.99))
def test_the_whole_is_never_less_sure_than_its_halves(halves: float) -> None:
    assert spearman_brown(halves) >= halves or halves < 0
    assert spearman_brown(halves + 0.005) > spearman_brown(halves)


def finals(people: int, rng: random.Random) -> list[list[Scored]]:
    """Return finals of 32 scenes of people who differ much."""
    found = []
    for _person in range(people):
        right = rng.betavariate(6, 2)
        found.append(
            [Scored((truth, hard), rng.random() < right) for truth in "ab" for hard in (0, 1) for _n in range(8)]
        )
    return found


def test_people_who_differ_are_told_apart_as_reliably_as_theory_says() -> None:
    """A binomial score with a Beta(a, b) true share has the reliability n/(n + a + b)."""
    found = split_half(finals(600, random.Random(3)), random.Random(4), splits=20)
    assert found is not None
    assert isclose(found.value, 32 / (32 + 8), abs_tol=0.06)
    assert found.low < found.value < found.high < found.low + 0.15


def test_people_who_do_not_differ_are_not_told_apart() -> None:
    rng = random.Random(5)
    alike = [[Scored((truth,), rng.random() < 0.8) for truth in "ab" for _scene in range(16)] for _person in range(600)]
    found = split_half(alike, random.Random(6), splits=20)
    assert found is not None
    assert abs(found.value) < 0.15
    assert found.low < 0 < found.high


def test_alike_scenes_are_shared_out_evenly() -> None:
    """Everybody has all hard scenes wrong: halves that each get as many of them agree fully."""
    same = [[Scored((hard,), not hard) for hard in (0, 1) for _scene in range(8)] for _person in range(3)]
    same += [[Scored((hard,), True) for hard in (0, 1) for _scene in range(8)] for _person in range(3)]
    found = split_half(same, random.Random(7))
    assert found is not None
    assert (found.value, found.high) == pytest.approx((1, 1))


def test_the_order_of_scenes_and_a_scene_without_a_fellow_change_nothing() -> None:
    made = [[Scored((hard,), (person + hard) % 3 > 0) for hard in (0, 0, 1, 1)] for person in range(9)]
    mixed = [[Scored((2,), True), final[0], final[2], final[1], final[3]] for final in made]
    assert split_half(mixed, random.Random(8)) == split_half(made, random.Random(8))


def test_where_nobody_differs_there_is_no_reliability() -> None:
    assert split_half([[Scored((1,), True)] * 4] * 5, random.Random(9)) is None
    assert split_half(finals(3, random.Random(9)), random.Random(9)) is None


def test_the_same_chance_gives_the_same_figure() -> None:
    made = finals(40, random.Random(10))
    assert split_half(made, random.Random(11)) == split_half(made, random.Random(11))
    assert pvariance([fmean(one.is_right for one in final) for final in made]) > 0
