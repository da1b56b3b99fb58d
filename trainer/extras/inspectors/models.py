"""The record InspectorLink."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from trainer.core.db import Base

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
