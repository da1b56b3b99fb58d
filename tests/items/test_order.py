"""Steps to put in order."""

from __future__ import annotations

import random
from itertools import permutations
from pathlib import Path

import pytest

from tests.content.small import CONCERN_FILE, add_to_head, only, read
from trainer.items.order.type import OrderPayload, OrderStep
from trainer.items.registry import read_further

ORDER = """\
  - type: order
    ask: What comes first?
    steps:
      - {id: look, text: You look, why: It helps.}
      - {id: write, text: You write, why: It lasts.}
      - {id: call, text: You call, why: They know.}
"""
STEPS = ("look", "write", "call", "wait")


def payload(steps: tuple[str, ...] = STEPS) -> OrderPayload:
    return OrderPayload(
        scenario="x",
        title="X",
        setting="Y",
        note=None,
        ask="?",
        paragraphs=[],
        steps=[OrderStep(id=one, text=one, why=one) for one in steps],
    )


def given(order: tuple[str, ...]) -> dict[str, dict[str, int]]:
    return {"places": {step: place for place, step in enumerate(order, start=1)}}


def test_only_the_right_order_earns_the_point_and_chance_earns_little() -> None:
    earned = {order: payload().mark(given(order)).points for order in permutations(STEPS)}
    assert [order for order, points in earned.items() if points == 1] == [STEPS]
    assert earned[STEPS[::-1]] == 0
    assert earned["look", "write", "wait", "call"] == pytest.approx(2 / 3)
    assert 0 < sum(earned.values()) / len(earned) < 0.25


def test_steps_in_their_place_are_counted_and_a_skipped_question_earns_nothing() -> None:
    mark = payload().mark(given(("look", "wait", "call", "write")))
    assert (mark.right, mark.wrong, mark.is_right) == (2, 2, False)
    assert payload().mark({}).points == 0


def test_how_the_steps_are_shown_depends_on_chance_alone() -> None:
    drawn = {tuple(payload(order).draw(random.Random(5))) for order in permutations(STEPS)}
    assert len(drawn) == 1


def test_steps_come_from_the_file(folder: Path) -> None:
    add_to_head(folder, CONCERN_FILE, ORDER)
    (drill,) = read(folder).scenarios["open-1-a"].drills
    found = read_further(drill.payload)
    assert isinstance(found, OrderPayload)
    assert [step.id for step in found.steps] == ["look", "write", "call"]


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("id: write", "id: look", "two steps have the same id. Give each its own."),
        ("You write", "You look", "two steps have the same text. Give each its own."),
        ("id: write", "id: step-2", 'the id "step-2" tells the place of the step. Name what it does.'),
        ("id: write", "id: second", 'the id "second" tells the place of the step. Name what it does.'),
        (
            "      - {id: call, text: You call, why: They know.}\n",
            "",
            '"steps" has too few or too many items. Give at least 3.',
        ),
    ],
)
def test_what_makes_no_order_is_refused(folder: Path, old: str, new: str, what: str) -> None:
    add_to_head(folder, CONCERN_FILE, ORDER.replace(old, new))
    assert only(folder).endswith(f": {what}")
