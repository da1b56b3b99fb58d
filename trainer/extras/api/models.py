"""The records ApiToken and PersonWrite."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from trainer.core.db import Base
from trainer.organizations.models import LONGEST_NUMBER

LONGEST_LABEL = 80


class ApiToken(Base):
    """What another system of a firm reads its records with, and may write some, until it expires or is revoked.

    The token itself is shown once and stored nowhere.
    """

    __tablename__ = "api_tokens"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    created_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    """It acts only while this person is an owner of the firm."""
    label: Mapped[str] = mapped_column(String(LONGEST_LABEL))
    """For which system it was made."""
    scopes: Mapped[list[str]]
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256. The token is 256 random bits, so there is nothing to guess and nothing to salt."""
    created_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    last_used_at: Mapped[dt.datetime | None]
    """Written once an hour at most, and at the first use of a day."""
    revoked_at: Mapped[dt.datetime | None]


class PersonWrite(Base):
    """The newest write of another system about whoever has an employee number, so that an older one changes nothing.

    Forgotten a year after it arrived.
    """

    __tablename__ = "person_writes"

    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id"), primary_key=True)
    employee_number: Mapped[str] = mapped_column(String(LONGEST_NUMBER), primary_key=True)
    changed_at: Mapped[dt.datetime]
    """When the other system says that it changed there."""
    written_at: Mapped[dt.datetime] = mapped_column(index=True)
    """When it arrived."""
