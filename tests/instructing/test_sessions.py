"""Teaching in person: attendance, the word for lessons taught, minutes."""

from __future__ import annotations

import datetime as dt
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from tests.cast import certify, desk_of, hold_meeting, join_class, make_account, sign_in_as
from tests.instructing.conftest import Room
from tests.instructing.evenings import Evening, own_address
from tests.support import COURSE
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.audit import AuditEvent
from trainer.core.db import db, transaction
from trainer.core.errors import Conflict, Invalid, NotFound, NotYet
from trainer.instructing.models import ClassSession, Cohort, CohortMember, SignOff, WalkIn
from trainer.instructing.sessions import (
    Outcome,
    count_waiting,
    hold_session,
    is_signed,
    note_attendance,
    sign_off,
)
from trainer.instructing.walk_ins import Stranger, claim_code, settle_waiting
from trainer.learning.models import Enrollment, LessonCompletion
from trainer.learning.operations import complete_lesson, enroll
from trainer.learning.queries import find_enrollment, get_enrollment
from trainer.learning.rules import Asked, tightened


def attend(room: Room, meeting: UUID, members: list[UUID]) -> None:
    with room.app.app_context(), transaction():
        note_attendance(desk_of(room.acme.users["ines"], room.id), meeting, members, clock.now())


def sign(room: Room, meeting: UUID) -> Outcome:
    with room.app.app_context(), transaction():
        desk = desk_of(room.acme.users["ines"], room.id)
        return sign_off(desk, meeting, "Ines Ito", served().courses[COURSE], True, clock.now())


def seconds(room: Room) -> int:
    with room.app.app_context():
        found = find_enrollment(room.acme.users["bob"], COURSE)
        assert found is not None
        return found.active_seconds


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
        enrollment.conditions = tightened(enrollment.asks, Asked(0, True, None)).kept()
        course = served().courses[COURSE]
        taught = [course.lessons[0].id, course.lessons[1].id, course.lessons[3].id]
        desk = desk_of(room.acme.users["ines"], room.id)
        meeting = hold_session(desk, desk.today(clock.now()), 30, taught, "", course, clock.now()).id
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
        desk = desk_of(room.acme.users["ines"], room.id)
        today, module = desk.today(clock.now()), served().courses[COURSE].modules[0].slug
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
        desk, course, now = desk_of(ines, room.id), served().courses[COURSE], clock.now()
        first, today = course.lessons[0].id, desk.today(now)
        for held_on, minutes, lessons in (
            (today + dt.timedelta(days=367), 60, [first]),
            (today - dt.timedelta(days=400), 60, [first]),
            (today, 0, [first]),
            (today, 601, [first]),
            (today, 60, []),
            (today, 60, [first, "no/such-lesson"]),
        ):
            with pytest.raises(Invalid):
                hold_session(desk, held_on, minutes, lessons, "", course, now)


def test_a_lesson_that_waits_for_another_stays_signed_off(evening: Evening) -> None:
    leo = make_account(evening.app, "leo@example.org")
    with evening.app.app_context(), transaction():
        course = served().courses[COURSE]
        enrollment = enroll(leo, course, clock.now())
        enrollment.conditions = tightened(enrollment.asks, Asked(0, True, None)).kept()
        meeting = db.session.get_one(ClassSession, evening.meeting)
        meeting.lessons = [course.lessons[1].id]
    evening.sign()
    with evening.app.app_context():
        path = f"/attended/{evening.gus}/{claim_code(evening.gus)}"
    assert "1 lesson still has to wait" in sign_in_as(evening.app, leo).post(path, follow_redirects=True).text
    assert evening.read(leo) == 0
    with evening.app.app_context(), transaction():
        assert is_signed(db.session.get_one(ClassSession, evening.meeting))
        complete_lesson(get_enrollment(leo, COURSE), course, course.lessons[0], clock.now())
    assert evening.read(leo) == 1
    evening.sign()
    assert evening.read(leo) == 2
    with evening.app.app_context():
        assert db.session.scalars(select(SignOff.minutes)).all() == [course.lessons[1].file.minutes]


def test_of_several_names_the_earliest_meeting_counts_first(evening: Evening) -> None:
    leo = make_account(evening.app, "leo@example.org")
    with evening.app.app_context(), transaction():
        course = served().courses[COURSE]
        enrollment = enroll(leo, course, clock.now())
        enrollment.conditions = tightened(enrollment.asks, Asked(0, True, None)).kept()
        meeting = db.session.get_one(ClassSession, evening.meeting)
        meeting.lessons = [course.lessons[1].id]
        cohort, first = meeting.cohort_id, course.lessons[0].id
        earlier = hold_session(desk_of(evening.ines, cohort), meeting.held_on, 60, [first], "", course, clock.now())
        db.session.get_one(Cohort, cohort).starts_on = earlier.held_on = meeting.held_on - dt.timedelta(days=1)
        earlier_id = earlier.id
    evening.sign()
    evening.meeting = earlier_id
    evening.add(Stranger("Leo Long", "", "Leo@example.org"))
    evening.sign()
    with evening.app.app_context(), transaction():
        db.session.get_one(WalkIn, evening.gus).email = "leo@example.org"
    own_address(evening.app, leo)
    join_class(evening.app, leo, cohort)
    with evening.app.app_context(), transaction():
        member = db.session.scalars(select(CohortMember)).one()
        assert settle_waiting(member, served().courses, True, clock.now()) == 2
        assert count_waiting(member) == 0
    assert evening.read(leo) == 2
