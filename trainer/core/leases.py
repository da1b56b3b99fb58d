"""Rows that are orders: whoever works claims one for a while, so that two never do the same.

One that isn't heard of again becomes due again. A row counts its tries when it is claimed, so even one that crashes
every worker is given up in the end.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, ClassVar, TypeVar

from sqlalchemy import ColumnElement, String, TextClause, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from trainer.core.db import db


class Leased:
    """What such a row has. Its table says when it waits, and what giving up means."""

    WAITING: ClassVar[TextClause]

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    created_at: Mapped[dt.datetime]
    due_at: Mapped[dt.datetime]
    """While it is claimed: when the lease ends."""
    tries: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(String(300))

    def give_up(self, now: dt.datetime) -> None:
        """Stop trying it."""
        raise NotImplementedError


Row = TypeVar("Row", bound=Leased)


def is_due(record: type[Leased], now: dt.datetime, *conditions: ColumnElement[bool]) -> bool:
    """Return whether a row waits for someone to take it up."""
    due = select(record.id).where(record.WAITING, record.due_at <= now, *conditions).limit(1)
    return db.session.scalar(due) is not None


def oldest_due(record: type[Leased], now: dt.datetime) -> dt.datetime | None:
    """Return since when the row that has waited longest for someone to take it up has been due, or None."""
    return db.session.scalar(select(func.min(record.due_at)).where(record.WAITING, record.due_at <= now))


def claim(
    record: type[Row],
    now: dt.datetime,
    *conditions: ColumnElement[bool],
    lease: dt.timedelta,
    most_tries: int,
    unheard: str,
) -> Row | None:
    """Return the row that has been due longest, and reserve it for the caller for a while. Needs a write transaction.

    One that was tried too often is given up instead; `unheard` is the reason if no worker noted one.
    """
    oldest = select(record).where(record.WAITING, record.due_at <= now, *conditions).order_by(record.due_at).limit(1)
    while (row := db.session.scalar(oldest.with_for_update(skip_locked=True))) is not None:
        if row.tries < most_tries:
            row.tries += 1
            row.due_at = now + lease
            db.session.flush()
            db.session.expunge(row)  # it stays as it was claimed; after a rollback it would be read again
            return row
        row.give_up(now)
        row.last_error = row.last_error or unheard
        db.session.flush()
    return None


def note(record: type[Leased], number: uuid.UUID, *conditions: ColumnElement[bool], **values: Any) -> None:
    """Note what came of a row, but only while it waits: whoever was slower must not undo what was noted."""
    db.session.execute(
        update(record)
        .where(record.id == number, record.WAITING, *conditions)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def note_own(row: Leased, **values: Any) -> None:
    """Note what came of a row that was claimed, unless another has taken it up since."""
    note(type(row), row.id, type(row).due_at == row.due_at, **values)


def hold(row: Leased, until: dt.datetime) -> bool:
    """Keep a row that was claimed for longer; False if another has taken it up since. Needs a write transaction."""
    kept = db.session.execute(
        update(type(row))
        .where(type(row).id == row.id, type(row).due_at == row.due_at)
        .values(due_at=until)
        .execution_options(synchronize_session=False)
    )
    if not kept.rowcount:  # type: ignore[attr-defined]
        return False
    row.due_at = until
    return True


def note_failed(row: Leased, error: str, now: dt.datetime, **values: Any) -> None:
    """Note why a row that was claimed got nowhere; it is due again later."""
    note_own(row, due_at=now + delay(row.tries), last_error=error[:300], **values)


def delay(tries: int) -> dt.timedelta:
    """Return how long to wait after so many tries: a minute, then twice as long each time, six hours at most."""
    return min(dt.timedelta(minutes=2 ** (tries - 1)), dt.timedelta(hours=6))
