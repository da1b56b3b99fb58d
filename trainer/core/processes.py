"""Which processes are running, on which machine, with which app and content: each says so itself every few seconds.

All instants here are the database's, so that a machine whose clock is wrong is seen to be wrong.
"""

from __future__ import annotations

import datetime as dt
import os
import socket
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from sqlalchemy import BigInteger, String, delete, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from trainer import __version__
from trainer.core import clock
from trainer.core.db import Base, UTCDateTime, db, insert_missing
from trainer.core.schema import CORE, revisions

EVERY: Final = 15.0
"""Seconds between two notes of a process."""
GONE_AFTER: Final = dt.timedelta(seconds=60)
"""Without a note for this long, a process is assumed to have ended."""


class ProcessRole(StrEnum):
    """What a process does."""

    WEB = "web"
    WORKER = "worker"


class RunningProcess(Base):
    """A process of the app that runs, or has ended within the last minute."""

    __tablename__ = "running_processes"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    machine: Mapped[str] = mapped_column(String(100))
    role: Mapped[ProcessRole] = mapped_column(String(10))
    pid: Mapped[int]
    version: Mapped[str] = mapped_column(String(40))
    content: Mapped[str] = mapped_column(String(64))
    """The digest of the content that it serves."""
    started_at: Mapped[dt.datetime]
    seen_at: Mapped[dt.datetime]
    clock_ahead_ms: Mapped[int] = mapped_column(BigInteger)
    """By how many milliseconds the machine's clock is ahead of the database's."""


@dataclass(frozen=True)
class Itself:
    """What stays the same for as long as a process runs."""

    role: ProcessRole
    id: uuid.UUID = field(default_factory=uuid.uuid4)
    machine: str = field(default_factory=lambda: socket.gethostname()[:100])
    pid: int = field(default_factory=os.getpid)
    version: str = field(default_factory=lambda: app_version())
    started_at: dt.datetime = field(default_factory=clock.now)
    """By the machine's own clock."""


def app_version() -> str:
    """Return the version of the app, with the revision of the database that it is for."""
    return f"{__version__}+{revisions()[0][CORE]}"


def note_seen(itself: Itself, content: str) -> dt.datetime:
    """Note that a process runs and which content it serves; forget those that have ended. Return when, by the
    database's clock. Needs a transaction."""
    offset, instant = measure_clock()
    values = {"content": content, "seen_at": instant, "clock_ahead_ms": round(offset * 1000)}
    started_at = itself.started_at - dt.timedelta(seconds=offset)
    fixed = {"machine": itself.machine, "role": itself.role, "pid": itself.pid, "version": itself.version}
    insert_missing(RunningProcess, [{"id": itself.id, **fixed, "started_at": started_at, **values}])
    db.session.execute(
        update(RunningProcess)
        .where(RunningProcess.id == itself.id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    db.session.execute(
        delete(RunningProcess)
        .where(RunningProcess.seen_at < instant - GONE_AFTER)
        .execution_options(synchronize_session=False)
    )
    return instant


def list_processes() -> Sequence[RunningProcess]:
    """Return the processes that run, by machine and role."""
    _offset, instant = measure_clock()
    return db.session.scalars(
        select(RunningProcess)
        .where(RunningProcess.seen_at >= instant - GONE_AFTER)
        .order_by(RunningProcess.machine, RunningProcess.role, RunningProcess.started_at, RunningProcess.id)
    ).all()


def last_seen_at() -> dt.datetime | None:
    """Return when any process was last seen, however long ago, or None."""
    return db.session.scalar(select(func.max(RunningProcess.seen_at)))


def measure_clock() -> tuple[float, dt.datetime]:
    """Return by how many seconds our clock is ahead of the database's, and what that one says.

    SQLite has our own clock.
    """
    if db.engine.dialect.name == "sqlite":
        return 0.0, clock.now()
    before = clock.now()
    instant = db.session.scalar(select(func.clock_timestamp(type_=UTCDateTime())))
    after = clock.now()
    assert instant is not None
    return (before + (after - before) / 2 - instant).total_seconds(), instant
