"""Taking a roster over: keep what was sent, decide against the roster as it is, write all of it or nothing."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select, update

from trainer.accounts.models import User
from trainer.core.audit import note
from trainer.core.db import db, insert_all
from trainer.core.errors import Conflict, Invalid, NotFound, NotYet
from trainer.joining.headings import read_columns_only
from trainer.joining.lines import Line
from trainer.joining.roster import Entry, Fate, Known, Plan, plan
from trainer.joining.sheets import CODINGS, decode_cell
from trainer.organizations.actor import Actor
from trainer.organizations.invitations import Sent, invite_all, void_invitations
from trainer.organizations.models import Membership, RosterDraft, Team, TeamMembership
from trainer.organizations.queries import lock_organization
from trainer.organizations.rules import May, Role, fold

KEPT = dt.timedelta(days=1)
"""How long a roster waits to be confirmed."""
MOST_WAITING = 10
"""Rosters of one firm that wait to be confirmed, of up to 4 MB each: a disk is soon full of them."""
_PORTION = 500  # a database takes only so many values in one statement


def keep_draft(actor: Actor, lines: Sequence[Line], now: dt.datetime, coding: str = "") -> RosterDraft:
    """Keep what we read of a roster until it is confirmed; the firm's oldest may have to go for it.

    Raises Invalid if the first row doesn't name columns.
    """
    kept, ignored = read_columns_only(lines)
    draft = RosterDraft(
        organization_id=actor.organization_id,
        created_by_id=actor.user_id,
        created_at=now,
        rows={
            "lines": [[line.number, list(line.cells), line.is_hidden] for line in kept],
            "ignored": list(ignored),
            "coding": coding,
        },
        counts={},
    )
    db.session.add(draft)
    db.session.flush()
    waiting = select(RosterDraft.id).where(
        RosterDraft.organization_id == actor.organization_id, RosterDraft.applied_at.is_(None)
    )
    older = waiting.order_by(RosterDraft.created_at.desc(), RosterDraft.id).offset(MOST_WAITING)
    db.session.execute(delete(RosterDraft).where(RosterDraft.id.in_(older)))
    return draft


def get_draft(actor: Actor, draft_id: uuid.UUID, now: dt.datetime) -> RosterDraft:
    """Return a roster that this very person sent, locked for change. Raises NotFound."""
    draft = db.session.scalar(
        select(RosterDraft)
        .where(
            RosterDraft.id == draft_id,
            RosterDraft.organization_id == actor.organization_id,
            RosterDraft.created_by_id == actor.user_id,
            RosterDraft.created_at > now - KEPT,
        )
        .with_for_update()
    )
    if draft is None:
        raise NotFound(_l("This roster isn’t kept anymore. Send it again: what was imported stays."))
    return draft


def forget_drafts(now: dt.datetime) -> None:
    """Delete rosters that nobody confirmed for a day; of those that were taken over only counts were left."""
    db.session.execute(delete(RosterDraft).where(RosterDraft.created_at <= now - KEPT))


def lines_of(draft: RosterDraft) -> list[Line]:
    """Return the rows that were sent, read in the draft's coding."""
    return [Line(number, tuple(_texts(draft, cells)), is_hidden) for number, cells, is_hidden in draft.rows["lines"]]


def ignored_by(draft: RosterDraft) -> list[str]:
    """Return the headings of the columns that we don't read and haven't kept."""
    return _texts(draft, draft.rows["ignored"])


def read_again(draft: RosterDraft, coding: str) -> None:
    """Read a roster whose coding isn't certain in another one. Raises Invalid."""
    if coding not in CODINGS or not draft.rows.get("coding"):
        raise Invalid(_l("Choose how to read the file from the list."))
    draft.rows = {**draft.rows, "coding": coding}


def _texts(draft: RosterDraft, cells: Sequence[str]) -> list[str]:
    coding = draft.rows["coding"]
    return [decode_cell(cell, coding) for cell in cells] if coding else list(cells)


def decide(actor: Actor, lines: Sequence[Line], now: dt.datetime) -> Plan:
    """Return what a roster comes to now. Raises Invalid if its first row doesn't name the columns."""
    teams = set(db.session.scalars(select(Team.name_key).where(Team.organization_id == actor.organization_id)))
    return plan(lines, _list_known(actor), teams, roles_by_roster(actor), actor.today(now))


def roles_by_roster(actor: Actor) -> list[Role]:
    """Return the roles that a roster of this person's can give to new people."""
    return [Role.MANAGER, Role.INSTRUCTOR, Role.MEMBER] if actor.may(May.SET_ROLES) else [Role.MEMBER]


def take_over(
    actor: Actor, draft: RosterDraft, digest: str, has_mail: bool, now: dt.datetime, *, is_same: bool = False
) -> Plan:
    """Write a roster: all of it or nothing. `is_same`: who gets another name is the same person.

    Raises Conflict where there are problems, or where the roster has changed since `digest` was shown; NotYet where
    nobody said that someone with another name is the same person.
    """
    lock_organization(actor)
    decided = decide(actor, lines_of(draft), now)
    if not decided.is_good or decided.digest != digest:
        raise Conflict(
            _l("The roster has changed in the meantime. Check the rows again: this is what would happen now.")
        )
    if decided.renamed and not is_same:
        raise NotYet(_l("Confirm that these are the same people, or correct the rows."))
    teams = _make_teams(actor, decided.new_teams, now)
    added = [entry for entry in decided.entries if entry.fate in {Fate.NEW, Fate.RETURNED}]
    changed = [entry for entry in decided.entries if entry.fate is Fate.CHANGED]
    ids = _add(actor, added, now)
    _change(actor, changed, now)
    _set_teams(zip(ids, added, strict=True), teams)
    _set_teams(((entry.membership_id, entry) for entry in changed if entry.membership_id), teams)
    mailed = [*ids, *(entry.membership_id for entry in changed if entry.gets_mail and entry.membership_id)]
    sent = invite_all(actor, mailed, now) if has_mail and mailed else Sent(0, 0)
    counts = {fate.value: number for fate, number in decided.counts.items()}
    draft.rows, draft.applied_at, draft.counts = {}, now, {**counts, "invited": sent.invited, "not_invited": sent.left}
    note(
        "roster.imported",
        now,
        actor_id=actor.user_id,
        organization_id=actor.organization_id,
        subject_id=draft.id,
        new=counts[Fate.NEW],
        returned=counts[Fate.RETURNED],
        changed=counts[Fate.CHANGED],
        unchanged=counts[Fate.UNCHANGED],
        invited=sent.invited,
        teams=len(decided.new_teams),
    )
    return decided


def _list_known(actor: Actor) -> list[Known]:
    names: dict[uuid.UUID, list[str]] = {}
    for membership_id, name in db.session.execute(
        select(TeamMembership.membership_id, Team.name)
        .join(Team, Team.id == TeamMembership.team_id)
        .where(Team.organization_id == actor.organization_id)
        .order_by(Team.name_key)
    ):
        names.setdefault(membership_id, []).append(name)
    rows = db.session.execute(
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
    """Write what the rows say; of what they say nothing, nothing is touched. Links to an old address are void."""
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


def _set_teams(people: Iterable[tuple[uuid.UUID, Entry]], teams: dict[str, uuid.UUID]) -> None:
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
