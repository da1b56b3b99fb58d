"""A sign-off is signed with a name, and undone within the hour by the person who signed, with all that it did."""

from __future__ import annotations

import datetime as dt
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlalchemy import func, select

from tests.cast import certify, context_of, make_class
from tests.extras.meetings.cast import hold_meeting
from tests.extras.meetings.conftest import attend, seconds, sign
from tests.instructing.conftest import Room
from tests.support import COURSE
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.audit import AuditEvent
from trainer.core.db import db, transaction
from trainer.core.errors import Conflict, Invalid, NotFound
from trainer.extras.meetings.models import Signature, SignOff
from trainer.extras.meetings.sessions import Outcome, sign_off
from trainer.extras.meetings.undoing import Undone, can_undo, minutes_left, undo
from trainer.instructing.models import CohortMember
from trainer.instructing.queries import list_members
from trainer.learning.models import Enrollment, LessonCompletion
from trainer.learning.operations import complete_lesson
from trainer.learning.queries import find_enrollment, get_enrollment, list_readings
from trainer.learning.rules import RequiredConditions, tightened

pytestmark = pytest.mark.on_both


def signed(room: Room, members: list[UUID], *, lessons: int = 2) -> tuple[UUID, UUID]:
    """Teach lessons and sign them off; return the ids of the meeting and of the signature."""
    meeting = hold_meeting(room.app, room.acme.users["ines"], room.id, lessons=lessons, minutes=500)
    attend(room, meeting, members)
    sign(room, meeting)
    with room.app.app_context():
        return meeting, db.session.scalars(select(Signature.id).where(Signature.session_id == meeting)).one()


def take_back(room: Room, signature: UUID, person: UUID | None = None, name: str = "ines") -> Undone:
    with room.app.app_context(), transaction():
        context = context_of(room.acme.users[name], room.id)
        return undo(context, signature, person, served().courses[COURSE], clock.now())


def read(room: Room, lesson: int) -> dt.datetime:
    """Let Bob read a lesson on his own; return when."""
    with room.app.app_context(), transaction():
        course, at = served().courses[COURSE], clock.now()
        complete_lesson(get_enrollment(room.acme.users["bob"], COURSE), course, course.lessons[lesson], at)
        return at


def readings(room: Room) -> dict[str, dt.datetime]:
    with room.app.app_context():
        enrollment = find_enrollment(room.acme.users["bob"], COURSE)
        assert enrollment is not None
        return list_readings(enrollment.id)


def lesson_ids(room: Room) -> list[str]:
    with room.app.app_context():
        return [lesson.id for lesson in served().courses[COURSE].lessons]


def test_who_signed_and_what_is_kept_and_a_name_without_letters_signs_nothing(room: Room) -> None:
    meeting = hold_meeting(room.app, room.acme.users["ines"], room.id)
    attend(room, meeting, [room.bob])
    with room.app.app_context(), transaction():
        context = context_of(room.acme.users["ines"], room.id)
        with pytest.raises(Invalid):
            sign_off(context, meeting, " … ", served().courses[COURSE], True, clock.now())
        sign_off(context, meeting, "  Ines   Ito ", served().courses[COURSE], True, clock.now())
    with room.app.app_context():
        signature = db.session.scalars(select(Signature)).one()
        assert (signature.name, signature.signed_by_id) == ("Ines Ito", room.acme.users["ines"])
        assert signature.statement.startswith("I taught these people in person on ")
        assert {row.signature_id for row in db.session.scalars(select(SignOff))} == {signature.id}


def test_undoing_for_everyone_leaves_nothing_and_it_can_be_signed_again(room: Room) -> None:
    room.add(1)
    with room.app.app_context():
        members = [member.id for member in list_members(context_of(room.acme.users["ines"], room.id).cohort)]
    meeting, signature = signed(room, members, lessons=3)
    assert seconds(room) > 0
    assert take_back(room, signature) == Undone(2, [])
    assert seconds(room) == 0
    with room.app.app_context():
        for record in (SignOff, LessonCompletion):
            assert db.session.scalar(select(func.count()).select_from(record)) == 0
        rows = db.session.scalars(select(Enrollment)).all()
        assert {(row.begun_at, row.last_lesson) for row in rows} == {(None, None)}
        acts = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "lesson.sign_off_undone")).all()
        assert [(act.actor_id, act.details["people"]) for act in acts] == [(room.acme.users["ines"], 2)]
    with pytest.raises(Conflict, match="already undone"):
        take_back(room, signature)
    assert sign(room, meeting) == Outcome(2, 6, 0)


def test_one_person_is_undone_and_the_others_stay(room: Room) -> None:
    room.add(1)
    with room.app.app_context():
        other = db.session.scalars(select(CohortMember.id).where(CohortMember.id != room.bob)).one()
    meeting, signature = signed(room, [room.bob, other])
    assert take_back(room, signature, room.bob) == Undone(1, [])
    assert seconds(room) == 0
    with room.app.app_context():
        assert {row.member_id for row in db.session.scalars(select(SignOff))} == {other}
    with pytest.raises(Conflict):
        take_back(room, signature, room.bob)
    with pytest.raises(Conflict):
        take_back(room, signature, uuid4())
    attend(room, meeting, [other])  # and now he may be left out


def test_what_the_learner_read_before_and_since_stays_read(room: Room) -> None:
    first, second, third = lesson_ids(room)[:3]
    before = read(room, 0)
    _meeting, signature = signed(room, [room.bob], lessons=3)
    assert readings(room)[first] > before
    since = read(room, 1)
    take_back(room, signature)
    assert readings(room) == {first: before, second: since}
    assert third not in readings(room)
    with room.app.app_context():
        enrollment = find_enrollment(room.acme.users["bob"], COURSE)
        assert enrollment is not None
        assert (enrollment.last_lesson, enrollment.begun_at) == (second, before)


def test_in_order_what_was_read_after_an_undone_lesson_is_to_be_read_again(room: Room) -> None:
    with room.app.app_context(), transaction():
        enrollment = db.session.scalars(select(Enrollment)).one()
        enrollment.conditions = tightened(enrollment.asks, RequiredConditions(0, True, None)).kept()
    _meeting, signature = signed(room, [room.bob], lessons=1)
    read(room, 1)
    take_back(room, signature)
    assert readings(room) == {}


@pytest.mark.parametrize(("again", "lessons"), [(0, 1), (1, 2)], ids=["the first", "the later"])
def test_in_order_what_was_signed_off_at_a_later_meeting_counts_again(room: Room, again: int, lessons: int) -> None:
    with room.app.app_context(), transaction():
        enrollment = db.session.scalars(select(Enrollment)).one()
        enrollment.conditions = tightened(enrollment.asks, RequiredConditions(0, True, None)).kept()
    first, first_signature = signed(room, [room.bob], lessons=1)
    later, later_signature = signed(room, [room.bob], lessons=2)
    minutes = seconds(room)
    take_back(room, first_signature)
    assert readings(room) == {}
    page = room.path(f"/sessions/{later}")
    assert "Sign off the lessons" in room.enter().get(page).text
    assert sign(room, [first, later][again]) == Outcome(1, lessons, 0)
    assert list(readings(room)) == lesson_ids(room)[:2]
    assert seconds(room) == minutes
    assert "Sign off the lessons" not in room.enter().get(page).text
    assert sign(room, later) == Outcome(0, 0, 0)
    assert take_back(room, later_signature) == Undone(1, [])  # what counts again can still be undone
    assert list(readings(room)) == lesson_ids(room)[:1]


def test_whoever_has_completed_the_course_keeps_it(room: Room) -> None:
    _meeting, signature = signed(room, [room.bob])
    certify(room.app, room.acme.users["bob"])
    before, minutes = readings(room), seconds(room)
    assert take_back(room, signature) == Undone(0, ["Bob B."])
    assert (readings(room), seconds(room)) == (before, minutes)
    with room.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(SignOff)) == 2
    ines = room.enter()
    answer = ines.post(room.path(f"/signatures/{signature}/undoing"))
    assert "Not undone for Bob B., who has completed the course." in ines.get(answer.headers["Location"]).text


def test_people_are_locked_in_one_order_as_a_sign_off_locks_them(room: Room) -> None:
    room.add(4)
    with room.app.app_context():
        people = list_members(context_of(room.acme.users["ines"], room.id).cohort)
        ids = [member.id for member in people]
        names = [member.name for member in sorted(people, key=lambda member: member.user_id)]
    _meeting, signature = signed(room, ids)
    with room.app.app_context(), transaction():
        for enrollment in db.session.scalars(select(Enrollment)):
            enrollment.completed_at = clock.now()
    assert take_back(room, signature).kept == names


def next_change(hours: int) -> dt.datetime:
    """Return half an hour before New York's clocks go forward or back by so many hours, or some hour if by none."""
    zone, start = ZoneInfo("America/New_York"), clock.now().replace(minute=30) + dt.timedelta(days=1)
    for instant in (start + dt.timedelta(hours=number) for number in range(366 * 24)):
        later = instant + dt.timedelta(hours=1)
        if later.astimezone(zone).utcoffset() == instant.astimezone(zone).utcoffset() + dt.timedelta(hours=hours):  # type: ignore[operator]
            return instant
    raise AssertionError("clocks don't change anymore")


@pytest.mark.parametrize("hours", [0, -1, 1], ids=["usual", "fall", "spring"])
def test_an_hour_is_an_hour_whatever_clocks_do(room: Room, hours: int) -> None:
    with time_machine.travel(next_change(hours), tick=False) as moved:
        _meeting, signature = signed(room, [room.bob])
        with room.app.app_context():
            row = db.session.get_one(Signature, signature)
            assert minutes_left(row, clock.now()) == 60
            moved.shift(3600)
            assert can_undo(row, row.signed_by_id, clock.now())
            moved.shift(1)
            assert not can_undo(row, row.signed_by_id, clock.now())
            assert minutes_left(row, clock.now()) == 0
        with pytest.raises(Conflict, match="More than an hour"):
            take_back(room, signature)
        moved.shift(-1)
        assert take_back(room, signature).people == 1


def test_only_the_person_who_signed_undoes_and_only_in_that_class(room: Room) -> None:
    _meeting, signature = signed(room, [room.bob])
    with pytest.raises(Conflict, match="Only the person who signed"):
        take_back(room, signature, name="alice")
    other = make_class(room.app, room.acme.users["ines"], room.acme.id)
    with room.app.app_context(), transaction(), pytest.raises(NotFound):
        undo(context_of(room.acme.users["ines"], other), signature, None, None, clock.now())
    assert len(readings(room)) == 2


def test_the_page_shows_who_signed_and_undoes_for_an_hour(room: Room) -> None:
    meeting, signature = signed(room, [room.bob])
    ines, page = room.enter(), room.path(f"/sessions/{meeting}")
    text = ines.get(page).text
    assert "Ines Ito" in text
    assert "You can undo this for 60 more minutes." in text
    assert "Undo for everyone" not in room.enter("alice").get(page).text
    learner = room.enter("bob").get(f"/courses/{COURSE}").text
    assert "2 lessons taught in person" in learner
    assert "Signed by Ines Ito on" in learner
    undoing = room.path(f"/signatures/{signature}/undoing")
    assert ines.post(undoing, {"person": "nobody"}).status_code == 404  # and not: everyone
    assert len(readings(room)) == 2
    assert ines.post(undoing, {"person": str(room.bob)}).status_code == 303
    assert "taught in person" not in room.enter("bob").get(f"/courses/{COURSE}").text
    text = ines.get(page).text
    assert "Undone for 1 person." in text
    assert "Sign off the lessons" in text
    assert ines.post(undoing).status_code == 303
    assert "This was already undone." in ines.get(page).text
    sign(room, meeting)
    with time_machine.travel(clock.now() + dt.timedelta(hours=1, minutes=1)):
        text = room.enter().get(page).text
        assert "Signed off for 1 person" in text
        assert "Undo" not in text
