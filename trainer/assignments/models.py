"""Requirement, Assignment, Waiver, EarlierTraining, Reminder and Digest records, and what requirements and duties were
before."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text, true
from sqlalchemy.orm import Mapped, mapped_column

from trainer.assignments.rules import LONGEST_KEY
from trainer.core.db import Base
from trainer.organizations.models import LONGEST_REGION

LONGEST_REASON = 300


class Requirement(Base):
    """A firm's standing rule: who takes which course, by when, how often."""

    __tablename__ = "requirements"
    __table_args__ = (
        CheckConstraint("least_minutes >= 0", name="minutes_not_negative"),
        CheckConstraint("cadence_months >= 1", name="cadence_counts_months"),
        CheckConstraint("days_allowed >= 0", name="days_not_negative"),
        CheckConstraint("renewal_days >= 1", name="renewal_window_has_days"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    title: Mapped[str] = mapped_column(String(120))
    course: Mapped[str] = mapped_column(String(60))
    pack: Mapped[str | None] = mapped_column(String(60))
    """The requirement pack that it was made from."""
    unapproved_state: Mapped[str | None] = mapped_column(String(60))
    """The state that wants an approved course, where ours is not on its list."""
    region: Mapped[str | None] = mapped_column(String(LONGEST_REGION))
    """Whose numbers and laws what leads to its course shows; None: those of each person's team or firm."""
    audience: Mapped[dict[str, Any]]
    """Who, as `rules.Audience` writes it. A team that was removed stays named, so that nobody is added by that."""
    least_minutes: Mapped[int]
    cadence_months: Mapped[int]
    """How long one completion covers a person, if its credential doesn't run out before."""
    days_allowed: Mapped[int]
    """Days from being hired, or from the start of the requirement if that is later, to the first due day."""
    renewal_days: Mapped[int]
    """How many days before it runs out the next cycle opens."""
    is_paced: Mapped[bool]
    """No skipping ahead: lessons in order."""
    allows_test_out: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Whoever shows before the course that they know the core path needn't read it."""
    attestation: Mapped[str | None] = mapped_column(Text)
    """The sentence that each person signs before the final."""
    earlier_titles: Mapped[str | None] = mapped_column(Text)
    """Titles of trainings recorded by the firm that count, one a line; empty: any counts; NULL: none does."""
    earlier_keys: Mapped[str | None] = mapped_column(Text)
    """The same as `rules.written_keys` writes them."""
    starts_on: Mapped[dt.date]
    created_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]


class Assignment(Base):
    """One person's duty that follows from a requirement. Where it stands is derived, never stored."""

    __tablename__ = "assignments"
    __table_args__ = (
        UniqueConstraint("membership_id", "requirement_id"),
        Index("ix_assignments_requirement_id_membership_id", "requirement_id", "membership_id"),
        Index("ix_assignments_organization_id_id", "organization_id", "id"),
        # All that the training status of a whole firm reads of an assignment.
        Index(
            "ix_assignments_standing",
            "organization_id",
            "ended_at",
            "requirement_id",
            "membership_id",
            "user_id",
            "due_on",
            "id",
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id"))
    requirement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("requirements.id"))
    membership_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("memberships.id"))
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    """The membership's user, here too so that counting ten thousand people looks up no membership."""
    due_on: Mapped[dt.date]
    """The first due day. Once there is a completion, the day it runs out is the due day."""
    created_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]
    """When it stopped: the requirement ended or is no longer for this person, or the person left."""


class RequirementVersion(Base):
    """A stretch of time in which a requirement said the same: what `Requirement` said then, whatever it says now."""

    __tablename__ = "requirement_versions"

    requirement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("requirements.id"), primary_key=True)
    began_at: Mapped[dt.datetime] = mapped_column(primary_key=True)
    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    ended_at: Mapped[dt.datetime | None]
    title: Mapped[str] = mapped_column(String(120))
    course: Mapped[str] = mapped_column(String(60))
    unapproved_state: Mapped[str | None] = mapped_column(String(60))
    audience: Mapped[dict[str, Any]]
    least_minutes: Mapped[int]
    cadence_months: Mapped[int]
    days_allowed: Mapped[int]
    renewal_days: Mapped[int]
    is_paced: Mapped[bool]
    allows_test_out: Mapped[bool]
    attestation: Mapped[str | None] = mapped_column(Text)
    earlier_titles: Mapped[str | None] = mapped_column(Text)
    earlier_keys: Mapped[str | None] = mapped_column(Text)
    starts_on: Mapped[dt.date]

    @property
    def id(self) -> uuid.UUID:
        """The requirement's, as whoever lists requirements asks for it."""
        return self.requirement_id


class DutyPeriod(Base):
    """A stretch of time in which a duty stood with the same first due day.

    That its person left doesn't end it: until which day someone was there is on the roster.
    """

    __tablename__ = "duty_periods"
    __table_args__ = (
        # All that the training status of a whole firm on a past day reads of a duty.
        Index(
            "ix_duty_periods_standing",
            "organization_id",
            "requirement_id",
            "membership_id",
            "began_at",
            "ended_at",
            "due_on",
            "assignment_id",
        ),
        Index("ix_duty_periods_membership_id", "membership_id", "requirement_id"),
    )

    assignment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assignments.id"), primary_key=True)
    began_at: Mapped[dt.datetime] = mapped_column(primary_key=True)
    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id"))
    requirement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("requirements.id"), index=True)
    membership_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("memberships.id"))
    due_on: Mapped[dt.date]
    ended_at: Mapped[dt.datetime | None]


class Waiver(Base):
    """A recorded excuse, until a day."""

    __tablename__ = "waivers"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    assignment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assignments.id"), index=True)
    reason: Mapped[str] = mapped_column(String(LONGEST_REASON))
    until: Mapped[dt.date]
    """The last day that it holds."""
    created_at: Mapped[dt.datetime]
    created_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    ended_at: Mapped[dt.datetime | None]


class TrainingProof(Base):
    """A file that a firm keeps as proof of trainings that it recorded: a PDF, PNG or JPEG."""

    __tablename__ = "training_proofs"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    """Its name as uploaded, with the ending of its real type."""
    kind: Mapped[str] = mapped_column(String(20))
    """Its media type, recognized by its content."""
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    created_at: Mapped[dt.datetime]
    created_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)


class EarlierTraining(Base):
    """A training that someone took elsewhere, as the firm recorded it. It is never one of our certificates."""

    __tablename__ = "earlier_trainings"
    __table_args__ = (
        CheckConstraint("minutes >= 1", name="minutes_are_some"),
        CheckConstraint("approved_by_id IS NULL OR approved_by_id <> created_by_id", name="two_people"),
        # The same training isn't recorded twice.
        Index(
            "ix_earlier_trainings_once",
            "membership_id",
            "title_key",
            "completed_on",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_earlier_trainings_standing", "membership_id", "approved_at"),
        Index("ix_earlier_trainings_organization_id_batch_id", "organization_id", "batch_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id"))
    membership_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("memberships.id"))
    batch_id: Mapped[uuid.UUID | None]
    """Shared by the trainings of one imported list."""
    proof_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("training_proofs.id"), index=True)
    title: Mapped[str] = mapped_column(String(120))
    title_key: Mapped[str] = mapped_column(String(LONGEST_KEY))
    """The folded title, by which a requirement recognizes it."""
    issuer: Mapped[str] = mapped_column(String(120))
    completed_on: Mapped[dt.date]
    minutes: Mapped[int]
    note: Mapped[str | None] = mapped_column(String(LONGEST_REASON))
    created_at: Mapped[dt.datetime]
    created_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    approved_at: Mapped[dt.datetime | None]
    approved_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    ended_at: Mapped[dt.datetime | None]
    """When it was declined, or withdrawn after it had been approved."""
    ended_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    end_reason: Mapped[str | None] = mapped_column(String(LONGEST_REASON))


class Reminder(Base):
    """A reminder that was sent, or why it wasn't. The row comes before the mail: one for each due day and kind."""

    __tablename__ = "reminders"
    __table_args__ = (
        UniqueConstraint("assignment_id", "kind", "due_on"),
        Index("ix_reminders_log", "organization_id", "created_at", "id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    assignment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assignments.id"))
    kind: Mapped[str] = mapped_column(String(20))
    """Such as "30 days", "7 days", "1 day", "overdue 3" for the third week over, or "now 2026-11-26": sent by hand that
    day."""
    due_on: Mapped[dt.date]
    created_at: Mapped[dt.datetime]
    created_by_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    """Who sent it by hand; as in the audit log, an id without a foreign key."""
    message_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    """The row in the outbox."""
    skipped: Mapped[str | None] = mapped_column(String(60))
    """Why nothing was sent."""


class Digest(Base):
    """A Monday's summary for one manager."""

    __tablename__ = "digests"
    __table_args__ = (UniqueConstraint("membership_id", "monday"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    membership_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("memberships.id"))
    monday: Mapped[dt.date]
    created_at: Mapped[dt.datetime]
    message_id: Mapped[uuid.UUID | None]
