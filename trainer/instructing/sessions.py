"""Teaching in person: a meeting, who was there, and the instructor's signature for the lessons taught."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select

from trainer.accounts.rules import clean_name, is_printable_name
from trainer.content.library import Course, Lesson
from trainer.core.audit import note
from trainer.core.db import db
from trainer.core.errors import Conflict, Invalid, NotYet
from trainer.instructing.models import (
    SHEET_CODE,
    Attendance,
    ClassSession,
    Cohort,
    CohortMember,
    Signature,
    SignOff,
    WalkInAttendance,
)
from trainer.instructing.presence import is_read, list_walk_in_attendance, list_walk_ins
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
from trainer.learning.queries import find_enrollment, get_enrollment, list_readings
from trainer.organizations.codes import new_code
from trainer.web.language import show_day

LONGEST: Final = 600  # minutes of one meeting
FARTHEST: Final = dt.timedelta(days=366)
"""How far ahead a meeting can be planned."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a sign-off did: for how many people, how many lessons, how many had to wait for an earlier one; for how many
    people who aren't in the class."""

    people: int
    lessons: int
    held_back: int
    without_account: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """What is said of a meeting."""

    held_on: dt.date
    minutes: int
    lessons: Collection[str]
    """Ids of the lessons, in any order."""
    place: str = ""
    note: str = ""


def hold_session(
    desk: Desk,
    held_on: dt.date,
    minutes: int,
    lessons: Collection[str],
    remark: str,
    course: Course,
    now: dt.datetime,
    *,
    place: str = "",
    number: uuid.UUID | None = None,
) -> ClassSession:
    """Record a meeting, or plan one. `number`: of the form, so that one sent twice makes one meeting; sent again with
    something else in it, it makes another.

    Raises Invalid for lessons of another course and for days too far away, Conflict for an archived class.
    """
    cohort = lock_cohort(desk.cohort.id)
    check_open(cohort)
    plan = Plan(held_on, minutes, lessons, place, remark)
    session_id = uuid.uuid4() if number is None else _id_of(cohort, number, plan)
    known = db.session.get(ClassSession, session_id)
    if known is not None:
        return known
    session = ClassSession(
        id=session_id,
        cohort_id=cohort.id,
        code=new_code(SHEET_CODE),
        created_at=now,
        created_by_id=desk.user_id,
    )
    _write(desk, session, plan, course, now)
    db.session.add(session)
    db.session.flush()
    _note(
        *(desk, "session.held", session, now),
        held_on=held_on.isoformat(),
        minutes=minutes,
        lessons=len(session.lessons),
    )
    return session


def change_session(desk: Desk, session_id: uuid.UUID, plan: Plan, course: Course, now: dt.datetime) -> None:
    """Change what is said of a meeting. Raises Conflict once lessons were signed off by it."""
    check_open(lock_cohort(desk.cohort.id))
    session = get_class_session(desk, session_id)
    if is_signed(session):
        raise Conflict(_l("Lessons were already signed off for this meeting, so it can’t be changed anymore."))
    _write(desk, session, plan, course, now)
    _note(
        *(desk, "session.changed", session, now),
        held_on=plan.held_on.isoformat(),
        minutes=plan.minutes,
        lessons=len(session.lessons),
    )


def is_signed(session: ClassSession) -> bool:
    """Return True if anything is signed off by a meeting."""
    signed = [
        select(SignOff.lesson).where(SignOff.session_id == session.id).limit(1),
        select(WalkInAttendance.walk_in_id)
        .where(WalkInAttendance.session_id == session.id, WalkInAttendance.signature_id.is_not(None))
        .limit(1),
    ]
    return any(db.session.scalar(query) is not None for query in signed)


def check_open(cohort: Cohort) -> None:
    """Raise Conflict for an archived class: nothing is taught there."""
    if cohort.archived_at is not None:
        raise Conflict(_l("This class is archived. Reopen it first."))


def statement_of(session: ClassSession) -> str:
    """Return what an instructor signs for the people who were at a meeting."""
    statement: str = _("I taught these people in person on %(day)s.", day=show_day(session.held_on, "long"))
    return statement


def note_attendance(desk: Desk, session_id: uuid.UUID, person_ids: Collection[uuid.UUID], now: dt.datetime) -> None:
    """Set who was at a meeting: members, and people who aren't in the class.

    Raises Conflict where lessons were signed off for someone left out now, NotYet before the meeting's day.
    """
    check_open(lock_cohort(desk.cohort.id))
    session = get_class_session(desk, session_id)
    _check_begun(desk, session, now)
    chosen = set(person_ids)
    seen = {member.id for member in list_members(desk.cohort)}
    others = {person.id for person in list_walk_ins(desk.cohort)}
    if not chosen <= seen | others:
        raise Invalid(_l("Choose people from the list."))
    before, walked = list_attendance(session), list_walk_in_attendance(session)
    gone, away = (before & seen) - chosen, (walked.keys() & others) - chosen
    if gone & list_signed_off(session) or any(walked[person].signature_id for person in away):
        raise Conflict(
            _l("Lessons were signed off for someone you left out. Undo that first, or check that person again.")
        )
    for record, key, ids in (
        (Attendance, Attendance.member_id, gone),
        (WalkInAttendance, WalkInAttendance.walk_in_id, away),
    ):
        db.session.execute(delete(record).where(record.session_id == session.id, key.in_(ids)))
    db.session.add_all(
        Attendance(session_id=session.id, member_id=member_id, noted_at=now) for member_id in (chosen & seen) - before
    )
    db.session.add_all(
        WalkInAttendance(session_id=session.id, walk_in_id=person, noted_at=now)
        for person in (chosen & others) - walked.keys()
    )
    db.session.flush()


def sign_off(
    desk: Desk, session_id: uuid.UUID, signer: str, course: Course, is_local_trial: bool, now: dt.datetime
) -> Outcome:
    """Mark the lessons taught as read for everyone who was there, and credit the minutes, over the instructor's typed
    name. A second time changes nothing.

    A lesson is signed off once for each enrollment; the minutes are never more than those lessons are planned for.
    For someone who isn't in the class, it is kept until they join. Raises NotYet while nobody is noted as present and
    before the meeting's day, Invalid for a name without letters, Conflict for an archived class.
    """
    check_open(lock_cohort(desk.cohort.id))
    session = get_class_session(desk, session_id)
    _check_begun(desk, session, now)
    name = clean_name(signer)
    if not is_printable_name(name):
        raise Invalid(_l("Enter at least one letter."))
    there = list_attendance(session)
    others = {person.id for person in list_walk_ins(desk.cohort)}  # and nobody whose name was erased
    walked = list_walk_in_attendance(session)
    unsigned = [row for person, row in walked.items() if person in others and row.signature_id is None]
    if not there and not walked:
        raise NotYet(_l("First check off who was there."))
    signature = Signature(
        session_id=session.id, name=name, statement=statement_of(session), signed_at=now, signed_by_id=desk.user_id
    )
    db.session.add(signature)
    db.session.flush()
    people = lessons = held_back = 0
    for member in sorted(list_members(desk.cohort), key=lambda entry: entry.user_id):  # locked in one order
        if member.id in there:
            new, waiting = count_taught(session, signature, member, course, is_local_trial, now)
            people, lessons, held_back = people + bool(new), lessons + new, held_back + waiting
    for row in unsigned:
        row.signature_id = signature.id
    if lessons or unsigned:
        signed = people + len(unsigned)
        # Without the name where no firm keeps the log: it can't be changed, and the signature's name can be erased.
        signed_as = {"signed_as": name} if desk.organization_id is not None else {}
        _note(desk, "lesson.signed_off", session, now, people=signed, lessons=lessons, **signed_as)
    used = select(SignOff.lesson).where(SignOff.signature_id == signature.id).limit(1)
    if not unsigned and db.session.scalar(used) is None:
        db.session.delete(signature)
    db.session.flush()
    return Outcome(people, lessons, held_back, len(unsigned))


def count_taught(
    session: ClassSession,
    signature: Signature,
    member: CohortMember,
    course: Course,
    is_local_trial: bool,
    now: dt.datetime,
    *,
    keeps_waiting: bool = False,
) -> tuple[int, int]:
    """Count what was signed off at a meeting for a member; return (lessons counted now, lessons that wait for an
    earlier one). In a course that is completed, nothing counts. The class must be locked.

    `keeps_waiting`: lessons that wait are signed off all the same, and count with the next sign-off after the
    earlier one.
    """
    if find_enrollment(member.user_id, course.slug) is None:
        enroll(member.user_id, course, now)
    enrollment = get_enrollment(member.user_id, course.slug)
    if enrollment.completed_at is not None:
        return 0, 0
    taught = [lesson for lesson in course.lessons if lesson.id in session.lessons]
    counted = _count_lessons(session, signature, member, enrollment, taught, course, now, keeps_waiting)
    complete(enrollment, course, is_local_trial, now)
    return counted


def _count_lessons(
    session: ClassSession,
    signature: Signature,
    member: CohortMember,
    enrollment: Enrollment,
    taught: list[Lesson],
    course: Course,
    now: dt.datetime,
    keeps_waiting: bool,
) -> tuple[int, int]:
    """Return (lessons signed off now, lessons that wait for an earlier one)."""
    signed = {
        row.lesson: row for row in db.session.scalars(select(SignOff).where(SignOff.enrollment_id == enrollment.id))
    }
    read_at = list_readings(enrollment.id)
    left = session.minutes - _minutes_of(session, member)
    new = waiting = 0
    for lesson in course.lessons:
        known = signed.get(lesson.id)
        if (lesson.id in read_at) if known else (lesson not in taught):
            continue
        try:
            complete_lesson(enrollment, course, lesson, now)
        except NotYet:
            waiting += lesson in taught
            if known is not None or not keeps_waiting:
                continue
        else:
            new += lesson in taught
        db.session.flush()  # what comes next may ask for this one first
        if known is not None:
            # Signed off before, and unread since: one that comes first had to be read again. The minutes count once.
            known.signed_off_at, known.read_before_at = now, None
            continue
        credited = credit_session(enrollment, left, [lesson])
        left -= credited
        db.session.add(
            SignOff(
                enrollment_id=enrollment.id,
                lesson=lesson.id,
                session_id=session.id,
                member_id=member.id,
                minutes=credited,
                signed_off_by_id=signature.signed_by_id,
                signed_off_at=now,
                signature_id=signature.id,
                read_before_at=read_at.get(lesson.id),
            )
        )
    db.session.flush()
    return new, waiting


def count_waiting(member: CohortMember) -> int:
    """Return how many lessons were signed off for a member that wait for one that comes first."""
    return db.session.scalar(select(func.count()).where(SignOff.member_id == member.id, ~is_read())) or 0


def _minutes_of(session: ClassSession, member: CohortMember) -> int:
    """Return the minutes that a meeting has given someone so far."""
    given = select(SignOff.minutes).where(SignOff.session_id == session.id, SignOff.member_id == member.id)
    return sum(db.session.scalars(given))


def _id_of(cohort: Cohort, number: uuid.UUID, plan: Plan) -> uuid.UUID:
    """Return the id that a form gives to a meeting: the same for the same words in the same class."""
    said = (plan.held_on.isoformat(), plan.minutes, sorted(set(plan.lessons)), plan.place, plan.note)
    return uuid.uuid5(number, json.dumps([cohort.id.hex, *said]))


def _write(desk: Desk, session: ClassSession, plan: Plan, course: Course, now: dt.datetime) -> None:
    taught = [lesson.id for lesson in course.lessons if lesson.id in set(plan.lessons)]
    if not taught or len(taught) != len(set(plan.lessons)):
        raise Invalid(_l("Choose the lessons you teach."))
    if not desk.cohort.starts_on <= plan.held_on <= desk.today(now) + FARTHEST:
        raise Invalid(_l("Choose a day on or after the first day of the class, and no more than a year ahead."))
    if not 1 <= plan.minutes <= LONGEST:
        raise Invalid(_l("Enter a number of minutes from 1 to %(most)s.", most=LONGEST))
    session.held_on, session.minutes, session.lessons = plan.held_on, plan.minutes, taught
    session.place, session.note = plan.place or None, plan.note or None


def _check_begun(desk: Desk, session: ClassSession, now: dt.datetime) -> None:
    if session.held_on > desk.today(now):
        raise NotYet(
            _l("This meeting is on %(day)s. You can check people off on that day.", day=show_day(session.held_on))
        )


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
