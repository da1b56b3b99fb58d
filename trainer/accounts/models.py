"""The User record."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from trainer.core.db import Base

LONGEST_NAME = 120


def new_session_key() -> str:
    """Return a random key: a session that holds an older one is over."""
    return secrets.token_urlsafe(12)


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
    session_key: Mapped[str] = mapped_column(String(24), default=new_session_key)
    created_at: Mapped[dt.datetime]

    # What Flask-Login asks for.
    is_authenticated = True
    is_active = True
    is_anonymous = False

    @property
    def is_guest(self) -> bool:
        """True for a learner without an account."""
        return self.email is None

    def get_id(self) -> str:
        """Return what the session cookie holds: a random number and the session key, no name."""
        return f"{self.id.hex}.{self.session_key}"
