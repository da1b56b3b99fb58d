"""User, Session and Link records."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from trainer.core.db import Base

LONGEST_NAME = 120


class User(Base):
    """A person who learns here: a guest (no e-mail) or an account."""

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("(email IS NULL) = (email_key IS NULL)", name="email_has_key"),
        CheckConstraint("(email IS NULL) = (password_hash IS NULL)", name="email_has_password"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    email: Mapped[str | None] = mapped_column(String(254))
    """As the person typed it, for mail."""
    email_key: Mapped[str | None] = mapped_column(String(254), unique=True)
    """Canonical form: two spellings of one address have the same key."""
    password_hash: Mapped[str | None] = mapped_column(String(200))
    certificate_name: Mapped[str | None] = mapped_column(String(LONGEST_NAME))
    """The name as it shall stand on a certificate; may be an alias."""
    email_confirmed_at: Mapped[dt.datetime | None]
    """When the person opened a link that only this address got."""
    created_at: Mapped[dt.datetime]

    # What Flask-Login asks for.
    is_authenticated = True
    is_active = True
    is_anonymous = False

    @property
    def session_id(self) -> uuid.UUID | None:
        """The session through which this person came in, if any; it is no column."""
        found: uuid.UUID | None = self.__dict__.get("came_in_by")
        return found

    @session_id.setter
    def session_id(self, value: uuid.UUID) -> None:
        self.__dict__["came_in_by"] = value

    @property
    def is_guest(self) -> bool:
        """True for a learner without an account."""
        return self.email is None

    def get_id(self) -> str:
        """Return what the session cookie holds: the session's random number, no name."""
        assert self.session_id is not None  # nobody is signed in without one
        return self.session_id.hex


class Session(Base):
    """A browser in which someone is signed in, until it ends."""

    __tablename__ = "sessions"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    device: Mapped[str] = mapped_column(String(60))
    """What the browser said of itself, in words such as "Chrome on Android"."""
    created_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]


class Link(Base):
    """A link that was mailed: good once, for one purpose, until it expires. The link itself is stored nowhere."""

    __tablename__ = "links"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    purpose: Mapped[str] = mapped_column(String(20))
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    """Nobody, if the address has no account: then the mail says so and has no link."""
    email_key: Mapped[str] = mapped_column(String(254), index=True)
    """The address that it was mailed to; the link is void once the account has another."""
    nonce: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]
