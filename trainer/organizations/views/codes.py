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
from trainer.organizations.forms import ROLE_NAMES, JoinCodeForm
from trainer.organizations.models import JoinCode
from trainer.organizations.posters import draw_poster
from trainer.organizations.queries import list_teams
from trainer.organizations.rules import May, Role, local_day
from trainer.web.access import Who, access
from trainer.web.forms import Form
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
        zone = ZoneInfo(actor.organization.time_zone)
        try:
            # It is good to the end of that day, as the firm counts days.
            end = dt.datetime.combine(form.last_day.data + dt.timedelta(days=1), dt.time(), zone)
            with transaction():
                code = operations.make_join_code(
                    actor,
                    Role(str(form.role.data)),
                    UUID(str(form.team.data)) if form.team.data else None,
                    end.astimezone(dt.UTC),
                    form.most_uses.data,
                    now(),
                )
        except OverflowError:
            form.last_day.errors = [_("Choose a last day within a year.")]
        except Invalid as error:
            field = form.most_uses if error.message == operations.WRONG_NUMBER else form.last_day
            field.errors = [error.message]
        else:
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
    until, made = _last_day(actor, code), local_day(actor.organization.time_zone, code.created_at)
    pdf = draw_poster(actor.organization.name, show_code(code.code), _address(code), until, made)
    response = make_response(pdf)
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = "inline; filename=poster.pdf"
    return response


def _form(actor: Actor, *, is_new: bool = False) -> JoinCodeForm:
    form = JoinCodeForm(formdata=None, last_day=actor.today(now()) + USUAL) if is_new else JoinCodeForm()
    form.role.choices = [(role.value, ROLE_NAMES[role]) for role in roles_by_code(actor)]
    anywhere = [("", _("No team"))] if actor.team_ids is None else []
    form.team.choices = [*anywhere, *((str(team.id), team.name) for team in list_teams(actor))]
    return form


def _list_page(actor: Actor, form: JoinCodeForm) -> str:
    moment, is_good = now(), request.args.get("show") != "old"
    return render_template(
        "organizations/codes.html",
        actor=actor,
        codes=list_codes(actor, moment, is_good=is_good),
        is_good=is_good,
        form=form,
        role_names=ROLE_NAMES,
        teams={team.id: team.name for team in list_teams(actor)},
        address=_address,
        show_code=show_code,
        is_over=lambda code: code.expires_at <= moment,
        last_day=lambda code: _last_day(actor, code),
    )


def _last_day(actor: Actor, code: JoinCode) -> dt.date:
    """Return the last day on which a code is good, as the firm counts days."""
    return (code.expires_at - dt.timedelta(seconds=1)).astimezone(ZoneInfo(actor.organization.time_zone)).date()


def _address(code: JoinCode) -> str:
    """Return the link of a code: always of the configured site."""
    return f"{current_app.config['SETTINGS'].base_url}/join/{show_code(code.code)}"
