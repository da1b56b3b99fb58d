"""Report, ReportRecipient and ReportMail records."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from trainer.core.db import Base


class Report(Base):
    """A report of training status that is mailed each week or month to those whom a firm chose."""

    __tablename__ = "reports"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    created_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    """Who set it up."""
    rhythm: Mapped[str] = mapped_column(String(10))
    team_ids: Mapped[list[str]]
    """The teams it is about, in hex; none for all. A removed team stays, so that it never becomes all."""
    language: Mapped[str] = mapped_column(String(10))
    """In which addresses outside the firm get it: that of the page where it was set up."""
    created_at: Mapped[dt.datetime]
    paused_at: Mapped[dt.datetime | None]
    ended_at: Mapped[dt.datetime | None]


class ReportRecipient(Base):
    """Who gets a report: someone of the firm's staff, or an address outside that said yes by a link."""

    __tablename__ = "report_recipients"
    __table_args__ = (UniqueConstraint("report_id", "user_id"), UniqueConstraint("report_id", "email_key"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("reports.id", ondelete="CASCADE"))
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    email: Mapped[str | None] = mapped_column(String(254))
    email_key: Mapped[str | None] = mapped_column(String(254), index=True)
    """Of an address outside. Staff are written to at the address of their account."""
    nonce: Mapped[str] = mapped_column(String(32))
    """From which the links in its mails are made; they are stored nowhere."""
    message_id: Mapped[uuid.UUID | None]
    """The mail that asked, as in the outbox."""
    asked_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    """Who added it, or took it over. An address outside gets the report as long as this person may see all of it."""
    asked_at: Mapped[dt.datetime]
    confirmed_at: Mapped[dt.datetime | None]
    stopped_at: Mapped[dt.datetime | None]
    stop: Mapped[str | None] = mapped_column(String(20))
    """Why it stopped (`rules.Stop`)."""


class ReportMail(Base):
    """A report that was ordered for someone, once for each day on which it is due; its id is the mail's."""

    __tablename__ = "report_mails"
    __table_args__ = (UniqueConstraint("recipient_id", "due_on"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("reports.id", ondelete="CASCADE"), index=True)
    recipient_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("report_recipients.id", ondelete="CASCADE"))
    due_on: Mapped[dt.date]
    created_at: Mapped[dt.datetime]
