"""Reading enrollments and where someone stands."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Row, Select, and_, bindparam, exists, func, or_, select

from trainer.accounts.models import User
from trainer.accounts.queries import of_session, through_session
from trainer.content.library import Course, Lesson
from trainer.core.db import db, read
from trainer.core.errors import NotFound
from trainer.core.feature import ask
from trainer.credentials.queries import find_credential
from trainer.items.payload import Given
from trainer.learning import rules
from trainer.learning.models import Enrollment, LessonCompletion, LessonResponse
from trainer.learning.rules import Begun, CourseProgress, LessonNeed, Path, Reading

# Run for every lesson that someone signed in opens, so they are built once.
_NEWEST = (
    select(Enrollment)
    .where(Enrollment.user_id == bindparam("user_id"), Enrollment.course == bindparam("course"))
    .order_by(Enrollment.cycle.desc())
    .limit(1)
)
_READINGS = select(LessonCompletion.lesson, LessonCompletion.read_again_at).where(
    LessonCompletion.enrollment_id == bindparam("enrollment_id")
)
_ANSWERS = select(
    LessonResponse.item, LessonResponse.item_digest, LessonResponse.given, LessonResponse.answered_at
).where(LessonResponse.enrollment_id == bindparam("enrollment_id"), LessonResponse.lesson == bindparam("lesson"))
# Columns only, and all in one statement: it is most of what a lesson costs that was shown before.
_BEGUN = through_session(
    select(
        Enrollment.id,
        Enrollment.cycle,
        Enrollment.place,
        Enrollment.conditions["is_paced"].as_boolean().label("is_paced"),
        Enrollment.conditions["allows_test_out"].as_boolean().label("allows_test_out"),
        Enrollment.conditions["is_short"].as_boolean().label("is_short"),
        Enrollment.tested_out_at,
        LessonCompletion.lesson,
        User.id.label("user_id"),
        User.pin_replaced_at,
        exists()
        .where(LessonResponse.enrollment_id == Enrollment.id, LessonResponse.lesson == bindparam("lesson"))
        .correlate(Enrollment)
        .label("has_answered"),
    )
    .select_from(User)
    .outerjoin(Enrollment, and_(Enrollment.user_id == User.id, Enrollment.course == bindparam("course")))
    .outerjoin(LessonCompletion, LessonCompletion.enrollment_id == Enrollment.id)
)


def find_begun(session_id: uuid.UUID, course: str, lesson: str) -> tuple[bool, Begun | None]:
    """Return whether a session belongs to anyone, and what a lesson's page needs of their newest enrollment."""
    rows = read(_BEGUN, {"course": course, "lesson": lesson, **of_session(session_id)})
    newest = max((row.cycle for row in rows if row.cycle), default=None)
    if newest is None:
        return bool(rows), None
    theirs = [row for row in rows if row.cycle == newest]
    lessons = frozenset(row.lesson for row in theirs if row.lesson)
    enrollment = theirs[0]
    is_tested_out = enrollment.tested_out_at is not None and enrollment.allows_test_out is not False
    return True, Begun(
        enrollment.id,
        enrollment.place,
        bool(enrollment.is_paced),
        is_tested_out,
        bool(enrollment.is_short),
        lessons,
        bool(enrollment.has_answered),
        enrollment.user_id,
        enrollment.pin_replaced_at,
    )


def find_enrollment(user_id: uuid.UUID, course: str) -> Enrollment | None:
    """Return a person's newest enrollment in a course, or None."""
    return db.session.scalar(_NEWEST, {"user_id": user_id, "course": course})


def get_enrollment(user_id: uuid.UUID, course: str) -> Enrollment:
    """Return a person's newest enrollment, locked for change. Raises NotFound."""
    enrollment = db.session.scalar(_NEWEST.with_for_update(), {"user_id": user_id, "course": course})
    if enrollment is None:
        raise NotFound(_l("You haven’t started this course yet."))
    return enrollment


def list_enrollments(user_id: uuid.UUID) -> Sequence[Enrollment]:
    """Return a person's enrollments, newest first."""
    return db.session.scalars(
        select(Enrollment).where(Enrollment.user_id == user_id).order_by(Enrollment.started_at.desc())
    ).all()


def first_readings(user_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, dt.datetime]:
    """Return when each of the users first marked a lesson of any course as read, of those who did."""
    rows = db.session.execute(
        select(Enrollment.user_id, func.min(LessonCompletion.completed_at))
        .join(LessonCompletion, LessonCompletion.enrollment_id == Enrollment.id)
        .where(Enrollment.user_id.in_(user_ids))
        .group_by(Enrollment.user_id)
    )
    return {row[0]: row[1] for row in rows}


def list_active_since(user_ids: Sequence[uuid.UUID], instant: dt.datetime) -> set[uuid.UUID]:
    """Return those of the users who started a course or were active in one since an instant."""
    return set(
        db.session.scalars(
            select(Enrollment.user_id).where(
                Enrollment.user_id.in_(user_ids),
                or_(Enrollment.started_at >= instant, Enrollment.active_until >= instant),
            )
        )
    )


def can_renew(enrollment: Enrollment, today: dt.date) -> bool:
    """Return True if the course of a person's newest enrollment may be taken again."""
    earned = find_credential(enrollment.user_id, enrollment.course, enrollment.cycle)
    return earned is not None and rules.can_renew(
        valid_until=earned.valid_until, is_revoked=earned.revoked_at is not None, today=today
    )


def lessons_again(enrollment_id: uuid.UUID, course: Course, now: dt.datetime) -> tuple[tuple[str, ...], int]:
    """Return which lessons the last final asks to read again, and how many it named. It is an assessment that knows."""
    again: tuple[tuple[str, ...], int] = ask("lessons_again", enrollment_id, course, now)
    return again


def list_readings(enrollment_id: uuid.UUID) -> dict[str, dt.datetime]:
    """Return lesson id -> when it was last marked as read."""
    rows = db.session.execute(_READINGS, {"enrollment_id": enrollment_id})
    return {row.lesson: row.read_again_at for row in rows}


def list_reading_times(enrollment_id: uuid.UUID) -> dict[str, Reading]:
    """Return lesson id -> when it was marked as read, for the first and for the last time."""
    rows = db.session.scalars(select(LessonCompletion).where(LessonCompletion.enrollment_id == enrollment_id))
    return {row.lesson: Reading(row.completed_at, row.read_again_at) for row in rows}


def list_answers(enrollment_id: uuid.UUID, lesson: Lesson, since: dt.datetime | None = None) -> dict[str, Given]:
    """Return what was answered, or answered since an instant, to the questions of a lesson, by their ids, as far as
    they are still the same."""
    return _still_answers(lesson, read(_ANSWERS, {"enrollment_id": enrollment_id, "lesson": lesson.id}), since)


def list_answers_now(enrollment_id: uuid.UUID, lesson: Lesson, since: dt.datetime | None = None) -> dict[str, Given]:
    """Return what `list_answers` does, but within a transaction."""
    rows = db.session.execute(_ANSWERS, {"enrollment_id": enrollment_id, "lesson": lesson.id}).all()
    return _still_answers(lesson, rows, since)


def _still_answers(lesson: Lesson, rows: Sequence[Row[Any]], since: dt.datetime | None) -> dict[str, Given]:
    digests = {question.id: question.digest for question in lesson.questions}
    return {
        row.item: row.given
        for row in rows
        if digests.get(row.item) == row.item_digest and (since is None or row.answered_at >= since)
    }


def standing(enrollment: Enrollment, course: Course | None) -> CourseProgress:
    """Return where a learner stands, by the lessons as they are now and the conditions as they were frozen.

    A course that has left the content folder asks for no lessons.
    """
    learner = db.session.get_one(User, enrollment.user_id)  # mostly the one signed in, who is loaded already
    return _standing(enrollment, course, list_readings(enrollment.id), has_name=bool(learner.certificate_name))


def taken(course: Course, enrollment: Enrollment | Begun) -> Course:
    """Return a course as someone takes it: a person who renews the short way has other lessons to read."""
    return course.short if enrollment.is_short else course


def next_lesson(course: Course, enrollment: Enrollment, where: CourseProgress) -> Lesson | None:
    """Return where to go on: the first lesson of the core path not read after the last one, or else the first.

    `course`: as it is `taken`.
    """
    if not where.missing_lessons:
        return None
    order = [lesson.id for lesson in course.lessons]
    missing = [need.id for need in where.missing_lessons]
    after = order.index(enrollment.last_lesson) if enrollment.last_lesson in order else -1
    later = [lesson for lesson in missing if order.index(lesson) > after]
    return course.lesson((later or missing)[0])


def wants_place(course: Course, enrollment: Enrollment | Begun, where: Path, lesson: Lesson) -> bool:
    """Return True if a lesson is one to choose by workplace, and the learner has neither chosen nor read one."""
    choice = course.choice
    return (
        choice is not None
        and lesson.module_slug == choice.slug
        and course.lesson_at(enrollment.place) is None
        and not any(need.is_done for need in where.lessons if need.choice == choice.slug)
    )


@dataclass(frozen=True, slots=True)
class NewestEnrollment:
    """The newest enrollment of one of many learners, and where it stands."""

    enrollment: Enrollment
    standing: CourseProgress


@dataclass(frozen=True, slots=True)
class Activity:
    """What is known of one of many learners' newest enrollment without looking at each lesson."""

    enrollment_id: uuid.UUID
    completed_at: dt.datetime | None
    last_active: dt.datetime
    """When they last began, read or were active."""


def list_progress(users: Select[Any], slug: str, course: Course | None) -> dict[uuid.UUID, NewestEnrollment]:
    """Return where each of the users stands who has begun a course, in three statements for all of them."""
    theirs = select(Enrollment).where(Enrollment.user_id.in_(users), Enrollment.course == slug)
    newest = {cycle.user_id: cycle for cycle in db.session.scalars(theirs.order_by(Enrollment.cycle))}
    done: dict[uuid.UUID, set[str]] = {}
    ids = select(Enrollment.id).where(Enrollment.user_id.in_(users), Enrollment.course == slug)
    readings = select(LessonCompletion.enrollment_id, LessonCompletion.lesson)
    for enrollment_id, lesson in db.session.execute(readings.where(LessonCompletion.enrollment_id.in_(ids))):
        done.setdefault(enrollment_id, set()).add(lesson)
    named = set(db.session.scalars(select(User.id).where(User.id.in_(users), User.certificate_name != "")))
    return {
        user_id: NewestEnrollment(
            enrollment,
            _standing(enrollment, course, done.get(enrollment.id, ()), has_name=user_id in named),
        )
        for user_id, enrollment in newest.items()
    }


def list_activity(users: Select[Any], slug: str) -> dict[uuid.UUID, Activity]:
    """Return what each of the users did who has begun a course, in one statement for all of them.

    Columns only: a class may have a thousand people.
    """
    readings = select(func.max(LessonCompletion.read_again_at)).where(LessonCompletion.enrollment_id == Enrollment.id)
    columns = select(
        Enrollment.user_id,
        Enrollment.id,
        Enrollment.completed_at,
        Enrollment.started_at,
        Enrollment.active_until,
        readings.scalar_subquery(),
    )
    activity = {}
    query = columns.where(Enrollment.user_id.in_(users), Enrollment.course == slug).order_by(Enrollment.cycle)
    for user_id, enrollment_id, completed_at, started_at, active_until, read_at in db.session.execute(query):
        last_active = max(started_at, active_until or started_at, read_at or started_at)
        activity[user_id] = Activity(enrollment_id, completed_at, last_active)
    return activity


def path_of(course: Course, place: str | None, read: Container[str], *, is_tested_out: bool = False) -> Path:
    """Return the lessons of a course for someone who works at a place and has read some of them."""
    return Path(_needs(course, place, read, is_tested_out=is_tested_out))


def _standing(enrollment: Enrollment, course: Course | None, done: Container[str], *, has_name: bool) -> CourseProgress:
    asks, is_tested_out = enrollment.asks, enrollment.is_tested_out
    return CourseProgress(
        lessons=_needs(taken(course, enrollment), enrollment.place, done, is_tested_out=is_tested_out)
        if course
        else (),
        least_minutes=asks.asked_minutes if is_tested_out or asks.is_short else asks.least_minutes,
        active_seconds=enrollment.active_seconds,
        is_final_passed=enrollment.final_passed_at is not None,
        has_name=has_name,
        is_attested=not asks.attestation or enrollment.attested_at is not None,
    )


def _needs(course: Course, place: str | None, done: Container[str], *, is_tested_out: bool) -> tuple[LessonNeed, ...]:
    """Return the lessons as completion sees them. Whoever read an earlier lesson that one came from has read it."""
    needs = []
    for module in course.modules:
        is_core, is_choice = not module.file.deeper, module.file.choose_one
        is_open = is_choice and all(lesson.slug != place for lesson in module.lessons)
        longest = max(lesson.seconds for lesson in module.lessons)  # what pages promise of a choice that is still open
        for lesson in module.lessons:
            is_read = lesson.id in done or (is_core and any(earlier in done for earlier in lesson.file.was))
            is_known = is_core and is_tested_out and not is_read
            needs.append(
                LessonNeed(
                    lesson.id,
                    lesson.file.title,
                    longest if is_open and not is_read else lesson.seconds,
                    is_read or is_known,
                    module.slug if is_choice else None,
                    is_choice and lesson.slug == place,
                    is_core,
                    is_known,
                )
            )
    return tuple(needs)
