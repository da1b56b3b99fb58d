"""PIN slips of people without an address: who needs one, and a PDF of them that is shown nowhere else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, current_app, flash, make_response, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import Conflict, Invalid, NotFound
from trainer.extras.pins import pauses
from trainer.extras.pins import slips as operations
from trainer.extras.pins.pins import list_paused_firms
from trainer.extras.pins.slip_papers import draw_badges, draw_slips
from trainer.extras.pins.slips import MissingSlip, Slip, count_slips, list_slip_states
from trainer.organizations.access import acting
from trainer.organizations.actor import Actor
from trainer.organizations.codes import show_code
from trainer.organizations.queries import get_changeable, list_changeable
from trainer.organizations.rules import May, local_day
from trainer.organizations.team_queries import list_teams, team_names
from trainer.web.access import Who, access
from trainer.web.forms import Form
from trainer.web.limits import limit_acts
from trainer.web.redirects import go

blueprint = Blueprint("slips", __name__, url_prefix="/organizations/<uuid:organization_id>")


@blueprint.get("/pin-slips")
@access(Who.ACCOUNT, own=True)
@acting(May.BRING_IN)
def slips(actor: Actor) -> str:
    """List people without an address: who has a PIN, who has a slip, who needs one."""
    team_id, given = _team_id(), request.args.get("state", "")
    if given and given not in set(MissingSlip):
        raise NotFound(_("There is no such filter here. Open the PIN slips, and choose from their filters."))
    state = MissingSlip(given) if given else None
    page = list_slip_states(actor, team_id, now(), state, request.args.get("after"))
    count, waiting = count_slips(actor, team_id)
    return render_template(
        "pins/slips.html",
        actor=actor,
        page=page,
        state=state,
        count=count,
        waiting=waiting,
        teams=list_teams(actor),
        team_id=team_id,
        team_names=team_names(actor, [row.person.id for row in page.rows]),
        firm_code=show_code(actor.organization.code) if actor.organization.code else None,
        is_good=lambda slip: slip.used_at is None and slip.revoked_at is None and now() < slip.expires_at,
        is_paused=bool(list_paused_firms(now(), actor.organization_id)),
        form=Form(),
    )


@blueprint.post("/pin-slips/opening")
@access(Who.ACCOUNT, own=True)
@acting(May.SET_TEAMS)
def open_again(actor: Actor) -> Response:
    """Let people sign in with a PIN on new phones and computers again, after too many wrong ones."""
    with transaction():
        pauses.open_again(actor, now())
    flash(_("People can sign in with a PIN on new phones and computers again."))
    return go(url_for(".slips", organization_id=actor.organization_id))


@blueprint.post("/pin-slips")
@access(Who.ACCOUNT, own=True)
@acting(May.BRING_IN)
@limit_acts("60 per hour")
def print_all(actor: Actor) -> Response:
    """Return the slips of chosen people, or of all who need one, of one team or of all; slips printed earlier for them
    are void."""
    team_id, chosen = request.form.get("team", type=UUID), request.form.getlist("person", type=UUID)
    try:
        with transaction():
            if chosen:
                made = [operations.print_slip(actor, person, now()) for person in list_changeable(actor, chosen)]
            else:
                made = operations.print_slips(actor, team_id, now())
    except (Conflict, Invalid) as error:
        flash(error.message)
        return go(url_for(".slips", organization_id=actor.organization_id, team=team_id))
    return _paper(actor, made, "pin-slips")


@blueprint.get("/badges.pdf")
@access(Who.ACCOUNT, own=True)
@acting(May.BRING_IN)
@limit_acts("60 per hour")
def badges(actor: Actor) -> Response:
    """Return badges of people without an address, of one team or of all. They hold no secret."""
    try:
        people = operations.list_badges(actor, _team_id())
    except Conflict as error:
        flash(error.message)
        return go(url_for(".slips", organization_id=actor.organization_id, team=_team_id()))
    pdf = draw_badges(actor.organization, people, _sign_in_address(), local_day(actor.organization.time_zone, now()))
    return _pdf(pdf, "badges")


@blueprint.post("/people/<uuid:membership_id>/pin-slip")
@access(Who.ACCOUNT, own=True)
@acting(May.BRING_IN)
def print_one(actor: Actor, membership_id: UUID) -> Response:
    """Return a slip for one person, who may have forgotten the PIN."""
    try:
        with transaction():
            made = operations.print_slip(actor, get_changeable(actor, membership_id), now())
    except (Conflict, Invalid) as error:
        flash(error.message)
        return go(url_for("people.person", organization_id=actor.organization_id, membership_id=membership_id))
    return _paper(actor, [made], f"pin-slip-{re.sub(r'[^A-Za-z0-9-]+', '-', made.employee_number)}")


def _paper(actor: Actor, made: Sequence[Slip], name: str) -> Response:
    zone, instant = actor.organization.time_zone, now()
    until, today = local_day(zone, instant + operations.LASTS), local_day(zone, instant)
    return _pdf(draw_slips(actor.organization, made, _sign_in_address(), until, today), name)


def _sign_in_address() -> str:
    return f"{current_app.config['SETTINGS'].base_url}{url_for('pins.sign_in')}"


def _pdf(data: bytes, name: str) -> Response:
    response = make_response(data)
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = f"attachment; filename={name}.pdf"
    return response


def _team_id() -> UUID | None:
    return request.args.get("team", type=UUID)
