"""Reading the meetings of a class: by whoever teaches it, and by whoever held them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select, true

from trainer.core.db import db
from trainer.core.errors import NotFound
from trainer.extras.meetings.models import Attendance, ClassSession, SignOff
from trainer.instructing.queries import TeachingContext


def list_class_sessions(context: TeachingContext) -> Sequence[tuple[ClassSession, int]]:
    """Return the meetings of a class with how many attended, the newest first; to a former instructor, their own."""
    attended = (
        select(func.count()).where(Attendance.session_id == ClassSession.id).correlate(ClassSession).scalar_subquery()
    )
    rows = db.session.execute(
        select(ClassSession, attended)
        .where(ClassSession.cohort_id == context.cohort.id, _is_shown(context))
        .order_by(ClassSession.held_on.desc(), ClassSession.created_at.desc())
    )
    return [(row[0], row[1]) for row in rows]


def get_class_session(context: TeachingContext, session_id: uuid.UUID) -> ClassSession:
    """Return a meeting of a class; to a former instructor, one of their own. Raises NotFound."""
    class_session = db.session.scalar(
        select(ClassSession).where(
            ClassSession.id == session_id, ClassSession.cohort_id == context.cohort.id, _is_shown(context)
        )
    )
    if class_session is None:
        raise NotFound
    return class_session


def _is_shown(context: TeachingContext) -> ColumnElement[bool]:
    return ClassSession.created_by_id == context.user_id if context.is_past else true()


def list_attendance(class_session: ClassSession) -> set[uuid.UUID]:
    """Return ids of the members who were at a meeting."""
    return set(db.session.scalars(select(Attendance.member_id).where(Attendance.session_id == class_session.id)))


def list_signed_off(class_session: ClassSession) -> set[uuid.UUID]:
    """Return ids of the members for whom lessons were signed off by a meeting."""
    query = select(SignOff.member_id).where(SignOff.session_id == class_session.id, SignOff.member_id.is_not(None))
    return {member_id for member_id in db.session.scalars(query.distinct()) if member_id is not None}
