"""What reports tell of a person, and what is forgotten. Part of the operations; never commits."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, or_, select

from trainer.accounts.models import User
from trainer.core import audit
from trainer.core.db import db
from trainer.core.privacy import Held, Told, tell_all
from trainer.extras.reports.models import Report, ReportRecipient

HELD: Final = {"work": Held({"report_recipients", "reports"}, ("reports", "reports_received"))}
"""What it holds of people, by the sort of data that `trainer/privacy/register.py` tells of."""
NOBODY: Final = {
    "report_mails": "That a report was sent.",
}
"""Tables that say nothing of a person by themselves, and why."""


def export_person(user_id: uuid.UUID) -> Told:
    """Return the reports that a person set up, and those that the person gets."""
    chosen = select(ReportRecipient).where(_is_recipient(user_id)).order_by(ReportRecipient.asked_at)
    reports = select(Report).where(Report.created_by_id == user_id).order_by(Report.created_at)
    return {
        "reports": tell_all(reports, "rhythm", "created_at", "paused_at", "ended_at"),
        "reports_received": tell_all(chosen, "email", "asked_at", "confirmed_at", "stopped_at", "stop"),
    }


def forget_person(user_id: uuid.UUID, _now: dt.datetime) -> None:
    """Delete that reports go to the person, whether as staff or at an address outside a firm."""
    received = list(db.session.scalars(select(ReportRecipient).where(_is_recipient(user_id))))
    of_report = audit.AuditEvent.subject_id.in_([recipient.report_id for recipient in received])
    numbers = [recipient.id.hex for recipient in received]
    audit.forget_names(and_(of_report, audit.AuditEvent.details["recipient"].as_string().in_(numbers)))
    theirs = delete(ReportRecipient).where(_is_recipient(user_id))
    db.session.execute(theirs.execution_options(synchronize_session=False))
    db.session.flush()


def _is_recipient(user_id: uuid.UUID) -> ColumnElement[bool]:
    address = select(User.email_key).where(User.id == user_id).scalar_subquery()
    return or_(ReportRecipient.user_id == user_id, ReportRecipient.email_key == address)
