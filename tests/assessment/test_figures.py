"""Figures of scenes in words: narrowed, sorted, and as a table to take along."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from flask import Flask

from trainer.assessment.analysis import Edition, Version
from trainer.assessment.figures import (
    DESIGN_NAMES,
    EDITION_NAMES,
    FLAG_NAMES,
    GRADE_NAMES,
    HEADS,
    ORDER_NAMES,
    POOL_NAMES,
    SITTING_NAMES,
    TRUTH_NAMES,
    FiguresFilter,
    FiguresOrder,
    action_shares,
    correlation,
    item_table,
    narrow,
    points,
    verdict_shares,
)
from trainer.assessment.measures.items import AnswerTime, Correlation, Flag, ItemFigures
from trainer.assessment.rules import Sitting
from trainer.content.library import Library
from trainer.content.schema import Difficulty, Grade, Pool
from trainer.content.subject import Truth
from trainer.web.tables import csv_lines


@dataclass(frozen=True)
class Shown:
    """A first action."""

    id: str
    text: str
    grade: Grade


FIGURES = ItemFigures(
    40,
    30,
    1,
    Correlation(0.3, 0.1, 0.5),
    {"report-now": 30, "note-and-watch": 10},
    {"call": 10, "tell": 30},
    "call",
    {"call": 0.8},
)
ONE = Version(
    scene="a",
    digest="0123456789abcdef",
    title="=A scene",
    pool=Pool.OPEN,
    pair="p",
    truth=Truth.CONCERN,
    designed=Difficulty.MEDIUM,
    edition=Edition.CURRENT,
    first_used_at=None,
    actions=(Shown("call", "Call", Grade.BEST), Shown("tell", "Tell", Grade.FINE)),
    tellings=("0123456789abcdef",),
    drawn=50,
    answers=40,
    figures=FIGURES,
    is_told=True,
    time=AnswerTime(40, 21.5, 4),
    months={"2026-11": (30, 40)},
    flags=(Flag.OTHER_ACTION,),
)
FEW = replace(
    ONE,
    scene="b",
    pool=Pool.RESERVED,
    truth=Truth.NO_CONCERN,
    answers=9,
    figures=None,
    is_told=False,
    flags=(),
    remarks=2,
    time=None,
    months={},
)


@pytest.mark.parametrize(
    ("wanted", "scenes"),
    [
        (FiguresFilter(), "ab"),
        (FiguresFilter(pool=Pool.RESERVED), "b"),
        (FiguresFilter(truth=Truth.CONCERN), "a"),
        (FiguresFilter(flag=Flag.OTHER_ACTION), "a"),
        (FiguresFilter(flag=Flag.MOSTLY_WRONG), ""),
        (FiguresFilter(pool=Pool.OPEN, truth=Truth.NO_CONCERN), ""),
        (FiguresFilter(order=FiguresOrder.REMARKS), "ba"),
    ],
)
def test_only_what_is_wanted_is_left_in_the_order_that_is_wanted(wanted: FiguresFilter, scenes: str) -> None:
    assert "".join(one.scene for one in narrow([ONE, FEW], wanted)) == scenes


@pytest.mark.parametrize("order", list(FiguresOrder))
def test_what_has_no_figures_stands_behind_what_has(order: FiguresOrder) -> None:
    assert order in ORDER_NAMES
    if order is not FiguresOrder.REMARKS:
        lower = replace(ONE, scene="c", figures=replace(FIGURES, right=3, link=Correlation(-0.5, -0.7, -0.2)))
        found = [one.scene for one in narrow([FEW, ONE, lower], FiguresFilter(order=order))]
        expected = {FiguresOrder.SCENE: ["b", "a", "c"], FiguresOrder.DRAWN: ["b", "a", "c"]}
        ranked = ["c", "a", "b"] if order in (FiguresOrder.RIGHT, FiguresOrder.LINK) else ["a", "c", "b"]
        assert found == expected.get(order, ranked)


def test_everything_that_there_is_has_a_name() -> None:
    named = (FLAG_NAMES, SITTING_NAMES, ORDER_NAMES, POOL_NAMES, TRUTH_NAMES, DESIGN_NAMES, EDITION_NAMES, GRADE_NAMES)
    kinds = (Flag, Sitting, FiguresOrder, Pool, Truth, Difficulty, Edition, Grade)
    assert [set(names) for names in named] == [set(kind) for kind in kinds]


def test_a_correlation_has_two_places_and_its_sign() -> None:
    assert [correlation(value) for value in (0.302, -0.05, 0.0, -1.0)] == ["+.30", "−.05", "+.00", "−1.00"]


def test_points_have_a_sign_unless_there_are_none() -> None:
    assert [points(value) for value in (0.254, -0.06, 0.004, -0.004)] == ["+25", "−6", "0", "0"]


def test_shares_are_told_from_thirty_answers_on(app: Flask, shelf: Library) -> None:
    words = shelf.content.vocabulary
    assert [(number, share) for _name, number, share in verdict_shares(ONE, words)] == [(30, 0.75), (10, 0.25), (0, 0)]
    assert [one[0] for one in action_shares(ONE)] == ["Tell", "Call"]
    assert (verdict_shares(FEW, words), action_shares(FEW)) == ([], [])
    hidden = replace(ONE, is_told=False)
    assert (verdict_shares(hidden, words), action_shares(hidden)) == ([], [])
    asked_few = replace(ONE, figures=replace(FIGURES, chosen={"call": 9, "tell": 20}))
    assert (len(verdict_shares(asked_few, words)), action_shares(asked_few)) == (3, [])


def test_the_table_leaves_out_what_says_too_little_and_is_no_formula(app: Flask, shelf: Library) -> None:
    with app.app_context():
        head, first, second = "".join(csv_lines(item_table([ONE, FEW], shelf.content.vocabulary))).splitlines()
        assert head.removeprefix("\ufeff") == ",".join(f'"{one}"' if "," in str(one) else str(one) for one in HEADS)
    assert "'=A scene" in first
    assert "75.0" in first
    assert "Call (best) 25% (their other scenes: 80% right)" in first
    assert "2026-11 30/40" in first
    assert str(FLAG_NAMES[Flag.OTHER_ACTION]) in first
    assert "%" not in second
    assert second.endswith("too few to tell,2")
