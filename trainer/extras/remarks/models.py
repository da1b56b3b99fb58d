"""The record Remark."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from trainer.core.db import Base

LONGEST_REMARK = 1000


class Remark(Base):
    """What someone finds wrong with a scene as they saw it, or a lesson. Neither who wrote it nor the hour is kept."""

    __tablename__ = "remarks"
    __table_args__ = (CheckConstraint("(item_digest IS NULL) <> (lesson IS NULL)", name="about_one"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    item_digest: Mapped[str | None] = mapped_column(ForeignKey("item_snapshots.digest"), index=True)
    lesson: Mapped[str | None] = mapped_column(String(200))
    """Its course, module and name, as in its address."""
    kind: Mapped[str] = mapped_column(String(10))
    text: Mapped[str | None] = mapped_column(String(LONGEST_REMARK))
    written_on: Mapped[dt.date] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(String(10))
