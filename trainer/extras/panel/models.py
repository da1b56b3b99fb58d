"""KeyPanel, PanelRater and PanelRating records."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from trainer.core.db import Base

LONGEST_PANEL_NAME = 80
LONGEST_COMMENT = 1000


class KeyPanel(Base):
    """A set of scenes, as they were that day, which some people rate from one day to another."""

    __tablename__ = "key_panels"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    name: Mapped[str] = mapped_column(String(LONGEST_PANEL_NAME))
    digests: Mapped[list[str]]
    """The scenes in the order in which all read them: of each, the snapshot of one telling."""
    seats: Mapped[int]
    """How many are to rate. Once so many have finished, the panel is closed."""
    opens_on: Mapped[dt.date]
    closes_on: Mapped[dt.date]
    """The last day on which it can be rated."""
    created_at: Mapped[dt.datetime]
    closed_at: Mapped[dt.datetime | None]
    """When an administrator closed it, or the last seat finished."""


class PanelRater(Base):
    """Someone in a panel. The ratings never carry the name, only the number."""

    __tablename__ = "panel_raters"
    __table_args__ = (UniqueConstraint("panel_id", "number"), UniqueConstraint("panel_id", "user_id"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    panel_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("key_panels.id"))
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    """Nobody, once the account of someone who had finished was erased."""
    number: Mapped[int]
    appointed_at: Mapped[dt.datetime]
    revoked_at: Mapped[dt.datetime | None]
    finished_at: Mapped[dt.datetime | None]


class PanelRating(Base):
    """What one rater says of one scene: the verdict, which stays, and then the first step."""

    __tablename__ = "panel_ratings"

    rater_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("panel_raters.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    verdict: Mapped[str] = mapped_column(String(20))
    confidence: Mapped[str] = mapped_column(String(20))
    action: Mapped[str | None] = mapped_column(String(60))
    comment: Mapped[str | None] = mapped_column(String(LONGEST_COMMENT))
