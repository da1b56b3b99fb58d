"""Choosing by given chances."""

from __future__ import annotations

import random
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from trainer.assessment.balancing import choose_balanced


def test_each_place_is_chosen_as_often_as_its_chance_says() -> None:
    chances = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.2, 0.0, 1.0]
    traits = [[1.0, float(place % 2), float(place % 3 == 0)] for place in range(10)]
    times = Counter(place for seed in range(2000) for place in choose_balanced(chances, traits, random.Random(seed)))
    for place, chance in enumerate(chances):
        deviation = (chance * (1 - chance) / 2000) ** 0.5
        assert abs(times[place] / 2000 - chance) <= 4 * deviation, place


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.sampled_from("abc")), max_size=40), st.integers(0, 999))
def test_what_should_be_whole_is_exact_and_all_else_is_near(kinds: list[tuple[bool, bool, str]], seed: int) -> None:
    """Four of each kind with a chance of a half, a quarter and a quarter: one is drawn on average."""
    places = [(kind, chance) for kind in kinds for chance in (0.5, 0.25, 0.25)]
    traits = [[1.0, float(a), float(b), *(float(c == topic) for topic in "ab")] for (a, b, c), _chance in places]
    drawn = choose_balanced([chance for _kind, chance in places], traits, random.Random(seed))
    assert len(drawn) == len(kinds)
    assert sum(places[place][0][0] for place in drawn) == sum(kind[0] for kind in kinds)
    assert sum(places[place][0][1] for place in drawn) == sum(kind[1] for kind in kinds)
    for topic in "abc":
        assert abs(sum(places[place][0][2] == topic for place in drawn) - sum(kind[2] == topic for kind in kinds)) <= 2


def test_later_traits_yield_to_earlier_ones() -> None:
    """Two of four: one of each side is held; that it is also one of each color can't be."""
    traits = [[1.0, 1.0, 1.0], [1.0, 1.0, 1.0], [1.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    colors = set()
    for seed in range(30):
        drawn = choose_balanced([0.5] * 4, traits, random.Random(seed))
        assert (len(drawn), sum(traits[place][1] for place in drawn)) == (2, 1)
        colors.add(sum(traits[place][2] for place in drawn))
    assert colors == {1, 2}


def test_from_nothing_nothing_is_chosen() -> None:
    assert choose_balanced([], [], random.Random(1)) == []
