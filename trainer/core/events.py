"""What happened that a firm's other systems may want to know: a row, written in the transaction of the act.

So nothing is lost that happened, and nothing is told that was undone. Rows hold ids alone, without foreign keys. The
worker claims them (`leases`); who is told of one is decided above (`extras/webhooks`).
"""

from __future__ import annotations

import datetime as dt
import uuid
from enum import StrEnum

from sqlalchemy import Index, String, delete, text
from sqlalchemy.orm import Mapped, mapped_column

from trainer.core import leases
from trainer.core.db import Base, db, insert_missing
from trainer.core.leases import Leased

LEASE = dt.timedelta(minutes=2)
"""How long a claimed event is left to whoever claimed it."""
MOST_TRIES = 14
KEPT = dt.timedelta(days=30)
"""How long a row stays."""

_WAITING = text("told_at IS NULL AND failed_at IS NULL")


class EventKind(StrEnum):
    """What happened, under the name that other systems read."""

    COMPLETED = "course.completed"
    ISSUED = "certificate.issued"
    REVOKED = "certificate.revoked"
    OVERDUE = "assignment.overdue"
    LEFT = "person.left"


class Event(Leased, Base):
    """Something that happened, until those who want to know are noted."""

    __tablename__ = "events"
    WAITING = _WAITING
    __table_args__ = (
        Index("ix_events_waiting", "due_at", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index("ix_events_created_at", "created_at"),
    )

    kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[uuid.UUID]
    """Of the first three kinds, the credential; of "assignment.overdue", the assignment; of "person.left", the
    membership."""
    told_at: Mapped[dt.datetime | None]
    failed_at: Mapped[dt.datetime | None]

    def give_up(self, now: dt.datetime) -> None:
        """Stop trying; the row says why."""
        self.failed_at = now


def happen(kind: EventKind, subject_id: uuid.UUID, now: dt.datetime) -> None:
    """Note that something happened, in the caller's transaction."""
    db.session.add(Event(kind=kind.value, subject_id=subject_id, created_at=now, due_at=now, tries=0))


def happen_once(kind: EventKind, happened: dict[uuid.UUID, uuid.UUID], now: dt.datetime) -> None:
    """Note what happened, id of the event -> subject, unless it is noted already; in the caller's transaction."""
    insert_missing(
        Event,
        [
            {"id": number, "kind": kind.value, "subject_id": subject, "created_at": now, "due_at": now, "tries": 0}
            for number, subject in happened.items()
        ],
    )


def claim(now: dt.datetime) -> Event | None:
    """Return the event that has waited longest, as `leases.claim` does."""
    return leases.claim(Event, now, lease=LEASE, most_tries=MOST_TRIES, unheard="tried too often")


def note_told(event: Event, now: dt.datetime) -> None:
    """Note that whoever wants to know is noted."""
    leases.note(Event, event.id, told_at=now, last_error=None)


def note_failed(event: Event, error: str, now: dt.datetime) -> None:
    """Note why it got nowhere; it is tried again later."""
    leases.note_failed(event, error, now)


def forget_events(now: dt.datetime) -> None:
    """Delete rows whose time is over."""
    db.session.execute(delete(Event).where(Event.created_at < now - KEPT).execution_options(synchronize_session=False))
