"""What links for inspectors and evidence packs tell of a person, and what is forgotten. Never commits."""

from __future__ import annotations

import datetime as dt
import shutil
import uuid
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, or_, select

from trainer.accounts.models import User
from trainer.compliance.models import InspectorLink, Report, ReportRecipient
from trainer.compliance.packs import folder_of
from trainer.core import audit
from trainer.core.db import db
from trainer.core.persons import Held, Told, tell_all
from trainer.core.work import Job

HELD: Final = {
    "work": Held(
        {"inspector_links", "report_recipients", "reports"}, ("inspector_links", "reports", "reports_received", "packs")
    ),
}
"""What it holds of people, by the sort of data that `trainer/privacy/register.py` tells of."""
NOBODY: Final = {
    "pack_manifests": "What a firm's pack was, for those who check it.",
    "report_mails": "That a report was sent.",
}
"""Tables that say nothing of a person by themselves, and why."""


def export_person(user_id: uuid.UUID) -> Told:
    """Return the links that a person made for inspectors, without for whom, and the evidence packs ordered."""
    links = select(InspectorLink).where(InspectorLink.created_by_id == user_id).order_by(InspectorLink.created_at)
    packs = select(Job).where(Job.ordered_by_id == user_id).order_by(Job.created_at, Job.id)
    chosen = select(ReportRecipient).where(_is_recipient(user_id)).order_by(ReportRecipient.asked_at)
    reports = select(Report).where(Report.created_by_id == user_id).order_by(Report.created_at)
    return {
        "inspector_links": tell_all(links, "created_at", "expires_at", "revoked_at"),
        "reports": tell_all(reports, "rhythm", "created_at", "paused_at", "ended_at"),
        "reports_received": tell_all(chosen, "email", "asked_at", "confirmed_at", "stopped_at", "stop"),
        "packs": tell_all(packs, "kind", "created_at", "finished_at"),
    }


def forget_person(user_id: uuid.UUID, _now: dt.datetime) -> None:
    """Delete the packs that a person ordered and that aren't finished: nobody could get them. First of all features.

    That reports went to the person goes, too, whether as staff or at an address outside a firm. Links that inspectors
    have and packs that are finished are the firm's and run out on their own. Never commits.
    """
    for job in db.session.scalars(select(Job).where(Job.ordered_by_id == user_id, Job.finished_at.is_(None))):
        shutil.rmtree(folder_of(job.id), ignore_errors=True)
        db.session.delete(job)
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
