"""The audit log: who did what to what, and when. Rows are written in the transaction of the act, and never change.

A row holds ids without foreign keys, so that it outlives what it is about, and no secret: no password, no token, no
address from which someone came.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from trainer.core.db import Base, db

LONGEST = 200  # characters of one detail


class AuditEvent(Base):
    """One act. The database refuses to change or delete it."""

    __tablename__ = "audit_events"
    __table_args__ = (
        Index("ix_audit_events_organization_id_at_id", "organization_id", "at", "id"),
        Index("ix_audit_events_actor_id_at", "actor_id", "at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    at: Mapped[dt.datetime]
    act: Mapped[str] = mapped_column(String(60))
    """Such as "membership.removed": a record's noun and what happened to it."""
    actor_id: Mapped[uuid.UUID | None]
    """The user who did it; nobody, if it happened by itself or someone unknown did it."""
    organization_id: Mapped[uuid.UUID | None]
    subject_id: Mapped[uuid.UUID | None]
    """The record that it was done to."""
    details: Mapped[dict[str, Any]]
    """What a reader needs to understand it, in a few short texts; line breaks are written as blanks."""


def note(
    act: str,
    now: dt.datetime,
    *,
    actor_id: uuid.UUID | None = None,
    organization_id: uuid.UUID | None = None,
    subject_id: uuid.UUID | None = None,
    **details: str | int | None,
) -> AuditEvent:
    """Write an act down, in the caller's transaction."""
    event = AuditEvent(
        at=now,
        act=act,
        actor_id=actor_id,
        organization_id=organization_id,
        subject_id=subject_id,
        details={name: _plain(value) for name, value in details.items() if value is not None},
    )
    db.session.add(event)
    return event


def _plain(value: str | int) -> str | int:
    return value if isinstance(value, int) else " ".join(value.split())[:LONGEST]
