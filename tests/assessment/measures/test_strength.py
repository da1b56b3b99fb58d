"""Strength by category: worked case, the fit against a grid, and people whose strength is known."""

from __future__ import annotations

import random
from math import isclose, lgamma, sqrt
from statistics import quantiles

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainer.assessment.measures.strength import Prior, Right, Strength, fit, strength

OF_SIX = [5, 6, 4, 6, 3, 6, 5, 2, 6, 6, 4, 5, 6, 6, 3, 5]
PRIOR = Prior(4.12607, 0.94281)


def alone(own: Right, prior: Prior) -> Strength:
    return strength([(own, prior)])


rights = st.integers(1, 24).flatmap(lambda half: st.builds(Right, st.integers(0, 2 * half), st.just(2 * half)))
priors = st.builds(Prior, st.floats(0.1, 50), st.floats(0.1, 50))


def likelihood(people: list[Right], a: float, b: float) -> float:
    def beta(x: float, y: float) -> float:
        return lgamma(x) + lgamma(y) - lgamma(x + y)

    return sum(beta(a + one.right, b + one.answers - one.right) - beta(a, b) for one in people)


def test_the_worked_case_comes_out_to_the_digit() -> None:
    prior = fit([Right(right, 6) for right in OF_SIX])
    assert (round(prior.a, 5), round(prior.b, 5)) == (4.12607, 0.94281)
    assert round(alone(Right(2, 6), prior).share, 6) == 0.553450


@settings(deadline=None, max_examples=30)
@given(st.lists(rights, min_size=2, max_size=12), st.floats(-0.5, 0.5), st.floats(-0.5, 0.5))
def test_no_other_spread_is_likelier(people: list[Right], more_a: float, more_b: float) -> None:
    if sum(one.right for one in people) in {0, sum(one.answers for one in people)}:
        return
    prior = fit(people)
    a, b = prior.a * (1 + more_a), prior.b * (1 + more_b)
    if 0.01 < a + b < 1000:
        assert likelihood(people, a, b) <= likelihood(people, prior.a, prior.b) + 1e-6


def test_people_who_differ_no_more_than_by_chance_count_alike() -> None:
    prior = fit([Right(3, 6)] * 20)
    assert isclose(prior.weight, 1000, rel_tol=1e-9)
    assert isclose(alone(Right(6, 6), prior).share, 0.5, abs_tol=0.01)


@given(rights, priors)
def test_it_lies_between_ones_own_share_and_that_of_all(own: Right, prior: Prior) -> None:
    found, share = alone(own, prior), own.right / own.answers
    assert min(share, prior.mean) - 1e-9 <= found.share <= max(share, prior.mean) + 1e-9
    assert 0 <= found.low <= found.high <= 1


@given(rights, priors)
def test_one_more_right_makes_it_stronger(own: Right, prior: Prior) -> None:
    if own.right < own.answers:
        found, more = alone(own, prior), alone(Right(own.right + 1, own.answers), prior)
        assert found.share < more.share
        assert found.low <= more.low
        assert found.high <= more.high


def test_what_is_wrong_and_what_is_right_mirror_each_other() -> None:
    found, mirrored = alone(Right(2, 6), PRIOR), alone(Right(4, 6), Prior(PRIOR.b, PRIOR.a))
    assert isclose(found.share, 1 - mirrored.share)
    assert isclose(found.low, 1 - mirrored.high)


def test_two_halves_count_alike_however_many_answers_each_has() -> None:
    found = strength([(Right(18, 20), PRIOR), (Right(1, 2), PRIOR)])
    halves = alone(Right(18, 20), PRIOR), alone(Right(1, 2), PRIOR)
    assert isclose(found.share, (halves[0].share + halves[1].share) / 2)


def test_the_band_tightens_as_answers_grow() -> None:
    found = [
        strength([(Right(3 * times, 4 * times), PRIOR), (Right(2 * times, 3 * times), PRIOR)]) for times in range(9)
    ]
    widths = [one.high - one.low for one in found]
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] < 0.55 * widths[0]


def test_the_band_of_two_halves_is_that_of_their_average() -> None:
    rng, halves = random.Random(12), [(Right(9, 10), Prior(3, 1)), (Right(3, 5), Prior(2, 2))]
    found = strength(halves)
    drawn = [
        sum(rng.betavariate(prior.a + own.right, prior.b + own.answers - own.right) for own, prior in halves) / 2
        for _draw in range(40_000)
    ]
    cuts = quantiles(drawn, n=20)
    assert (found.low, found.high) == pytest.approx((cuts[0], cuts[-1]), abs=0.01)


@pytest.mark.parametrize(("right", "answers"), [(7, 6), (-1, 6), (1, 0)])
def test_counts_that_cannot_be_are_refused(right: int, answers: int) -> None:
    with pytest.raises(ValueError, match="no more can be right"):
        Right(right, answers)


def test_what_cannot_be_fitted_is_refused() -> None:
    with pytest.raises(ValueError, match="two people"):
        fit([Right(3, 6)])
    for right in (0, 6):
        with pytest.raises(ValueError, match="nothing to fit"):
            fit([Right(right, 6)] * 5)


def recovered(a: float, b: float, answers: int, people: int) -> None:
    """Hold simulated people's true shares against their 90 % intervals.

    The prior is estimated from the same people, which costs little with hundreds of them: .02 beside four standard
    deviations of a binomial.
    """
    rng = random.Random(f"{a} {b} {answers}")
    true = [rng.betavariate(a, b) for _person in range(people)]
    own = [Right(sum(rng.random() < share for _answer in range(answers)), answers) for share in true]
    prior = fit(own)
    found = [alone(one, prior) for one in own]
    held = sum(one.low <= share <= one.high for one, share in zip(found, true, strict=True)) / people
    assert abs(held - 0.9) <= 0.02 + 4 * sqrt(0.9 * 0.1 / people)
    assert isclose(prior.mean, a / (a + b), abs_tol=4 * sqrt(a * b) / (a + b) / sqrt(people))


def test_people_whose_strength_is_known_are_recovered() -> None:
    recovered(6, 2, 12, 1000)


@pytest.mark.nightly
@pytest.mark.parametrize("answers", [6, 12, 24, 48])
@pytest.mark.parametrize(("a", "b"), [(3, 3), (6, 2), (12, 4), (8, 1)])
def test_all_people_whose_strength_is_known_are_recovered(a: float, b: float, answers: int) -> None:
    recovered(a, b, answers, 1000)
