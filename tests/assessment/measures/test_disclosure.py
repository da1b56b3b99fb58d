"""No count that is told, and none that can be calculated from what is told, is of few people or of all alike."""

from __future__ import annotations

from collections.abc import Collection

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.assessment.measures.disclosure import GroupCount, list_tellable, may_tell

parts = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=9)
"""Of each part of a group, how many said yes and no, a person each."""


def together(counts: list[tuple[int, int]], chosen: Collection[int]) -> GroupCount:
    yes, no = (sum(counts[place][side] for place in chosen) for side in (0, 1))
    return GroupCount(yes + no, yes, yes + no)


@pytest.mark.parametrize(
    ("people", "part", "whole", "least", "is_told"),
    [
        (5, 1, 5, 1, True),
        (4, 2, 40, 1, False),
        (5, 0, 30, 1, False),
        (5, 30, 30, 1, False),
        (30, 29, 30, 30, True),
        (9, 10, 29, 30, False),
        (0, 0, 0, 1, False),
    ],
)
def test_a_count_is_told_of_five_people_who_did_not_all_say_the_same(
    people: int, part: int, whole: int, least: int, is_told: bool
) -> None:
    assert may_tell(GroupCount(people, part, whole), least) is is_told


def test_what_is_left_over_hides_the_smallest_of_the_others_too() -> None:
    """31 − 30 is one person; so the smaller of the two that could be told isn't."""
    counts = [(20, 10), (10, 8), (1, 0)]
    assert list_tellable(range(3), lambda chosen: together(counts, chosen)) == {0}
    assert list_tellable(range(2), lambda chosen: together(counts, chosen)) == {0, 1}


@given(parts, st.integers(1, 15))
def test_whatever_can_be_calculated_can_be_told(counts: list[tuple[int, int]], least: int) -> None:
    told = list_tellable(range(len(counts)), lambda chosen: together(counts, chosen), least)
    assert all(may_tell(together(counts, [place]), least) for place in told)
    left = together(counts, [place for place in range(len(counts)) if place not in told])
    assert not told or left.whole == 0 or may_tell(left)


@given(parts)
def test_nothing_is_hidden_without_need(counts: list[tuple[int, int]]) -> None:
    if all(may_tell(together(counts, [place])) for place in range(len(counts))):
        assert len(list_tellable(range(len(counts)), lambda chosen: together(counts, chosen))) == len(counts)
