"""The plan of a roster that waits: decided against the firm's people and teams as they are, and kept for a while.

Plans that were decided a moment ago are kept in this process: the pages of a roster that waits decide nothing again. A
plan is used again only while everything that it depends on is as it was: the roster and what was said about it (the
key), and the firm's people and teams, which are read and compared each time.
"""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from collections import OrderedDict
from collections.abc import Collection, Hashable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Select, or_, select

from trainer.accounts.models import User
from trainer.core.db import db
from trainer.organizations.actor import Actor
from trainer.organizations.models import Membership, Team, TeamMembership
from trainer.organizations.rules import May, Role, fold
from trainer.roster.deciding import plan
from trainer.roster.drafts import fingerprint, said_of, table_of
from trainer.roster.models import RosterDraft
from trainer.roster.names import proper_name
from trainer.roster.people import key_of
from trainer.roster.plan import KnownPerson, RosterChoices, RosterPlan
from trainer.roster.rows import RosterTable

NEEDS_ADDRESS: Final = False
"""Whether someone without an email address is refused; otherwise an employee number is enough, and a PIN slip."""
MOST_ROWS: Final = 60_000
"""Rows of all plans that a process keeps: with one more, those that were used longest ago go."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A plan, and the firm's roster as it was when it was decided."""

    plan: RosterPlan
    known: list[KnownPerson]
    teams: frozenset[str]

    def __len__(self) -> int:
        """Return how many rows it keeps in memory."""
        return len(self.plan.entries) + len(self.known)


_kept: OrderedDict[Hashable, Decided] = OrderedDict()
_lock = threading.Lock()


def decide(actor: Actor, draft: RosterDraft, now: dt.datetime) -> Decided:
    """Return the plan of a roster as things are now: the one from before if nothing has changed since."""
    query = select(Team.name_key).where(Team.organization_id == actor.organization_id)
    known, teams = _list_known(actor), frozenset(db.session.scalars(query))
    key = _key(actor, draft, now)
    decided = _recall(key, known, teams)
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


def forget(actor: Actor, draft: RosterDraft, now: dt.datetime) -> None:
    """Drop the plan of a roster, before it is written down that it was taken over."""
    with _lock:
        _kept.pop(_key(actor, draft, now), None)


def _key(actor: Actor, draft: RosterDraft, now: dt.datetime) -> Hashable:
    """Return all that a plan depends on beside the firm's people and teams."""
    return (fingerprint(draft), tuple(roles_by_roster(actor)), actor.today(now))


def decide_rows(actor: Actor, table: RosterTable, said: RosterChoices, now: dt.datetime) -> Decided:
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


def _recall(key: Hashable, known: list[KnownPerson], teams: frozenset[str]) -> Decided | None:
    """Return the plan that was decided under this key, if the firm is as it was."""
    with _lock:
        decided = _kept.get(key)
        if decided is None:
            return None
        _kept.move_to_end(key)
    return decided if (decided.known, decided.teams) == (known, teams) else None


def remember(key: Hashable, decided: Decided) -> None:
    """Keep a plan; the newest is kept however large it is."""
    with _lock:
        _kept[key] = decided
        _kept.move_to_end(key)
        while len(_kept) > 1 and sum(map(len, _kept.values())) > MOST_ROWS:
            _kept.popitem(last=False)


def _list_known(actor: Actor, ids: Select[uuid.UUID] | None = None) -> list[KnownPerson]:
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
        KnownPerson(
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
