"""Reading enrollments and where someone stands."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, or_, select

from trainer.accounts.models import User
from trainer.core.db import db
from trainer.core.errors import NotFound
from trainer.courses.library import Course
from trainer.credentials.queries import find_credential
from trainer.learning import rules
from trainer.learning.models import Enrollment, LessonCompletion
from trainer.learning.rules import LessonNeed, Reading, Standing

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


def find_enrollment(user_id: uuid.UUID, course: str) -> Enrollment | None:
    """Return a person's newest enrollment in a course, or None."""
    return db.session.scalar(_NEWEST, {"user_id": user_id, "course": course})


def get_enrollment(user_id: uuid.UUID, course: str) -> Enrollment:
    """Return a person's newest enrollment, locked for change. Raises NotFound."""
    enrollment = db.session.scalar(_NEWEST.with_for_update(), {"user_id": user_id, "course": course})
    if enrollment is None:
        raise NotFound("You haven’t started this course yet.")
    return enrollment


def list_enrollments(user_id: uuid.UUID) -> Sequence[Enrollment]:
    """Return a person's enrollments, newest first."""
    return db.session.scalars(
        select(Enrollment).where(Enrollment.user_id == user_id).order_by(Enrollment.started_at.desc())
    ).all()


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


def list_readings(enrollment_id: uuid.UUID) -> dict[str, dt.datetime]:
    """Return lesson id -> when it was last marked as read."""
    rows = db.session.execute(_READINGS, {"enrollment_id": enrollment_id})
    return {row.lesson: row.read_again_at for row in rows}


def list_reading_times(enrollment_id: uuid.UUID) -> dict[str, Reading]:
    """Return lesson id -> when it was marked as read, for the first and for the last time."""
    rows = db.session.scalars(select(LessonCompletion).where(LessonCompletion.enrollment_id == enrollment_id))
    return {row.lesson: Reading(row.completed_at, row.read_again_at) for row in rows}


def standing(enrollment: Enrollment, course: Course | None) -> Standing:
    """Return where a learner stands, by the lessons as they are now and the conditions as they were frozen.

    A course that has left the content folder asks for no lessons.
    """
    learner = db.session.get_one(User, enrollment.user_id)  # mostly the one signed in, who is loaded already
    return _standing(enrollment, course, list_readings(enrollment.id), has_name=bool(learner.certificate_name))


@dataclass(frozen=True, slots=True)
class Progress:
    """The newest enrollment of one of many learners, where it stands, and when they last read."""

    enrollment: Enrollment
    standing: Standing
    last_active: dt.datetime


def list_progress(users: Select[Any], slug: str, course: Course | None) -> dict[uuid.UUID, Progress]:
    """Return where each of the users stands who has begun a course, in three statements for all of them."""
    theirs = select(Enrollment).where(Enrollment.user_id.in_(users), Enrollment.course == slug)
    newest = {one.user_id: one for one in db.session.scalars(theirs.order_by(Enrollment.cycle))}
    done: dict[uuid.UUID, dict[str, dt.datetime]] = {}
    readings = select(LessonCompletion.enrollment_id, LessonCompletion.lesson, LessonCompletion.read_again_at)
    ids = select(Enrollment.id).where(Enrollment.user_id.in_(users), Enrollment.course == slug)
    for enrollment_id, lesson, read_at in db.session.execute(readings.where(LessonCompletion.enrollment_id.in_(ids))):
        done.setdefault(enrollment_id, {})[lesson] = read_at
    named = set(db.session.scalars(select(User.id).where(User.id.in_(users), User.certificate_name != "")))
    found = {}
    for user_id, one in newest.items():
        read = done.get(one.id, {})
        found[user_id] = Progress(
            one,
            _standing(one, course, read, has_name=user_id in named),
            max(one.started_at, one.active_until or one.started_at, *read.values()),
        )
    return found


def _standing(enrollment: Enrollment, course: Course | None, done: Container[str], *, has_name: bool) -> Standing:
    return Standing(
        lessons=tuple(
            LessonNeed(
                lesson.id,
                lesson.file.title,
                lesson.file.minutes,
                lesson.id in done,
                module.slug if module.file.choose_one else None,
            )
            for module in (course.modules if course else ())
            for lesson in module.lessons
        ),
        least_minutes=int(enrollment.conditions.get("least_minutes", 0)),
        active_seconds=enrollment.active_seconds,
        is_final_passed=enrollment.final_passed_at is not None,
        has_name=has_name,
        is_attested=not enrollment.conditions.get("attestation") or enrollment.attested_at is not None,
    )
