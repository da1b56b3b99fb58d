"""Evidence packs and exports: ordering, recording what was made."""

from __future__ import annotations

import datetime as dt
import shutil
import uuid
from collections.abc import Collection

from sqlalchemy import select, update

from trainer.compliance import certificate_files
from trainer.compliance.limits import choose_limits, tell_limits
from trainer.compliance.models import PackManifest
from trainer.compliance.packs import Made, folder_of
from trainer.compliance.queries import (
    PACK,
    sight_of,
    written_teams,
)
from trainer.compliance.rules import Limits, Narrowing
from trainer.core import work
from trainer.core.audit import note
from trainer.core.db import db, delete_some
from trainer.core.work import Job
from trainer.organizations.actor import Actor
from trainer.web.language import language_tag


def order_pack(
    actor: Actor,
    as_of: dt.date,
    now: dt.datetime,
    team_ids: Collection[uuid.UUID] = (),
    requirement_id: uuid.UUID | None = None,
) -> Job:
    """Order an evidence pack of a day, of these teams and this requirement or of all that the actor sees, in the
    language of whoever orders it.

    Raises Invalid for a day before the firm was here, and for one to come, and as `choose_limits`.
    """
    sight_of(actor, now, as_of)
    limits = choose_limits(actor, team_ids, requirement_id)
    job = work.order(
        PACK,
        now,
        ordered_by_id=actor.user_id,
        organization_id=actor.organization_id,
        as_of=as_of.isoformat(),
        seen=written_teams(limits.team_ids),
        requirement=limits.requirement_id.hex if limits.requirement_id else "",
        language=language_tag(),
    )
    _note(actor, "export.evidence_pack", now, job.id, as_of=as_of.isoformat(), **_told(actor, limits))
    return job


def record_manifest(job: Job, made: Made) -> None:
    """Record that a pack was made here, once for each: a worker that goes on after a stop records the same.

    Two packs that were ordered in one moment can be the same in every byte; then the first one's record is for both.
    """
    twin = select(PackManifest.id).where(PackManifest.sha256 == made.sha256, PackManifest.id != job.id)
    if db.session.scalar(twin) is not None:
        return
    manifest = db.session.get(PackManifest, job.id) or PackManifest(id=job.id)
    manifest.sha256, manifest.firm, manifest.as_of = made.sha256, made.firm, made.as_of
    manifest.made_at, manifest.files, manifest.organization_id = made.made_at, made.files, job.organization_id
    db.session.add(manifest)
    db.session.flush()


def order_certificates(actor: Actor, narrowing: Narrowing, now: dt.datetime) -> Job:
    """Order one file of the certificates behind a filter, in the language of whoever orders it."""
    job = work.order(
        certificate_files.KIND,
        now,
        ordered_by_id=actor.user_id,
        organization_id=actor.organization_id,
        language=language_tag(),
        **certificate_files.details_of(actor, narrowing),
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
    """Delete at most so many of a firm's long work with the packs; return how many.

    That a pack was made stays, without the firm's name: those who were given it can still check it.
    """
    long_work = Job.organization_id == organization_id
    for job_id in db.session.scalars(select(Job.id).where(long_work)):
        shutil.rmtree(folder_of(job_id), ignore_errors=True)
    db.session.execute(
        update(PackManifest)
        .where(PackManifest.organization_id == organization_id)
        .values(organization_id=None, firm=None)
        .execution_options(synchronize_session=False)
    )
    return delete_some(most, (Job, long_work))


def _told(actor: Actor, limits: Limits) -> dict[str, str]:
    told = tell_limits(actor.organization_id, limits)
    return {"limits": told} if told else {}


def _note(actor: Actor, act: str, now: dt.datetime, subject_id: uuid.UUID | None, **details: str) -> None:
    note(act, now, actor_id=actor.user_id, organization_id=actor.organization_id, subject_id=subject_id, **details)
