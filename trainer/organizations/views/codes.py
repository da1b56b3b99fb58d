"""A firm's join codes: list, create, revoke, print on a poster."""

from __future__ import annotations

import datetime as dt
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, flash, make_response, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import Conflict, Invalid
from trainer.organizations import codes as operations
from trainer.organizations.access import acting
from trainer.organizations.actor import Actor
from trainer.organizations.codes import get_code, list_codes, roles_by_code, show_code
from trainer.organizations.forms import ROLE_NAMES, TEAMS, JoinCodeForm, TeamCodesForm, team_codes_form
from trainer.organizations.models import JoinCode
from trainer.organizations.posters import Poster, draw, firm_poster
from trainer.organizations.rules import May, Role, local_day
from trainer.organizations.team_queries import list_teams
from trainer.web.access import Who, access
from trainer.web.forms import Form
from trainer.web.language import known_languages, language_tag
from trainer.web.limits import limit_acts
from trainer.web.redirects import go

blueprint = Blueprint("codes", __name__, url_prefix="/organizations/<uuid:organization_id>/codes")

USUAL = dt.timedelta(days=30)


@blueprint.get("")
@access(Who.ACCOUNT, own=True)
@acting(May.BRING_IN)
def codes(actor: Actor) -> str:
    """List the codes, with a form for a new one."""
    return _list_page(actor, _form(actor, is_new=True))


@blueprint.post("")
@access(Who.ACCOUNT, own=True)
@acting(May.BRING_IN)
def make(actor: Actor) -> Response | tuple[str, int]:
    """Create a code."""
    form = _form(actor)
    if form.validate_on_submit():
        assert form.last_day.data is not None
        with form.refusing("last_day"), transaction():
            code = operations.make_join_code(
                actor,
                Role(str(form.role.data)),
                UUID(str(form.team.data)) if form.team.data else None,
                _end_of(actor, form.last_day.data),
                form.most_uses.data,
                now(),
            )
        if not form.errors:
            flash(_("Created: %(code)s. Share the link, or print the poster.", code=show_code(code.code)))
            return go(url_for(".codes", organization_id=actor.organization_id))
    return _list_page(actor, form), 422


@blueprint.route("/<uuid:code_id>/revocation", methods=["GET", "POST"])
@access(Who.ACCOUNT, own=True)
@acting(May.BRING_IN)
def revoke(actor: Actor, code_id: UUID) -> Response | str:
    """Ask, then revoke a code at once: a poster with it may hang somewhere."""
    form = Form()
    if not form.validate_on_submit():
        code = get_code(actor, code_id)
        return render_template(
            "organizations/code_revocation.html", actor=actor, form=form, code=show_code(code.code), uses=code.uses
        )
    try:
        with transaction():
            operations.revoke_join_code(actor, code_id, now())
    except Conflict as error:
        flash(error.message)
    else:
        flash(_("Withdrawn. Nobody can join with it anymore."))
    return go(url_for(".codes", organization_id=actor.organization_id))


@blueprint.get("/<uuid:code_id>/poster.pdf")
@access(Who.ACCOUNT, own=True)
@acting(May.BRING_IN)
def poster(actor: Actor, code_id: UUID) -> Response:
    """Return a poster of one page, to be printed and hung up."""
    code = get_code(actor, code_id)
    made = local_day(actor.organization.time_zone, code.created_at)
    return _pdf(draw([_poster(actor, code, _team_names(actor))], made), "poster.pdf")


@blueprint.post("/posters.pdf")
@access(Who.ACCOUNT, own=True)
@acting(May.BRING_IN)
@limit_acts("30 per hour")
def posters(actor: Actor) -> Response | tuple[str, int]:
    """Create a code for each team that has none; return the posters of all teams, a page each, by the teams' names."""
    form = TeamCodesForm(prefix=TEAMS)
    if form.validate_on_submit():
        assert form.last_day.data is not None
        with form.refusing("last_day"), transaction():
            operations.make_codes_for_teams(actor, _end_of(actor, form.last_day.data), now())
    if form.errors:
        return _list_page(actor, _form(actor, is_new=True), form), 422
    names = _team_names(actor)
    codes = sorted(operations.codes_of_teams(actor, now()), key=lambda code: names[code.team_id])
    if not codes:
        flash(_("There are no teams yet. Create one first."))
        return go(url_for(".codes", organization_id=actor.organization_id))
    newest = max(code.created_at for code in codes)
    pages = [_poster(actor, code, names) for code in codes]
    return _pdf(draw(pages, local_day(actor.organization.time_zone, newest)), "posters.pdf", "attachment")


def _form(actor: Actor, *, is_new: bool = False) -> JoinCodeForm:
    form = JoinCodeForm(formdata=None, last_day=actor.today(now()) + USUAL) if is_new else JoinCodeForm()
    form.role.choices = [(role.value, ROLE_NAMES[role]) for role in roles_by_code(actor)]
    anywhere = [("", _("No team"))] if actor.team_ids is None else []
    form.team.choices = [*anywhere, *((str(team.id), team.name) for team in list_teams(actor))]
    return form


def _list_page(actor: Actor, form: JoinCodeForm, team_form: TeamCodesForm | None = None) -> str:
    moment, is_good = now(), request.args.get("show") != "old"
    names = _team_names(actor)
    return render_template(
        "organizations/codes.html",
        actor=actor,
        codes=list_codes(actor, moment, is_good=is_good),
        is_good=is_good,
        form=form,
        team_form=team_form or team_codes_form(actor.today(moment)),
        without_code=len(names.keys() - operations.teams_with_code(actor, moment)),
        role_names=ROLE_NAMES,
        teams=names,
        address=_address,
        show_code=show_code,
        is_over=lambda code: code.expires_at <= moment,
        last_day=lambda code: _last_day(actor, code),
    )


def _team_names(actor: Actor) -> dict[UUID | None, str]:
    return {team.id: team.name for team in list_teams(actor)}


def _poster(actor: Actor, code: JoinCode, teams: dict[UUID | None, str]) -> Poster:
    return firm_poster(
        actor.organization.name,
        show_code(code.code),
        _address(code),
        _last_day(actor, code),
        site=teams.get(code.team_id, ""),
        second_language=next((tag for tag in known_languages() if tag != language_tag()), None),
    )


def _pdf(data: bytes, name: str, how: str = "inline") -> Response:
    response = make_response(data)
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = f"{how}; filename={name}"
    return response


def _end_of(actor: Actor, last_day: dt.date) -> dt.datetime:
    """Return the end of a code's last day, as the firm counts days. Raises Invalid for the last day of the calendar."""
    try:
        end = dt.datetime.combine(last_day + dt.timedelta(days=1), dt.time(), ZoneInfo(actor.organization.time_zone))
        return end.astimezone(dt.UTC)
    except OverflowError:
        raise Invalid(_("Choose a last day within a year.")) from None


def _last_day(actor: Actor, code: JoinCode) -> dt.date:
    """Return the last day on which a code is good, as the firm counts days."""
    return (code.expires_at - dt.timedelta(seconds=1)).astimezone(ZoneInfo(actor.organization.time_zone)).date()


def _address(code: JoinCode) -> str:
    """Return the link of a code: always of the configured site."""
    return f"{current_app.config['SETTINGS'].base_url}/join/{show_code(code.code)}"
