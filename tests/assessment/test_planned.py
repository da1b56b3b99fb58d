"""How likely each pair is to be drawn."""

from __future__ import annotations

from itertools import product

import pytest

from trainer.assessment.planned import Quota, chances
from trainer.content.instrument import PairKind

KINDS = [PairKind(*kind) for kind in product((True, False), (True, False), ("labor", "sex"))]
"""Eight."""
PLAN = {kind: 4.0 if kind.on_duty else 2.0 for kind in KINDS}
FOUR_EACH = [kind for kind in KINDS for _number in range(5)]
EVEN = Quota(24, danger=12, on_duty_at_least=16, on_duty_at_most=16)


def total(given: list[float], kinds: list[PairKind], **wanted: object) -> float:
    """Return how many pairs of a kind are drawn on average."""
    each = zip(given, kinds, strict=True)
    return sum(chance for chance, kind in each if all(getattr(kind, name) == is_so for name, is_so in wanted.items()))


def test_each_pair_of_a_kind_comes_as_planned() -> None:
    given = chances(FOUR_EACH, [0] * 40, EVEN, PLAN)
    assert given == [pytest.approx(PLAN[kind] / 5, abs=1e-5) for kind in FOUR_EACH]


def test_what_is_used_up_is_replaced_within_the_aims() -> None:
    """No danger on duty is left: it comes from elsewhere, and duty from what isn't danger."""
    kinds = [kind for kind in FOUR_EACH if not (kind.on_duty and kind.danger)]
    given = chances(kinds, [0] * len(kinds), Quota(18, 8, 7, 7), PLAN)
    assert total(given, kinds) == pytest.approx(18)
    assert total(given, kinds, danger=True) == pytest.approx(8)
    assert total(given, kinds, on_duty=True) == pytest.approx(7)
    assert max(given) <= 1
    plan = {kind: number for kind, number in PLAN.items() if not (kind.on_duty and kind.danger)}
    both = chances(FOUR_EACH, [0] * 40, Quota(16, 13, 4, 4), plan)  # of danger, there are ten elsewhere
    assert total(both, FOUR_EACH, on_duty=True, danger=True) == pytest.approx(3)
    assert max(both) <= 1


def test_duty_yields_to_danger_and_both_to_how_many_there_are() -> None:
    kinds = [kind for kind in FOUR_EACH if kind.on_duty != kind.danger]  # danger is never on duty
    given = chances(kinds, [0] * len(kinds), Quota(10, 8, 9, 10), PLAN)
    assert total(given, kinds, danger=True) == pytest.approx(8)
    assert total(given, kinds, on_duty=True) == pytest.approx(2)
    few = chances(kinds[:3], [0] * 3, Quota(2, 2, 0, 1), PLAN)
    assert sum(few) == pytest.approx(2)


def test_a_range_of_duty_and_no_aim_of_danger_follow_the_plan() -> None:
    given = chances(FOUR_EACH, [0] * 40, Quota(24, None, 10, 20), PLAN)
    assert total(given, FOUR_EACH, on_duty=True) == pytest.approx(16)
    assert total(given, FOUR_EACH, danger=True) == pytest.approx(12)


@pytest.mark.parametrize(("times", "ratio"), [(1, 0.607), (2, 0.5), (50, 0.5)])
def test_what_colleagues_met_comes_less_often_but_never_less_than_half_as_often(times: int, ratio: float) -> None:
    met = [times if place % 5 < 2 else 0 for place in range(40)]
    given = chances(FOUR_EACH, met, EVEN, PLAN)
    for kind in KINDS:
        of_kind = [(chance, often) for chance, other, often in zip(given, FOUR_EACH, met, strict=True) if other == kind]
        assert sum(chance for chance, _often in of_kind) == pytest.approx(PLAN[kind], abs=1e-4)
        if not kind.on_duty:  # of those on duty, some are certain to come
            assert of_kind[0][0] / of_kind[4][0] == pytest.approx(ratio, abs=0.001)
    assert max(given) <= 1


def test_a_kind_without_a_plan_comes_only_where_it_is_needed() -> None:
    plan = {kind: number for kind, number in PLAN.items() if kind.topic == "labor"}
    given = chances(FOUR_EACH, [0] * 40, Quota(12, 6, 8, 8), plan)
    assert total(given, FOUR_EACH, topic="sex") < 0.001
    assert total(chances(FOUR_EACH, [0] * 40, EVEN, plan), FOUR_EACH) == pytest.approx(24)
