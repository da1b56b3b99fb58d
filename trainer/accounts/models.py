"""User, Administrator, Session, Link and RecoveryCode records."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from trainer.core.db import Base

LONGEST_NAME = 120


class User(Base):
    """A person who learns here: a guest (nothing to sign in with) or an account (an address, a PIN, or both)."""

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("(email IS NULL) = (email_key IS NULL)", name="email_has_key"),
        CheckConstraint("password_hash IS NULL OR email IS NOT NULL", name="password_has_email"),
        CheckConstraint("email IS NULL OR password_hash IS NOT NULL OR pin_hash IS NOT NULL", name="email_has_secret"),
        CheckConstraint("(pin_hash IS NULL) = (pin_key_id IS NULL)", name="pin_has_key"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    email: Mapped[str | None] = mapped_column(String(254))
    """As the person typed it, for mail."""
    email_key: Mapped[str | None] = mapped_column(String(254), unique=True)
    """Canonical form: two spellings of one address have the same key."""
    password_hash: Mapped[str | None] = mapped_column(String(200))
    pin_hash: Mapped[str | None] = mapped_column(String(200))
    """Of someone who signs in with a firm's code, an employee number and a PIN; gone once there is a password."""
    pin_key_id: Mapped[str | None] = mapped_column(String(8))
    """Of the installation's keys the one that the PIN was mixed with before it was hashed."""
    pin_before: Mapped[str | None] = mapped_column(String(200))
    """The hash of the PIN that a slip replaced, until it is certain who used the slip; of several, the first."""
    pin_before_key_id: Mapped[str | None] = mapped_column(String(8))
    pin_before_until: Mapped[dt.datetime | None]
    """When that PIN was replaced."""
    pin_replaced_at: Mapped[dt.datetime | None]
    """When a slip replaced a PIN last, until it is certain who used it (`accounts.after_slip`)."""
    certificate_name: Mapped[str | None] = mapped_column(String(LONGEST_NAME))
    """The name as it shall stand on a certificate; may be an alias."""
    email_confirmed_at: Mapped[dt.datetime | None]
    """When the person opened a link that only this address got."""
    created_at: Mapped[dt.datetime]
    language: Mapped[str | None] = mapped_column(String(10))
    """Of pages and emails, where there was a choice; None: the browser's, or that of the page that causes a mail."""
    second_factor_at: Mapped[dt.datetime | None]
    """When signing in began to ask for a code as well."""
    second_factor_nonce: Mapped[str | None] = mapped_column(String(32))
    """With the installation's key it makes the secret that the person's app holds; alone it is worth nothing."""
    second_factor_key_id: Mapped[str | None] = mapped_column(String(8))
    """Of the installation's keys the one that is meant; the oldest, if the row is from before keys had ids."""
    second_factor_mask: Mapped[str | None] = mapped_column(String(40))
    """Since the secret was moved to another key: what that key's and the person's differ by. Alone it tells nothing."""
    second_factor_step: Mapped[int | None]
    """The half minute whose code was used last: no code is good twice."""
    second_factor_misses: Mapped[int] = mapped_column(default=0)
    """Wrong codes in a row."""
    second_factor_wait_until: Mapped[dt.datetime | None]
    """After too many wrong codes the next is not looked at before this."""

    disabled_at: Mapped[dt.datetime | None]
    """When an operator disabled the account: nobody signs in to it until it is enabled again."""
    erases_at: Mapped[dt.datetime | None] = mapped_column(index=True)
    """When everything is to be erased, because the person asked; until then it can be undone."""
    erased_at: Mapped[dt.datetime | None]
    """When the person had everything erased. The row stays, empty, since certificates and other records refer to it."""

    # What Flask-Login asks for.
    is_authenticated = True
    is_active = True
    is_anonymous = False

    @property
    def session_id(self) -> uuid.UUID | None:
        """The session through which this person came in, if any; it is no column."""
        session_id: uuid.UUID | None = self.__dict__.get("came_in_by")
        return session_id

    @property
    def signed_in_at(self) -> dt.datetime | None:
        """When the session began through which this person came in; no column either."""
        signed_in_at: dt.datetime | None = self.__dict__.get("came_in_at")
        return signed_in_at

    @property
    def came_in_two_steps(self) -> bool:
        """True if that session was opened with two steps in one, such as a passkey."""
        return bool(self.__dict__.get("came_in_two_steps"))

    def come_in(self, session_id: uuid.UUID, signed_in_at: dt.datetime, *, in_two_steps: bool) -> None:
        """Note the session through which this person came in."""
        self.__dict__.update(came_in_by=session_id, came_in_at=signed_in_at, came_in_two_steps=in_two_steps)

    @property
    def is_guest(self) -> bool:
        """True for a learner without an account."""
        return self.email is None and self.pin_hash is None

    @property
    def has_pin(self) -> bool:
        """True if the person signs in with a PIN."""
        return self.pin_hash is not None

    @property
    def has_second_factor(self) -> bool:
        """True if signing in asks for a code as well."""
        return self.second_factor_at is not None

    def get_id(self) -> str:
        """Return what the session cookie holds: the session's random number, no name."""
        assert self.session_id is not None  # nobody is signed in without one
        return self.session_id.hex


class Administrator(Base):
    """An account that sees what is for the people who run the installation. Appointed on the command line only."""

    __tablename__ = "administrators"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    appointed_at: Mapped[dt.datetime]


class Session(Base):
    """A browser in which someone is signed in, until it ends."""

    __tablename__ = "sessions"

    # All 128 bits are random, unlike those of uuid4.
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=lambda: uuid.UUID(bytes=secrets.token_bytes(16)))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    device: Mapped[str] = mapped_column(String(60))
    """What the browser said of itself, in words such as "Chrome on Android"."""
    created_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]
    is_by_passkey: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Opened with a passkey that checked who holds it."""
    site_device_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    """The device of a firm on which it is, if it is on one."""
    quiet_until: Mapped[dt.datetime | None]
    """On such a device: when it ends unless something is asked for before."""


class Link(Base):
    """A link that was mailed: works once, for one purpose, until it expires. The link itself is stored nowhere."""

    __tablename__ = "links"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    purpose: Mapped[str] = mapped_column(String(20))
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    """Nobody, if the address has no account (yet)."""
    email_key: Mapped[str] = mapped_column(String(254), index=True)
    """The address that it was mailed to."""
    email: Mapped[str | None] = mapped_column(String(254))
    """The same as it was typed, where an account is to get it."""
    next_path: Mapped[str | None] = mapped_column(String(500))
    """Where the person wanted to go."""
    nonce: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]


class RecoveryCode(Base):
    """A code that lets someone who lost the app in once. The code itself is stored nowhere."""

    __tablename__ = "recovery_codes"
    __table_args__ = (UniqueConstraint("user_id", "seal"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    seal: Mapped[str] = mapped_column(String(43))
    key_id: Mapped[str | None] = mapped_column(String(8))
    """The key that the seal was made with; the oldest, if the row is from before keys had ids."""
    created_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]
