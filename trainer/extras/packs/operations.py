"""Evidence packs: ordering one, recording that it was made."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection

from sqlalchemy import select, update

from trainer.compliance.order_queries import written_teams
from trainer.compliance.queries import viewer_of
from trainer.core import work
from trainer.core.audit import note
from trainer.core.db import db
from trainer.core.work import Job
from trainer.extras.packs.limits import choose_limits, tell_limits
from trainer.extras.packs.making import Made
from trainer.extras.packs.models import PackManifest
from trainer.extras.packs.queries import PACK
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
    viewer_of(actor, now, as_of)
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
    told = tell_limits(actor.organization_id, limits)
    details = {"as_of": as_of.isoformat(), **({"limits": told} if told else {})}
    firm = actor.organization_id
    note("export.evidence_pack", now, actor_id=actor.user_id, organization_id=firm, subject_id=job.id, **details)
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


def forget_firm(organization_id: uuid.UUID, _most: int) -> int:
    """Take a firm's name off what is recorded of its packs; return 0, since nothing is deleted.

    That a pack was made stays: those who were given it can still check it.
    """
    theirs = update(PackManifest).where(PackManifest.organization_id == organization_id)
    nameless = theirs.values(organization_id=None, firm=None)
    db.session.execute(nameless.execution_options(synchronize_session=False))
    return 0
