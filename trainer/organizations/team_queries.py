"""Finding a firm's teams, and who is or was in which."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import func, or_, select

from trainer.core.db import db
from trainer.core.errors import NotFound
from trainer.organizations.actor import Actor
from trainer.organizations.models import Membership, Team, TeamMembership, TeamStay
from trainer.organizations.rules import fold


class TeamLine(NamedTuple):
    """A team as lists and fields show it."""

    id: uuid.UUID
    name: str
    name_key: str


def list_teams(actor: Actor) -> Sequence[TeamLine]:
    """Return the teams that the actor sees, by name."""
    return list_teams_of(actor.organization_id, actor.team_ids)


def list_teams_of(organization_id: uuid.UUID, team_ids: Collection[uuid.UUID] | None = None) -> Sequence[TeamLine]:
    """Return a firm's teams, all or those of these, by name."""
    query = select(Team.id, Team.name, Team.name_key).where(Team.organization_id == organization_id)
    if team_ids is not None:
        query = query.where(Team.id.in_(team_ids))
    return [TeamLine(*row) for row in db.session.execute(query.order_by(Team.name_key))]


def list_teams_then(
    organization_id: uuid.UUID, team_ids: Collection[uuid.UUID] | None, until: dt.datetime
) -> Sequence[TeamLine]:
    """Return a firm's teams, all or of these, that anyone was in when a past day ended, removed ones too, by name."""
    query = (
        select(TeamStay.team_id, func.max(func.coalesce(Team.name, TeamStay.team_name)))
        .outerjoin(Team, Team.id == TeamStay.team_id)
        .where(
            TeamStay.organization_id == organization_id,
            TeamStay.began_at < until,
            or_(TeamStay.ended_at.is_(None), TeamStay.ended_at >= until),
        )
        .group_by(TeamStay.team_id)
    )
    if team_ids is not None:
        query = query.where(TeamStay.team_id.in_(team_ids))
    teams = [TeamLine(team_id, name, fold(name)) for team_id, name in db.session.execute(query)]
    return sorted(teams, key=lambda team: (team.name_key, team.id))


def get_team(actor: Actor, team_id: uuid.UUID) -> Team:
    """Return a team that the actor sees. Raises NotFound."""
    query = select(Team).where(Team.id == team_id, Team.organization_id == actor.organization_id)
    team = db.session.scalar(query if actor.team_ids is None else query.where(Team.id.in_(actor.team_ids)))
    if team is None:
        raise NotFound
    return team


def list_names_of_teams(organization_id: uuid.UUID, team_ids: Collection[uuid.UUID]) -> list[str]:
    """Return the names of those of these teams that a firm has, in order."""
    teams = select(Team.name).where(Team.organization_id == organization_id, Team.id.in_(team_ids))
    return list(db.session.scalars(teams.order_by(Team.name_key)))


def count_by_team(actor: Actor) -> dict[uuid.UUID, int]:
    """Return team id -> how many people are in it now."""
    # All who ever were, without a look at each of them, less those who have left.
    ever = (
        select(TeamMembership.team_id, func.count().label("number"))
        .where(TeamMembership.team_id.in_(select(Team.id).where(Team.organization_id == actor.organization_id)))
        .group_by(TeamMembership.team_id)
    )
    left = (
        select(TeamMembership.team_id, -func.count())
        .join(Membership, Membership.id == TeamMembership.membership_id)
        .where(Membership.organization_id == actor.organization_id, Membership.ended_at.is_not(None))
        .group_by(TeamMembership.team_id)
    )
    numbers: Counter[uuid.UUID] = Counter()
    for team_id, number in db.session.execute(ever.union_all(left)):
        numbers[team_id] += number
    return numbers


def list_team_ids(membership_id: uuid.UUID) -> Sequence[uuid.UUID]:
    """Return the teams that a person is in."""
    return db.session.scalars(select(TeamMembership.team_id).where(TeamMembership.membership_id == membership_id)).all()


def team_names(actor: Actor, membership_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    """Return membership id -> names of those of the person's teams that the actor sees."""
    query = (
        select(TeamMembership.membership_id, Team.name)
        .join(Team, Team.id == TeamMembership.team_id)
        .where(TeamMembership.membership_id.in_(membership_ids), Team.organization_id == actor.organization_id)
    )
    if actor.team_ids is not None:
        query = query.where(Team.id.in_(actor.team_ids))
    names: dict[uuid.UUID, list[str]] = {}
    for row in db.session.execute(query.order_by(Team.name_key)):
        names.setdefault(row[0], []).append(row[1])
    return names


def team_names_then(
    actor: Actor, membership_ids: Sequence[uuid.UUID], until: dt.datetime
) -> dict[uuid.UUID, list[str]]:
    """Return, as `team_names`, those of the teams in which people were when a past day ended, removed ones too."""
    query = (
        select(TeamStay.membership_id, func.coalesce(Team.name, TeamStay.team_name))
        .outerjoin(Team, Team.id == TeamStay.team_id)
        .where(
            TeamStay.organization_id == actor.organization_id,
            TeamStay.membership_id.in_(membership_ids),
            TeamStay.began_at < until,
            or_(TeamStay.ended_at.is_(None), TeamStay.ended_at >= until),
        )
    )
    if actor.team_ids is not None:
        query = query.where(TeamStay.team_id.in_(actor.team_ids))
    names: dict[uuid.UUID, list[str]] = {}
    for membership_id, name in db.session.execute(query):
        names.setdefault(membership_id, []).append(name)
    return {membership_id: sorted(teams, key=fold) for membership_id, teams in names.items()}
