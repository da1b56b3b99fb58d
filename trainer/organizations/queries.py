"""Reading firms and their people, always through an actor."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, not_, or_, select, union_all
from sqlalchemy.orm import aliased

from trainer.accounts.models import User
from trainer.core.audit import AuditEvent
from trainer.core.db import db
from trainer.core.errors import NotFound
from trainer.core.feature import list_features
from trainer.core.paging import Page, first_ones, read_page
from trainer.organizations.actor import Actor
from trainer.organizations.models import Membership, Organization, Team, TeamMembership, Upkeep
from trainer.organizations.rules import FirmState, May, Role, fold
from trainer.organizations.team_queries import list_team_ids

PAGE = 25
MOST_COUNTED: Final = 10_000
"""A list that is longer says that it is: to count all would take longer than to show some."""


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """How the list of people is filtered; all of it is in the address."""

    text: str = ""
    team_id: uuid.UUID | None = None
    role: str = ""
    state: str = "here"
    """here, waiting (on the roster, not come in yet), left or all."""


def changes_duties() -> ColumnElement[bool]:
    """Return the condition of acts after which a firm's duties are brought up to date at once."""
    acts = [act for feature in list_features() for act in feature.changes_duties]
    return or_(*(AuditEvent.act.startswith(act, autoescape=True) for act in acts))


def is_catching_up(organization_id: uuid.UUID) -> bool:
    """Return whether the firm has done something since its duties were last brought up to date."""
    acts = select(AuditEvent.id).where(AuditEvent.organization_id == organization_id, changes_duties())
    seen_until = db.session.scalar(select(Upkeep.seen_until).where(Upkeep.organization_id == organization_id))
    if seen_until is not None:
        acts = acts.where(AuditEvent.at >= seen_until + Upkeep.SLACK)
    return db.session.scalar(acts.limit(1)) is not None


def firm_is_open() -> ColumnElement[bool]:
    """Return the condition of firms that are open: `rules.firm_state` as SQL."""
    return and_(Organization.suspended_at.is_(None), Organization.closed_at.is_(None))


# Run for every page of a firm, so it is built once.
_ACTING = (
    select(Membership, Organization)
    .join(Organization, Organization.id == Membership.organization_id)
    .where(
        Membership.organization_id == bindparam("organization_id"),
        Membership.user_id == bindparam("user_id"),
        Membership.ended_at.is_(None),
    )
)


def find_actor(
    user_id: uuid.UUID, organization_id: uuid.UUID, states: Collection[FirmState] = (FirmState.OPEN,)
) -> Actor | None:
    """Return a user as someone who acts in a firm, or None for a stranger or former staff, and for everybody while
    the firm is in another state."""
    row = db.session.execute(_ACTING, {"user_id": user_id, "organization_id": organization_id}).first()
    if row is None:
        return None
    membership, organization = row[0], row[1]
    role = Role(membership.role)
    team_ids = None
    if role is not Role.OWNER and not (role is Role.MANAGER and membership.manages_all):
        team_ids = frozenset(list_team_ids(membership.id))
    actor = Actor(user_id, organization, membership, role, team_ids, membership.manages_all)
    return actor if actor.state in states else None


def list_firms(user_id: uuid.UUID) -> Sequence[tuple[Membership, Organization]]:
    """Return the open firms that a person is in now, by name."""
    return _list_firms(user_id, firm_is_open())


def list_firm_names(user_id: uuid.UUID) -> list[str]:
    """Return the names of the open firms that a person is in now."""
    return [firm.name for _membership, firm in list_firms(user_id)]


def list_colleagues(user_id: uuid.UUID) -> Select[Any]:
    """Return, as a query, the other users who are in a firm now that a person is in."""
    own = aliased(Membership)
    return (
        select(Membership.user_id)
        .join(own, own.organization_id == Membership.organization_id)
        .where(
            own.user_id == user_id, own.ended_at.is_(None), Membership.ended_at.is_(None), Membership.user_id != user_id
        )
    )


def list_shut_firms(user_id: uuid.UUID) -> Sequence[tuple[Membership, Organization]]:
    """Return the firms that a person is in and that are suspended or closed, by name."""
    return _list_firms(user_id, not_(firm_is_open()))


def find_open_firm(organization_id: uuid.UUID) -> Organization | None:
    """Return a firm, or None if it is suspended, closed or gone: nothing happens there automatically."""
    return db.session.scalar(select(Organization).where(Organization.id == organization_id, firm_is_open()))


def is_named(name: str) -> bool:
    """Return True if there is a firm of this name."""
    return db.session.scalar(select(Organization.id).where(Organization.name == name).limit(1)) is not None


def lock_organization(actor: Actor) -> Organization:
    """Return the actor's firm, locked: changes that depend on who is in it wait for each other."""
    return db.session.scalars(
        select(Organization).where(Organization.id == actor.organization_id).with_for_update()
    ).one()


def seen_by(actor: Actor) -> ColumnElement[bool]:
    """Return the condition of memberships that the actor sees: the firm's, of all or of the actor's teams."""
    in_firm = Membership.organization_id == actor.organization_id
    if actor.team_ids is None:
        return in_firm
    in_teams = select(TeamMembership.membership_id).where(TeamMembership.team_id.in_(actor.team_ids))
    return and_(in_firm, Membership.id.in_(in_teams))


def get_person(actor: Actor, membership_id: uuid.UUID) -> Membership:
    """Return someone on the roster, here or gone. Raises NotFound for someone the actor can't see."""
    person = db.session.scalar(select(Membership).where(Membership.id == membership_id, seen_by(actor)))
    if person is None:
        raise NotFound
    return person


def get_changeable(actor: Actor, membership_id: uuid.UUID) -> Membership:
    """Return someone on the roster whom the actor may change, invite and remove. Raises NotFound for all others."""
    person = get_person(actor, membership_id)
    if not actor.may_change(person):
        raise NotFound
    return person


def list_changeable(actor: Actor, membership_ids: Collection[uuid.UUID]) -> Sequence[Membership]:
    """Return others on the roster by name, all of whom the actor may change and remove; no more than a page shows.
    Raises NotFound if that isn't so of one of them."""
    chosen = set(membership_ids)
    is_other = and_(seen_by(actor), Membership.ended_at.is_(None), Membership.user_id.is_distinct_from(actor.user_id))
    query = select(Membership).where(is_other, Membership.id.in_(chosen))
    people = db.session.scalars(query.order_by(Membership.name_key, Membership.id).limit(PAGE)).all()
    if len(people) < len(chosen) or not all(map(actor.may_change, people)):
        raise NotFound
    return people


def list_people(actor: Actor, filters: PeopleFilter, after: str | None = None, most: int = PAGE) -> Page[Membership]:
    """Return a page of people by name; `after` is where the page before ended."""
    page = read_page(_people(actor, filters), Membership.name_key, Membership.id, after=after, most=most)
    return Page([person for (person,) in page.rows], page.next_after)


def count_people(actor: Actor) -> dict[str, int]:
    """Return how many people are here, of them waiting to come in, and how many have left."""
    row = db.session.execute(
        select(
            func.count().filter(Membership.ended_at.is_(None)),
            func.count().filter(Membership.ended_at.is_(None), Membership.user_id.is_(None)),
            func.count().filter(Membership.ended_at.is_not(None)),
        ).where(seen_by(actor))
    ).one()
    return {"here": row[0], "waiting": row[1], "left": row[2]}


def count_up_to(actor: Actor, most: int) -> dict[str, int]:
    """Return the same as `count_people`, each counted up to one more than `most`."""
    is_here, is_seen = Membership.ended_at.is_(None), seen_by(actor)
    kinds = {
        "here": select(Membership.id).where(is_seen, is_here),
        "waiting": select(Membership.id).where(is_seen, is_here, Membership.user_id.is_(None)),
        # In order, or SQLite would look for them among all who are here.
        "left": select(Membership.id).where(is_seen, ~is_here).order_by(Membership.id),
    }
    counts = [
        select(func.count()).select_from(kind.limit(most + 1).subquery(name)).scalar_subquery().label(name)
        for name, kind in kinds.items()
    ]
    return dict(db.session.execute(select(*counts)).one()._mapping)


def list_owner_addresses(organization_id: uuid.UUID) -> Sequence[tuple[str, str | None]]:
    """Return address and language of a firm's owners."""
    rows = db.session.execute(
        select(User.email, User.language)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.organization_id == organization_id,
            Membership.role == Role.OWNER,
            Membership.ended_at.is_(None),
            User.email.is_not(None),
        )
    )
    return [(str(row.email), row.language) for row in rows]


def list_manager_addresses(person: Membership) -> Sequence[tuple[str, str | None]]:
    """Return address and language of those who manage a person in their firm."""
    staff = db.session.execute(
        select(User.id, User.email, User.language)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.organization_id == person.organization_id,
            Membership.ended_at.is_(None),
            Membership.role.in_((Role.OWNER, Role.MANAGER)),
            Membership.id != person.id,
            User.email.is_not(None),
        )
        .order_by(Membership.joined_at)
    ).all()
    managers = []
    for user_id, email, language in staff:
        actor = find_actor(user_id, person.organization_id)
        if actor is None or not actor.may(May.CHANGE_PEOPLE):
            continue
        try:
            get_person(actor, person.id)
        except NotFound:
            continue  # not in one of this manager's teams
        managers.append((str(email), language))
    return managers


def count_owners(organization_id: uuid.UUID) -> int:
    """Return how many owners are in a firm who have come in."""
    query = select(func.count()).where(
        Membership.organization_id == organization_id,
        Membership.role == Role.OWNER,
        Membership.user_id.is_not(None),
        Membership.ended_at.is_(None),
    )
    return db.session.scalar(query) or 0


def list_events(
    actor: Actor,
    after: str | None = None,
    acts: Collection[str] = (),
    most: int = 50,
    *,
    text: str = "",
    since: dt.datetime | None = None,
    until: dt.datetime | None = None,
) -> Page[tuple[AuditEvent, str | None]]:
    """Return a page of the firm's audit log, the newest first, each with the name of who did it.

    `acts`: the only ones to list, if any are named. `text`: only what was done by or to someone whose name has it.
    `since`, `until`: only of that time.
    """
    keys, in_firm = (AuditEvent.at, AuditEvent.id), AuditEvent.organization_id == actor.organization_id
    if text:
        in_firm &= _is_about(actor, fold(text))
    if since is not None:
        in_firm &= AuditEvent.at >= since
    if until is not None:
        in_firm &= AuditEvent.at < until
    events_query = select(AuditEvent).where(in_firm)
    if acts:
        # The newest of each act, of which an index has them in order, then the newest of these.
        each = [select(AuditEvent.id).where(in_firm, AuditEvent.act == act) for act in acts]
        newest = [first_ones(of_act, *keys, after=after, most=most, is_newest_first=True).subquery() for of_act in each]
        events_query = select(AuditEvent).where(AuditEvent.id.in_(union_all(*(select(part.c.id) for part in newest))))
    page = read_page(events_query, *keys, after=after, most=most, is_newest_first=True)
    events = [event for (event,) in page.rows]
    names = names_of(actor, {event.actor_id for event in events if event.actor_id})
    return Page([(event, names.get(event.actor_id) if event.actor_id else None) for event in events], page.next_after)


def _is_about(actor: Actor, text: str) -> ColumnElement[bool]:
    """Return the condition of acts by or to people whose name, as the firm writes it or as was noted, has a text."""
    theirs = and_(
        Membership.organization_id == actor.organization_id, Membership.name_key.contains(text, autoescape=True)
    )
    noted = (func.lower(AuditEvent.details[name].as_string()) for name in ("name", "other"))
    return or_(
        AuditEvent.actor_id.in_(select(Membership.user_id).where(theirs, Membership.user_id.is_not(None))),
        AuditEvent.subject_id.in_(select(Membership.id).where(theirs)),
        *(name.contains(text, autoescape=True) for name in noted),
    )


def iterate_events(actor: Actor) -> Iterator[tuple[AuditEvent, str | None]]:
    """Yield all of the firm's audit log, the newest first, a portion at a time."""
    after: str | None = None
    while True:
        page = list_events(actor, after, most=500)
        yield from page.rows
        if page.next_after is None:
            return
        after = page.next_after


def names_of(actor: Actor, user_ids: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Return user id -> name, as the firm has written it, of people who are or were here."""
    if not user_ids:
        return {}  # SQLite would go through the whole firm to find nobody
    rows = db.session.execute(
        select(Membership.user_id, Membership.name)
        .where(Membership.organization_id == actor.organization_id, Membership.user_id.in_(user_ids))
        .order_by(Membership.created_at)
    )
    return {row[0]: row[1] for row in rows if row[0]}


def _list_firms(user_id: uuid.UUID, condition: ColumnElement[bool]) -> Sequence[tuple[Membership, Organization]]:
    rows = db.session.execute(
        select(Membership, Organization)
        .join(Organization, Organization.id == Membership.organization_id)
        .where(Membership.user_id == user_id, Membership.ended_at.is_(None), condition)
        .order_by(Organization.name, Organization.id)
    )
    return [(row[0], row[1]) for row in rows]


def _people(actor: Actor, filters: PeopleFilter) -> Select[Membership]:
    query = select(Membership).where(seen_by(actor))
    if filters.state == "left":
        query = query.where(Membership.ended_at.is_not(None))
    elif filters.state != "all":
        query = query.where(Membership.ended_at.is_(None))
    if filters.state == "waiting":
        query = query.where(Membership.user_id.is_(None))
    if filters.role:
        query = query.where(Membership.role == filters.role)
    if filters.team_id is not None:
        query = query.where(
            Membership.id.in_(
                select(TeamMembership.membership_id)
                .join(Team, Team.id == TeamMembership.team_id)
                .where(Team.id == filters.team_id, Team.organization_id == actor.organization_id)
            )
        )
    for word in fold(filters.text).split():
        query = query.where(
            or_(
                Membership.name_key.contains(word, autoescape=True),
                Membership.email_key.contains(word, autoescape=True),
                func.lower(Membership.employee_number).contains(word, autoescape=True),
            )
        )
    return query


def list_owner_ids(organization_id: uuid.UUID) -> set[uuid.UUID | None]:
    """Return the ids of a firm's owners."""
    owners = select(Membership.user_id).where(
        Membership.organization_id == organization_id,
        Membership.role == Role.OWNER,
        Membership.ended_at.is_(None),
    )
    return set(db.session.scalars(owners))
