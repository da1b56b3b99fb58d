"""The record of a passkey."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from trainer.core.db import Base


class Passkey(Base):
    """A key pair in someone's phone, computer or key ring that signs them in; we hold the public half alone."""

    __tablename__ = "passkeys"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(1023), unique=True)
    """What the authenticator calls it."""
    public_key: Mapped[bytes] = mapped_column(LargeBinary(2000))
    sign_count: Mapped[int] = mapped_column(BigInteger)
    """How often it has signed, where the authenticator counts; one that goes back is a copy."""
    name: Mapped[str] = mapped_column(String(60))
    """As its owner calls it."""
    created_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]
