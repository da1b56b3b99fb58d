"""PinTry, PinSlip and SiteDevice records."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from trainer.core.db import Base
from trainer.organizations.models import LONGEST_TITLE


class PinTry(Base):
    """A PIN that was looked at and wasn't right: how many there may be is limited. Kept for thirty days."""

    __tablename__ = "pin_tries"
    __table_args__ = (
        Index("ix_pin_tries_user_id_way_at", "user_id", "way", "at"),
        Index("ix_pin_tries_organization_id_way_at", "organization_id", "way", "at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    way: Mapped[str] = mapped_column(String(10))
    """Where it came from (`rules.Way`)."""
    organization_id: Mapped[uuid.UUID | None]
    """The firm whose code was typed, without a foreign key; none with an address, or by someone signed in."""
    at: Mapped[dt.datetime]


class PinSlip(Base):
    """A printed code with which one person on the roster chooses a PIN, once. The code itself is stored nowhere."""

    __tablename__ = "pin_slips"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    membership_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("memberships.id", ondelete="CASCADE"), index=True)
    seal: Mapped[str] = mapped_column(String(60))
    """A keyed digest of the code, with the key's id before it."""
    misses: Mapped[int] = mapped_column(default=0)
    """Wrong codes that were typed for this person while it was good."""
    created_at: Mapped[dt.datetime]
    created_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]
    seen_at: Mapped[dt.datetime | None]
    """When the person who signs in said that it was they who used it, or that it wasn't."""
    disputed_at: Mapped[dt.datetime | None]
    """When they said that it wasn't."""
    revoked_at: Mapped[dt.datetime | None]


class SiteDevice(Base):
    """A browser that a firm registered for a site, where people sign in with a PIN and leave nothing behind."""

    __tablename__ = "site_devices"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    team_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("teams.id", ondelete="SET NULL"), index=True)
    name: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    code_digest: Mapped[str | None] = mapped_column(String(43), unique=True)
    """Of the code that registers it; gone once it was used."""
    code_expires_at: Mapped[dt.datetime]
    token_digest: Mapped[str | None] = mapped_column(String(43))
    """Of what the browser's cookie holds."""
    browser: Mapped[str | None] = mapped_column(String(60))
    """What the browser said of itself, in words."""
    created_at: Mapped[dt.datetime]
    created_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    registered_at: Mapped[dt.datetime | None]
    last_seen_at: Mapped[dt.datetime | None]
    revoked_at: Mapped[dt.datetime | None]
