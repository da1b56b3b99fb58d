"""How a scene works."""

from __future__ import annotations

import random
from dataclasses import replace
from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.assessment.measures.items import FEWEST_ANSWERS, Flag, ItemFigures, Link, Seen, examine, find_flags
from trainer.assessment.measures.shares import wilson

ACTIONS = ["call", "tell", "ask"]
QUIET = ItemFigures(200, 150, 1, Link(0.3, 0.17, 0.42), {"call": 150, "tell": 30, "ask": 20}, 40.0)
"""A scene without flags, of medium design."""
FACILITIES = {0: 0.9, 1: 0.75, 2: 0.6}


def many(number: int, right: int) -> list[Seen]:
    return [Seen(one < right, 12, 15, "call" if one % 2 else "tell", float(one)) for one in range(number)]


def test_below_thirty_answers_there_are_no_figures() -> None:
    assert examine(many(FEWEST_ANSWERS - 1, 20), 1, ACTIONS) is None
    found = examine(many(FEWEST_ANSWERS, 20), 1, ACTIONS)
    assert found is not None
    assert found.facility == pytest.approx(2 / 3)
    assert found.facility_interval == wilson(20, 30)
    assert found.chosen == {"call": 15, "tell": 15, "ask": 0}
    assert found.seconds == 14.5
    assert found.link is None  # everybody has the same share of the rest


def test_the_link_is_the_correlation_with_the_share_of_the_rest() -> None:
    """Right with 12 of 15, wrong with 9 of 15: phi of a fourfold table."""
    seen = [Seen(True, 12, 15, "call", 1)] * 20 + [Seen(True, 9, 15, "call", 1)] * 10
    seen += [Seen(False, 12, 15, "call", 1)] * 5 + [Seen(False, 9, 15, "call", 1)] * 15
    found = examine(seen, 1, ACTIONS)
    assert found is not None
    assert found.link is not None
    assert isclose(found.link.value, (20 * 15 - 10 * 5) / (30 * 20 * 25 * 25) ** 0.5)
    assert found.link.low < found.link.value < found.link.high


def test_shares_count_and_not_sums() -> None:
    seen = [Seen(one % 2 == 0, 5 if one % 2 else 2, 10 if one % 2 else 2, "call", 1) for one in range(30)]
    found = examine([*seen, Seen(True, 3, 4, "call", 1)], 1, ACTIONS)
    assert found is not None
    assert found.link is not None
    assert found.link.value > 0.9


@given(st.integers(30, 80), st.integers(0, 1000))
def test_a_link_lies_within_its_bounds(number: int, seed: int) -> None:
    rng = random.Random(seed)
    seen = [Seen(rng.random() < 0.7, rng.randint(0, 15), 15, "call", 1) for _one in range(number)]
    found = examine(seen, 1, ACTIONS)
    assert found is not None
    if found.link is not None:
        assert -1 < found.link.low <= found.link.value <= found.link.high < 1


@pytest.mark.parametrize(
    ("figures", "flags"),
    [
        (QUIET, []),
        (replace(QUIET, right=190), [Flag.EASIER_THAN_DESIGNED]),
        (replace(QUIET, right=184), []),
        (replace(QUIET, right=104), [Flag.HARDER_THAN_DESIGNED]),
        (replace(QUIET, right=80), [Flag.HARDER_THAN_DESIGNED, Flag.MOSTLY_WRONG]),
        (replace(QUIET, link=Link(-0.3, -0.42, -0.17)), [Flag.AGAINST_THE_REST]),
        (replace(QUIET, link=Link(0.05, -0.09, 0.19)), [Flag.TELLS_LITTLE]),
        (replace(QUIET, link=None), []),
        (replace(QUIET, chosen={"call": 180, "tell": 18, "ask": 2}), [Flag.UNUSED_ACTION]),
        (replace(QUIET, chosen={"call": 180, "tell": 14, "ask": 6}), []),
    ],
)
def test_a_flag_is_raised_where_the_data_bear_it(figures: ItemFigures, flags: list[Flag]) -> None:
    assert find_flags(figures, FACILITIES) == flags


def test_the_easiest_cannot_be_too_easy_nor_the_hardest_too_hard() -> None:
    assert find_flags(replace(QUIET, designed=0, right=200), FACILITIES) == []
    assert find_flags(replace(QUIET, designed=2, right=105), FACILITIES) == []
    assert find_flags(replace(QUIET, right=200), {}) == []
