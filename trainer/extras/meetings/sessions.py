"""Teaching in person: a meeting, who was there, and the instructor's signature for the lessons taught."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, delete, exists, select, update

from trainer.accounts.rules import clean_name, is_printable_name
from trainer.content.library import Course, Lesson
from trainer.core.audit import note
from trainer.core.db import db, delete_some
from trainer.core.errors import Conflict, Invalid, NotYet
from trainer.extras.meetings.models import Attendance, ClassSession, Signature, SignOff
from trainer.extras.meetings.queries import get_class_session, list_attendance, list_signed_off
from trainer.extras.meetings.taught import credit_session
from trainer.instructing.models import Cohort, CohortMember
from trainer.instructing.queries import TeachingContext, list_members, lock_cohort
from trainer.learning.models import Enrollment
from trainer.learning.operations import complete, complete_lesson, enroll
from trainer.learning.queries import find_enrollment, get_enrollment, list_readings
from trainer.web.language import show_day

LONGEST: Final = 600  # minutes of one meeting
FARTHEST: Final = dt.timedelta(days=366)
"""How far ahead a meeting can be planned."""
WALK_INS_KEPT: Final = dt.timedelta(days=365)
"""How long a public class has the names of people who weren't in it, after the meeting."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a sign-off did: for how many people, how many lessons, how many had to wait for an earlier one."""

    people: int
    lessons: int
    held_back: int


@dataclass(frozen=True, slots=True)
class MeetingPlan:
    """What is said of a meeting."""

    held_on: dt.date
    minutes: int
    lessons: Collection[str]
    """Ids of the lessons, in any order."""
    place: str = ""
    note: str = ""


def hold_session(
    context: TeachingContext,
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
    cohort = lock_cohort(context.cohort.id)
    check_open(cohort)
    plan = MeetingPlan(held_on, minutes, lessons, place, remark)
    session_id = uuid.uuid4() if number is None else _id_of(cohort, number, plan)
    known = db.session.get(ClassSession, session_id)
    if known is not None:
        return known
    session = ClassSession(
        id=session_id,
        cohort_id=cohort.id,
        created_at=now,
        created_by_id=context.user_id,
    )
    _write(context, session, plan, course, now)
    db.session.add(session)
    db.session.flush()
    _note(
        *(context, "session.held", session, now),
        held_on=held_on.isoformat(),
        minutes=minutes,
        lessons=len(session.lessons),
    )
    return session


def change_session(
    context: TeachingContext, session_id: uuid.UUID, plan: MeetingPlan, course: Course, now: dt.datetime
) -> None:
    """Change what is said of a meeting. Raises Conflict once lessons were signed off by it."""
    check_open(lock_cohort(context.cohort.id))
    session = get_class_session(context, session_id)
    if is_signed(session):
        raise Conflict(_l("Lessons were already signed off for this meeting, so it can’t be changed anymore."))
    _write(context, session, plan, course, now)
    _note(
        *(context, "session.changed", session, now),
        held_on=plan.held_on.isoformat(),
        minutes=plan.minutes,
        lessons=len(session.lessons),
    )


def is_signed(session: ClassSession) -> bool:
    """Return True if anything is signed off by a meeting."""
    return db.session.scalar(select(SignOff.lesson).where(SignOff.session_id == session.id).limit(1)) is not None


def check_open(cohort: Cohort) -> None:
    """Raise Conflict for an archived class: nothing is taught there."""
    if cohort.archived_at is not None:
        raise Conflict(_l("This class is archived. Reopen it first."))


def statement_of(session: ClassSession) -> str:
    """Return the statement that an instructor signs for the people at a meeting."""
    statement: str = _("I taught these people in person on %(day)s.", day=show_day(session.held_on, "long"))
    return statement


def note_attendance(
    context: TeachingContext,
    session_id: uuid.UUID,
    member_ids: Collection[uuid.UUID],
    now: dt.datetime,
    *,
    walk_ins: Sequence[str] = (),
) -> None:
    """Set who was at a meeting: members of the class. `walk_ins`: names of all others who were there.

    Raises Conflict where lessons were signed off for someone left out now, NotYet before the meeting's day.
    """
    check_open(lock_cohort(context.cohort.id))
    session = get_class_session(context, session_id)
    _check_begun(context, session, now)
    chosen = set(member_ids)
    seen = {member.id for member in list_members(context.cohort)}
    if not chosen <= seen:
        raise Invalid(_l("Choose people from the list."))
    before = list_attendance(session)
    gone = (before & seen) - chosen
    if gone & list_signed_off(session):
        raise Conflict(
            _l("Lessons were signed off for someone you left out. Undo that first, or check that person again.")
        )
    db.session.execute(delete(Attendance).where(Attendance.session_id == session.id, Attendance.member_id.in_(gone)))
    db.session.add_all(
        Attendance(session_id=session.id, member_id=member_id, noted_at=now) for member_id in chosen - before
    )
    session.walk_ins = [clean_name(name) for name in walk_ins] or None
    db.session.flush()


def has_public_walk_ins() -> ColumnElement[bool]:
    """Return the condition of meetings of public classes with names of people who weren't in the class.

    In a firm's class, they stay as long as the class.
    """
    in_public = exists().where(Cohort.id == ClassSession.cohort_id, Cohort.organization_id.is_(None))
    return and_(ClassSession.walk_ins.is_not(None), in_public.correlate(ClassSession))


def forget_walk_ins(now: dt.datetime) -> None:
    """Delete the names of people who were at meetings of public classes and not in the class, a year later."""
    is_past = ClassSession.held_on < (now - WALK_INS_KEPT).date()
    db.session.execute(
        update(ClassSession)
        .where(has_public_walk_ins(), is_past)
        .values(walk_ins=None)
        .execution_options(synchronize_session=False)
    )


def forget_firm(organization_id: uuid.UUID, most: int) -> int:
    """Delete at most so many rows of the meetings of a firm's classes; return how many. What was signed off there
    stays, with who signed it."""
    classes = select(Cohort.id).where(Cohort.organization_id == organization_id)
    meetings = select(ClassSession.id).where(ClassSession.cohort_id.in_(classes))
    counted = select(SignOff.signature_id).where(SignOff.signature_id.is_not(None))
    return delete_some(
        most,
        (Attendance, Attendance.session_id.in_(meetings)),
        (Signature, and_(Signature.session_id.in_(meetings), Signature.id.not_in(counted))),
        (ClassSession, ClassSession.cohort_id.in_(classes)),
    )


def sign_off(
    context: TeachingContext, session_id: uuid.UUID, signer: str, course: Course, is_local_trial: bool, now: dt.datetime
) -> Outcome:
    """Mark the lessons taught as read for everyone who was there, and credit the minutes, over the instructor's typed
    name. A second time changes nothing.

    A lesson is signed off once for each enrollment; the minutes are never more than those lessons are planned for.
    Raises NotYet while nobody in the class is noted as present and before the meeting's day, Invalid for a name without
    letters, Conflict for an archived class.
    """
    check_open(lock_cohort(context.cohort.id))
    session = get_class_session(context, session_id)
    _check_begun(context, session, now)
    name = clean_name(signer)
    if not is_printable_name(name):
        raise Invalid(_l("Enter at least one letter."))
    there = list_attendance(session)
    if not there:
        raise NotYet(_l("First check off who was there."))
    signature = Signature(
        session_id=session.id, name=name, statement=statement_of(session), signed_at=now, signed_by_id=context.user_id
    )
    db.session.add(signature)
    db.session.flush()
    people = lessons = held_back = 0
    for member in sorted(list_members(context.cohort), key=lambda entry: entry.user_id):  # locked in one order
        if member.id in there:
            new, waiting = _count_taught(session, signature, member, course, is_local_trial, now)
            people, lessons, held_back = people + bool(new), lessons + new, held_back + waiting
    if lessons:
        # Without the name where no firm keeps the log: it can't be changed, and the signature's name can be erased.
        signed_as = {"signed_as": name} if context.organization_id is not None else {}
        _note(context, "lesson.signed_off", session, now, people=people, lessons=lessons, **signed_as)
    used = select(SignOff.lesson).where(SignOff.signature_id == signature.id).limit(1)
    if db.session.scalar(used) is None:
        db.session.delete(signature)
    db.session.flush()
    return Outcome(people, lessons, held_back)


def _count_taught(
    session: ClassSession,
    signature: Signature,
    member: CohortMember,
    course: Course,
    is_local_trial: bool,
    now: dt.datetime,
) -> tuple[int, int]:
    """Count what was signed off at a meeting for a member; return (lessons counted now, lessons that wait for an
    earlier one). In a course that is completed, nothing counts. The class must be locked."""
    if find_enrollment(member.user_id, course.slug) is None:
        enroll(member.user_id, course, now)
    enrollment = get_enrollment(member.user_id, course.slug)
    if enrollment.completed_at is not None:
        return 0, 0
    taught = [lesson for lesson in course.lessons if lesson.id in session.lessons]
    counted = _count_lessons(session, signature, member, enrollment, taught, course, now)
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
            continue
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


def _minutes_of(session: ClassSession, member: CohortMember) -> int:
    """Return the minutes that a meeting has given someone so far."""
    given = select(SignOff.minutes).where(SignOff.session_id == session.id, SignOff.member_id == member.id)
    return sum(db.session.scalars(given))


def _id_of(cohort: Cohort, number: uuid.UUID, plan: MeetingPlan) -> uuid.UUID:
    """Return the id that a form gives to a meeting: the same for the same words in the same class."""
    said = (plan.held_on.isoformat(), plan.minutes, sorted(set(plan.lessons)), plan.place, plan.note)
    return uuid.uuid5(number, json.dumps([cohort.id.hex, *said]))


def _write(
    context: TeachingContext, session: ClassSession, plan: MeetingPlan, course: Course, now: dt.datetime
) -> None:
    taught = [lesson.id for lesson in course.lessons if lesson.id in set(plan.lessons)]
    if not taught or len(taught) != len(set(plan.lessons)):
        raise Invalid(_l("Choose the lessons you teach."))
    if not context.cohort.starts_on <= plan.held_on <= context.today(now) + FARTHEST:
        raise Invalid(_l("Choose a day on or after the first day of the class, and no more than a year ahead."))
    if not 1 <= plan.minutes <= LONGEST:
        raise Invalid(_l("Enter a number of minutes from 1 to %(most)s.", most=LONGEST))
    session.held_on, session.minutes, session.lessons = plan.held_on, plan.minutes, taught
    session.place, session.note = plan.place or None, plan.note or None


def _check_begun(context: TeachingContext, session: ClassSession, now: dt.datetime) -> None:
    if session.held_on > context.today(now):
        raise NotYet(
            _l("This meeting is on %(day)s. You can check people off on that day.", day=show_day(session.held_on))
        )


def _note(context: TeachingContext, act: str, session: ClassSession, now: dt.datetime, **details: str | int) -> None:
    note(
        act,
        now,
        actor_id=context.user_id,
        organization_id=context.organization_id,
        subject_id=session.id,
        class_title=context.cohort.title,
        **details,
    )
