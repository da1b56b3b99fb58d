"""What the operator's page counts and lists. Nothing about learners."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel.speaklater import LazyString
from sqlalchemy import func, select

from trainer.accounts.models import User
from trainer.core.db import db
from trainer.core.leases import Leased
from trainer.instructing.models import InstructorApproval
from trainer.operating import health


@dataclass(frozen=True)
class Queue:
    """One kind of work for the worker. `oldest_due_at`: since when the oldest piece has been due."""

    name: str
    label: LazyString
    waiting: int
    given_up: int
    oldest_due_at: dt.datetime | None


def list_queues(now: dt.datetime) -> list[Queue]:
    """Return what waits for the worker, by kind."""
    return [
        Queue(
            queue.name,
            queue.label,
            count_waiting(queue.record),
            count_given_up(queue.record),
            health.find_oldest(queue, now),
        )
        for queue in health.list_queues()
    ]


def count_waiting(record: type[Leased]) -> int:
    """Return how many rows wait for the worker."""
    return db.session.scalar(select(func.count()).select_from(record).where(record.WAITING)) or 0


def count_given_up(record: type[Leased]) -> int:
    """Return how many rows were given up and are still kept."""
    ended: Any = getattr(record, "dead_at", None) or record.failed_at  # type: ignore[attr-defined]
    return db.session.scalar(select(func.count()).select_from(record).where(ended.is_not(None))) or 0


def list_instructors() -> Sequence[tuple[User, dt.datetime]]:
    """Return who may teach public classes, with since when, the newest first."""
    rows = db.session.execute(
        select(User, InstructorApproval.approved_at)
        .join(InstructorApproval, InstructorApproval.user_id == User.id)
        .where(InstructorApproval.revoked_at.is_(None))
        .order_by(InstructorApproval.approved_at.desc(), InstructorApproval.id)
    )
    return [(row[0], row[1]) for row in rows]
