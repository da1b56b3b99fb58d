"""Long work: a row, written in the transaction that orders it, which the worker does in slices.

Whoever works claims a row for a while; one that isn't heard of again becomes due again and goes on where it stood. A
slice that gets nowhere too often is given up, and the row says why.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import Index, String, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from trainer.core.db import Base, db

LEASE = dt.timedelta(minutes=2)
"""How long a claimed piece of work is left to whoever claimed it."""
MOST_TRIES = 5
"""Slices in a row that may fail."""
PUT_OFF = dt.timedelta(minutes=15)
"""How long work waits that can't go on now."""

_WAITING = text("finished_at IS NULL AND failed_at IS NULL")


class Job(Base):
    """A piece of work: what kind, about which records, how far it is."""

    __tablename__ = "jobs"
    __table_args__ = (Index("ix_jobs_waiting", "due_at", sqlite_where=_WAITING, postgresql_where=_WAITING),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    kind: Mapped[str] = mapped_column(String(40))
    organization_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    ordered_by_id: Mapped[uuid.UUID]
    """As in the audit log, ids without foreign keys."""
    details: Mapped[dict[str, Any]]
    """What the work needs to know: ids and days, nothing secret."""
    created_at: Mapped[dt.datetime]
    due_at: Mapped[dt.datetime]
    tries: Mapped[int] = mapped_column(default=0)
    """Slices that were begun since one got somewhere."""
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    finished_at: Mapped[dt.datetime | None]
    failed_at: Mapped[dt.datetime | None]
    last_error: Mapped[str | None] = mapped_column(String(300))


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
    """Return the piece of work that has waited longest, and leave it to the caller for a while. Needs a write
    transaction."""
    job = db.session.scalar(
        select(Job).where(_WAITING, Job.due_at <= now).order_by(Job.due_at).limit(1).with_for_update(skip_locked=True)
    )
    if job is None:
        return None
    job.tries += 1
    job.due_at = now + LEASE
    if job.tries > MOST_TRIES:
        job.failed_at = now
        job.last_error = job.last_error or "It was begun too often without getting anywhere."
        return None
    return job


def note_progress(job_id: uuid.UUID, done: int, total: int, now: dt.datetime) -> None:
    """Note how far it is; the next slice may begin at once."""
    _note(job_id, done=done, total=total, tries=0, due_at=now)


def note_finished(job_id: uuid.UUID, now: dt.datetime) -> None:
    """Note that nothing is left to do."""
    _note(job_id, finished_at=now, last_error=None)


def note_failed(job_id: uuid.UUID, error: str, now: dt.datetime) -> None:
    """Note why a slice got nowhere; it is tried again in a minute."""
    _note(job_id, last_error=error[:300], due_at=now + dt.timedelta(minutes=1))


def put_off(job_id: uuid.UUID, now: dt.datetime) -> None:
    """Let it wait for a while, because nothing can be done of it now."""
    _note(job_id, tries=0, due_at=now + PUT_OFF)


def _note(job_id: uuid.UUID, **values: Any) -> None:
    # Only while it waits: whoever was slower must not undo what was noted.
    db.session.execute(
        update(Job).where(Job.id == job_id, _WAITING).values(**values).execution_options(synchronize_session=False)
    )
