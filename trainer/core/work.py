"""Long work: a row, written in the transaction that orders it, which the worker does in slices.

Whoever works claims a row for a while (`leases`), and goes on where it stood. A slice that gets nowhere too often is
given up, and the row says why.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Index, String, select, text
from sqlalchemy.orm import Mapped, mapped_column

from trainer.core import leases
from trainer.core.db import Base, db
from trainer.core.leases import Leased

LEASE = dt.timedelta(minutes=2)
"""How long a claimed piece of work is left to whoever claimed it."""
MOST_TRIES = 5
"""Slices in a row that may fail."""
PUT_OFF = dt.timedelta(minutes=15)
"""How long work waits that can't go on now."""

_WAITING = text("finished_at IS NULL AND failed_at IS NULL")


class Job(Leased, Base):
    """A piece of work: what kind, about which records, how far it is."""

    __tablename__ = "jobs"
    WAITING = _WAITING
    __table_args__ = (Index("ix_jobs_waiting", "due_at", sqlite_where=_WAITING, postgresql_where=_WAITING),)

    kind: Mapped[str] = mapped_column(String(40))
    organization_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    ordered_by_id: Mapped[uuid.UUID]
    """As in the audit log, ids without foreign keys."""
    details: Mapped[dict[str, Any]]
    """What the work needs to know: ids and days, nothing secret."""
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    finished_at: Mapped[dt.datetime | None]
    failed_at: Mapped[dt.datetime | None]

    def give_up(self, now: dt.datetime) -> None:
        """Leave it undone; the row says why."""
        self.failed_at = now


def order(
    kind: str,
    now: dt.datetime,
    *,
    ordered_by_id: uuid.UUID,
    organization_id: uuid.UUID | None = None,
    **details: str | int,
) -> Job:
    """Order a piece of work, in the caller's transaction."""
    job = Job(
        kind=kind,
        organization_id=organization_id,
        ordered_by_id=ordered_by_id,
        details=details,
        created_at=now,
        due_at=now,
        tries=0,
        done=0,
    )
    db.session.add(job)
    db.session.flush()
    return job


def claim(now: dt.datetime) -> Job | None:
    """Return the piece of work that has waited longest, as `leases.claim` does.

    Its tries are the slices that were begun since one got somewhere.
    """
    unheard = "It was begun too often without getting anywhere."
    return leases.claim(Job, now, lease=LEASE, most_tries=MOST_TRIES, unheard=unheard)


def note_progress(job: Job, done: int, total: int, now: dt.datetime) -> None:
    """Note how far it is; the next slice may begin at once."""
    leases.note_own(job, done=done, total=total, tries=0, due_at=now)


def note_finished(job: Job, total: int, now: dt.datetime) -> None:
    """Note that nothing is left to do."""
    leases.note_own(job, done=total, total=total, tries=0, finished_at=now, last_error=None)


def note_failed(job: Job, error: str, now: dt.datetime) -> None:
    """Note why a slice got nowhere; it is tried again later."""
    leases.note_failed(job, error, now)


def put_off(job: Job, now: dt.datetime) -> None:
    """Let it wait for a while, because none of it can be done now."""
    leases.note_own(job, tries=0, due_at=now + PUT_OFF)


def find_job(number: uuid.UUID) -> Job | None:
    """Return a piece of work by its id, or None."""
    return db.session.get(Job, number)


def list_given_up() -> Sequence[Job]:
    """Return the pieces of work that were given up, the oldest first."""
    query = select(Job).where(Job.failed_at.is_not(None), Job.finished_at.is_(None)).order_by(Job.created_at)
    return db.session.scalars(query).all()


def try_again(job: Job, now: dt.datetime) -> bool:
    """Let failed work continue right away from where it stopped; False if it hasn't failed. Needs a transaction."""
    if job.finished_at is not None or (job.failed_at is None and job.last_error is None):
        return False
    job.failed_at, job.due_at, job.tries = None, now, 0
    return True


def stop(job: Job, reason: str, now: dt.datetime) -> bool:
    """Give up work that isn't done, for a reason; False if it is done or was given up. Needs a transaction."""
    if job.finished_at is not None or job.failed_at is not None:
        return False
    job.last_error = reason
    job.give_up(now)
    return True


def list_jobs(*, failed_only: bool = False, most: int = 100) -> Sequence[Job]:
    """Return pieces of work, the newest first; `failed_only`: those that failed, given up or not."""
    query = select(Job).order_by(Job.created_at.desc()).limit(most)
    has_failed = Job.last_error.is_not(None) & Job.finished_at.is_(None)
    return db.session.scalars(query.where(has_failed) if failed_only else query).all()
