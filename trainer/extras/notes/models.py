"""Records of notes handed in to classes, and of comments kept to answer them."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from trainer.core.db import Base

LONGEST_NOTE_TEXT = 2_000
"""Characters, as many as a note in practice may have."""
LONGEST_COMMENT = 600
"""Characters; a unique index holds them, and PostgreSQL allows it 2,704 bytes."""

_WAITS = text("answered_at IS NULL")


class ClassNote(Base):
    """A note that someone in a class handed in, and what its instructor answered. A rewrite is a row of its own."""

    __tablename__ = "class_notes"
    __table_args__ = (
        Index(
            "uq_class_notes_waiting",
            "member_id",
            "item_digest",
            unique=True,
            sqlite_where=_WAITS,
            postgresql_where=_WAITS,
        ),
        Index("ix_class_notes_cohort_id_handed_in_at", "cohort_id", "handed_in_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    cohort_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cohorts.id"))
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cohort_members.id"), index=True)
    item_digest: Mapped[str] = mapped_column(String(64))
    """Which question it answers; once the question has changed, it is another."""
    question: Mapped[dict[str, Any]]
    """The question as it was asked, with its rubric: a `NotePayload` as JSON."""
    text: Mapped[str] = mapped_column(String(LONGEST_NOTE_TEXT))
    handed_in_at: Mapped[dt.datetime]
    answered_at: Mapped[dt.datetime | None]
    answered_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    met: Mapped[list[str] | None]
    """Ids of the points of the rubric that it meets; None until it is answered."""
    comment: Mapped[str | None] = mapped_column(String(LONGEST_COMMENT))
    read_at: Mapped[dt.datetime | None]
    """When the learner said they had read the answer."""


class SavedComment(Base):
    """A comment that an instructor keeps, to use it again. Nobody else sees the list."""

    __tablename__ = "saved_comments"
    __table_args__ = (UniqueConstraint("user_id", "text"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    text: Mapped[str] = mapped_column(String(LONGEST_COMMENT))
    saved_at: Mapped[dt.datetime]
