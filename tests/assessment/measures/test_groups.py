"""Shares of groups: by hand, by another formula, and in groups whose share is known."""

from __future__ import annotations

import random
from math import isclose, sqrt
from statistics import NormalDist, variance

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.assessment.measures.distributions import t_quantile
from trainer.assessment.measures.groups import FEWEST_PEOPLE, Estimate, PairAnswer, crossover, share

NORMAL = NormalDist()

groups = st.lists(
    st.builds(PairAnswer, st.integers(0, 9), st.integers(0, 9), st.booleans()), min_size=2, max_size=60
).filter(lambda answers: len({one.person for one in answers}) > 1 and len({one.pair for one in answers}) > 1)


def test_by_hand() -> None:
    """Two people, two pairs: residuals .25, .25, .25, −.75, each over 4 answers."""
    answers = [PairAnswer("a", 1, True), PairAnswer("a", 2, True), PairAnswer("b", 1, True), PairAnswer("b", 2, False)]
    found = share(answers)
    people = 2 * ((0.5 / 4) ** 2 + (0.5 / 4) ** 2)
    both = 4 / 3 * (3 * (0.25 / 4) ** 2 + (0.75 / 4) ** 2)
    assert found == Estimate(0.75, people + people - both, 2, 2)
    assert found.df == 1


def test_with_one_answer_of_each_person_to_each_pair_of_its_own_it_is_the_plain_variance() -> None:
    answers = [PairAnswer(number, number, number % 3 == 0) for number in range(12)]
    plain = variance([float(one.is_report) for one in answers]) / 12
    assert isclose(share(answers).variance, plain)


@given(groups)
def test_the_share_is_bounded_and_the_variance_never_negative(answers: list[PairAnswer]) -> None:
    found = share(answers)
    low, high = found.interval()
    assert 0 <= found.value <= 1
    assert found.variance >= 0
    assert low <= found.value <= high
    assert found.df == min(found.people, found.pairs) - 1


@given(groups)
def test_people_and_pairs_play_the_same_part_and_so_do_yes_and_no(answers: list[PairAnswer]) -> None:
    found = share(answers)
    turned = share([PairAnswer(one.pair, one.person, one.is_report) for one in answers])
    opposite = share([PairAnswer(one.person, one.pair, not one.is_report) for one in answers])
    assert isclose(found.variance, turned.variance, abs_tol=1e-12)
    assert isclose(found.variance, opposite.variance, abs_tol=1e-12)
    assert isclose(found.value, 1 - opposite.value)


def test_where_the_sum_is_not_positive_the_larger_part_stands() -> None:
    """Each person and each pair says yes once and no once: their clusters cancel, the answers don't."""
    answers = [PairAnswer(1, 1, True), PairAnswer(1, 2, False), PairAnswer(2, 1, False), PairAnswer(2, 2, True)]
    assert share(answers).variance == 0
    lopsided = [*answers, PairAnswer(1, 3, True), PairAnswer(2, 3, False)]
    clusters = 2 * 2 * (0.5 / 6) ** 2
    assert isclose(share(lopsided).variance, clusters)


def test_one_person_or_one_pair_is_refused() -> None:
    for answers in ([PairAnswer(1, 1, True), PairAnswer(1, 2, True)], [PairAnswer(1, 1, True), PairAnswer(2, 1, True)]):
        with pytest.raises(ValueError, match="two people and two pairs"):
            share(answers)
    with pytest.raises(ValueError, match="no answers"):
        share([])


def occasion(people: int, yes: int) -> list[PairAnswer]:
    """Each person answers twelve pairs, and reports the first so many."""
    return [PairAnswer(person, pair, pair < yes) for person in range(people) for pair in range(12)]


def test_a_change_is_told_from_thirty_people_on_who_answered_on_both_days() -> None:
    first, second = occasion(FEWEST_PEOPLE, 6), occasion(FEWEST_PEOPLE, 9)
    a_first, b_first = first[:180], first[180:]
    a_second, b_second = second[:180], second[180:]
    assert crossover([(a_first, a_second), (b_first, b_second[:-12])]) is None
    found = crossover([(a_first, a_second), (b_first, [*b_second, PairAnswer("new", 1, True)])])
    assert found is not None
    assert isclose(found.value, 0.25)
    assert (found.people, found.pairs, found.df) == (30, 12, 11)
    assert crossover([(first, second), (first[:48], second[:48])]) is None


def test_how_hard_a_form_is_and_how_many_had_it_first_do_not_count() -> None:
    """A worked case: form A is reported in 4 of 12, form B in 8, and the second day adds 2. 25 people had A first."""
    many, others = range(25), range(25, 30)
    found = crossover(
        [
            (reports(many, 4), reports(many, 8 + 2)),
            (reports(others, 8), reports(others, 4 + 2)),
        ]
    )
    assert found is not None
    assert isclose(found.value, 2 / 12)  # half of 6/12 less 2/12; all together it would be .39


def reports(people: range, yes: int) -> list[PairAnswer]:
    return [PairAnswer(person, pair, pair < yes) for person in people for pair in range(12)]


def test_what_stays_the_same_in_each_person_and_pair_cancels() -> None:
    rng = random.Random(1)
    answers = [PairAnswer(person, pair, rng.random() < 0.6) for person in range(30) for pair in range(12)]
    found = crossover([(answers, answers)])
    assert found is not None
    assert isclose(found.value, 0)
    assert isclose(found.variance, 0, abs_tol=1e-12)
    assert share(answers).variance > 0.0001


def simulated(
    people: int, pairs: int, rng: random.Random, more: float = 0.0
) -> tuple[list[PairAnswer], list[PairAnswer]]:
    """Return answers of two occasions; people and pairs differ with a standard deviation of .5 each, in probits."""
    able = [rng.gauss(0, 0.5) for _person in range(people)]
    hard = [rng.gauss(0, 0.5) for _pair in range(pairs)]

    def answer(person: int, pair: int, plus: float) -> PairAnswer:
        return PairAnswer(person, pair, rng.random() < NORMAL.cdf(0.8 + plus + able[person] + hard[pair]))

    every = [(person, pair) for person in range(people) for pair in range(pairs)]
    return [answer(*one, 0.0) for one in every], [answer(*one, more) for one in every]


def recovered(groups: int, people: int, pairs: int) -> None:
    """Hold groups whose true shares are known against 95 % intervals.

    Few clusters make the sandwich narrow (Cameron and others found the same): its true rate may lie from .90 to .98.
    Chance adds four standard deviations of a binomial.
    """
    rng, held, gained, spread = random.Random(f"{people} {pairs}"), 0, 0, sqrt(1 + 0.25 + 0.25)
    true, gain = NORMAL.cdf(0.8 / spread), NORMAL.cdf(1.3 / spread) - NORMAL.cdf(0.8 / spread)
    for _group in range(groups):
        before, after = simulated(people, pairs, rng, 0.5)
        low, high = share(before).interval()
        held += low <= true <= high
        some = people // 3 * pairs
        found = crossover([(before[:some], after[:some]), (before[some:], after[some:])])
        assert found is not None
        low, high = found.interval()
        gained += low <= gain <= high
    slack = 4 * sqrt(0.95 * 0.05 / groups)
    assert 0.90 - slack <= held / groups <= 0.98 + slack
    assert 0.90 - slack <= gained / groups <= 0.98 + slack


def test_groups_whose_share_is_known_are_recovered() -> None:
    recovered(150, 30, 12)


@pytest.mark.nightly
@pytest.mark.parametrize(("people", "pairs"), [(30, 12), (100, 12), (40, 40)])
def test_all_groups_whose_share_is_known_are_recovered(people: int, pairs: int) -> None:
    recovered(400, people, pairs)


def test_an_interval_is_students() -> None:
    low, high = Estimate(0.5, 0.01, 20, 11).interval(0.9)
    assert isclose(high, 0.5 + 0.1 * t_quantile(0.95, 10))
    assert isclose(low + high, 1)
