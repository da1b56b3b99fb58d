"""Enrollment, LessonCompletion and LessonResponse records."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from trainer.core.db import Base
from trainer.learning.rules import Conditions


class Enrollment(Base):
    """One learner taking one course once. A renewal is a new one with the next cycle."""

    __tablename__ = "enrollments"
    __table_args__ = (
        UniqueConstraint("user_id", "course", "cycle"),
        CheckConstraint("cycle >= 1", name="cycle_counts_from_one"),
        CheckConstraint("active_seconds >= 0", name="active_seconds_not_negative"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    course: Mapped[str] = mapped_column(String(60))
    cycle: Mapped[int] = mapped_column(default=1)
    course_title: Mapped[str] = mapped_column(String(200))
    course_version: Mapped[str] = mapped_column(String(20))
    course_digest: Mapped[str] = mapped_column(String(64))
    """The course as it was when the learner began."""
    conditions: Mapped[dict[str, Any]]
    """What completion takes and what the credential will say, as `rules.Conditions` keeps it; read it as `asks`."""
    started_at: Mapped[dt.datetime] = mapped_column(index=True)
    begun_at: Mapped[dt.datetime | None]
    """When anything was first done in it: a lesson, a minute, a pretest that counts."""
    last_lesson: Mapped[str | None] = mapped_column(String(121))
    """Where to go on: the lesson opened or finished last."""
    place: Mapped[str | None] = mapped_column(String(60))
    """Where the learner works: the name of a lesson in the module to choose from. No firm and no instructor sees it."""
    active_seconds: Mapped[int] = mapped_column(default=0)
    active_until: Mapped[dt.datetime | None]
    """End of the time credited so far; what lies before it is never credited again."""
    read_seconds: Mapped[dict[str, int]] = mapped_column(JSON, default=dict, server_default="{}")
    """Of the active seconds, those credited for the page of each lesson."""
    tested_out_at: Mapped[dt.datetime | None]
    """When the learner showed in the pretest that they know the core path; read it as `is_tested_out`."""
    attested_at: Mapped[dt.datetime | None]
    attested_as: Mapped[str | None] = mapped_column(String(120))
    """The name that was typed below the sentence that the conditions ask for."""
    final_passed_at: Mapped[dt.datetime | None]
    final_scenes: Mapped[int | None]
    final: Mapped[dict[str, Any] | None]
    """The final that was passed, as `credentials.models.PassedFinal` has it; None of those before it was kept."""
    completed_at: Mapped[dt.datetime | None]
    credential_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("credentials.id"), index=True)

    @property
    def asks(self) -> Conditions:
        """What completion takes, and what the credential will say."""
        return Conditions.read(self.conditions)

    @property
    def is_tested_out(self) -> bool:
        """True if the lessons of the core path count as done without being read."""
        return self.tested_out_at is not None and self.asks.allows_test_out

    @property
    def is_short(self) -> bool:
        """True for a renewal with only the lessons for renewing."""
        return self.asks.is_short


class LessonCompletion(Base):
    """A lesson that the learner marked as read."""

    __tablename__ = "lesson_completions"
    __table_args__ = (Index("ix_lesson_completions_read", "enrollment_id", "read_again_at"),)

    enrollment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enrollments.id"), primary_key=True)
    lesson: Mapped[str] = mapped_column(String(121), primary_key=True)
    completed_at: Mapped[dt.datetime]
    read_again_at: Mapped[dt.datetime]
    """When it was last marked as read; a third try at a final asks for a new reading."""


class LessonResponse(Base):
    """The newest answer to a question of a lesson. It earns and costs nothing."""

    __tablename__ = "lesson_responses"

    enrollment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enrollments.id"), primary_key=True)
    lesson: Mapped[str] = mapped_column(String(121), primary_key=True)
    item: Mapped[str] = mapped_column(String(60), primary_key=True)
    item_digest: Mapped[str] = mapped_column(String(64))
    """The question as it was asked; once it has another, it is asked again."""
    given: Mapped[dict[str, Any]]
    is_right: Mapped[bool | None]
    """None of a first step, and where right and wrong don't apply."""
    answered_at: Mapped[dt.datetime]
