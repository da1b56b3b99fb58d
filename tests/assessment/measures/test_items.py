"""How a scene works."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from math import exp, isclose
from statistics import correlation

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.assessment.measures.items import (
    FEWEST_ANSWERS,
    Alike,
    AnswerTime,
    BothTellings,
    Correlation,
    Exposure,
    Flag,
    ItemFigures,
    answer_time,
    average,
    examine,
    find_flags,
    swap_difference,
    trend,
)
from trainer.assessment.measures.shares import wilson

ACTIONS = ["call", "tell", "ask"]
QUIET = ItemFigures(
    200, 150, 1, Correlation(0.3, 0.17, 0.42), {"report-now": 150}, {"call": 150, "tell": 30, "ask": 20}, "call", {}
)
"""A scene without flags, of medium design."""
FACILITIES = {0: 0.9, 1: 0.75, 2: 0.6}


def one(is_right: bool, rest: float, action: str = "call", number: int = 1) -> Alike:
    """Return answers that said the same, of people who all judged the same share of other scenes right."""
    verdict = "report-now" if is_right else "nothing-to-report"
    return Alike(verdict, action, is_right, number, number, number * rest, number * rest * rest)


def many(number: int, right: int) -> list[Alike]:
    return [one(each < right, 12 / 15, "call" if each % 2 else "tell") for each in range(number)]


def folded(answers: Iterable[Alike]) -> list[Alike]:
    """Return the same answers as sums, as they are kept."""
    sums: dict[tuple[str, str], Alike] = {}
    for each in answers:
        before = sums.get((each.verdict, each.action), replace(each, number=0, rested=0, rest_sum=0, rest_squares=0))
        sums[each.verdict, each.action] = replace(
            before,
            number=before.number + each.number,
            rested=before.rested + each.rested,
            rest_sum=before.rest_sum + each.rest_sum,
            rest_squares=before.rest_squares + each.rest_squares,
        )
    return list(sums.values())


def test_below_thirty_answers_there_are_no_figures() -> None:
    assert examine(many(FEWEST_ANSWERS - 1, 20), 1, ACTIONS, "call") is None
    found = examine(many(FEWEST_ANSWERS, 20), 1, ACTIONS, "call")
    assert found is not None
    assert found.facility == pytest.approx(2 / 3)
    assert found.facility_interval == wilson(20, 30)
    assert found.chosen == {"call": 15, "tell": 15, "ask": 0}
    assert found.said == {"report-now": 20, "nothing-to-report": 10}
    assert found.link is None  # everybody has the same share of the rest


def test_the_link_is_the_correlation_with_the_share_of_the_rest() -> None:
    """Right with 12 of 15, wrong with 9 of 15: phi of a fourfold table."""
    seen = [one(True, 12 / 15, number=20), one(True, 9 / 15, number=10)]
    seen += [one(False, 12 / 15, number=5), one(False, 9 / 15, number=15)]
    found = examine(folded(seen), 1, ACTIONS, "call")
    assert found is not None
    assert found.link is not None
    assert isclose(found.link.value, (20 * 15 - 10 * 5) / (30 * 20 * 25 * 25) ** 0.5)
    assert found.link.low < found.link.value < found.link.high


def test_people_without_other_scenes_of_its_truth_count_for_the_share_and_not_for_the_link() -> None:
    alone = Alike("report-now", "call", True, 40, 0, 0.0, 0.0)
    seen = [one(True, 0.9, number=20), one(False, 0.5, number=15), one(True, 0.5, number=5)]
    without, beside = (examine(folded(answers), 1, ACTIONS, "call") for answers in (seen, [*seen, alone]))
    assert without is not None
    assert beside is not None
    assert (beside.answers, beside.right) == (80, 65)
    assert beside.link == without.link


@given(st.integers(30, 80), st.integers(0, 1000))
def test_a_link_is_pearsons_and_lies_within_its_bounds(number: int, seed: int) -> None:
    rng = random.Random(seed)
    seen = [one(rng.random() < 0.7, rng.randint(0, 15) / 15) for _one in range(number)]
    found = examine(folded(seen), 1, ACTIONS, "call")
    assert found is not None
    if found.link is not None:
        expected = correlation([float(each.is_right) for each in seen], [each.rest_sum for each in seen])
        assert found.link.value == pytest.approx(expected, abs=1e-9)
        assert -1 < found.link.low <= found.link.value <= found.link.high < 1


@pytest.mark.parametrize(
    ("figures", "flags"),
    [
        (QUIET, []),
        (replace(QUIET, right=190), [Flag.EASIER_THAN_DESIGNED]),
        (replace(QUIET, right=184), []),
        (replace(QUIET, right=104), [Flag.HARDER_THAN_DESIGNED]),
        (replace(QUIET, right=80), [Flag.HARDER_THAN_DESIGNED, Flag.MOSTLY_WRONG]),
        (replace(QUIET, designed=None, right=190), []),
        (replace(QUIET, link=Correlation(-0.3, -0.42, -0.17)), [Flag.AGAINST_THE_REST]),
        (replace(QUIET, link=Correlation(0.05, -0.09, 0.19)), [Flag.TELLS_LITTLE]),
        (replace(QUIET, link=Correlation(0.05, -0.1, 0.2)), []),
        (replace(QUIET, link=None), []),
        (replace(QUIET, chosen={"call": 180, "tell": 18, "ask": 2}), [Flag.UNUSED_ACTION]),
        (replace(QUIET, chosen={"call": 180, "tell": 14, "ask": 6}), []),
        (replace(QUIET, chosen={"call": 80, "tell": 100, "ask": 20}), [Flag.OTHER_ACTION]),
        (replace(QUIET, chosen={"call": 90, "tell": 90, "ask": 20}), []),
    ],
)
def test_a_flag_is_raised_where_the_data_bear_it(figures: ItemFigures, flags: list[Flag]) -> None:
    assert find_flags(figures, FACILITIES) == flags


def test_an_action_that_nobody_chose_is_flagged_once_that_says_something() -> None:
    few = replace(QUIET, answers=30, right=22, chosen={"call": 20, "tell": 10, "ask": 0})
    assert find_flags(few, FACILITIES) == []  # one of twenty may well be missing among thirty
    many = replace(QUIET, answers=90, right=66, chosen={"call": 60, "tell": 30, "ask": 0})
    assert find_flags(many, FACILITIES) == [Flag.UNUSED_ACTION]


def test_first_actions_are_flagged_among_those_who_were_asked_for_one() -> None:
    alone = [Alike("report-now", "", True, 60, 0, 0.0, 0.0)]
    few = examine([*alone, one(True, 0.5, "tell", 29)], 1, ACTIONS, "call")
    assert few is not None
    assert (few.answers, few.asked, find_flags(few, {})) == (89, 29, [])
    many = examine([*alone, one(True, 0.5, "tell", 30)], 1, ACTIONS, "call")
    assert many is not None
    assert find_flags(many, {}) == [Flag.OTHER_ACTION]


def test_the_easiest_cannot_be_too_easy_nor_the_hardest_too_hard() -> None:
    assert find_flags(replace(QUIET, designed=0, right=200), FACILITIES) == []
    assert find_flags(replace(QUIET, designed=2, right=105), FACILITIES) == []
    assert find_flags(replace(QUIET, right=200), {}) == []


def test_an_average_counts_each_pair_once() -> None:
    """Pairs' means .8, .6, .7: mean .7, s .1, t(2) 4.302653, so ± 4.302653 × .1 / √3 = .248414."""
    found = average([("a", 0.9), ("a", 0.7), ("b", 0.6), ("c", 0.7)])
    assert found is not None
    assert found.value == pytest.approx(0.7)
    assert found.pairs == 3
    assert found.interval == pytest.approx((0.451586, 0.948414), abs=1e-6)


def test_one_pair_has_an_average_and_no_interval_and_none_has_neither() -> None:
    found = average([("a", 0.9), ("a", 0.7)])
    assert found is not None
    assert found.value == pytest.approx(0.8)
    assert found.interval is None
    assert average([]) is None


def test_an_interval_ends_where_no_share_can_lie() -> None:
    found = average([("a", 1.0), ("b", 0.7)])
    assert found is not None
    assert found.interval == (0.0, 1.0)


@pytest.mark.parametrize(
    ("drawn", "finals", "flags"),
    [(70, 100, [Flag.MET_OFTEN]), (60, 100, []), (5, 100, [Flag.MET_RARELY]), (10, 100, []), (3, 3, [])],
)
def test_exposure_is_flagged_where_its_whole_interval_is_out_of_range(
    drawn: int, finals: int, flags: list[Flag]
) -> None:
    assert find_flags(QUIET, {}, exposure=Exposure(drawn, finals)) == flags


def test_a_trend_by_hand() -> None:
    """Months 0, 1, 2 with 10 of 20, 14 of 20, 18 of 20 right: p = .7, Σ(t − 1)(r − 14) = 8, so z = 8/√(.21 × 40)."""
    months = {"2026-11": (10, 20), "2026-12": (14, 20), "2027-01": (18, 20)}
    assert trend(months) == pytest.approx(8 / (0.21 * 40) ** 0.5)
    fallen = {month: (20 - right, 20) for month, (right, _number) in months.items()}
    assert trend(fallen) == pytest.approx(-8 / (0.21 * 40) ** 0.5)
    assert find_flags(QUIET, {}, trend(months)) == [Flag.MOVED]
    assert trend({"2026-11": (30, 60)}) is trend({"2026-11": (14, 20), "2026-12": (5, 9)}) is None
    assert trend({"2026-11": (30, 30), "2026-12": (5, 5)}) is None


def test_how_long_answers_took() -> None:
    """100 words are read in 20 seconds at 300 a minute: what took less than 6.7 is fast."""
    found = answer_time({3: 4, 6: 2, 7: 20, 60: 14}, 100)
    assert found == AnswerTime(40, 7, 6)
    assert answer_time({7: 29}, 100) is None


def test_who_chooses_an_action_is_told_of_five_people_or_more() -> None:
    seen = [one(True, 0.9, "call", 26), one(False, 0.5, "tell", 5), one(False, 0.2, "ask", 4)]
    found = examine(seen, 1, ACTIONS, "call")
    assert found is not None
    assert found.choosers == {"call": pytest.approx(0.9), "tell": pytest.approx(0.5)}


def test_a_swap_difference_by_hand() -> None:
    """Two pairs: .5 → .7 of 20 each (weight 10), .5 of 10 → .4 of 20 (weight 20/3); mean .08, clusters ± .072 each."""
    found = swap_difference([BothTellings("a", (10, 20), (14, 20)), BothTellings("b", (5, 10), (8, 20))])
    assert found is not None
    assert found.value == pytest.approx(0.08)
    reach = 12.706205 * (2 * 2 * 0.072**2) ** 0.5
    assert found.interval == pytest.approx((0.08 - reach, 0.08 + reach), abs=1e-5)
    assert swap_difference([BothTellings("a", (10, 20), (14, 20))]) is None
    assert swap_difference([BothTellings(pair, (5, 14), (4, 15)) for pair in "ab"]) is None


def raised(rng: random.Random, *, drift: float = 0.0) -> list[Flag]:
    """Return what is flagged of a scene with 100 answers over five months that goes with the others as most do."""
    months: dict[str, list[int]] = {}
    answers = []
    for number in range(100):
        able, month = rng.gauss(0, 1), number % 5
        is_right = rng.random() < 1 / (1 + exp(-(1.2 + able + drift * (month - 2))))
        rest = sum(rng.random() < 1 / (1 + exp(-(1.2 + able))) for _other in range(15)) / 15
        answers.append(one(is_right, rest, rng.choices(ACTIONS, (7, 2, 1))[0]))
        said = months.setdefault(f"2026-{month + 1:02}", [0, 0])
        said[0] += is_right
        said[1] += 1
    figures = examine(folded(answers), 1, ACTIONS, "call")
    assert figures is not None
    said_by = {month: (right, number) for month, (right, number) in months.items()}
    facility = 0.72  # of scenes designed a step easier, and a step harder: within what such a scene can have
    return find_flags(figures, {0: facility + 0.1, 2: facility - 0.1}, trend(said_by))


def test_few_scenes_with_nothing_to_look_at_are_flagged_and_one_that_leaked_is() -> None:
    rng = random.Random(7)
    quiet = [raised(rng) for _scene in range(300)]
    assert sum(bool(flags) for flags in quiet) / 300 < 0.1
    assert sum(Flag.MOVED in raised(rng, drift=0.6) for _scene in range(50)) > 40
