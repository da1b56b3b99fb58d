"""A firm's teams: list, make, rename, remove."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.organizations import operations
from trainer.organizations.access import acting
from trainer.organizations.actor import Actor
from trainer.organizations.forms import TeamForm
from trainer.organizations.rules import May
from trainer.organizations.team_queries import count_by_team, get_team, list_teams
from trainer.web.access import Who, access
from trainer.web.forms import Form
from trainer.web.redirects import go

blueprint = Blueprint("teams", __name__, url_prefix="/organizations/<uuid:organization_id>/teams")


@blueprint.get("")
@access(Who.ACCOUNT, own=True)
@acting(May.SET_TEAMS)
def teams(actor: Actor) -> str:
    """List the teams with how many people are in each."""
    return _list_page(actor, TeamForm(formdata=None))


@blueprint.post("")
@access(Who.ACCOUNT, own=True)
@acting(May.SET_TEAMS)
def make(actor: Actor) -> Response | tuple[str, int]:
    """Create a team."""
    form = TeamForm()
    if form.validate_on_submit():
        with form.refusing("name"), transaction():
            operations.make_team(actor, str(form.name.data), now(), form.chosen_region)
        if not form.errors:
            flash(_("Created: %(team)s.", team=form.name.data))
            return go(url_for(".teams", organization_id=actor.organization_id))
    return _list_page(actor, form), 422


@blueprint.route("/<uuid:team_id>", methods=["GET", "POST"])
@access(Who.ACCOUNT, own=True)
@acting(May.SET_TEAMS)
def rename(actor: Actor, team_id: UUID) -> Response | str | tuple[str, int]:
    """Change a team's name and region."""
    team = get_team(actor, team_id)
    form = TeamForm(obj=team)
    if form.validate_on_submit():
        with form.refusing("name"), transaction():
            operations.change_team(actor, team_id, str(form.name.data), form.chosen_region, now())
        if not form.errors:
            flash(_("Saved."))
            return go(url_for(".teams", organization_id=actor.organization_id))
    page = render_template("organizations/team.html", actor=actor, team=team, form=form)
    return page, 422 if form.is_submitted() else 200


@blueprint.route("/<uuid:team_id>/removal", methods=["GET", "POST"])
@access(Who.ACCOUNT, own=True)
@acting(May.SET_TEAMS)
def remove(actor: Actor, team_id: UUID) -> Response | str:
    """Remove a team, after saying what happens to its people."""
    team, form = get_team(actor, team_id), Form()
    if not form.validate_on_submit():
        count = count_by_team(actor).get(team_id, 0)
        return render_template("organizations/team_removal.html", actor=actor, team=team, count=count, form=form)
    with transaction():
        operations.remove_team(actor, team_id, now())
    flash(_("Removed: %(team)s. Its people are still in the firm.", team=team.name))
    return go(url_for(".teams", organization_id=actor.organization_id))


def _list_page(actor: Actor, form: TeamForm) -> str:
    return render_template(
        "organizations/teams.html", actor=actor, teams=list_teams(actor), counts=count_by_team(actor), form=form
    )
