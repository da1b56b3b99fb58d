"""Marking people who have left, by a roster: one audit event each, undone within a day. Part of the operations."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import or_, select, update

from trainer.accounts.models import User
from trainer.core.audit import note
from trainer.core.db import db
from trainer.core.events import Kind, happen_once
from trainer.organizations.actor import Actor
from trainer.organizations.models import Membership
from trainer.organizations.queries import lock_organization
from trainer.roster.models import RosterDraft
from trainer.roster.plan import Fate, Plan

_PORTION = 500  # a database takes only so many values in one statement


def end_people(actor: Actor, decided: Plan, now: dt.datetime, **told: str) -> list[uuid.UUID]:
    """Note that the people who leave by this plan have left, and return who. The caller has locked the firm.

    `told`: what the audit log is told beside the person and the day.
    """
    today = actor.today(now)
    last_days = {
        entry.membership_id: (entry.name, (entry.wanted.ended_on if entry.wanted else None) or today)
        for entry in decided.taken[Fate.LEAVES]
        if entry.membership_id is not None
    } | {person.membership_id: (person.name, max(today, person.hired_on or today)) for person in decided.leaving}
    for membership_id, (name, day) in last_days.items():
        _note(actor, "membership.removed", now, membership_id, name=name, ended_on=day.isoformat(), **told)
    if last_days:
        days = [{"id": person_id, "ended_on": day, "ended_at": now} for person_id, (_name, day) in last_days.items()]
        db.session.execute(update(Membership), days)
        happen_once(Kind.LEFT, {uuid.uuid4(): person_id for person_id in last_days}, now)
    return list(last_days)


def undo_leaving(actor: Actor, draft: RosterDraft, now: dt.datetime) -> tuple[int, int]:
    """Put back the people whom a roster marked as having left; return how many, and how many can't come back.

    People stay off if their account was erased, they were hired again, or someone else has their address or number.
    """
    lock_organization(actor)
    person_ids = [uuid.UUID(person_id) for person_id in draft.rows.get("ended", ())]
    back = 0
    for start in range(0, len(person_ids), _PORTION):
        portion = person_ids[start : start + _PORTION]
        ended = select(Membership).where(Membership.id.in_(portion), Membership.ended_at == draft.applied_at)
        for person in db.session.scalars(ended).all():
            if _is_replaced(person):
                continue
            person.ended_at = person.ended_on = None
            _note(actor, "membership.removal_undone", now, person.id, name=person.name)
            back += 1
    draft.rows = {**draft.rows, "ended": []}
    draft.counts = {**draft.counts, "ended": draft.counts["ended"] - back}
    db.session.flush()
    return back, len(person_ids) - back


def _is_replaced(person: Membership) -> bool:
    same = [Membership.user_id == person.user_id] if person.user_id else []
    same += [Membership.email_key == person.email_key] if person.email_key else []
    same += [Membership.employee_number == person.employee_number] if person.employee_number else []
    same_person = select(Membership.id).where(
        Membership.organization_id == person.organization_id, Membership.ended_at.is_(None), or_(*same)
    )
    if db.session.scalar(same_person.limit(1)) is not None:
        return True
    user = db.session.get(User, person.user_id) if person.user_id else None
    return user is not None and user.erased_at is not None


def _note(actor: Actor, act: str, now: dt.datetime, membership_id: uuid.UUID, **details: str) -> None:
    note(
        act,
        now,
        actor_id=actor.user_id,
        organization_id=actor.organization_id,
        subject_id=membership_id,
        **details,
    )
