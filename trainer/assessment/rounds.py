"""Rounds of a final: asking for the next one early, and granting it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, exists, select

from trainer.accounts.models import User
from trainer.assessment.models import Attempt, RoundRequest
from trainer.assessment.queries import counts_for
from trainer.assessment.rules import Kind
from trainer.core import outbox
from trainer.core.audit import note
from trainer.core.db import db, insert_missing
from trainer.core.errors import Conflict, NotFound
from trainer.learning.models import Enrollment
from trainer.web.language import mail_language


def granted_rounds(enrollment: Enrollment, courses: Collection[str]) -> set[int]:
    """Return the rounds that were opened early, in this course or in others whose tries count with its own."""
    rows = select(RoundRequest.round).where(
        counts_for(enrollment, courses, RoundRequest, RoundRequest.granted_at), RoundRequest.granted_at.is_not(None)
    )
    return set(db.session.scalars(rows))


def find_request(enrollment_id: uuid.UUID, number: int) -> RoundRequest | None:
    """Return a learner's request for the round with this number, or None."""
    return db.session.scalar(
        select(RoundRequest).where(RoundRequest.enrollment_id == enrollment_id, RoundRequest.round == number)
    )


def list_waiting(users: Select[Any] | Sequence[uuid.UUID], course: str | None = None) -> Sequence[RoundRequest]:
    """Return the users' pending requests, oldest first."""
    # It may have opened by date, and then there is nothing left to decide.
    has_begun = exists().where(
        Attempt.enrollment_id == RoundRequest.enrollment_id,
        Attempt.kind == Kind.FINAL,
        Attempt.round >= RoundRequest.round,
    )
    query = (
        select(RoundRequest)
        .join(Enrollment, Enrollment.id == RoundRequest.enrollment_id)
        .where(
            _is_theirs(users),
            RoundRequest.granted_at.is_(None),
            Enrollment.final_passed_at.is_(None),
            ~has_begun,
        )
    )
    if course is not None:
        query = query.where(RoundRequest.course == course)
    return db.session.scalars(query.order_by(RoundRequest.asked_at)).all()


def _is_theirs(users: Select[Any] | Sequence[uuid.UUID]) -> ColumnElement[bool]:
    if not isinstance(users, Select):
        return RoundRequest.user_id.in_(users)
    # Looked up for each request that waits: of IN, SQLite lists all people of the firm first.
    return users.where(users.selected_columns[0] == RoundRequest.user_id).exists()


def get_waiting(request_id: uuid.UUID, users: Select[Any] | Sequence[uuid.UUID]) -> RoundRequest:
    """Return one of the users' requests, locked. Raises NotFound, and Conflict if it was already granted."""
    round_request = db.session.scalar(
        select(RoundRequest).where(RoundRequest.id == request_id, RoundRequest.user_id.in_(users)).with_for_update()
    )
    if round_request is None:
        raise NotFound
    if round_request.granted_at is not None:
        raise Conflict(_l("Another round was already granted."))
    return round_request


def ask(enrollment: Enrollment, number: int, now: dt.datetime) -> None:
    """Ask for the round with this number; asking twice is no error."""
    insert_missing(
        RoundRequest,
        [
            {
                "id": uuid.uuid4(),
                "enrollment_id": enrollment.id,
                "user_id": enrollment.user_id,
                "course": enrollment.course,
                "round": number,
                "asked_at": now,
            }
        ],
    )


def grant(
    request: RoundRequest,
    reason: str,
    now: dt.datetime,
    *,
    actor_id: uuid.UUID,
    organization_id: uuid.UUID | None,
    subject_id: uuid.UUID,
) -> None:
    """Open the round that was asked for, and tell the learner. `subject_id`: who it is in the firm or class."""
    request.granted_at, request.granted_by_id, request.reason = now, actor_id, reason
    note(
        "round.granted",
        now,
        actor_id=actor_id,
        organization_id=organization_id,
        subject_id=subject_id,
        course=request.course,
        round=request.round,
        reason=reason,
    )
    learner = db.session.get(User, request.user_id)
    if learner is not None and learner.email is not None:
        ids = {"request": request.id.hex}
        outbox.post("round-granted", learner.email, mail_language(learner.language), ids, now)
