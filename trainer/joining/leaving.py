"""Who has left, by a roster: marked, each with an act in the audit log; undone for a day. Part of the operations."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import or_, select, update

from trainer.accounts.models import User
from trainer.core.audit import note
from trainer.core.db import db
from trainer.joining.roster import Fate, Plan
from trainer.organizations.actor import Actor
from trainer.organizations.models import Membership, RosterDraft
from trainer.organizations.queries import lock_organization

_PORTION = 500  # a database takes only so many values in one statement


def end_people(actor: Actor, decided: Plan, now: dt.datetime) -> list[uuid.UUID]:
    """Note that the people who leave by this plan have left, and return who. The caller has locked the firm."""
    today = actor.today(now)
    last_days = {
        one.membership_id: (one.name, (one.wanted.ended_on if one.wanted else None) or today)
        for one in decided.taken[Fate.LEAVES]
        if one.membership_id is not None
    } | {one.membership_id: (one.name, max(today, one.hired_on or today)) for one in decided.leaving}
    for membership_id, (name, day) in last_days.items():
        _note(actor, "membership.removed", now, membership_id, name=name, ended_on=day.isoformat())
    if last_days:
        days = [{"id": one, "ended_on": day, "ended_at": now} for one, (_name, day) in last_days.items()]
        db.session.execute(update(Membership), days)
    return list(last_days)


def undo_leaving(actor: Actor, draft: RosterDraft, now: dt.datetime) -> tuple[int, int]:
    """Put back the people whom a roster marked as having left; return how many, and how many can't come back.

    Those stay gone whose account was erased, who were hired again since, or whose address or number is someone else's.
    """
    lock_organization(actor)
    wanted = [uuid.UUID(one) for one in draft.rows.get("ended", ())]
    back = 0
    for start in range(0, len(wanted), _PORTION):
        portion = wanted[start : start + _PORTION]
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
    return back, len(wanted) - back


def _is_replaced(person: Membership) -> bool:
    same = [Membership.user_id == person.user_id] if person.user_id else []
    same += [Membership.email_key == person.email_key] if person.email_key else []
    same += [Membership.employee_number == person.employee_number] if person.employee_number else []
    here = select(Membership.id).where(
        Membership.organization_id == person.organization_id, Membership.ended_at.is_(None), or_(*same)
    )
    erased = select(User.id).where(User.id == person.user_id, User.erased_at.is_not(None))
    return db.session.scalar(here.limit(1)) is not None or db.session.scalar(erased) is not None


def _note(actor: Actor, act: str, now: dt.datetime, membership_id: uuid.UUID, **details: str) -> None:
    note(
        act,
        now,
        actor_id=actor.user_id,
        organization_id=actor.organization_id,
        subject_id=membership_id,
        **details,
    )
