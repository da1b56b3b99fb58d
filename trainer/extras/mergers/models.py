"""The record Merger."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from trainer.core.db import Base
from trainer.organizations.models import LONGEST_NAME, LONGEST_NUMBER

_OPEN = text("closed_at IS NULL")


class Merger(Base):
    """Two entries of one person on a roster that become one: asked for, joined, and for a day undone as it was.

    The entry that is joined away is deleted and kept here until then. Both accounts stay as they are for that day, but
    for certificates; after it `operations.settle` moves the rest, and the account that is joined away is emptied.
    """

    __tablename__ = "mergers"
    __table_args__ = (
        # Of two who join the same entries at once, one does.
        Index("uq_mergers_open_kept", "kept_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("uq_mergers_open_gone", "gone_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        CheckConstraint("(closed_at IS NULL) = (outcome IS NULL)", name="closed_has_outcome"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    kept_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("memberships.id", ondelete="CASCADE"), index=True)
    gone_id: Mapped[uuid.UUID]
    """The entry that is joined away; without a foreign key, since it is deleted."""
    kept_user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    gone_user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    gone_name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    gone_number: Mapped[str | None] = mapped_column(String(LONGEST_NUMBER))
    chosen: Mapped[list[str]]
    """Facts of which the value of the entry that is joined away wins."""
    before: Mapped[dict[str, Any] | None]
    """What undoing it takes; nothing before it is joined, nor once it can't be undone anymore."""
    asked_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    asked_at: Mapped[dt.datetime]
    told_at: Mapped[dt.datetime | None]
    """When the owner of the account that stays was mailed: at most once a day for each entry."""
    joined_at: Mapped[dt.datetime | None]
    """Where the account that stays is its owner's own, once the owner has agreed."""
    seen_at: Mapped[dt.datetime | None]
    """When the owner of the account that stays said that this is right."""
    closed_at: Mapped[dt.datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(10))
    """How it ended, as `rules.MergerOutcome` names it."""
