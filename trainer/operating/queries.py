"""What the operator's page counts and lists. Nothing about learners."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from trainer.accounts.models import User
from trainer.core.db import db
from trainer.core.leases import Leased
from trainer.instructing.models import InstructorApproval
from trainer.interop.models import Webhook
from trainer.operating.health import QUEUES, find_oldest


@dataclass(frozen=True)
class Queue:
    """One kind of work for the worker. `oldest_due_at`: since when the oldest piece has been due."""

    name: str
    waiting: int
    given_up: int
    oldest_due_at: dt.datetime | None


def list_queues(now: dt.datetime) -> list[Queue]:
    """Return what waits for the worker, by kind."""
    oldest = find_oldest(now)
    return [Queue(name, count_waiting(record), count_given_up(record), oldest[name]) for name, record in QUEUES.items()]


def count_waiting(record: type[Leased]) -> int:
    """Return how many rows wait for the worker."""
    return db.session.scalar(select(func.count()).select_from(record).where(record.WAITING)) or 0


def count_given_up(record: type[Leased]) -> int:
    """Return how many rows were given up and are still kept."""
    ended: Any = getattr(record, "dead_at", None) or record.failed_at  # type: ignore[attr-defined]
    return db.session.scalar(select(func.count()).select_from(record).where(ended.is_not(None))) or 0


def count_failing_webhooks() -> int:
    """Return how many webhooks failed the last time they were told something."""
    failing = select(func.count()).select_from(Webhook).where(Webhook.failures > 0, Webhook.paused_at.is_(None))
    return db.session.scalar(failing) or 0


def list_instructors() -> Sequence[tuple[User, dt.datetime]]:
    """Return who may teach public classes, with since when, the newest first."""
    rows = db.session.execute(
        select(User, InstructorApproval.approved_at)
        .join(InstructorApproval, InstructorApproval.user_id == User.id)
        .where(InstructorApproval.revoked_at.is_(None))
        .order_by(InstructorApproval.approved_at.desc(), InstructorApproval.id)
    )
    return [(row[0], row[1]) for row in rows]
