"""Taking over another account's courses, once two entries of one person were joined for good. Never commits."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import select

from trainer.content.library import Course
from trainer.core.db import db
from trainer.credentials.models import Credential
from trainer.learning.models import Enrollment
from trainer.learning.operations import combine

_APART = 10_000


def take_over(other_id: uuid.UUID, user_id: uuid.UUID, courses: Mapping[str, Course], now: dt.datetime) -> None:
    """Move all enrollments of another account to this one; all of them stay, each with what hangs on it.

    Of a course in both, completed cycles come in the order in which they were completed, whosever they were; their
    certificates follow. If both were under way, the account's own goes on, with what was done in the other; that one
    stays before all others, as it was left.
    """
    theirs = _list(other_id)
    slugs = {enrollment.course for enrollment in theirs}
    own = [enrollment for enrollment in _list(user_id) if enrollment.course in slugs]
    for slug in sorted(slugs):
        before = [enrollment for enrollment in theirs if enrollment.course == slug]
        mine = [enrollment for enrollment in own if enrollment.course == slug]
        under_way, left = _under_way(mine), _under_way(before)
        if under_way is not None and left is not None:
            combine(left, under_way, courses, now)
            _copy_result(left, under_way)
        _renumber(user_id, _in_order([*before, *mine], under_way or left))


def _list(user_id: uuid.UUID) -> Sequence[Enrollment]:
    query = select(Enrollment).where(Enrollment.user_id == user_id).order_by(Enrollment.course, Enrollment.cycle)
    return db.session.scalars(query.with_for_update()).all()


def _under_way(enrollments: Sequence[Enrollment]) -> Enrollment | None:
    newest = enrollments[-1] if enrollments else None
    return newest if newest is not None and newest.completed_at is None else None


def _in_order(enrollments: Sequence[Enrollment], goes_on: Enrollment | None) -> Sequence[Enrollment]:
    """Return those that were left under way, then those that were completed, then the one that goes on."""

    def place(enrollment: Enrollment) -> tuple[int, dt.datetime, int]:
        if enrollment is goes_on:
            return 2, enrollment.started_at, enrollment.cycle
        if enrollment.completed_at is None:
            return 0, enrollment.started_at, enrollment.cycle
        return 1, enrollment.completed_at, enrollment.cycle

    return sorted(enrollments, key=place)


def _copy_result(left: Enrollment, under_way: Enrollment) -> None:
    """Let a final that was passed, and a signature, count where the course goes on."""
    if under_way.final_passed_at is None and left.final_passed_at is not None:
        under_way.final_passed_at, under_way.final_scenes = left.final_passed_at, left.final_scenes
        under_way.final = left.final
    if under_way.attested_at is None:
        under_way.attested_at, under_way.attested_as = left.attested_at, left.attested_as


def _renumber(user_id: uuid.UUID, enrollments: Sequence[Enrollment]) -> None:
    # First to cycles that nobody has: on the way no two may be the same.
    for begin in (_APART, 1):
        for cycle, enrollment in enumerate(enrollments, begin):
            enrollment.user_id, enrollment.cycle = user_id, cycle
            if enrollment.credential_id is not None:
                credential = db.session.get_one(Credential, enrollment.credential_id)
                credential.user_id, credential.cycle = user_id, cycle
        db.session.flush()
