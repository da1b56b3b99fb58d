"""Finding files that someone ordered, for those who may have them."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from trainer.compliance.rules import Limits
from trainer.core.db import db
from trainer.core.errors import NotFound
from trainer.core.work import Job
from trainer.organizations.actor import Actor
from trainer.organizations.queries import find_actor
from trainer.organizations.rules import May

ALL_SEEN: Final = "all"


def written_teams(team_ids: Collection[uuid.UUID] | None) -> str:
    """Return of which teams a file is, as its order keeps it."""
    return ALL_SEEN if team_ids is None else " ".join(sorted(team_id.hex for team_id in team_ids))


def teams_of_order(job: Job) -> frozenset[uuid.UUID] | None:
    """Return of which teams a file is; None for all, as of an order that doesn't say it."""
    written = job.details.get("seen", ALL_SEEN)
    return None if written == ALL_SEEN else frozenset(uuid.UUID(hex=team_id) for team_id in written.split())


def may_have(actor: Actor, job: Job) -> bool:
    """Return True for someone who may have a file now: the person who ordered it, or an owner, who still sees all of
    whom it is."""
    if not actor.may(May.SEE_TRAINING) or (job.ordered_by_id != actor.user_id and not actor.may(May.SET_FIRM)):
        return False
    return Limits(actor.team_ids).hold(Limits(teams_of_order(job)))


def list_orders(actor: Actor, kind: str) -> Sequence[Job]:
    """Return the newest files of a kind that the actor may have, the newest first."""
    jobs = select(Job).where(Job.organization_id == actor.organization_id, Job.kind == kind)
    newest = db.session.scalars(jobs.order_by(Job.created_at.desc()).limit(50))
    return [job for job in newest if may_have(actor, job)][:10]


def get_order(actor: Actor, job_id: uuid.UUID, kind: str) -> Job:
    """Return a file of a kind, ready or not. Raises NotFound for someone who may not have it."""
    job = db.session.scalar(
        select(Job).where(Job.id == job_id, Job.organization_id == actor.organization_id, Job.kind == kind)
    )
    if job is None or not may_have(actor, job):
        raise NotFound
    return job


def get_orderer(job: Job) -> Actor:
    """Return the person who ordered a file, for whom it is made, as someone who sees no other teams than it is of.

    Raises NotFound if they may no longer have it.
    """
    assert job.organization_id is not None
    actor = find_actor(job.ordered_by_id, job.organization_id)
    if actor is None or not may_have(actor, job):
        raise NotFound(_l("The person who ordered this may no longer see it, or sees other teams now."))
    return replace(actor, team_ids=teams_of_order(job))
