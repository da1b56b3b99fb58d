"""The records Trial, TrialProtocol and TrialPerson."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from trainer.core.db import Base

LONGEST_CONTACT = 300
LONGEST_NUMBER = 80

_RUNNING = text("closed_at IS NULL")


class Trial(Base):
    """A trial in a firm or in a class: allowed by an administrator, set up and opened there, closed for good."""

    __tablename__ = "trials"
    __table_args__ = (
        CheckConstraint("(organization_id IS NULL) <> (cohort_id IS NULL)", name="of_a_firm_or_a_class"),
        # Each runs one at a time.
        Index(
            "ux_trials_one_running",
            "organization_id",
            unique=True,
            sqlite_where=_RUNNING,
            postgresql_where=_RUNNING,
        ),
        Index("ux_trials_one_in_class", "cohort_id", unique=True, sqlite_where=_RUNNING, postgresql_where=_RUNNING),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    organization_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organizations.id"), index=True)
    cohort_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("cohorts.id"), index=True)
    """The class, in place of a firm; its firm, if it has one, is the class's."""
    seed: Mapped[str] = mapped_column(String(64))
    """From which the lots follow. No page shows it."""
    allowed_at: Mapped[dt.datetime]
    course: Mapped[str | None] = mapped_column(String(60))
    contact: Mapped[str | None] = mapped_column(String(LONGEST_CONTACT))
    """Whom people can ask, as whoever set it up wrote it."""
    enroll_until: Mapped[dt.date | None]
    """The last day on which someone can agree to take part."""
    registry_number: Mapped[str | None] = mapped_column(String(LONGEST_NUMBER))
    """Where a person registered the trial. Never filled in here."""
    ethics_decision: Mapped[str | None] = mapped_column(String(LONGEST_CONTACT))
    """What an ethics board decided, as a person wrote it. Never filled in here."""
    is_made_up: Mapped[bool] = mapped_column(default=False)
    """Its people don't exist."""
    opened_at: Mapped[dt.datetime | None]
    closed_at: Mapped[dt.datetime | None]


class TrialProtocol(Base):
    """What a trial was to do, frozen when it was opened; a later change is a new version."""

    __tablename__ = "trial_protocols"

    trial_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("trials.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    frozen_at: Mapped[dt.datetime]
    text: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the text."""


class TrialPerson(Base):
    """Someone who agreed to take part, and what fell to them. Of this a firm or an instructor sees a number alone."""

    __tablename__ = "trial_people"
    __table_args__ = (UniqueConstraint("trial_id", "site", "place"),)

    trial_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("trials.id"), primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), primary_key=True, index=True)
    site: Mapped[str] = mapped_column(String(32))
    """The id of the team or class in hex; empty for people in no team."""
    place: Mapped[int]
    """In which order people at the site agreed, from 0."""
    arm: Mapped[str] = mapped_column(String(5))
    form: Mapped[str] = mapped_column(String(1))
    """Which form of the scenes came first."""
    agreed_at: Mapped[dt.datetime] = mapped_column(index=True)
    protocol: Mapped[int]
    """The version of the protocol that was in effect."""
    withdrew_at: Mapped[dt.datetime | None]
    mailed_at: Mapped[dt.datetime | None]
    """When the mail about the second form was ordered; there is no second one."""
