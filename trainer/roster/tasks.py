"""Take a large roster over: check it, write it, invite people.

Nothing is written before everything is checked, and all of it is written in one transaction. A worker that was killed
goes on where it stood: a roster that was written isn't written again.
"""

from __future__ import annotations

import datetime as dt
from typing import Final
from uuid import UUID

from sqlalchemy import select

from trainer.core.db import db, transaction
from trainer.core.errors import Conflict, NotYet
from trainer.core.work import Job
from trainer.organizations.actor import Actor
from trainer.organizations.queries import find_actor
from trainer.organizations.rules import May
from trainer.roster.models import RosterDraft
from trainer.roster.planning import decide
from trainer.roster.writing import Confirmation, check, invite_added, take_over

STEPS: Final = 3
"""Checked, written, invited."""


def import_roster(job: Job, now: dt.datetime) -> tuple[int, int]:
    """Do the next step; return (steps done, steps)."""
    draft = db.session.scalar(select(RosterDraft).where(RosterDraft.id == UUID(job.details["draft_id"])))
    actor = find_actor(job.ordered_by_id, draft.organization_id) if draft is not None else None
    if draft is None or "order" not in draft.rows:
        return STEPS, STEPS
    if actor is None or not actor.may(May.SET_TEAMS):  # who ordered it may not do that any more
        _put_back(draft.id)
        return STEPS, STEPS
    if draft.applied_at is None:
        return _write(actor, draft, job, now)
    with transaction():
        draft = _lock(draft.id)
        invite_added(actor, draft, now)
        draft.rows = {name: value for name, value in draft.rows.items() if name != "order"}
    return STEPS, STEPS


def _write(actor: Actor, draft: RosterDraft, job: Job, now: dt.datetime) -> tuple[int, int]:
    order = draft.rows["order"]
    said = Confirmation(*(order[name] for name in ("digest", "has_mail", "leaves_out")))
    try:
        check(decide(actor, draft, now).plan, said)  # before anything is locked: this takes longest
        if job.done == 0:
            return 1, STEPS
        with transaction():
            draft = _lock(draft.id)
            if draft.applied_at is not None:  # another worker was faster
                return 2, STEPS
            take_over(actor, draft, said, now)
            draft.rows = {**draft.rows, "order": order}
    except (Conflict, NotYet):
        _put_back(draft.id)
        return STEPS, STEPS
    return 2, STEPS


def _put_back(draft_id: UUID) -> None:
    """Let it wait again, to be looked at and confirmed once more."""
    with transaction():
        draft = _lock(draft_id)
        draft.rows = {name: value for name, value in draft.rows.items() if name != "order"} | {"is_put_back": True}


def _lock(draft_id: UUID) -> RosterDraft:
    return db.session.scalars(select(RosterDraft).where(RosterDraft.id == draft_id).with_for_update()).one()
