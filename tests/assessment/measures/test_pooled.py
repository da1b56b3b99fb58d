"""What many people's answers come to together: against answers that are kept, and groups whose d′ is known."""

from __future__ import annotations

import random
from math import isclose, sqrt
from statistics import NormalDist, fmean

import pytest

from trainer.assessment.measures.detection import Reports, detect
from trainer.assessment.measures.groups import PairAnswer, share
from trainer.assessment.measures.pooled import Pooled, RatedAs

NORMAL = NormalDist()
Rated = list[tuple[int, RatedAs]]
"""One person's answers: pair, what it is, and how it was rated."""


def pool(people: list[Rated]) -> Pooled:
    pooled = Pooled()
    for answers in people:
        pooled.add(answers)
    return pooled


def mixed(rng: random.Random, people: int = 9) -> list[Rated]:
    """Return answers of people who were asked about some pairs twice."""
    return [
        [(rng.randrange(6), RatedAs(rng.random() < 0.5, rng.randint(1, 6))) for _answer in range(rng.randint(3, 12))]
        for _person in range(people)
    ]


@pytest.mark.parametrize("seed", range(10))
def test_rates_are_those_of_answers_that_are_kept(seed: int) -> None:
    people = mixed(random.Random(seed))
    for is_concern in (True, False):
        # Only who was asked scenes of that truth is a cluster of theirs; here, all were.
        whole = [[rated for rated in answers if rated[1].is_concern == is_concern] for answers in people]
        kept = [
            PairAnswer(number, pair, rated.rating > 3)
            for number, answers in enumerate(whole)
            for pair, rated in answers
        ]
        if all(whole):
            found = pool(whole).rate(is_concern=is_concern)
            assert (found.value, found.variance) == pytest.approx((share(kept).value, share(kept).variance))
            assert (found.people, found.pairs) == (share(kept).people, share(kept).pairs)


def alone(ratings: dict[bool, list[int]]) -> Pooled:
    """Return answers that have nothing in common: each of another person, about another pair."""
    every = [RatedAs(is_concern, rating) for is_concern, given in ratings.items() for rating in given]
    return pool([[(number, rated)] for number, rated in enumerate(every)])


def test_where_answers_have_nothing_in_common_the_area_has_delongs_variance() -> None:
    signal, noise = [6, 5, 5, 4, 6, 6, 3, 2, 5, 6, 4, 6, 5, 6, 1], [1, 1, 2, 3, 2, 1, 4, 2, 1, 5, 3, 1, 2, 1, 6, 2, 1]
    found = alone({True: signal * 40, False: noise * 40}).area()
    assert round(found.value, 9) == 0.847058824
    assert found.variance == pytest.approx(0.004938553 / 40, rel=0.002)  # DeLong's, but for G/(G - 1)


def test_where_answers_have_nothing_in_common_the_errors_of_d_and_c_are_gourevitch_and_galanters() -> None:
    pooled = alone({True: [6] * 875 + [1] * 125, False: [6] * 125 + [1] * 875})
    sensitivity, bias = pooled.sensitivity(), pooled.bias()
    assert sensitivity.value == detect(Reports(875, 1000, 125, 1000)).sensitivity
    z = NORMAL.inv_cdf(0.875)
    assert sqrt(sensitivity.variance) == pytest.approx(sqrt(2 * 0.875 * 0.125 / (1000 * NORMAL.pdf(z) ** 2)), rel=0.005)
    assert isclose(bias.value, 0, abs_tol=1e-9)
    assert bias.variance == pytest.approx(sensitivity.variance / 4)


def test_people_who_differ_only_in_how_much_they_report_leave_d_certain_and_c_open() -> None:
    people = [
        [(pair, RatedAs(number % 2 == 0, 6 if leans else 1)) for number, pair in enumerate(range(4))]
        for leans in (True, False) * 10
    ]
    pooled = pool(people)
    assert pooled.sensitivity().value == pooled.bias().value == 0
    assert pooled.sensitivity().variance < pooled.bias().variance / 10


def crowd(rng: random.Random, people: int, pairs: int) -> Pooled:
    """Return finals of people and pairs that both differ: half of 32 scenes to report, mean d′ 1.5, mean c −.1."""
    of_pairs = [rng.gauss(0, 0.5) for _pair in range(pairs)]
    answers = []
    for _person in range(people):
        sensitivity, bias = rng.gauss(1.5, 0.5), rng.gauss(-0.1, 0.3)
        asked = rng.sample(range(pairs), 32)
        answers.append(
            [_judge(rng, pair, number < 16, sensitivity, bias - of_pairs[pair]) for number, pair in enumerate(asked)]
        )
    return pool(answers)


def _judge(rng: random.Random, pair: int, is_concern: bool, sensitivity: float, bias: float) -> tuple[int, RatedAs]:
    felt = rng.gauss(0, 1) + (sensitivity / 2 if is_concern else -sensitivity / 2) - bias
    return pair, RatedAs(is_concern, 6 if felt > 1 else 5 if felt > 0.5 else 4 if felt > 0 else 2 if felt > -1 else 1)


def test_intervals_hold_what_many_more_people_and_pairs_come_to() -> None:
    rng = random.Random(7)
    endless = crowd(rng, 4000, 1500)
    truth = [one.value for one in (endless.sensitivity(), endless.bias(), endless.area())]
    held = [0, 0, 0]
    groups = 120
    for _group in range(groups):
        group = crowd(rng, 25, 60)
        for index, estimate in enumerate((group.sensitivity(), group.bias(), group.area())):
            low, high = estimate.interval()
            held[index] += low <= truth[index] <= high
    assert (
        min(held) / groups > 0.88
    )  # .95 less three standard deviations of a binomial, and a little of the jackknife's
    assert fmean(held) / groups < 1


def test_too_few_people_or_pairs_and_a_truth_without_answers_are_refused() -> None:
    both = [(1, RatedAs(True, 6)), (1, RatedAs(False, 1))]
    for people in ([both], [both, both]):
        with pytest.raises(ValueError, match="two people and two pairs"):
            pool(people).sensitivity()
    with pytest.raises(ValueError, match="both truths"):
        pool([[(1, RatedAs(True, 6))], [(2, RatedAs(True, 5))]]).rate(is_concern=False)
    empty = pool([[]])
    assert (empty.people, empty.pairs) == (0, 0)
