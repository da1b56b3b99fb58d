"""Undo a sign-off within the hour, for everyone or for one person. Never commits."""

from __future__ import annotations

import datetime as dt
import math
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from trainer.content.library import Course
from trainer.core.audit import note
from trainer.core.db import db
from trainer.core.errors import Conflict, NotFound
from trainer.extras.meetings.models import Signature, SignOff
from trainer.extras.meetings.presence import get_signature
from trainer.extras.meetings.taught import Taught, undo_taught
from trainer.instructing.models import CohortMember
from trainer.instructing.queries import TeachingContext, lock_cohort
from trainer.learning.models import Enrollment

UNDONE_WITHIN: Final = dt.timedelta(hours=1)
"""After this, a sign-off stands."""


@dataclass(frozen=True, slots=True)
class Undone:
    """For how many people a sign-off was undone, and for whom it couldn't be, because they have completed the
    course."""

    people: int
    kept: Sequence[str]


def can_undo(signature: Signature, user_id: uuid.UUID, now: dt.datetime) -> bool:
    """Return True for the person who signed, for an hour."""
    return signature.signed_by_id == user_id and now - signature.signed_at <= UNDONE_WITHIN


def minutes_left(signature: Signature, now: dt.datetime) -> int:
    """Return for how many more minutes a signature can be undone, rounded up, whatever clocks do in that hour."""
    return max(0, math.ceil((signature.signed_at + UNDONE_WITHIN - now) / dt.timedelta(minutes=1)))


def undo(
    context: TeachingContext,
    signature_id: uuid.UUID,
    person_id: uuid.UUID | None,
    course: Course | None,
    now: dt.datetime,
) -> Undone:
    """Undo what a signature signed off: for one person or for everyone.

    Someone who has completed the course by then keeps it: a certificate is only ever withdrawn. Raises Conflict after
    an hour, for anyone but the person who signed, and where nothing is left to undo; NotFound for another class's.
    """
    lock_cohort(context.cohort.id)
    signature = get_signature(context.cohort, signature_id)
    if signature.signed_by_id != context.user_id:
        raise Conflict(_l("Only the person who signed can undo this."))
    if not can_undo(signature, context.user_id, now):
        raise Conflict(_l("More than an hour has passed, so this can’t be undone anymore."))
    undone, kept = _undo_members(signature, person_id, course)
    if not undone and not kept:
        raise Conflict(_l("This was already undone."))
    if undone:
        note(
            "lesson.sign_off_undone",
            now,
            actor_id=context.user_id,
            organization_id=context.organization_id,
            subject_id=signature.session_id,
            class_title=context.cohort.title,
            people=undone,
        )
    db.session.flush()
    return Undone(undone, kept)


def _undo_members(signature: Signature, person_id: uuid.UUID | None, course: Course | None) -> tuple[int, list[str]]:
    query = (
        select(SignOff)
        .join(Enrollment, Enrollment.id == SignOff.enrollment_id)
        .where(SignOff.signature_id == signature.id)
    )
    if person_id is not None:
        query = query.where(SignOff.member_id == person_id)
    # Locked by user, as a sign-off locks them: another class may be at the same people.
    rows = db.session.scalars(query.order_by(Enrollment.user_id, SignOff.enrollment_id, SignOff.lesson)).all()
    undone, kept = 0, []
    for enrollment_id, group in groupby(rows, key=lambda row: row.enrollment_id):
        sign_offs = list(group)
        # The same lock as for handing in a final: the course is either completed by now or can't be meanwhile.
        enrollment = db.session.get_one(Enrollment, enrollment_id, with_for_update=True, populate_existing=True)
        if enrollment.completed_at is not None:
            kept.append(_name_of(sign_offs[0]))
            continue
        taught = [Taught(row.lesson, row.minutes, row.signed_off_at, row.read_before_at) for row in sign_offs]
        for row in sign_offs:
            db.session.delete(row)
        undo_taught(enrollment, course, taught)
        undone += 1
    return undone, kept


def _name_of(sign_off: SignOff) -> str:
    member = db.session.get(CohortMember, sign_off.member_id) if sign_off.member_id else None
    if member is None:
        raise NotFound
    return member.name
