"""InspectorLink and PackManifest records."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from trainer.core.db import Base
from trainer.organizations.models import LONGEST_NAME

LONGEST_LABEL = 80


class InspectorLink(Base):
    """A link by which someone without an account reads a firm's training status, until it expires.

    The link itself is stored nowhere.
    """

    __tablename__ = "inspector_links"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    label: Mapped[str] = mapped_column(String(LONGEST_LABEL))
    """For whom it was made."""
    nonce: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[dt.datetime]
    created_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    """In whose name it is: it works while this person may create such links."""
    expires_at: Mapped[dt.datetime]
    revoked_at: Mapped[dt.datetime | None]
    pack_id: Mapped[uuid.UUID | None]
    """The evidence pack that can be downloaded beside it: the `Job` that made it, which may be gone before the link."""
    team_ids: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    """The teams it is limited to, in hex; none for all. A removed team stays, so that it never becomes all."""
    requirement_id: Mapped[uuid.UUID | None]
    """The requirement it is limited to, which stays when that has ended."""


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
