"""Teaching in person: a meeting, who was there, and the instructor's word for the lessons taught."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from trainer.content.library import Course, Lesson
from trainer.core.audit import note
from trainer.core.db import db
from trainer.core.errors import Conflict, Invalid, NotYet
from trainer.instructing.models import Attendance, ClassSession, CohortMember, SignOff
from trainer.instructing.queries import (
    Desk,
    get_class_session,
    list_attendance,
    list_members,
    list_signed_off,
    lock_cohort,
)
from trainer.learning.models import Enrollment
from trainer.learning.operations import complete, complete_lesson, credit_session, enroll
from trainer.learning.queries import get_enrollment

LONGEST = 600  # minutes of one meeting


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a sign-off did: for how many people, how many lessons, how many had to wait for one that comes first."""

    people: int
    lessons: int
    held_back: int


def hold_session(
    desk: Desk, held_on: dt.date, minutes: int, lessons: Collection[str], remark: str, course: Course, now: dt.datetime
) -> ClassSession:
    """Record a meeting. Raises Invalid for lessons of another course and for future days."""
    taught = [lesson.id for lesson in course.lessons if lesson.id in set(lessons)]
    if not taught or len(taught) != len(set(lessons)):
        raise Invalid(_l("Choose the lessons that you taught."))
    if not desk.cohort.starts_on <= held_on <= desk.today(now):
        raise Invalid(_l("Choose a day between the first day of the class and today."))
    if not 1 <= minutes <= LONGEST:
        raise Invalid(_l("Type between 1 and %(most)s minutes.", most=LONGEST))
    session = ClassSession(
        cohort_id=desk.cohort.id,
        held_on=held_on,
        minutes=minutes,
        lessons=taught,
        note=remark or None,
        created_at=now,
        created_by_id=desk.user_id,
    )
    db.session.add(session)
    db.session.flush()
    _note(desk, "session.held", session, now, held_on=held_on.isoformat(), minutes=minutes, lessons=len(taught))
    return session


def note_attendance(desk: Desk, session_id: uuid.UUID, member_ids: Collection[uuid.UUID], now: dt.datetime) -> None:
    """Set who was at a meeting. Raises Conflict where lessons were signed off for someone left out now."""
    lock_cohort(desk.cohort.id)
    session = get_class_session(desk, session_id)
    seen = {member.id for member in list_members(desk.cohort)}
    if not set(member_ids) <= seen:
        raise Invalid(_l("Choose people from the list."))
    before = list_attendance(session)
    gone = (before & seen) - set(member_ids)
    if gone & list_signed_off(session):
        raise Conflict(_l("Lessons were signed off for someone you left out. That can’t be undone."))
    db.session.execute(delete(Attendance).where(Attendance.session_id == session.id, Attendance.member_id.in_(gone)))
    db.session.add_all(
        Attendance(session_id=session.id, member_id=member_id, noted_at=now) for member_id in set(member_ids) - before
    )
    db.session.flush()


def sign_off(desk: Desk, session_id: uuid.UUID, course: Course, is_local_trial: bool, now: dt.datetime) -> Outcome:
    """Mark the lessons taught as read for everyone who was there, and credit the minutes. A second time changes
    nothing.

    A lesson is signed off once for each enrollment; the minutes are never more than those lessons are planned for.
    Raises NotYet while nobody is noted as present.
    """
    lock_cohort(desk.cohort.id)
    session = get_class_session(desk, session_id)
    there = list_attendance(session)
    if not there:
        raise NotYet(_l("First check off who was there."))
    taught = [lesson for lesson in course.lessons if lesson.id in session.lessons]
    people = lessons = held_back = 0
    for member in sorted(list_members(desk.cohort), key=lambda entry: entry.user_id):  # locked in one order
        if member.id not in there:
            continue
        enroll(member.user_id, course, now)
        enrollment = get_enrollment(member.user_id, course.slug)
        if enrollment.completed_at is not None:
            continue
        new, waiting = _sign_off_one(desk, session, member, enrollment, taught, course, now)
        complete(enrollment, course, is_local_trial, now)
        people, lessons, held_back = people + bool(new), lessons + new, held_back + waiting
    if lessons:
        _note(desk, "lesson.signed_off", session, now, people=people, lessons=lessons)
    return Outcome(people, lessons, held_back)


def _sign_off_one(
    desk: Desk,
    session: ClassSession,
    member: CohortMember,
    enrollment: Enrollment,
    taught: list[Lesson],
    course: Course,
    now: dt.datetime,
) -> tuple[int, int]:
    """Return (lessons signed off now, lessons that wait for one that comes first)."""
    known = set(db.session.scalars(select(SignOff.lesson).where(SignOff.enrollment_id == enrollment.id)))
    left = session.minutes - _minutes_of(session, member)
    new = waiting = 0
    for lesson in taught:
        if lesson.id in known:
            continue
        try:
            complete_lesson(enrollment, course, lesson, now)
        except NotYet:
            waiting += 1
            continue
        db.session.flush()  # what comes next may ask for this one first
        credited = credit_session(enrollment, left, [lesson])
        left -= credited
        new += 1
        db.session.add(
            SignOff(
                enrollment_id=enrollment.id,
                lesson=lesson.id,
                session_id=session.id,
                member_id=member.id,
                minutes=credited,
                signed_off_by_id=desk.user_id,
                signed_off_at=now,
            )
        )
    db.session.flush()
    return new, waiting


def _minutes_of(session: ClassSession, member: CohortMember) -> int:
    """Return the minutes that a meeting has given someone so far."""
    given = select(SignOff.minutes).where(SignOff.session_id == session.id, SignOff.member_id == member.id)
    return sum(db.session.scalars(given))


def _note(desk: Desk, act: str, session: ClassSession, now: dt.datetime, **details: str | int) -> None:
    note(
        act,
        now,
        actor_id=desk.user_id,
        organization_id=desk.organization_id,
        subject_id=session.id,
        class_title=desk.cohort.title,
        **details,
    )
