"""Taking a roster over: all of its plan is written, or nothing; and undoing for a day that people left."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, or_, select, update

from trainer.accounts.models import User
from trainer.assignments.upkeep import assign_people
from trainer.core import work
from trainer.core.audit import note
from trainer.core.db import db, insert_all
from trainer.core.errors import Conflict, NotYet
from trainer.core.events import EventKind, happen_once
from trainer.organizations.actor import Actor
from trainer.organizations.history import keep_stays
from trainer.organizations.invitations import InvitedCounts, invite_all, void_invitations
from trainer.organizations.models import Membership, Team, TeamMembership
from trainer.organizations.queries import lock_organization
from trainer.organizations.rules import Role, fold
from trainer.roster.cells import LABELS
from trainer.roster.drafts import refuse_ordered
from trainer.roster.models import RosterDraft
from trainer.roster.plan import RosterEntry, RosterPlan, RowOutcome
from trainer.roster.planning import decide, forget

KIND: Final = "roster"
"""Of the work that takes a large roster over: `tasks.py`."""
LARGE: Final = 10_000
"""With this many rows or more, the worker takes a roster over: nobody waits that long for a page."""
_PORTION = 500  # a database takes only so many values in one statement


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What a plan did."""

    added: dict[int, uuid.UUID]
    """People who were brought in, by the number of their row."""
    ended: Sequence[uuid.UUID]
    mailed: Sequence[uuid.UUID]
    """People who can be invited."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """How someone confirmed a roster."""

    digest: str
    """The digest of the plan that was shown."""
    has_mail: bool = False
    leaves_out: bool = False
    """True if rows that can't be taken are left out."""


def take_over(actor: Actor, draft: RosterDraft, said: Confirmation, now: dt.datetime) -> None:
    """Write all rows of a roster that are taken, or nothing.

    Raises Conflict where the roster has changed since it was shown; NotYet where nobody said that someone with another
    name is the same person, or that refused rows stay out.
    """
    lock_organization(actor)
    plan = decide(actor, draft, now).plan
    check(plan, said)
    written = write(actor, plan, now)
    forget(actor, draft, now)
    _note_changed(actor, plan.taken[RowOutcome.CHANGED], now)
    counts = {
        "new": len(plan.taken[RowOutcome.NEW]),
        "returned": len(plan.taken[RowOutcome.RETURNED]),
        "changed": len(plan.taken[RowOutcome.CHANGED]),
        "unchanged": plan.counts[RowOutcome.UNCHANGED],
        "ended": len(written.ended),
        "left_out": len(plan.left_out),
        "without_address": plan.without_address,
    }
    draft.rows = {
        "ended": [person_id.hex for person_id in written.ended],
        "mailed": [person_id.hex for person_id in written.mailed] if said.has_mail else [],
    }
    draft.applied_at, draft.counts = now, {**counts, "invited": 0, "not_invited": 0}
    note(
        "roster.imported",
        now,
        actor_id=actor.user_id,
        organization_id=actor.organization_id,
        subject_id=draft.id,
        teams=len(plan.new_teams),
        **counts,
    )


def _note_changed(actor: Actor, entries: Sequence[RosterEntry], now: dt.datetime) -> None:
    """Record each person whom a roster changed: what was there, and what is now, but for what is only theirs."""
    fields = {label: name for name, label in LABELS.items()}
    for entry in entries:
        changes = {fields[change.label]: change.told for change in entry.changes}
        changed = [
            name if name in {"name", "email", "employee_number"} else f"{name}: {old} → {new}"
            for name, (old, new) in changes.items()
        ]
        note(
            "membership.changed",
            now,
            actor_id=actor.user_id,
            organization_id=actor.organization_id,
            subject_id=entry.membership_id,
            name=entry.name,
            other=str(changes["name"][0]) if "name" in changes else None,
            changed="; ".join(changed),
        )


def write(actor: Actor, plan: RosterPlan, now: dt.datetime, **told: str) -> ImportResult:
    """Write what a plan says. The caller has locked the firm before it was decided, and records the act.

    `told`: what the audit log is told of people who leave, beside the person and the day.
    """
    teams = _make_teams(actor, plan.new_teams, now)
    added = [*plan.taken[RowOutcome.NEW], *plan.taken[RowOutcome.RETURNED]]
    changed = plan.taken[RowOutcome.CHANGED]
    ended = _end_people(actor, plan, now, **told)
    ids = _add(actor, added, now)
    _change(actor, changed, now)
    _set_teams(zip(ids, added, strict=True), teams, now)
    _set_teams(((entry.membership_id, entry) for entry in changed if entry.membership_id), teams, now)
    added_by_line = {entry.line: person_id for entry, person_id in zip(added, ids, strict=True)}
    assign_people(actor.organization, ids, now)  # so that an invitation names the course
    mailed = [entry.membership_id for entry in changed if entry.gets_mail and entry.membership_id]
    return ImportResult(added_by_line, ended, [*ids, *mailed])


def invite_added(actor: Actor, draft: RosterDraft, now: dt.datetime) -> None:
    """Invite the people who were added by a roster, if that was asked for. A second call invites nobody."""
    waiting = [uuid.UUID(person_id) for person_id in draft.rows["mailed"]]
    sent = invite_all(actor, waiting, now) if waiting else InvitedCounts(0, 0)
    draft.rows = {**draft.rows, "mailed": []}
    draft.counts = {**draft.counts, "invited": sent.invited, "not_invited": sent.left}


def order_take_over(actor: Actor, draft: RosterDraft, said: Confirmation, now: dt.datetime) -> None:
    """Let the worker take a roster over. Raises Conflict if it was confirmed already."""
    refuse_ordered(draft)
    job = work.order(
        KIND, now, ordered_by_id=actor.user_id, organization_id=actor.organization_id, draft_id=draft.id.hex
    )
    draft.rows = {**draft.rows, "order": {**asdict(said), "job": job.id.hex}}


def check(plan: RosterPlan, said: Confirmation) -> None:
    """Raise Conflict or NotYet, as `take_over` does, unless this plan was shown and may be written."""
    if plan.digest != said.digest:
        raise Conflict(
            _l("The roster has changed in the meantime. Check the rows again: this is what would happen now.")
        )
    if plan.refused and not said.leaves_out:
        raise NotYet(_l("Fix the refused rows, or check that they stay out."))


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


def _end_people(actor: Actor, plan: RosterPlan, now: dt.datetime, **told: str) -> list[uuid.UUID]:
    """Note that the people who leave by this plan have left, and return who. The caller has locked the firm.

    `told`: what the audit log is told beside the person and the day.
    """
    today = actor.today(now)
    last_days = {
        entry.membership_id: (entry.name, (entry.wanted.ended_on if entry.wanted else None) or today)
        for entry in plan.taken[RowOutcome.LEAVES]
        if entry.membership_id is not None
    } | {person.membership_id: (person.name, max(today, person.hired_on or today)) for person in plan.leaving}
    for membership_id, (name, day) in last_days.items():
        _note(actor, "membership.removed", now, membership_id, name=name, ended_on=day.isoformat(), **told)
    if last_days:
        days = [{"id": person_id, "ended_on": day, "ended_at": now} for person_id, (_name, day) in last_days.items()]
        db.session.execute(update(Membership), days)
        happen_once(EventKind.LEFT, {uuid.uuid4(): person_id for person_id in last_days}, now)
    return list(last_days)


def _make_teams(actor: Actor, names: Sequence[str], now: dt.datetime) -> dict[str, uuid.UUID]:
    insert_all(
        Team,
        [
            {
                "id": uuid.uuid4(),
                "organization_id": actor.organization_id,
                "name": name,
                "name_key": fold(name),
                "created_at": now,
            }
            for name in names
        ],
    )
    rows = db.session.execute(select(Team.name_key, Team.id).where(Team.organization_id == actor.organization_id))
    return {row[0]: row[1] for row in rows}


def _add(actor: Actor, entries: Sequence[RosterEntry], now: dt.datetime) -> list[uuid.UUID]:
    rows: list[dict[str, Any]] = [
        {
            "id": uuid.uuid4(),
            "organization_id": actor.organization_id,
            "name": person.name,
            "name_key": fold(person.name),
            "email": person.email_key,
            "email_key": person.email_key,
            "role": person.role or Role.MEMBER,
            "manages_all": False,
            "job_title": person.job_title,
            "employee_number": person.employee_number,
            "hired_on": person.hired_on,
            "created_at": now,
        }
        for person in (entry.wanted for entry in entries)
        if person is not None
    ]
    insert_all(Membership, rows)
    return [row["id"] for row in rows]


def _change(actor: Actor, entries: Sequence[RosterEntry], now: dt.datetime) -> None:
    """Write what the rows say, and leave everything else as it is. Links sent to an old address no longer work."""
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for entry in entries:
        person = entry.wanted
        assert person is not None
        values: dict[str, Any] = {"name": person.name, "name_key": fold(person.name)}
        if entry.has_other_address:
            values |= {"email": person.email_key, "email_key": person.email_key}
        values |= {
            name: value
            for name in ("job_title", "employee_number", "hired_on")
            if (value := getattr(person, name)) is not None
        }
        alike.setdefault(tuple(values), []).append({"id": entry.membership_id, **values})
    for rows in alike.values():
        db.session.execute(update(Membership), rows)  # by primary key, in one statement
    moved = [entry.membership_id for entry in entries if entry.has_other_address and entry.membership_id]
    for start in range(0, len(moved), _PORTION):
        void_invitations(actor, moved[start : start + _PORTION], now)


def _set_teams(people: Iterable[tuple[uuid.UUID, RosterEntry]], teams: dict[str, uuid.UUID], now: dt.datetime) -> None:
    teams_by_member = {
        membership_id: {teams[fold(name)] for name in entry.wanted.teams}
        for membership_id, entry in people
        if entry.wanted is not None and entry.wanted.teams is not None
    }
    ids = list(teams_by_member)
    for start in range(0, len(ids), _PORTION):
        portion = ids[start : start + _PORTION]
        db.session.execute(delete(TeamMembership).where(TeamMembership.membership_id.in_(portion)))
    rows = [
        {"membership_id": membership_id, "team_id": team_id}
        for membership_id, team_ids in teams_by_member.items()
        for team_id in sorted(team_ids)
    ]
    insert_all(TeamMembership, rows)
    keep_stays(ids, now)


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
