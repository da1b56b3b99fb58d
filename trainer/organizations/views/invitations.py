"""Who hasn't joined yet: invite, invite again, revoke an invitation, one or all."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, current_app, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import Conflict, Invalid, NotFound
from trainer.organizations import invitations as operations
from trainer.organizations.access import acting
from trainer.organizations.actor import Actor
from trainer.organizations.invitations import Waiting
from trainer.organizations.models import Invitation
from trainer.organizations.queries import get_changeable
from trainer.organizations.rules import May
from trainer.web.access import Who, access
from trainer.web.redirects import go

blueprint = Blueprint("invitations", __name__, url_prefix="/organizations/<uuid:organization_id>")


@blueprint.get("/invitations")
@access(Who.ACCOUNT, own=True)
@acting(May.BRING_IN)
def invitations(actor: Actor) -> str:
    """List who hasn't come in, and what became of each invitation."""
    moment, given = now(), request.args.get("state", "")
    if given and given not in set(Waiting):
        raise NotFound(_("There is no such filter here. Open the invitations, and choose one of their tabs."))
    state = Waiting(given) if given else None
    page = operations.list_waiting(actor, moment, state, request.args.get("after"))
    count, mailable = operations.count_waiting(actor)
    return render_template(
        "organizations/invitations.html",
        actor=actor,
        page=page,
        state=state,
        by_state=operations.count_by_state(actor, moment),
        count=count,
        mailable=mailable,
        left=operations.count_left_today(actor, moment),
        is_open=lambda invitation: operations.is_open(invitation, moment),
        link=None if current_app.config["SETTINGS"].smtp_url else _link,
    )


@blueprint.post("/invitations")
@access(Who.ACCOUNT, own=True)
@acting(May.BRING_IN)
def send_all(actor: Actor) -> Response:
    """Invite everyone who hasn't joined, except those invited within a day."""
    with transaction():
        sent = operations.resend_all(actor, now())
    if sent.invited:
        flash(ngettext("%(num)s invitation is on its way.", "%(num)s invitations are on their way.", sent.invited))
    if sent.left:
        flash(
            ngettext(
                "The firm has sent its invitations for today. %(num)s person can be invited tomorrow.",
                "The firm has sent its invitations for today. %(num)s people can be invited tomorrow.",
                sent.left,
            )
        )
    elif not sent.invited:
        flash(_("Everyone was invited less than a day ago, or has joined."))
    return go(url_for(".invitations", organization_id=actor.organization_id))


@blueprint.post("/people/<uuid:membership_id>/invitations")
@access(Who.ACCOUNT, own=True)
@acting(May.BRING_IN)
def send(actor: Actor, membership_id: UUID) -> Response:
    """Invite one person, or once more."""
    try:
        with transaction():
            person = get_changeable(actor, membership_id)
            operations.invite(actor, person, now())
    except (Conflict, Invalid) as error:
        flash(error.message)
    else:
        flash(_("The invitation for %(name)s is on its way.", name=person.name))
    return go(url_for(".invitations", organization_id=actor.organization_id))


@blueprint.post("/people/<uuid:membership_id>/invitations/revocation")
@access(Who.ACCOUNT, own=True)
@acting(May.BRING_IN)
def revoke(actor: Actor, membership_id: UUID) -> Response:
    """Revoke a person's invitations."""
    try:
        with transaction():
            operations.revoke_invitations(actor, get_changeable(actor, membership_id), now())
    except Conflict as error:
        flash(error.message)
    else:
        flash(_("Withdrawn. The link no longer opens."))
    return go(url_for(".invitations", organization_id=actor.organization_id))


def _link(invitation: Invitation) -> str:
    """Return the link to hand on where no mail goes out."""
    return f"{current_app.config['SETTINGS'].base_url}/invitations/{operations.shown_token_of(invitation)}"
