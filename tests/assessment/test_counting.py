"""Counting what many people said of each scene: first answers, by scene, course and what was said."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.cast import answer_all, count, make_account, start_practice
from tests.crowd import let_answer, rightly, wrongly
from tests.support import COURSE
from trainer.assessment import counting
from trainer.assessment.counting import AnswerSums, Cell, Shown, VerdictMark
from trainer.assessment.models import ItemCount, Response
from trainer.assessment.rules import Kind, Sitting
from trainer.content.library import Library, Scenario
from trainer.content.schema import Pool
from trainer.content.subject import Truth
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.learning.models import Enrollment
from trainer.learning.operations import complete_lesson

NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
CELL = Cell("A", "recognize", Sitting.PRACTICE, "en")
SHOWN = Shown(uuid.UUID(int=1), "a", CELL, "report-now", "call", 20.4, NOON, NOON)
MARKS = {"a": Truth.CONCERN, "b": Truth.CONCERN, "c": Truth.CONCERN, "d": Truth.NO_CONCERN}


def mark(one: Shown) -> VerdictMark:
    return VerdictMark(MARKS[one.item], (one.verdict == "report-now") == (MARKS[one.item] is Truth.CONCERN))


def shown(item: str, verdict: str | None = "report-now", *, minute: int = 0, digest: str = "", **cell: Any) -> Shown:
    at = NOON + dt.timedelta(minutes=minute)
    where = CELL._replace(digest=digest or item.upper(), **cell)
    return replace(SHOWN, item=item, cell=where, verdict=verdict, saved_at=at)


def concerns(shelf: Library) -> list[Scenario]:
    return [one for one in shelf.content.pool(Pool.OPEN) if one.file.truth is Truth.CONCERN]


def counted(app: Flask, digest: str, **cell: str) -> ItemCount | None:
    with app.app_context():
        return db.session.scalars(select(ItemCount).filter_by(item_digest=digest, **cell)).one_or_none()


def test_only_the_first_answer_of_a_person_to_a_scene_counts_in_whatever_version() -> None:
    counts = AnswerSums()
    counts.add([shown("a", "nothing-to-report", minute=9, digest="A2"), shown("a", minute=1)], mark)
    assert counts.cells[CELL].answers == {"report-now/call": [True, 1, 0, 0.0, 0.0]}
    assert (counts.cells[CELL].seconds, counts.cells[CELL].months) == ({"20": 1}, {"2026-11": [1, 1]})
    other = counts.cells[CELL._replace(digest="A2")]
    assert (other.drawn, other.answers, other.months) == (1, {}, {})


def test_the_rest_is_the_share_of_right_answers_to_other_scenes_of_its_truth() -> None:
    counts = AnswerSums()
    counts.add([shown("a"), shown("b"), shown("c", "nothing-to-report"), shown("d")], mark)
    answers = {cell.digest: sums.answers for cell, sums in counts.cells.items()}
    assert answers["A"] == {"report-now/call": [True, 1, 1, 0.5, 0.25]}
    assert answers["C"] == {"nothing-to-report/call": [False, 1, 1, 1.0, 1.0]}
    assert answers["D"] == {"report-now/call": [False, 1, 0, 0.0, 0.0]}


def test_kinds_of_sittings_are_counted_apart_and_have_a_rest_of_their_own() -> None:
    counts = AnswerSums()
    counts.add([shown("a"), shown("b", "nothing-to-report", sitting=Sitting.FINAL), shown("c")], mark)
    answers = {cell: sums.answers for cell, sums in counts.cells.items()}
    assert answers[CELL] == {"report-now/call": [True, 1, 1, 1.0, 1.0]}
    assert answers[CELL._replace(digest="B", sitting=Sitting.FINAL)] == {
        "nothing-to-report/call": [False, 1, 0, 0.0, 0.0]
    }


def test_a_scene_drawn_twice_counts_where_no_answer_was_given() -> None:
    counts = AnswerSums()
    counts.add([shown("a", None), shown("a", None), shown("b")], mark)
    assert (counts.cells[CELL].drawn, counts.cells[CELL].answers) == (2, {})


def test_exposure_counts_the_first_stage_of_each_persons_first_final() -> None:
    def drawn(item: str, day: int, *, is_first_stage: bool = True) -> Shown:
        begun_at = NOON + dt.timedelta(days=day)
        return replace(shown(item, sitting=Sitting.FINAL), begun_at=begun_at, is_first_stage=is_first_stage)

    counts = AnswerSums()
    counts.add([drawn("a", 1), drawn("b", 1, is_first_stage=False), drawn("c", 2)], mark)
    counts.add([drawn("a", 5), shown("b")], mark)
    assert counts.first_finals == {"recognize": 2}
    assert {cell.digest: sums.first_finals for cell, sums in counts.cells.items() if sums.first_finals} == {"A": 2}


@pytest.mark.parametrize("portion", [1, 2, 500])
def test_portions_add_up(app: Flask, shelf: Library, monkeypatch: pytest.MonkeyPatch, portion: int) -> None:
    monkeypatch.setattr(counting, "PORTION", portion)
    one, other, *_rest = concerns(shelf)
    people = [{one.id: rightly(one), other.id: rightly(other)}] * 3 + [{one.id: wrongly(one), other.id: ("", "")}]
    let_answer(app, people)
    count(app)
    found = counted(app, one.digest)
    assert found is not None
    assert found.drawn == 4
    assert found.answers == {
        "/".join(rightly(one)): [True, 3, 3, 3.0, 3.0],
        "/".join(wrongly(one)): [False, 1, 0, 0.0, 0.0],
    }
    unanswered = counted(app, other.digest)
    assert unanswered is not None
    assert (unanswered.drawn, sum(sums[1] for sums in unanswered.answers.values())) == (4, 3)


def test_a_report_by_the_first_action_alone_counts_as_results_count_it(app: Flask, shelf: Library) -> None:
    scene = concerns(shelf)[0]
    let_answer(app, [{scene.id: ("nothing-to-report", rightly(scene)[1])}])
    count(app)
    found = counted(app, scene.digest)
    assert found is not None
    assert [sums[0] for sums in found.answers.values()] == [True]


def test_courses_languages_and_kinds_of_sittings_have_rows_of_their_own(app: Flask, shelf: Library) -> None:
    scene, (first, second) = concerns(shelf)[0], list(shelf.content.courses)[:2]
    said = [{scene.id: rightly(scene)}]
    let_answer(app, said * 2, course=first)
    let_answer(app, said * 3, course=second, language="es")
    let_answer(app, said * 4, course=second, kind=Kind.PRETEST)
    count(app)
    rows = [
        counted(app, scene.digest, **cell) for cell in ({"course": first}, {"language": "es"}, {"sitting": "untrained"})
    ]
    assert [row.drawn for row in rows if row] == [2, 3, 4]


def test_only_a_first_try_before_any_lesson_is_untrained(app: Flask, shelf: Library) -> None:
    scene, course = concerns(shelf)[0], shelf.content.courses[COURSE]
    let_answer(app, [{scene.id: ("report-now", "")}] * 2, kind=Kind.FIRST_TRY)
    with app.app_context(), transaction():
        enrollment = db.session.scalars(select(Enrollment)).first()
        assert enrollment is not None
        complete_lesson(enrollment, course, course.lessons[0], clock.now() - dt.timedelta(hours=1))
    count(app)
    for sitting in ("untrained", "practice"):
        row = counted(app, scene.digest, sitting=sitting)
        assert row is not None
        assert row.drawn == 1


def test_what_can_still_be_changed_does_not_count(app: Flask, shelf: Library) -> None:
    scene = concerns(shelf)[0]
    let_answer(app, [{scene.id: rightly(scene)}], kind=Kind.FINAL, is_handed_in=False)
    count(app)
    found = counted(app, scene.digest)
    assert found is not None
    assert (found.drawn, found.answers) == (1, {})


def test_an_answer_in_practice_counts_once_its_key_was_shown(app: Flask) -> None:
    attempt = start_practice(app, make_account(app))
    count(app)
    with app.app_context():
        assert [one.answers for one in db.session.scalars(select(ItemCount))] != []
        assert not any(one.answers for one in db.session.scalars(select(ItemCount)))
    answer_all(app, attempt)
    count(app)
    with app.app_context():
        digests = set(db.session.scalars(select(Response.item_digest).where(Response.attempt_id == attempt)))
        counts = db.session.scalars(select(ItemCount)).all()
        assert {one.item_digest for one in counts if one.answers} == digests
        assert all(sums[0] for one in counts for sums in one.answers.values())


def test_a_first_try_counts_by_its_verdict_alone_and_no_other_half_answer_does(app: Flask, shelf: Library) -> None:
    first, second, *_rest = concerns(shelf)
    let_answer(app, [{first.id: ("report-now", "")}], kind=Kind.FIRST_TRY)
    let_answer(app, [{second.id: ("report-now", "")}], kind=Kind.PRACTICE)
    count(app)
    tried, half = counted(app, first.digest), counted(app, second.digest)
    assert tried is not None
    assert half is not None
    assert (tried.answers, half.answers) == ({"report-now/": [True, 1, 0, 0.0, 0.0]}, {})


def test_counting_again_puts_new_counts_in_place_of_old_ones(app: Flask, shelf: Library) -> None:
    scene = concerns(shelf)[0]
    with time_machine.travel(NOON, tick=False):
        let_answer(app, [{scene.id: rightly(scene)}])
        count(app)
    with time_machine.travel(NOON + dt.timedelta(hours=1), tick=False):
        let_answer(app, [{scene.id: rightly(scene)}])
        count(app)
    found = counted(app, scene.digest)
    assert found is not None
    assert (found.drawn, found.counted_at) == (2, NOON + dt.timedelta(hours=1))


def test_nobody_is_no_count(app: Flask) -> None:
    with app.app_context(), transaction():
        counts = AnswerSums()
        assert counting.count_portion(counts, None) is None
        counting.write(counts, clock.now())
        assert db.session.scalars(select(ItemCount)).all() == []
