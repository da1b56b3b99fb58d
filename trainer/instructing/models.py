"""Records of classes: who is in them and who is invited, who looks at them, mail, figures."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from trainer.core.db import Base

LONGEST_TITLE = 120
LONGEST_NAME = 120

_THERE = text("left_at IS NULL")
_LASTS = text("ended_at IS NULL")
_HOLDS = text("revoked_at IS NULL")


class Cohort(Base):
    """A class: a course taught to a group by an instructor, within a firm or, without one, public."""

    __tablename__ = "cohorts"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="ends_after_it_starts"),
        CheckConstraint("capacity IS NULL OR capacity >= 1", name="capacity_counts_people"),
        Index("ix_cohorts_organization_id_starts_on", "organization_id", "starts_on"),
        Index("ix_cohorts_instructor_id_starts_on", "instructor_id", "starts_on"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    organization_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organizations.id"))
    instructor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    course: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    taught_by: Mapped[str] = mapped_column(String(LONGEST_NAME))
    """The instructor's name as people who join read it."""
    starts_on: Mapped[dt.date]
    ends_on: Mapped[dt.date]
    """The last day on which people can join."""
    capacity: Mapped[int | None]
    code: Mapped[str] = mapped_column(String(8), unique=True)
    """Crockford base32 without separators; read tolerantly."""
    shows_answers: Mapped[bool] = mapped_column(default=False)
    """The instructor sees each person's wrong answers; said at joining, and fixed once someone has joined."""
    takes_notes: Mapped[bool] = mapped_column(default=False, server_default=false())
    """People can hand in notes they wrote in practice, and the instructor reads them; fixed as `shows_answers` is."""
    created_at: Mapped[dt.datetime]
    archived_at: Mapped[dt.datetime | None]


class CohortMember(Base):
    """A person in a class, from joining to leaving. A person who rejoins gets a new row."""

    __tablename__ = "cohort_members"
    __table_args__ = (
        Index(
            "uq_cohort_members_there",
            "cohort_id",
            "user_id",
            unique=True,
            sqlite_where=_THERE,
            postgresql_where=_THERE,
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    cohort_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cohorts.id"), index=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    """As the person typed it for this class; the name on a certificate is another matter."""
    joined_at: Mapped[dt.datetime]
    """What was answered before this is no part of the class."""
    left_at: Mapped[dt.datetime | None]


class ClassTeam(Base):
    """A team of the firm whose people are invited to a class."""

    __tablename__ = "class_teams"

    cohort_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cohorts.id", ondelete="CASCADE"), primary_key=True)
    team_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"), primary_key=True, index=True)


class ClassInvitation(Base):
    """A person on a firm's roster who is invited to a class, and hasn't been put into it: joining is their own act."""

    __tablename__ = "class_invitations"
    __table_args__ = (UniqueConstraint("cohort_id", "membership_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    cohort_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cohorts.id"))
    membership_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("memberships.id", ondelete="CASCADE"), index=True)
    invited_at: Mapped[dt.datetime]
    invited_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    declined_at: Mapped[dt.datetime | None]
    """When they declined, or left the class after joining it. Joining empties it."""


class ClassInvitationMail(Base):
    """A mail about an invitation to a class: the first, a reminder or a follow-up; the row comes before the mail."""

    __tablename__ = "class_invitation_mails"
    __table_args__ = (
        UniqueConstraint("invitation_id", "bucket"),
        Index("ix_class_invitation_mails_day", "organization_id", "created_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id"))
    invitation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("class_invitations.id", ondelete="CASCADE"))
    bucket: Mapped[int]
    """Which of the spans of `rules.NUDGES_APART` since 1970 it falls in."""
    created_at: Mapped[dt.datetime]
    sent_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    """None for a follow-up."""


class ClassView(Base):
    """A former instructor's view of a class that was transferred: to look at, until it ends."""

    __tablename__ = "class_views"
    __table_args__ = (
        Index(
            "uq_class_views_open",
            "cohort_id",
            "user_id",
            unique=True,
            sqlite_where=_LASTS,
            postgresql_where=_LASTS,
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    cohort_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cohorts.id"), index=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    """As people in the class saw it while this person taught it."""
    began_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]
    """When they left, were removed, or taught the class again."""


class Nudge(Base):
    """A mail that an instructor had sent to someone in a class; the row comes before the mail."""

    __tablename__ = "nudges"
    __table_args__ = (UniqueConstraint("cohort_id", "user_id", "bucket"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    cohort_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cohorts.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    bucket: Mapped[int]
    """Which of the spans of `rules.NUDGES_APART` since 1970 it falls in."""
    created_at: Mapped[dt.datetime]
    created_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)


class InstructorApproval(Base):
    """An administrator's permission to teach public classes."""

    __tablename__ = "instructor_approvals"
    __table_args__ = (
        Index(
            "uq_instructor_approvals_holds",
            "user_id",
            unique=True,
            sqlite_where=_HOLDS,
            postgresql_where=_HOLDS,
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    approved_at: Mapped[dt.datetime]
    revoked_at: Mapped[dt.datetime | None]


class ClassFigures(Base):
    """What a large class said, counted by the worker: shares by kind of scene, and nobody's answer."""

    __tablename__ = "class_figures"

    cohort_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cohorts.id", ondelete="CASCADE"), primary_key=True)
    counted_at: Mapped[dt.datetime]
    weight: Mapped[int]
    """How many scenes the class had been shown by then."""
    figures: Mapped[dict[str, Any]]
    """`figures.Figures` as JSON."""
