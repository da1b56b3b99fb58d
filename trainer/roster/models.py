"""RosterDraft and RosterHeading records."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from trainer.core.db import Base
from trainer.organizations.models import LONGEST_TITLE


class RosterDraft(Base):
    """A roster that someone sent and hasn't confirmed yet; then what came of it. Forgotten after a day."""

    __tablename__ = "roster_drafts"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    created_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    created_at: Mapped[dt.datetime] = mapped_column(index=True)
    rows: Mapped[dict[str, Any]]
    """The rows as they were sent, in the columns that we read, and what was said about them (`drafts.py`).

    Once it is taken over: only the ids of those who were marked as having left, so that it can be undone.
    """
    applied_at: Mapped[dt.datetime | None]
    counts: Mapped[dict[str, Any]]
    """How many people had each outcome, once it is taken over."""


class RosterHeading(Base):
    """What a heading of a firm's rosters means, because someone there said so. Never a value below it."""

    __tablename__ = "roster_headings"

    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id"), primary_key=True)
    heading: Mapped[str] = mapped_column(String(LONGEST_TITLE), primary_key=True)
    """Without capitals, marks and numbers."""
    meaning: Mapped[str] = mapped_column(String(20))
    """Such as "email"; empty for a column that is left out."""
