"""The records Webhook and Delivery."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from trainer.core.db import Base
from trainer.core.leases import Leased
from trainer.extras.webhooks.addresses import LONGEST

_WAITING = text("sent_at IS NULL AND dead_at IS NULL")


class Webhook(Base):
    """An address of another system of a firm, which is told what happens there. Its secret is stored nowhere."""

    __tablename__ = "webhooks"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    created_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    """It is told something only while this person is an owner of the firm."""
    url: Mapped[str] = mapped_column(String(LONGEST))
    kinds: Mapped[list[str]]
    """What it is told: values of `core.events.EventKind`."""
    key_id: Mapped[str] = mapped_column(String(8))
    """Of the key from which its secret is derived."""
    mask: Mapped[str | None] = mapped_column(String(64))
    """What its secret differs by from that, once it moved from another key."""
    created_at: Mapped[dt.datetime]
    paused_at: Mapped[dt.datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    """Tries in a row that failed, whatever of."""
    rests_until: Mapped[dt.datetime | None]
    """After a failure: until then nothing is sent there, so that one that hangs holds up nobody else for long."""


class Delivery(Leased, Base):
    """One event on its way to one webhook. Forgotten after 30 days."""

    __tablename__ = "webhook_deliveries"
    WAITING = _WAITING
    __table_args__ = (
        UniqueConstraint("webhook_id", "event_id"),
        Index("ix_webhook_deliveries_waiting", "due_at", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index("ix_webhook_deliveries_webhook_id_created_at_id", "webhook_id", "created_at", "id"),
    )

    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    webhook_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("webhooks.id", ondelete="CASCADE"))
    event_id: Mapped[uuid.UUID]
    kind: Mapped[str] = mapped_column(String(40))
    happened_at: Mapped[dt.datetime]
    facts: Mapped[dict[str, Any]]
    """What is told: ids, a certificate's number, days."""
    began_at: Mapped[dt.datetime]
    """From when on its three days run."""
    answer_code: Mapped[int | None]
    """The status that was answered last, if any was."""
    sent_at: Mapped[dt.datetime | None]
    dead_at: Mapped[dt.datetime | None]
    """Given up: tried too often, or for too long."""

    def give_up(self, now: dt.datetime) -> None:
        """Stop sending it, unless someone asks for another try."""
        self.dead_at = now
