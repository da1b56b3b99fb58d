"""Whose numbers and laws a firm's people are shown: a team's region comes before the firm's."""

from __future__ import annotations

from sqlalchemy import ColumnElement, case, func, select

from trainer.accounts.models import User
from trainer.organizations.models import Membership, Organization, Team, TeamMembership
from trainer.organizations.queries import firm_is_open


def region_of_user() -> ColumnElement[str | None]:
    """Return, as a column beside a user, the region of their team or firm, of several firms the newest that has one.

    Of someone whose teams are in different regions it is the firm's.
    """
    least, most = func.min(Team.region), func.max(Team.region)
    of_teams = (
        select(case((least == most, least)))
        .join(TeamMembership, TeamMembership.team_id == Team.id)
        .where(TeamMembership.membership_id == Membership.id)
        .correlate(Membership)
        .scalar_subquery()
    )
    region = func.coalesce(of_teams, Organization.region)
    return (
        select(region)
        .join_from(Membership, Organization, Organization.id == Membership.organization_id)
        .where(Membership.user_id == User.id, Membership.ended_at.is_(None), firm_is_open(), region.is_not(None))
        .order_by(Membership.joined_at.desc(), Membership.id)
        .limit(1)
        .correlate(User)
        .scalar_subquery()
    )
