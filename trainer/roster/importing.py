"""Taking a roster over: keep what was sent, decide against the roster as it is, write all of it or nothing."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, delete, or_, select, update

from trainer.accounts.models import User
from trainer.assignments.upkeep import assign_people
from trainer.core import work
from trainer.core.audit import note
from trainer.core.db import db, insert_all
from trainer.core.errors import Conflict, NotYet
from trainer.organizations.actor import Actor
from trainer.organizations.history import keep_stays
from trainer.organizations.invitations import Sent, invite_all, void_invitations
from trainer.organizations.models import Membership, Team, TeamMembership
from trainer.organizations.queries import lock_organization
from trainer.organizations.rules import May, Role, fold
from trainer.roster.cells import LABELS, key_of
from trainer.roster.decided import Decided, forget, recall, remember
from trainer.roster.deciding import Said, Table, plan
from trainer.roster.drafts import fingerprint, refuse_ordered, said_of, table_of
from trainer.roster.leaving import end_people
from trainer.roster.models import RosterDraft
from trainer.roster.names import proper_name
from trainer.roster.plan import Entry, Fate, Known, Plan

NEEDS_ADDRESS: Final = False
"""Whether someone without an email address is refused; otherwise an employee number is enough, and a PIN slip."""
KIND: Final = "roster"
"""Of the work that takes a large roster over: `tasks.py`."""
LARGE: Final = 10_000
"""With this many rows or more, the worker takes a roster over: nobody waits that long for a page."""
_PORTION = 500  # a database takes only so many values in one statement


def decide(actor: Actor, draft: RosterDraft, now: dt.datetime) -> Decided:
    """Return the plan of a roster as things are now: the one from before if nothing has changed since."""
    query = select(Team.name_key).where(Team.organization_id == actor.organization_id)
    known, teams = _list_known(actor), frozenset(db.session.scalars(query))
    key = _key(actor, draft, now)
    decided = recall(key, known, teams)
    if decided is None:
        decided = Decided(
            plan(
                table_of(draft),
                known,
                teams,
                roles_by_roster(actor),
                actor.today(now),
                said_of(draft),
                needs_address=NEEDS_ADDRESS,
            ),
            known,
            teams,
        )
        remember(key, decided)
    return decided


def _key(actor: Actor, draft: RosterDraft, now: dt.datetime) -> Hashable:
    """Return all that a plan depends on beside the firm's people and teams."""
    return (fingerprint(draft), tuple(roles_by_roster(actor)), actor.today(now))


def decide_rows(actor: Actor, table: Table, said: Said, now: dt.datetime) -> Decided:
    """Return the plan of rows that another system sent, against the people whom they may mean. It gives no role."""
    cells = {
        name: {line.cells[index] for line in table.lines if line.cells[index]} for name, index in table.columns.items()
    }
    keys = {key for key in map(key_of, cells["email"]) if key}
    people = _meant(actor, cells["employee_number"], keys, {fold(proper_name(name)) for name in cells["name"]})
    query = select(Team.name_key).where(Team.organization_id == actor.organization_id)
    known, teams = _list_known(actor, people), frozenset(db.session.scalars(query))
    decided = plan(table, known, teams, [Role.MEMBER], actor.today(now), said, needs_address=NEEDS_ADDRESS)
    return Decided(decided, known, teams)


def roles_by_roster(actor: Actor) -> list[Role]:
    """Return the roles that a roster sent by this person can give to new people."""
    return [Role.MANAGER, Role.INSTRUCTOR, Role.MEMBER] if actor.may(May.SET_ROLES) else [Role.MEMBER]


@dataclass(frozen=True, slots=True)
class Written:
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
    is_same: bool = False
    """True if a person whose name would change is still the same person."""
    leaves_out: bool = False
    """True if rows that can't be taken are left out."""


def take_over(actor: Actor, draft: RosterDraft, said: Confirmation, now: dt.datetime) -> None:
    """Write all rows of a roster that are taken, or nothing.

    Raises Conflict where the roster has changed since it was shown; NotYet where nobody said that someone with another
    name is the same person, or that refused rows stay out.
    """
    lock_organization(actor)
    decided, key = decide(actor, draft, now).plan, _key(actor, draft, now)
    check(decided, said)
    written = write(actor, decided, now)
    forget(key)
    _note_changed(actor, decided.taken[Fate.CHANGED], now)
    counts = {
        "new": len(decided.taken[Fate.NEW]),
        "returned": len(decided.taken[Fate.RETURNED]),
        "changed": len(decided.taken[Fate.CHANGED]),
        "unchanged": decided.counts[Fate.UNCHANGED],
        "ended": len(written.ended),
        "left_out": len(decided.left_out),
        "without_address": decided.without_address,
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
        teams=len(decided.new_teams),
        **counts,
    )


def _note_changed(actor: Actor, entries: Sequence[Entry], now: dt.datetime) -> None:
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


def write(actor: Actor, decided: Plan, now: dt.datetime, **told: str) -> Written:
    """Write what a plan says. The caller has locked the firm before it was decided, and records the act.

    `told`: what the audit log is told of people who leave, beside the person and the day.
    """
    teams = _make_teams(actor, decided.new_teams, now)
    added = [*decided.taken[Fate.NEW], *decided.taken[Fate.RETURNED]]
    changed = decided.taken[Fate.CHANGED]
    ended = end_people(actor, decided, now, **told)
    ids = _add(actor, added, now)
    _change(actor, changed, now)
    _set_teams(zip(ids, added, strict=True), teams, now)
    _set_teams(((entry.membership_id, entry) for entry in changed if entry.membership_id), teams, now)
    added_by_line = {entry.line: person_id for entry, person_id in zip(added, ids, strict=True)}
    assign_people(actor.organization, ids, now)  # so that an invitation names the course
    mailed = [entry.membership_id for entry in changed if entry.gets_mail and entry.membership_id]
    return Written(added_by_line, ended, [*ids, *mailed])


def invite_added(actor: Actor, draft: RosterDraft, now: dt.datetime) -> None:
    """Invite the people who were added by a roster, if that was asked for. A second call invites nobody."""
    waiting = [uuid.UUID(person_id) for person_id in draft.rows["mailed"]]
    sent = invite_all(actor, waiting, now) if waiting else Sent(0, 0)
    draft.rows = {**draft.rows, "mailed": []}
    draft.counts = {**draft.counts, "invited": sent.invited, "not_invited": sent.left}


def order_take_over(actor: Actor, draft: RosterDraft, said: Confirmation, now: dt.datetime) -> None:
    """Let the worker take a roster over. Raises Conflict if it was confirmed already."""
    refuse_ordered(draft)
    job = work.order(
        KIND, now, ordered_by_id=actor.user_id, organization_id=actor.organization_id, draft_id=draft.id.hex
    )
    draft.rows = {**draft.rows, "order": {**asdict(said), "job": job.id.hex}}


def check(decided: Plan, said: Confirmation) -> None:
    """Raise Conflict or NotYet, as `take_over` does, unless this plan was shown and may be written."""
    if decided.digest != said.digest:
        raise Conflict(
            _l("The roster has changed in the meantime. Check the rows again: this is what would happen now.")
        )
    if decided.refused and not said.leaves_out:
        raise NotYet(_l("Fix the refused rows, or check that they stay out."))
    if decided.renamed and not said.is_same:
        raise NotYet(_l("Confirm that these are the same people, or correct the rows."))


def _list_known(actor: Actor, ids: Select[uuid.UUID] | None = None) -> list[Known]:
    """Return who is or was on the roster; `ids`: only these."""
    names: dict[uuid.UUID, list[str]] = {}
    in_teams = (
        select(TeamMembership.membership_id, Team.name)
        .join(Team, Team.id == TeamMembership.team_id)
        .where(Team.organization_id == actor.organization_id)
        .order_by(Team.name_key)
    )
    people = (
        select(
            Membership.id,
            Membership.name,
            Membership.email,
            Membership.email_key,
            Membership.job_title,
            Membership.employee_number,
            Membership.hired_on,
            Membership.role,
            Membership.ended_at,
            Membership.user_id,
            User.email_key,
            User.email_confirmed_at,
        )
        .outerjoin(User, User.id == Membership.user_id)
        .where(Membership.organization_id == actor.organization_id)
        .order_by(Membership.created_at)
    )
    if ids is not None:
        in_teams, people = in_teams.where(TeamMembership.membership_id.in_(ids)), people.where(Membership.id.in_(ids))
    for membership_id, name in db.session.execute(in_teams):
        names.setdefault(membership_id, []).append(name)
    rows = db.session.execute(people)
    return [
        Known(
            membership_id=row[0],
            name=row[1],
            email=row[2],
            keys=frozenset(key for key in (row[3], row[10] if row[11] else None) if key),
            job_title=row[4],
            employee_number=row[5],
            hired_on=row[6],
            role=row[7],
            teams=names.get(row[0], ()),
            is_here=row[8] is None,
            has_joined=row[9] is not None,
        )
        for row in rows
    ]


def _meant(actor: Actor, numbers: Collection[str], keys: Collection[str], names: Collection[str]) -> Select[uuid.UUID]:
    """Return a select of the ids of people with one of these employee numbers, addresses or folded names."""
    # What holds a NUL is in no database, and PostgreSQL can't even be asked for it.
    numbers, keys, names = ([text for text in texts if "\0" not in text] for texts in (numbers, keys, names))
    return select(Membership.id).where(
        Membership.organization_id == actor.organization_id,
        or_(
            Membership.employee_number.in_(numbers),
            Membership.email_key.in_(keys),
            Membership.name_key.in_(names),
            Membership.user_id.in_(select(User.id).where(User.email_key.in_(keys))),
        ),
    )


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


def _add(actor: Actor, entries: Sequence[Entry], now: dt.datetime) -> list[uuid.UUID]:
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


def _change(actor: Actor, entries: Sequence[Entry], now: dt.datetime) -> None:
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


def _set_teams(people: Iterable[tuple[uuid.UUID, Entry]], teams: dict[str, uuid.UUID], now: dt.datetime) -> None:
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
