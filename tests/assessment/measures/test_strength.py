"""Strength by category: worked case, the fit against a grid, and people whose strength is known."""

from __future__ import annotations

import random
from math import isclose, lgamma, sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainer.assessment.measures.strength import Prior, Right, Step, Strength, fit, strength

OF_SIX = [5, 6, 4, 6, 3, 6, 5, 2, 6, 6, 4, 5, 6, 6, 3, 5]
PRIOR = Prior(4.12607, 0.94281)

rights = st.integers(1, 24).flatmap(lambda half: st.builds(Right, st.integers(0, 2 * half), st.just(2 * half)))
priors = st.builds(Prior, st.floats(0.1, 50), st.floats(0.1, 50))


def likelihood(people: list[Right], a: float, b: float) -> float:
    def beta(x: float, y: float) -> float:
        return lgamma(x) + lgamma(y) - lgamma(x + y)

    return sum(beta(a + one.right, b + one.answers - one.right) - beta(a, b) for one in people)


def test_the_worked_case_comes_out_to_the_digit() -> None:
    prior = fit([Right(right, 6) for right in OF_SIX])
    assert (round(prior.a, 5), round(prior.b, 5)) == (4.12607, 0.94281)
    assert round(strength(Right(2, 6), prior).share, 6) == 0.553450


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
    assert isclose(strength(Right(6, 6), prior).share, 0.5, abs_tol=0.01)


@given(rights, priors)
def test_it_lies_between_ones_own_share_and_that_of_all(own: Right, prior: Prior) -> None:
    found, share = strength(own, prior), own.right / own.answers
    assert min(share, prior.mean) - 1e-9 <= found.share <= max(share, prior.mean) + 1e-9
    assert 0 <= found.low <= found.high <= 1


@given(rights, priors)
def test_one_more_right_makes_it_stronger(own: Right, prior: Prior) -> None:
    if own.right < own.answers:
        found, more = strength(own, prior), strength(Right(own.right + 1, own.answers), prior)
        assert found.share < more.share
        assert found.low <= more.low
        assert found.high <= more.high


def test_what_is_wrong_and_what_is_right_mirror_each_other() -> None:
    found, mirrored = strength(Right(2, 6), PRIOR), strength(Right(4, 6), Prior(PRIOR.b, PRIOR.a))
    assert isclose(found.share, 1 - mirrored.share)
    assert isclose(found.low, 1 - mirrored.high)


@pytest.mark.parametrize(
    ("own", "step"),
    [
        (Right(0, 6), Step.GUESSING),
        (Right(1, 6), Step.GUESSING),
        (Right(2, 6), None),
        (Right(5, 6), None),
        (Right(6, 6), Step.STRONG),
        (Right(12, 24), Step.GUESSING),
        (Right(15, 24), None),
        (Right(60, 96), Step.UNSTEADY),
        (Right(18, 24), Step.GOOD),
        (Right(22, 24), Step.GOOD),
        (Right(24, 24), Step.STRONG),
    ],
)
def test_a_step_is_said_where_the_answers_tell_it(own: Right, step: Step | None) -> None:
    assert strength(own, PRIOR).step is step


@pytest.mark.parametrize(
    ("low", "share", "high", "step"),
    [
        (0.61, 0.7, 0.74, Step.UNSTEADY),
        (0.61, 0.74, 0.89, Step.UNSTEADY),
        (0.59, 0.7, 0.74, Step.UNSTEADY),
        (0.59, 0.7, 0.75, None),
        (0.75, 0.8, 0.9, Step.GOOD),
        (0.74, 0.8, 0.9, None),
    ],
)
def test_across_two_cuts_it_is_too_few_to_tell(low: float, share: float, high: float, step: Step | None) -> None:
    assert Strength(share, low, high).step is step


@pytest.mark.parametrize(("right", "answers"), [(7, 6), (-1, 6), (2, 5), (0, 0)])
def test_counts_that_cannot_be_are_refused(right: int, answers: int) -> None:
    with pytest.raises(ValueError, match="each truth"):
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
    found = [strength(one, prior) for one in own]
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
