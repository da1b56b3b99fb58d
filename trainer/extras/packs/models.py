"""The record PackManifest."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from trainer.core.db import Base
from trainer.organizations.models import LONGEST_NAME


class PackManifest(Base):
    """That an evidence pack was made here: the hash of its manifest, which has the hash of every file.

    It stays when the pack's file is deleted, since the pack lives on in other hands. Nothing personal is in it.
    """

    __tablename__ = "pack_manifests"
    __table_args__ = (CheckConstraint("(organization_id IS NULL) = (firm IS NULL)", name="firm_has_name"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    """The id of the job that made the pack."""
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    """Of `manifest.json`, in hexadecimal."""
    organization_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organizations.id"), index=True)
    """Nothing once the firm was deleted."""
    firm: Mapped[str | None] = mapped_column(String(LONGEST_NAME))
    """The firm's name when the pack was made."""
    as_of: Mapped[dt.date]
    made_at: Mapped[dt.datetime]
    files: Mapped[int]
    """How many the pack has, the manifest included."""
