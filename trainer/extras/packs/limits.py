"""To which teams and which requirement an evidence pack or an inspector's link is limited: chosen, read and told.

What was chosen stays when a team or a requirement is removed, so that nothing ever shows more than before.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection

from babel.lists import format_list
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from trainer.assignments.models import Requirement
from trainer.assignments.queries import list_requirements
from trainer.compliance.order_queries import teams_of_order
from trainer.compliance.queries import choose_teams
from trainer.compliance.rules import Limits
from trainer.core.db import db
from trainer.core.errors import Invalid
from trainer.core.work import Job
from trainer.organizations.actor import Actor
from trainer.organizations.models import Team, TeamStay
from trainer.organizations.team_queries import list_teams


def choose_limits(actor: Actor, team_ids: Collection[uuid.UUID], requirement_id: uuid.UUID | None) -> Limits:
    """Return the limits that the actor chose. Raises Invalid for a team or a requirement that isn't offered."""
    offered = {rule.id for rule in list_requirements(actor.organization_id)}
    if requirement_id is not None and requirement_id not in offered:
        raise Invalid(_l("Choose a requirement from the list."))
    return Limits(choose_teams(actor, team_ids), requirement_id)


def list_offered(actor: Actor) -> dict[str, list[tuple[str, str]]]:
    """Return to which teams and requirements the actor may limit a pack or an inspector's link."""
    return {
        "teams": [(str(team.id), team.name) for team in list_teams(actor)],
        "requirements": [(str(rule.id), rule.title) for rule in list_requirements(actor.organization_id)],
    }


def limits_of_pack(job: Job) -> Limits:
    """Return the limits of an evidence pack."""
    written = job.details.get("requirement")
    return Limits(teams_of_order(job), uuid.UUID(hex=written) if written else None)


def tell_limits(organization_id: uuid.UUID, limits: Limits) -> str:
    """Return what something is limited to, such as "Harbor Inn only, Security officers, yearly"; nothing if it shows
    all of a firm."""
    teams = _tell_teams(organization_id, limits.team_ids)
    if limits.requirement_id is None:
        return str(_("%(teams)s only", teams=teams)) if teams else ""
    titles = select(Requirement.title).where(
        Requirement.organization_id == organization_id, Requirement.id == limits.requirement_id
    )
    title = db.session.scalars(titles).one()
    if not teams:
        return str(_("“%(requirement)s” only", requirement=title))
    return str(_("%(teams)s only, %(requirement)s", teams=teams, requirement=title))


def _tell_teams(organization_id: uuid.UUID, team_ids: Collection[uuid.UUID] | None) -> str:
    """Return the names of these teams, of removed ones, too; nothing for all of a firm."""
    if team_ids is None:
        return ""
    if not team_ids:
        return str(_("No team"))
    stays = select(TeamStay.team_id, func.max(TeamStay.team_name)).where(
        TeamStay.organization_id == organization_id, TeamStay.team_id.in_(team_ids), TeamStay.team_name.is_not(None)
    )
    teams = select(Team.id, Team.name).where(Team.organization_id == organization_id, Team.id.in_(team_ids))
    names = {
        row[0]: str(row[1]) for query in (stays.group_by(TeamStay.team_id), teams) for row in db.session.execute(query)
    }
    told = sorted(names.values(), key=str.casefold)
    if gone := len(team_ids) - len(told):
        told.append(ngettext("a removed team", "%(num)s removed teams", gone))
    return str(format_list(told, locale=get_locale() or "en"))
