"""What a choice among options is worth."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.items.choices import ShownOption, mark
from trainer.items.contract import Mark

# A question: for each option whether it is right, and whether it was chosen.
questions = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=8)


def _option(name: str, is_key: bool) -> ShownOption:
    return ShownOption(id=name, text=name, why=name, key=is_key)


def _question(options: list[tuple[bool, bool]]) -> tuple[list[ShownOption], list[str]]:
    offered = [_option(f"o{number}", is_key) for number, (is_key, _said) in enumerate(options)]
    return offered, [f"o{number}" for number, (_is_key, is_chosen) in enumerate(options) if is_chosen]


@given(questions)
def test_points_lie_between_none_and_one_and_only_all_that_is_right_earns_one(options: list[tuple[bool, bool]]) -> None:
    offered, chosen = _question(options)
    marked = mark(offered, chosen)
    assert 0 <= marked.points <= 1
    is_exact = all(is_key == is_chosen for is_key, is_chosen in options)
    assert (marked.points == 1) == is_exact == marked.is_right
    assert marked.right + marked.missed == sum(is_key for is_key, _said in options)
    assert marked.right + marked.wrong == len(chosen)


@given(questions, st.data())
def test_one_more_right_never_costs_and_one_more_wrong_never_gains(
    options: list[tuple[bool, bool]], data: st.DataObject
) -> None:
    offered, chosen = _question(options)
    before = mark(offered, chosen).points
    number = data.draw(st.integers(0, len(options) - 1))
    is_key, is_chosen = options[number]
    after = mark(offered, [*chosen, f"o{number}"]).points
    if is_chosen:
        assert after == before  # the same one twice counts once
    else:
        assert after >= before if is_key else after <= before


@given(st.integers(1, 6), st.integers(1, 6))
def test_choosing_everything_never_earns_all(keys: int, others: int) -> None:
    offered, chosen = _question([(True, True)] * keys + [(False, True)] * others)
    points = mark(offered, chosen).points
    assert points == pytest.approx(max(0, keys - others) / keys)
    assert points < 1


def test_where_nothing_is_right_choosing_nothing_earns_the_point() -> None:
    nothing = [_option("a", False), _option("b", False)]
    assert mark(nothing, []) == Mark(0, 0, 0, 1.0)
    assert mark(nothing, ["b"]) == Mark(0, 0, 1, 0.0)
