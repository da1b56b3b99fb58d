"""How many pairs of each kind a final draws."""

from __future__ import annotations

from itertools import product

import pytest

from trainer.assessment.drawing import Aims
from trainer.content.instrument import PairKind
from trainer.tools.instrument.program import Unsolvable, even_plans

BANK = {PairKind(*kind): 10 for kind in product((True, False), (True, False), ("labor", "sex"))}
"""Eighty pairs, half of them on duty and half of danger."""


def shares(plan: dict[PairKind, float]) -> list[float]:
    return [number / BANK[kind] for kind, number in plan.items()]


def test_where_aims_allow_all_pairs_come_equally_often() -> None:
    [plan] = even_plans(BANK, [Aims(20, 10, 10, danger_pairs=10)])
    assert shares(plan) == pytest.approx([0.25] * 8)


def test_where_they_do_not_the_largest_and_the_smallest_share_are_as_near_as_can_be() -> None:
    [plan] = even_plans(BANK, [Aims(40, 20, 20, danger_pairs=20, on_duty_at_least=30)])
    assert {kind: number / 10 for kind, number in plan.items()} == pytest.approx(
        {kind: 0.75 if kind.on_duty else 0.25 for kind in BANK}
    )
    [few] = even_plans(BANK, [Aims(20, 10, 10, danger_pairs=5, on_duty_at_most=4)])
    assert sum(few.values()) == pytest.approx(20)
    assert sum(number for kind, number in few.items() if kind.danger) == pytest.approx(5)
    assert sum(number for kind, number in few.items() if kind.on_duty) == pytest.approx(4)
    # Elsewhere, 11 of 20 pairs without danger at least; then none of danger on duty. With more, both shares would grow.
    assert max(shares(few)) == pytest.approx(0.55)
    assert min(shares(few)) == pytest.approx(0.0)


def test_a_further_stage_evens_out_what_came_before() -> None:
    first, second = even_plans(BANK, [Aims(20, 10, 10, 10, on_duty_at_least=16), Aims(20, 10, 10, 10)])
    assert shares(first) == pytest.approx([0.4 if kind.on_duty else 0.1 for kind in first])
    assert shares({kind: first[kind] + second[kind] for kind in first}) == pytest.approx([0.5] * 8)


def test_aims_that_a_pool_cannot_hold_are_named() -> None:
    with pytest.raises(Unsolvable, match="stage 2 can't have what it asks for"):
        even_plans(BANK, [Aims(40, 20, 20, 40), Aims(20, 10, 10, 10)])
