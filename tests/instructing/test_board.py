"""The board's numbers are those of the records, for one as for many, and nothing else is on it."""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID, uuid4

import pytest
import time_machine
from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy import event, func, select

from tests.cast import actor_of, answer_all, certify, code_of, hand_in, make_ready, put_on_roster, start_final
from tests.instructing.conftest import Room, answer_practice
from tests.support import COURSE, too_many
from trainer.assessment.models import Attempt
from trainer.content.library import Library
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.instructing import board as boards
from trainer.instructing.board import list_marks, list_rows
from trainer.instructing.models import Cohort
from trainer.instructing.operations import leave
from trainer.instructing.queries import list_cohorts, users_of
from trainer.instructing.rules import BoardRow
from trainer.instructing.words import BOARD_HEADS
from trainer.learning.models import Enrollment, LessonCompletion
from trainer.learning.operations import complete_lesson
from trainer.learning.queries import get_enrollment, standing
from trainer.organizations.models import Membership

pytestmark = pytest.mark.on_both


def board(room: Room) -> list[BoardRow]:
    with room.app.app_context():
        cohort = db.session.get_one(Cohort, room.id)
        course = served().courses.get(cohort.course)
        return list_rows(cohort, course, list_marks(cohort, clock.now()))


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """Collect the statements that are run meanwhile."""
    statements: list[str] = []
    with app.app_context():
        engine = db.engine

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


def live(room: Room, user_id: UUID, rng: random.Random, shelf: Library) -> None:
    """Let someone do by chance some of what people do."""
    fate = rng.random()
    if fate < 0.25:
        certify(room.app, user_id, "Some Name")
    elif fate < 0.5:
        make_ready(room.app, user_id, "Some Name")
        attempt = start_final(room.app, user_id)
        answer_all(room.app, attempt, wrong=too_many(shelf))
        hand_in(room.app, user_id, attempt)
    elif fate < 0.85:
        with room.app.app_context(), transaction():
            enrollment = get_enrollment(user_id, COURSE)
            course = shelf.content.courses[COURSE]
            for lesson in rng.sample(course.lessons, rng.randrange(1, len(course.lessons))):
                complete_lesson(enrollment, course, lesson, clock.now())
            enrollment.active_seconds = rng.randrange(4000)
    for _practice in range(rng.randrange(3)):
        answer_practice(room.app, user_id, rng, hand_in=rng.random() < 0.7)


@pytest.mark.check("T086")
@pytest.mark.parametrize("seed", range(3))
def test_each_number_is_what_the_records_say(room: Room, shelf: Library, seed: int) -> None:
    rng, half = random.Random(seed), shelf.content.courses[COURSE].file.final.scenes // 2
    users = [*room.add(4), room.acme.users["bob"]]
    for user_id in users:
        live(room, user_id, rng, shelf)
    rows = {row.user_id: row for row in board(room)}
    assert set(rows) == set(users)
    with room.app.app_context():
        for user_id, row in rows.items():
            enrollment = db.session.scalars(select(Enrollment).where(Enrollment.user_id == user_id)).one()
            assert row.standing == standing(enrollment, served().courses[COURSE])
            attempts = db.session.scalars(
                select(Attempt).where(Attempt.user_id == user_id, Attempt.submitted_at.is_not(None))
            ).all()
            finals = [one for one in attempts if one.kind == "final"]
            assert (row.practices, row.tries) == (len(attempts) - len(finals), len(finals))
            if finals:
                tally = finals[-1].tally or {}
                told = (tally["hits"], tally["false_alarms"], half, half) if finals[-1].is_passed else (None,) * 4
                assert (row.hits, row.false_alarms, row.concerns, row.innocents) == told
            assert row.is_complete == (row.serial is not None) == (enrollment.completed_at is not None)
            assert row.is_stuck == bool(finals and not finals[-1].is_passed)


def test_who_is_shown_makes_no_difference_to_their_numbers(
    room: Room, shelf: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(4)
    for user_id in room.add(4):
        live(room, user_id, rng, shelf)
    named = board(room)
    monkeypatch.setattr(boards, "_NAMED", 0)  # as in a class too large for that
    assert board(room) == named
    assert len(named) == 5
    monkeypatch.undo()
    with room.app.app_context():
        cohort, course = db.session.get_one(Cohort, room.id), served().courses[COURSE]
        marks = list_marks(cohort, clock.now())
        assert boards.list_rows(cohort, course, marks[3:1:-1]) == named[3:1:-1]


def test_a_large_class_takes_as_many_statements_as_a_small_one(room: Room) -> None:
    with counted(room.app) as few:
        assert len(board(room)) == 1
    room.add(12)
    with counted(room.app) as many:
        assert len(board(room)) == 13
    assert len(many) == len(few) <= 14


def test_whoever_did_nothing_for_a_week_is_stuck_until_they_do_something(room: Room) -> None:
    assert not board(room)[0].is_stuck
    later = dt.datetime.now(dt.UTC) + dt.timedelta(days=8)
    with time_machine.travel(later, tick=False):
        assert board(room)[0].is_stuck
        with room.app.app_context(), transaction():
            course = served().courses[COURSE]
            complete_lesson(get_enrollment(room.acme.users["bob"], COURSE), course, course.lessons[0], clock.now())
        row = board(room)[0]
        assert (row.is_stuck, row.last_active.date()) == (False, later.date())


def test_saving_an_answer_is_being_active(room: Room) -> None:
    later = dt.datetime.now(dt.UTC) + dt.timedelta(days=8)
    answer_practice(room.app, room.acme.users["bob"], random.Random(1), hand_in=False, answers=1)
    with time_machine.travel(later, tick=False):
        answer_practice(room.app, room.acme.users["bob"], random.Random(1), hand_in=False)
        assert board(room)[0].last_active.date() == later.date()


def test_whoever_left_the_class_or_the_firm_is_seen_no_more(room: Room) -> None:
    users, code = room.add(2), code_of(room.app, room.id)
    with room.app.app_context(), transaction():
        leave(users[0], code, clock.now())
        gone = db.session.scalars(select(Membership).where(Membership.user_id == users[1])).one()
        gone.ended_at, gone.ended_on = clock.now(), clock.today()
    assert [row.name for row in board(room)] == ["Bob B."]


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.lstrip("\ufeff"))))


@pytest.mark.check("T154")
def test_screen_csv_and_xlsx_hold_the_same_people_and_no_address(room: Room) -> None:
    room.add(3)
    certify(room.app, room.acme.users["bob"])
    ines = room.enter()
    for query, names in (
        ("", ["Guard 000", "Guard 001", "Guard 002", "Bob B."]),
        ("?show=done", ["Bob B."]),
        ("?show=stuck", []),
    ):
        page, path = ines.get(room.path(query)).text, room.path(f"/exports{query}")
        table = read(ines.post(path, {"form": "csv"}).text)
        book = CalamineWorkbook.from_filelike(io.BytesIO(ines.post(path, {"form": "xlsx"}).data))
        sheet = book.get_sheet_by_index(0).to_python()
        assert [row[0] for row in table[1:]] == [row[0] for row in sheet[1:]] == names
        assert all(f"<bdi>{name}</bdi>" in page for name in names)
        assert "@example.org" not in page + str(table)
    assert table[0] == list(BOARD_HEADS)


@pytest.mark.parametrize(
    ("query", "first"),
    [("", "Guard 000"), ("?order=name", "Bob B."), ("?order=9&show=x&page=-3", "Guard 000")],
)
def test_the_address_says_how_the_board_is_sorted(room: Room, query: str, first: str) -> None:
    room.add(1)
    certify(room.app, room.acme.users["bob"])
    table = read(room.enter().post(room.path(f"/exports{query}"), {"form": "csv"}).text)
    assert table[1][0] == first


def test_reading_again_is_no_row_and_the_page_of_a_class_is_cut(room: Room) -> None:
    room.add(51)
    ines = room.enter()
    assert "Guard 050" not in ines.get(room.path()).text
    assert "Guard 050" in ines.get(room.path("?page=2")).text
    with room.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(LessonCompletion)) == 0


def test_the_people_of_a_class_are_found_without_a_list_of_the_firm(room: Room) -> None:
    with room.app.app_context():
        if db.engine.dialect.name != "sqlite":
            pytest.skip("reads a plan of SQLite")
        found = users_of(db.session.get_one(Cohort, room.id)).compile(db.engine)
        values = [None] * len(found.positiontup or ())
        plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {found}", tuple(values))
        of_people = [row[3] for row in plan if " memberships " in row[3]]
    assert of_people
    assert all("user_id=?" in one for one in of_people), of_people


def test_the_list_of_classes_counts_nobody_who_left_for_another_firm_with_classes(room: Room) -> None:
    acme = room.acme
    with room.app.app_context(), transaction():
        gone = db.session.get_one(Membership, acme.people["bob"])
        gone.ended_at, gone.ended_on = clock.now(), clock.today()
        theirs = db.session.get_one(Cohort, room.id)
        columns = {one.key: getattr(theirs, one.key) for one in Cohort.__table__.columns}
        db.session.add(Cohort(**{**columns, "id": uuid4(), "organization_id": acme.other, "code": "01234567"}))
    put_on_roster(room.app, acme.other, acme.users["bob"])
    with room.app.app_context():
        classes = list_cohorts(actor_of(acme.users["alice"], acme.id))
    assert [number for _one, number in classes] == [0]
