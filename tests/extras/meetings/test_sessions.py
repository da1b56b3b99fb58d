"""Teaching in person: attendance, the word for lessons taught, minutes."""

from __future__ import annotations

import csv
import datetime as dt
import io
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.cast import approve, certify, context_of, make_class
from tests.extras.meetings.cast import hold_meeting
from tests.extras.meetings.conftest import attend, seconds, sign
from tests.instructing.conftest import Room, hand_over
from tests.support import COURSE
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.audit import AuditEvent
from trainer.core.db import db, transaction
from trainer.core.errors import Conflict, Invalid, NotFound, NotYet
from trainer.extras.meetings.models import Attendance, ClassSession, SignOff
from trainer.extras.meetings.sessions import (
    Outcome,
    forget_walk_ins,
    hold_session,
)
from trainer.learning.models import Enrollment, LessonCompletion
from trainer.learning.rules import RequiredConditions, tightened

pytestmark = pytest.mark.on_both


def test_signing_off_marks_the_lessons_as_read_for_whoever_was_there_and_twice_is_once(room: Room) -> None:
    room.add(1)
    meeting = hold_meeting(room.app, room.acme.users["ines"], room.id, lessons=3, minutes=500)
    attend(room, meeting, [room.bob])
    assert sign(room, meeting) == Outcome(1, 3, 0)
    before = seconds(room)
    assert sign(room, meeting) == Outcome(0, 0, 0)
    assert seconds(room) == before
    with room.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(LessonCompletion)) == 3
        rows = db.session.scalars(select(SignOff)).all()
        assert {(row.member_id, row.session_id, row.signed_off_by_id) for row in rows} == {
            (room.bob, meeting, room.acme.users["ines"])
        }
        events = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "lesson.signed_off")).all()
        assert [(event.details["people"], event.details["lessons"]) for event in events] == [(1, 3)]


@pytest.mark.parametrize(("minutes", "of"), [(4, "meeting"), (600, "lessons")])
def test_minutes_count_up_to_the_meeting_and_up_to_what_is_planned(room: Room, minutes: int, of: str) -> None:
    meeting = hold_meeting(room.app, room.acme.users["ines"], room.id, lessons=2, minutes=minutes)
    attend(room, meeting, [room.bob])
    sign(room, meeting)
    with room.app.app_context():
        planned = sum(lesson.file.minutes for lesson in served().courses[COURSE].lessons[:2])
    assert seconds(room) == 60 * (minutes if of == "meeting" else planned)


def test_a_lesson_taught_twice_counts_once(room: Room) -> None:
    for _time in range(2):
        meeting = hold_meeting(room.app, room.acme.users["ines"], room.id, minutes=600)
        attend(room, meeting, [room.bob])
        sign(room, meeting)
    with room.app.app_context():
        planned = sum(lesson.file.minutes for lesson in served().courses[COURSE].lessons[:2])
        assert seconds(room) == 60 * planned
        assert db.session.scalar(select(func.count()).select_from(SignOff)) == 2


def test_lessons_that_are_read_in_order_wait_for_the_one_before(room: Room) -> None:
    with room.app.app_context(), transaction():
        enrollment = db.session.scalars(select(Enrollment)).one()
        enrollment.conditions = tightened(enrollment.asks, RequiredConditions(0, True, None)).kept()
        course = served().courses[COURSE]
        taught = [course.lessons[0].id, course.lessons[1].id, course.lessons[3].id]
        context = context_of(room.acme.users["ines"], room.id)
        meeting = hold_session(context, context.today(clock.now()), 30, taught, "", course, clock.now()).id
    attend(room, meeting, [room.bob])
    assert sign(room, meeting) == Outcome(1, 2, 1)


def test_a_completed_course_stays_as_it_was_earned(room: Room) -> None:
    certify(room.app, room.acme.users["bob"])
    before = seconds(room)
    meeting = hold_meeting(room.app, room.acme.users["ines"], room.id)
    attend(room, meeting, [room.bob])
    assert sign(room, meeting) == Outcome(0, 0, 0)
    assert seconds(room) == before


def test_what_was_signed_off_keeps_its_attendance(room: Room) -> None:
    meeting = hold_meeting(room.app, room.acme.users["ines"], room.id)
    with pytest.raises(NotYet):
        sign(room, meeting)
    attend(room, meeting, [room.bob])
    attend(room, meeting, [])
    attend(room, meeting, [room.bob])
    sign(room, meeting)
    with pytest.raises(Conflict):
        attend(room, meeting, [])


def test_a_form_sent_twice_makes_one_meeting_and_with_another_day_another(room: Room) -> None:
    ines, number = room.enter(), uuid4()
    with room.app.app_context():
        context = context_of(room.acme.users["ines"], room.id)
        today, module = context.today(clock.now()), served().courses[COURSE].modules[0].slug
    places = []
    for ahead in (1, 1, 2, 2, 1):
        form = {
            "held_on": (today + dt.timedelta(days=ahead)).isoformat(),
            "minutes": "60",
            "modules": module,
            "number": str(number),
        }
        answer = ines.post(room.path("/sessions"), form)
        assert answer.status_code == 303
        places.append(answer.headers["Location"])
    assert places[0] == places[1] == places[4]
    assert places[2] == places[3] != places[0]
    with room.app.app_context():
        days = db.session.scalars(select(ClassSession.held_on)).all()
        assert sorted(day - today for day in days) == [dt.timedelta(days=1), dt.timedelta(days=2)]


def test_people_lessons_and_meetings_of_elsewhere_are_refused(room: Room) -> None:
    ines = room.acme.users["ines"]
    meeting = hold_meeting(room.app, ines, room.id)
    with pytest.raises(Invalid):
        attend(room, meeting, [room.acme.people["bob"]])
    with pytest.raises(NotFound):
        attend(room, room.bob, [room.bob])
    with room.app.app_context():
        context, course, now = context_of(ines, room.id), served().courses[COURSE], clock.now()
        first, today = course.lessons[0].id, context.today(now)
        for held_on, minutes, lessons in (
            (today + dt.timedelta(days=367), 60, [first]),
            (today - dt.timedelta(days=400), 60, [first]),
            (today, 0, [first]),
            (today, 601, [first]),
            (today, 60, []),
            (today, 60, [first, "no/such-lesson"]),
        ):
            with pytest.raises(Invalid):
                hold_session(context, held_on, minutes, lessons, "", course, now)


def note(room: Room, walk_ins: str, members: tuple[UUID, ...] = ()) -> tuple[UUID, TestResponse]:
    """Send who was at a new meeting, with names of others; return the meeting and the answer."""
    meeting = hold_meeting(room.app, room.acme.users["ines"], room.id, minutes=500)
    form = {"members": [str(member) for member in members], "walk_ins": walk_ins}
    return meeting, room.enter().post(room.path(f"/sessions/{meeting}/attendance"), form)


def test_others_who_were_there_are_listed_by_name_and_nothing_is_signed_for_them(room: Room) -> None:
    meeting, answer = note(room, "Gus Gold\r\n\r\n  Zoë   Zander \n", (room.bob,))
    assert answer.status_code == 303
    assert sign(room, meeting).people == 1
    ines = room.enter()
    assert "Gus Gold\nZoë Zander</textarea>" in ines.get(room.path(f"/sessions/{meeting}")).text
    text = ines.post(room.path("/sessions/exports"), {"form": "csv"}).text
    rows = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))
    assert [(row["Name"], row["In the class"], row["Lessons signed off"], row["Signed by"]) for row in rows] == [
        ("Bob B.", "yes", "2", "Ines Ito"),
        ("Gus Gold", "no", "0", ""),
        ("Zoë Zander", "no", "0", ""),
    ]
    attend(room, meeting, [room.bob])
    with room.app.app_context():
        assert db.session.get_one(ClassSession, meeting).walk_ins is None


@pytest.mark.parametrize(
    ("walk_ins", "says"),
    [
        ("Gus Gold\n" * 1001, "Enter at most 1000 names."),
        ("Gus Gold\n?!", "Each name needs at least one letter, and at most 120 characters."),
        ("G" * 121, "Each name needs at least one letter, and at most 120 characters."),
        ("Gus\u202eGold", "can’t be shown"),
    ],
)
def test_what_is_no_list_of_names_is_refused(room: Room, walk_ins: str, says: str) -> None:
    meeting, answer = note(room, walk_ins, (room.bob,))
    assert (answer.status_code, says in answer.text) == (422, True)
    with room.app.app_context():
        assert db.session.get_one(ClassSession, meeting).walk_ins is None
        assert db.session.get(Attendance, (meeting, room.bob)) is None


def test_names_of_others_in_public_classes_are_deleted_a_year_after_the_meeting(room: Room) -> None:
    ines = room.acme.users["ines"]
    approve(room.app, ines)
    meetings = [hold_meeting(room.app, ines, cohort) for cohort in (room.id, make_class(room.app, ines, None))]
    with room.app.app_context():
        with transaction():
            for meeting in meetings:
                db.session.get_one(ClassSession, meeting).walk_ins = ["Gus Gold"]
        for days, is_public_kept in ((365, True), (367, False)):
            with transaction():
                forget_walk_ins(clock.now() + dt.timedelta(days=days))
            kept = [db.session.get_one(ClassSession, meeting).walk_ins for meeting in meetings]
            assert kept == [["Gus Gold"], ["Gus Gold"] if is_public_kept else None]


def test_a_former_instructor_sees_who_else_was_there(room: Room) -> None:
    meeting, _answer = note(room, "Gus Gold")
    hand_over(room)
    page = room.acme.enter("ines").get(room.path(f"/sessions/{meeting}")).text
    assert "Gus Gold (not in the class)" in page.replace("\u2068", "").replace("\u2069", "")
