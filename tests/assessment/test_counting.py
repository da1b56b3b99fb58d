"""Counting what many people said of each scene: first answers, by scene, course and what was said."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.cast import answer_all, count, make_account, start_practice
from tests.crowd import let_answer, rightly, wrongly
from tests.support import COURSE
from trainer.assessment import counting
from trainer.assessment.counting import ALL_COURSES, AnswerSums, Shown, VerdictMark
from trainer.assessment.models import ItemCount, Response
from trainer.assessment.rules import Kind
from trainer.content.library import Library, Scenario
from trainer.content.schema import Pool
from trainer.content.subject import Truth
from trainer.core import clock
from trainer.core.db import db, transaction

NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
SHOWN = Shown(uuid.UUID(int=1), "a", "A", "recognize", "report-now", "call", NOON)
MARKS = {"a": Truth.CONCERN, "b": Truth.CONCERN, "c": Truth.CONCERN, "d": Truth.NO_CONCERN}


def mark(one: Shown) -> VerdictMark:
    return VerdictMark(MARKS[one.item], (one.verdict == "report-now") == (MARKS[one.item] is Truth.CONCERN))


def shown(item: str, verdict: str | None = "report-now", *, minute: int = 0, **changes: str) -> Shown:
    moved = {"item": item, "digest": item.upper(), "verdict": verdict, "saved_at": NOON + dt.timedelta(minutes=minute)}
    return replace(SHOWN, **{**moved, **changes})  # type: ignore[arg-type]


def concerns(shelf: Library) -> list[Scenario]:
    return [one for one in shelf.content.pool(Pool.OPEN) if one.file.truth is Truth.CONCERN]


def counted(app: Flask, digest: str, course: str = ALL_COURSES) -> ItemCount | None:
    with app.app_context():
        return db.session.get(ItemCount, (course, digest))


def test_only_the_first_answer_of_a_person_to_a_scene_counts_in_whatever_version() -> None:
    counts = AnswerSums()
    counts.add([shown("a", "nothing-to-report", minute=9, digest="A2"), shown("a", minute=1)], mark)
    assert counts.answers == {
        (digest, course): {"report-now/call": [True, 1, 0, 0.0, 0.0]}
        for digest, course in (("A", "recognize"), ("A", ALL_COURSES))
    }
    assert counts.drawn["A2", ALL_COURSES] == counts.people["A2", ALL_COURSES] == 1


def test_the_rest_is_the_share_of_right_answers_to_other_scenes_of_its_truth() -> None:
    counts = AnswerSums()
    counts.add([shown("a"), shown("b"), shown("c", "nothing-to-report"), shown("d")], mark)
    assert counts.answers["A", ALL_COURSES] == {"report-now/call": [True, 1, 1, 0.5, 0.25]}
    assert counts.answers["C", ALL_COURSES] == {"nothing-to-report/call": [False, 1, 1, 1.0, 1.0]}
    assert counts.answers["D", ALL_COURSES] == {"report-now/call": [False, 1, 0, 0.0, 0.0]}


def test_a_scene_drawn_twice_was_shown_to_one_person_and_counts_where_no_answer_was_given() -> None:
    counts = AnswerSums()
    counts.add([shown("a", None), shown("a", None), shown("b")], mark)
    assert (counts.drawn["A", ALL_COURSES], counts.people["A", ALL_COURSES]) == (2, 1)
    assert ("A", ALL_COURSES) not in counts.answers


@pytest.mark.parametrize("portion", [1, 2, 500])
def test_portions_add_up(app: Flask, shelf: Library, monkeypatch: pytest.MonkeyPatch, portion: int) -> None:
    monkeypatch.setattr(counting, "PORTION", portion)
    one, other, *_rest = concerns(shelf)
    people = [{one.id: rightly(one), other.id: rightly(other)}] * 3 + [{one.id: wrongly(one), other.id: ("", "")}]
    let_answer(app, people)
    count(app)
    found = counted(app, one.digest)
    assert found is not None
    assert (found.drawn, found.people) == (4, 4)
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


def test_courses_are_counted_apart_and_together(app: Flask, shelf: Library) -> None:
    scene, (first, second) = concerns(shelf)[0], list(shelf.content.courses)[:2]
    for course, number in ((first, 2), (second, 3)):
        let_answer(app, [{scene.id: rightly(scene)}] * number, course=course)
    count(app)
    people = [counted(app, scene.digest, course) for course in (first, second, ALL_COURSES)]
    assert [one.people for one in people if one] == [2, 3, 5]


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
        counts = db.session.scalars(select(ItemCount).where(ItemCount.course == ALL_COURSES)).all()
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
    found = counted(app, scene.digest, COURSE)
    assert found is not None
    assert (found.people, found.counted_at) == (2, NOON + dt.timedelta(hours=1))


def test_nobody_is_no_count(app: Flask) -> None:
    with app.app_context(), transaction():
        counts = AnswerSums()
        assert counting.count_portion(counts, None) is None
        counting.write(counts, clock.now())
        assert db.session.scalars(select(ItemCount)).all() == []
