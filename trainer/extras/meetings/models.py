"""Records of meetings in person: who was there, and what was signed off for them."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from trainer.core.db import Base
from trainer.instructing.models import LONGEST_NAME

LONGEST_NOTE = 300
LONGEST_PLACE = 120
LONGEST_STATEMENT = 400
MOST_WALK_INS = 1_000
"""Names at a meeting of people who aren't in the class."""


class ClassSession(Base):
    """A meeting in person: when, where, how long, and which lessons are taught. It may be planned ahead."""

    __tablename__ = "class_sessions"
    __table_args__ = (CheckConstraint("minutes >= 1", name="minutes_count_from_one"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    cohort_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cohorts.id"), index=True)
    held_on: Mapped[dt.date]
    minutes: Mapped[int]
    lessons: Mapped[list[str]]
    """Ids of the lessons taught, in course order."""
    place: Mapped[str | None] = mapped_column(String(LONGEST_PLACE))
    note: Mapped[str | None] = mapped_column(String(LONGEST_NOTE))
    walk_ins: Mapped[list[str] | None]
    """Names of people who were there and aren't in the class."""
    created_at: Mapped[dt.datetime]
    created_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)


class Attendance(Base):
    """Someone was at a meeting."""

    __tablename__ = "attendances"

    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("class_sessions.id"), primary_key=True)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cohort_members.id"), primary_key=True, index=True)
    noted_at: Mapped[dt.datetime]


class Signature(Base):
    """The name that an instructor typed below a statement, with which a meeting's lessons were signed off."""

    __tablename__ = "signatures"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    session_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("class_sessions.id", ondelete="SET NULL"), index=True
    )
    """None once the class was deleted with its firm."""
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    statement: Mapped[str] = mapped_column(String(LONGEST_STATEMENT))
    """As it read when it was signed."""
    signed_at: Mapped[dt.datetime]
    signed_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)


class SignOff(Base):
    """An instructor's statement that someone was taught a lesson in person. Once for each enrollment and lesson."""

    __tablename__ = "sign_offs"

    enrollment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enrollments.id"), primary_key=True)
    lesson: Mapped[str] = mapped_column(String(121), primary_key=True)
    session_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("class_sessions.id", ondelete="SET NULL"), index=True
    )
    """Nothing once the class went with its firm: what was learned there stays the person's."""
    member_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("cohort_members.id", ondelete="SET NULL"), index=True
    )
    minutes: Mapped[int]
    """Active minutes credited for it."""
    signed_off_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    signed_off_at: Mapped[dt.datetime]
    signature_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("signatures.id"), index=True)
    """None of those before there were signatures; they can't be undone."""
    read_before_at: Mapped[dt.datetime | None]
    """When the learner had last marked the lesson as read; None if they hadn't. Undoing puts it back."""
