"""Giving an account what another one of the same person has: certificates at once, all else later. Never commits."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import delete, select, update

from trainer.assessment.models import Attempt, CheckInMail, RoundRequest
from trainer.assessment.queries import find_pretest
from trainer.assessment.rules import Kind
from trainer.assignments.models import Assignment
from trainer.content.library import Course
from trainer.core.db import db
from trainer.core.feature import ask_extra
from trainer.credentials.models import Credential
from trainer.instructing.models import CohortMember, Nudge
from trainer.learning.models import Enrollment
from trainer.learning.operations import combine
from trainer.organizations.models import Membership

_APART = 10_000
_LENT = 1_000
"""Cycles that nobody reaches: of certificates that can still be taken back, beside any that the holder earns now."""


def lend(owner_id: uuid.UUID, user_id: uuid.UUID) -> dict[str, int]:
    """Let certificates of one account count for another; return id -> cycle, with which `take_back` undoes it.

    What they state, and their pages, stay as they are.
    """
    query = select(Credential).where(Credential.user_id == owner_id).order_by(Credential.course, Credential.cycle)
    cycles = {}
    for number, credential in enumerate(db.session.scalars(query).all()):
        cycles[credential.id.hex] = credential.cycle
        credential.user_id, credential.cycle = user_id, _LENT + number
    db.session.flush()
    return cycles


def take_back(owner_id: uuid.UUID, cycles: Mapping[str, int]) -> None:
    """Give an account the certificates back that `lend` took."""
    for number, cycle in cycles.items():
        credential = db.session.get_one(Credential, uuid.UUID(hex=number))
        credential.user_id, credential.cycle = owner_id, cycle
    db.session.flush()


def take_over(other_id: uuid.UUID, user_id: uuid.UUID, courses: Mapping[str, Course], now: dt.datetime) -> None:
    """Let an account have all else that another one of the same person has.

    A person has one pretest: where both took one, the other account's stays under it, and it is empty then.
    """
    take_over_classes(other_id, user_id, now)
    attempts = update(Attempt).where(Attempt.user_id == other_id)
    if find_pretest(user_id) is not None:
        attempts = attempts.where(Attempt.kind != Kind.PRETEST)
    moved = [update(record).where(record.user_id == other_id) for record in (RoundRequest, Assignment, Membership)]
    for statement in (attempts, *moved):
        db.session.execute(statement.values(user_id=user_id).execution_options(synchronize_session=False))
    db.session.execute(delete(CheckInMail).where(CheckInMail.user_id == other_id))
    db.session.expire_all()
    _take_courses(other_id, user_id, courses, now)


def take_over_classes(other_id: uuid.UUID, user_id: uuid.UUID, now: dt.datetime) -> None:
    """Let an account be in the classes of another one of the same person. In a class of both, the other one's place
    has ended, with its meetings and sign-offs."""
    own = select(CohortMember.cohort_id).where(CohortMember.user_id == user_id, CohortMember.left_at.is_(None))
    theirs = update(CohortMember).where(CohortMember.user_id == other_id)
    twice = select(CohortMember.id).where(
        CohortMember.user_id == other_id, CohortMember.left_at.is_(None), CohortMember.cohort_id.in_(own)
    )
    ask_extra("delete_notes", twice)
    both = theirs.where(CohortMember.left_at.is_(None), CohortMember.cohort_id.in_(own)).values(left_at=now)
    nudges = delete(Nudge).where(Nudge.user_id == other_id)
    for statement in (both, theirs.values(user_id=user_id), nudges):
        db.session.execute(statement.execution_options(synchronize_session=False))
    db.session.expire_all()


def _take_courses(other_id: uuid.UUID, user_id: uuid.UUID, courses: Mapping[str, Course], now: dt.datetime) -> None:
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
