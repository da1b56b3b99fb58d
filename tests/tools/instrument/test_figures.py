"""Figures, their targets, and the file that holds them."""

from __future__ import annotations

import pytest

from trainer.tools.instrument.figures import Figure, as_json, differences


@pytest.mark.parametrize(
    ("figure", "is_met"),
    [
        (Figure("a", 0.7, most=0.7), True),
        (Figure("a", 0.7004, most=0.7), True),  # as far as it is shown
        (Figure("a", 0.701, most=0.7), False),
        (Figure("a", 0.29, least=0.3), False),
        (Figure("a", 0.45, least=0.4, most=0.5), True),
        (Figure("a", 0.51, least=0.4, most=0.5), False),
        (Figure("a", 0.51), True),
    ],
)
def test_a_figure_is_met_within_its_target(figure: Figure, is_met: bool) -> None:
    assert figure.is_met is is_met
    assert ("NOT MET" in str(figure)) is not is_met


def test_the_file_must_hold_what_the_bank_gives() -> None:
    before = as_json([Figure("a", 0.6, most=0.7), Figure("b", 3), Figure("c", 1)])
    assert differences(before, [Figure("a", 0.6, most=0.7), Figure("b", 3), Figure("c", 1)]) == []
    assert differences(before, [Figure("a", 0.65, most=0.7), Figure("b", 4), Figure("d", 1)]) == [
        "c: no longer calculated",
        "a: 0.65, but the file says 0.6",
        "b: 4, but the file says 3",
        "d: 1, not in the file",
    ]


def test_what_is_met_may_not_be_missed_again() -> None:
    before = as_json([Figure("a", 0.6, most=0.7)])
    assert differences(before, [Figure("a", 0.8, most=0.7)]) == ["a: 0.8 misses its target; it was met with 0.6"]
