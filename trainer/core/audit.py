"""The audit log: who did what to what, and when. Rows are written in the transaction of the act, and never change.

The database itself refuses all but two things: to take names out of a row, and to delete one that is older than `KEPT`.
A row holds ids without foreign keys, so that it outlives what it is about, and no secret: no password, no token, no
address from which someone came.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Index,
    String,
    Text,
    cast,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from trainer.core.db import Base, db
from trainer.core.privacy import Rows, tell_all

LONGEST = 200  # characters of one detail
KEPT = dt.timedelta(days=7 * 366)
"""How long a row is kept: by a day or more longer than the seven years for which the database refuses to delete it."""
NAMES = ("name", "other", "address", "signed_as", "device")
"""The details that may hold whose act it was, or whom it was about: the database lets these be taken out."""


class AuditEvent(Base):
    """One act. The database refuses to change it, and to delete it before its time."""

    __tablename__ = "audit_events"
    __table_args__ = (
        Index("ix_audit_events_organization_id_at_id", "organization_id", "at", "id"),
        # Acts of one kind, however rare, without going through all others.
        Index("ix_audit_events_act", "organization_id", "act", "at", "id"),
        Index("ix_audit_events_actor_id_at", "actor_id", "at"),
        Index("ix_audit_events_subject_id", "subject_id"),
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
    """Record an act, in the caller's transaction."""
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


def note_found(
    act: str, now: dt.datetime, subject_id: InstrumentedAttribute[uuid.UUID], condition: ColumnElement[bool]
) -> None:
    """Record an act about the one record that a condition finds; where there is none, do the same work and record
    nothing.

    For acts of strangers, who must neither learn from the time taken whether there is such a record, nor fill the log.
    """
    values = {"id": uuid.uuid4(), "at": now, "act": act, "details": dict[str, str]()}
    columns = AuditEvent.__table__.c
    row = select(subject_id, *(literal(value, columns[name].type) for name, value in values.items())).where(condition)
    db.session.execute(insert(AuditEvent).from_select(["subject_id", *values], row))


def list_of_person(user_id: uuid.UUID) -> Rows:
    """Return what a user did and what was done to the account, without details: those may name other people."""
    events = select(AuditEvent).where(or_(AuditEvent.actor_id == user_id, AuditEvent.subject_id == user_id))
    return tell_all(events.order_by(AuditEvent.at, AuditEvent.id), "act", "at")


def forget_names(condition: ColumnElement[bool]) -> None:
    """Take names, addresses and devices out of the rows that a condition finds; what was done stays, with ids."""
    details = AuditEvent.__table__.c.details
    without: ColumnElement[Any]
    if db.engine.dialect.name == "postgresql":
        without = cast(cast(details, JSONB).op("-")(cast(list(NAMES), ARRAY(Text))), JSON)
    else:
        without = func.json_remove(details, *(f"$.{name}" for name in NAMES), type_=Text)
    db.session.execute(
        update(AuditEvent).where(condition).values(details=without).execution_options(synchronize_session=False)
    )


def forget_events(now: dt.datetime) -> None:
    """Delete what is older than it is kept."""
    old = delete(AuditEvent).where(AuditEvent.at < now - KEPT)
    db.session.execute(old.execution_options(synchronize_session=False))


def _plain(value: str | int) -> str | int:
    return value if isinstance(value, int) else " ".join(value.split())[:LONGEST]
