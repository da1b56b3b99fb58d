"""Who hasn't joined yet: invite, invite again, revoke an invitation, one or all; who gets the replies."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, current_app, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import Conflict, Invalid, NotFound, NotYet
from trainer.organizations import invitations as operations
from trainer.organizations.access import acting
from trainer.organizations.actor import Actor
from trainer.organizations.invitation_links import shown_token_of
from trainer.organizations.mail_words import mail_name, outcome
from trainer.organizations.models import Invitation
from trainer.organizations.queries import get_changeable
from trainer.organizations.replies import gets_replies, own_address, set_replies
from trainer.organizations.rules import FOLLOW_UPS, May
from trainer.organizations.waiting import InvitationNeed, count_by_need, count_readiness, follows_up, list_waiting
from trainer.web.access import Who, access
from trainer.web.redirects import go, safe_path

blueprint = Blueprint("invitations", __name__, url_prefix="/organizations/<uuid:organization_id>")


@blueprint.get("/invitations")
@access(Who.ACCOUNT, own=True)
@acting(May.BRING_IN)
def invitations(actor: Actor) -> str:
    """List who hasn't come in, what became of each invitation, and when it goes out again."""
    moment, need = now(), _need()
    return render_template(
        "organizations/invitations.html",
        actor=actor,
        need=need,
        page=list_waiting(actor, moment, need, request.args.get("after")),
        by_need=count_by_need(actor, moment),
        readiness=count_readiness(actor, moment, need),
        left=operations.count_left_today(actor.organization, moment),
        follows_up=follows_up(actor.organization),
        follow_ups=FOLLOW_UPS,
        is_open=lambda invitation: operations.is_open(invitation, moment),
        link=None if current_app.config["SETTINGS"].smtp_url else _link,
        mail_name=mail_name,
        outcome=outcome,
        own_address=own_address(actor),
        gets_replies=gets_replies(actor),
    )


@blueprint.post("/invitations")
@access(Who.ACCOUNT, own=True)
@acting(May.BRING_IN)
def send_all(actor: Actor) -> Response:
    """Invite everyone who hasn't joined, or those who need attention for a reason, but nobody twice within a day."""
    need = _need()
    with transaction():
        sent = operations.resend_all(actor, now(), need)
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
        flash(_("Nobody can be invited right now. The page says why."))
    return go(url_for(".invitations", organization_id=actor.organization_id, state=need))


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


@blueprint.post("/replies")
@access(Who.ACCOUNT, own=True)
@acting(May.BRING_IN)
def replies(actor: Actor) -> Response:
    """Let those whom the actor invites and reminds see the actor's address and reply to it, or no longer."""
    shows_address = request.form.get("shows_address") == "yes"
    try:
        with transaction():
            set_replies(actor, shows_address=shows_address, now=now())
    except NotYet as error:
        flash(error.message)
    else:
        flash(_("Replies go to you now.") if shows_address else _("Your address is no longer shown."))
    fallback = url_for(".invitations", organization_id=actor.organization_id)
    return go(safe_path(request.form.get("back"), fallback))


def _need() -> InvitationNeed | None:
    """Return which list is asked for, None for all. Raises NotFound for an unknown one."""
    given = request.args.get("state", "")
    if given and given not in set(InvitationNeed):
        raise NotFound(_("There is no such list here. Open invitations, and choose one of the tabs."))
    return InvitationNeed(given) if given else None


def _link(invitation: Invitation) -> str:
    """Return the link to hand on where no mail goes out."""
    return f"{current_app.config['SETTINGS'].base_url}/i/{shown_token_of(invitation)}"
