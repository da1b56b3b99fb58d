"""Files of certificates and exports: ordering, and recording that it was done."""

from __future__ import annotations

import datetime as dt
import shutil
import uuid

from sqlalchemy import select

from trainer.compliance import certificate_files
from trainer.compliance.orders import folder_of
from trainer.compliance.rules import StatusFilter
from trainer.core import work
from trainer.core.audit import note
from trainer.core.db import db, delete_some
from trainer.core.work import Job
from trainer.organizations.actor import Actor
from trainer.web.language import language_tag


def order_certificates(actor: Actor, status_filter: StatusFilter, now: dt.datetime) -> Job:
    """Order one file of the certificates behind a filter, in the language of whoever orders it."""
    job = work.order(
        certificate_files.KIND,
        now,
        ordered_by_id=actor.user_id,
        organization_id=actor.organization_id,
        language=language_tag(),
        **certificate_files.details_of(actor, status_filter),
    )
    _note(actor, "export.certificates", now, job.id)
    return job


def note_export(actor: Actor, form: str, day: dt.date | None, now: dt.datetime) -> None:
    """Record that training status was exported, of a past day if one is given."""
    _note(actor, "export.training_status", now, None, form=form, **({"as_of": day.isoformat()} if day else {}))


def note_export_of_mail(actor: Actor, now: dt.datetime) -> None:
    """Record that the list of sent mail was exported."""
    _note(actor, "export.sent_mail", now, None, form="csv")


def forget_firm(organization_id: uuid.UUID, most: int) -> int:
    """Delete at most so many of a firm's long work with its files; return how many."""
    long_work = Job.organization_id == organization_id
    for job_id in db.session.scalars(select(Job.id).where(long_work)):
        shutil.rmtree(folder_of(job_id), ignore_errors=True)
    return delete_some(most, (Job, long_work))


def _note(actor: Actor, act: str, now: dt.datetime, subject_id: uuid.UUID | None, **details: str) -> None:
    note(act, now, actor_id=actor.user_id, organization_id=actor.organization_id, subject_id=subject_id, **details)
