"""Keeping who was in which team, and when. Part of the operations; never commits."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, delete, exists, insert, literal, or_, select, update

from trainer.core.db import UTCDateTime, db
from trainer.organizations.models import Membership, Team, TeamMembership, TeamStay

_PORTION = 500  # a database takes only so many values in one statement


def keep_stays(membership_ids: Sequence[uuid.UUID], now: dt.datetime) -> None:
    """Keep in which teams people are from now on, after that has changed; what hasn't changed stays."""
    for start in range(0, len(membership_ids), _PORTION):
        _keep(TeamStay.membership_id.in_(portion := membership_ids[start : start + _PORTION]), now)
        _open(Membership.id.in_(portion), now)


def end_stays(team: Team, now: dt.datetime) -> None:
    """Keep that everyone left a team which is about to be removed, and what it was called."""
    of_team = and_(TeamStay.organization_id == team.organization_id, TeamStay.team_id == team.id)
    named = update(TeamStay).where(of_team).values(team_name=team.name)
    db.session.execute(named.execution_options(synchronize_session=False))
    _end(and_(of_team, TeamStay.ended_at.is_(None)), now)


def _keep(whose: ColumnElement[bool], now: dt.datetime) -> None:
    still = exists().where(
        TeamMembership.membership_id == TeamStay.membership_id, TeamMembership.team_id == TeamStay.team_id
    )
    _end(and_(whose, TeamStay.ended_at.is_(None), ~still), now)


def _end(over: ColumnElement[bool], now: dt.datetime) -> None:
    # One that would end as it began was never to be seen.
    for statement in (
        delete(TeamStay).where(over, TeamStay.began_at >= now),
        update(TeamStay).where(over).values(ended_at=now),
    ):
        db.session.execute(statement.execution_options(synchronize_session=False))


def _open(whose: ColumnElement[bool], now: dt.datetime) -> None:
    there = exists().where(
        TeamStay.membership_id == TeamMembership.membership_id,
        TeamStay.team_id == TeamMembership.team_id,
        or_(TeamStay.ended_at.is_(None), TeamStay.began_at >= now),
    )
    rows = (
        select(
            TeamMembership.membership_id,
            TeamMembership.team_id,
            Membership.organization_id,
            literal(now, UTCDateTime()),
        )
        .join(Membership, Membership.id == TeamMembership.membership_id)
        .where(whose, ~there)
    )
    db.session.execute(insert(TeamStay).from_select(["membership_id", "team_id", "organization_id", "began_at"], rows))
