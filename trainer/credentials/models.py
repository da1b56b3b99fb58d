"""Credential records."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from trainer.core.db import Base

_STANDS = text("reissued_at IS NULL")
_OFF = text("revoked_at IS NOT NULL OR superseded_by_id IS NOT NULL")


@dataclass(frozen=True, kw_only=True)
class PassedFinal:
    """The final that earned a credential, as it was decided. Its counts are its holder's: no page shows them to others.

    Kept as JSON beside the facts, under the same names.
    """

    scenes: int
    stage: int
    round: int
    number: int
    """Of the try, within the round."""
    caught: int
    to_report: int
    over_reported: int
    achievement: str | None
    """What a credential that is earned by it says; None of finals from before they kept it."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a completion comes to: from here on its credential, the certificate and the API say this and nothing else.

    Each is a column of the credential, under the same name. `minutes` are active minutes.
    """

    holder_name: str
    course: str
    course_title: str
    course_version: str
    course_digest: str
    edition: str | None
    achievement: str
    scenes: int
    minutes: int
    started_on: dt.date
    is_attested: bool = False
    is_paced: bool = False
    is_tested_out: bool = False
    unapproved_states: tuple[str, ...] = ()
    is_local_trial: bool = False


@dataclass(frozen=True, kw_only=True)
class Stated(Facts):
    """A credential's facts, with its number and how long it is valid."""

    serial: str
    issued_on: dt.date
    valid_until: dt.date


class Credential(Base):
    """A statement that a person earned what a course attests. One per person, course and cycle, but for those that
    were issued again in another name.
    """

    __tablename__ = "credentials"
    __table_args__ = (
        Index(
            "uq_credentials_standing",
            *("user_id", "course", "cycle"),
            unique=True,
            sqlite_where=_STANDS,
            postgresql_where=_STANDS,
        ),
        # All that tells whether a requirement is satisfied: ten thousand people are asked about in one statement.
        Index(
            "ix_credentials_standing",
            "user_id",
            "course",
            "revoked_at",
            "reissued_at",
            "minutes",
            "is_paced",
            "is_attested",
            "is_tested_out",
            "issued_on",
            "valid_until",
        ),
        # Few: by it, what was issued again in another name finds the one before.
        Index(
            "ix_credentials_names",
            "superseded_by_id",
            sqlite_where=text("reissued_at IS NOT NULL"),
            postgresql_where=text("reissued_at IS NOT NULL"),
        ),
        Index("ix_credentials_off", "status_index", sqlite_where=_OFF, postgresql_where=_OFF),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    course: Mapped[str] = mapped_column(String(60))
    cycle: Mapped[int]
    serial: Mapped[str] = mapped_column(String(27), unique=True)
    """26 random Crockford base32 characters and a check character, without separators."""
    status_index: Mapped[int] = mapped_column(BigInteger, unique=True)
    """Its random place in the lists that say which badges no longer count; nobody else ever gets it."""

    # Facts as they were at issue; nothing later changes them.
    holder_name: Mapped[str] = mapped_column(String(120))
    course_title: Mapped[str] = mapped_column(String(200))
    course_version: Mapped[str] = mapped_column(String(20))
    course_digest: Mapped[str] = mapped_column(String(64))
    edition: Mapped[str | None] = mapped_column(String(60))
    achievement: Mapped[str] = mapped_column(Text)
    scenes: Mapped[int]
    final: Mapped[dict[str, Any] | None]
    """The final that earned it, as `PassedFinal` has it; None of those issued before it was kept."""
    minutes: Mapped[int]
    started_on: Mapped[dt.date]
    is_attested: Mapped[bool] = mapped_column(default=False)
    """The holder signed that all of it was their own work."""
    is_paced: Mapped[bool] = mapped_column(default=False)
    """No lesson could be skipped ahead to."""
    is_tested_out: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Lessons weren't read, because the holder showed before the course that they knew what these teach."""
    unapproved_states: Mapped[list[str]] = mapped_column(default=list)
    """States for whose requirements it was earned and that want an approved course, which this one isn't."""
    issued_at: Mapped[dt.datetime]
    issued_on: Mapped[dt.date]
    """The day of `issued_at` in UTC, from which periods run."""
    valid_until: Mapped[dt.date]
    is_local_trial: Mapped[bool]

    revoked_at: Mapped[dt.datetime | None]
    revocation_reason: Mapped[str | None] = mapped_column(Text)
    reissued_at: Mapped[dt.datetime | None]
    """When it was issued again in another name: since then the one that superseded it counts in its place, everywhere
    and for the past, too."""
    superseded_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("credentials.id"), index=True)
    sharing_key: Mapped[str | None] = mapped_column(String(22), unique=True)
    """In the address of the page that the holder shares; None while it is off, and another one each time it is on."""

    @property
    def stated(self) -> Stated:
        """What it states."""
        facts = {field.name: getattr(self, field.name) for field in fields(Stated)}
        return Stated(**{**facts, "unapproved_states": tuple(self.unapproved_states)})
