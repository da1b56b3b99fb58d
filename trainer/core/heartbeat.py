"""When each of the worker's tasks last ran, and how that went: for those who run an installation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import String, select, update
from sqlalchemy.orm import Mapped, mapped_column

from trainer.core.db import Base, db, insert_missing


class Heartbeat(Base):
    """One task of the worker: when it last began, when it last ended well, what went wrong since."""

    __tablename__ = "heartbeats"

    task: Mapped[str] = mapped_column(String(40), primary_key=True)
    began_at: Mapped[dt.datetime]
    """To the minute only, for tasks that run every second."""
    ended_at: Mapped[dt.datetime | None]
    """When it last ended well."""
    failures: Mapped[int] = mapped_column(default=0)
    """How often in a row it has failed."""
    last_error: Mapped[str | None] = mapped_column(String(300))


def note_began(task: str, now: dt.datetime) -> None:
    """Note that a task began."""
    insert_missing(Heartbeat, [{"task": task, "began_at": now, "failures": 0}])
    _note(task, began_at=now)


def note_ended(task: str, began_at: dt.datetime, now: dt.datetime) -> None:
    """Note that a task ended well."""
    note_began(task, began_at)
    _note(task, ended_at=now, failures=0, last_error=None)


def note_failed(task: str, began_at: dt.datetime, failures: int, error: str) -> None:
    """Note why a task failed, and how often in a row it has."""
    note_began(task, began_at)
    _note(task, failures=failures, last_error=error[:300])


def list_heartbeats() -> Sequence[Heartbeat]:
    """Return all tasks that ever ran, by name."""
    return db.session.scalars(select(Heartbeat).order_by(Heartbeat.task)).all()


def _note(task: str, **values: Any) -> None:
    db.session.execute(
        update(Heartbeat).where(Heartbeat.task == task).values(**values).execution_options(synchronize_session=False)
    )
