"""Inspectors: links for them, and the page that such a link opens, to read and nothing else."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, current_app, flash, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from trainer.assignments.queries import list_requirements
from trainer.compliance.forms import InspectorForm
from trainer.compliance.operations import make_inspector_link, revoke_inspector_link, token_of
from trainer.compliance.queries import count_rows, find_inspection, get_inspector_link, list_inspector_links, list_rows
from trainer.compliance.rules import INSPECTION_LASTS, Sight
from trainer.compliance.views.training import address_of, narrowing
from trainer.compliance.words import GROUP_NAMES, chip
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import Conflict
from trainer.credentials.rules import show_serial
from trainer.credentials.words import disclaimer
from trainer.organizations.access import acting
from trainer.organizations.actor import Actor
from trainer.organizations.rules import May, local_day
from trainer.web.access import Who, access
from trainer.web.forms import Form
from trainer.web.language import show_times_of
from trainer.web.limits import limit_acts, limit_failures
from trainer.web.redirects import go

blueprint = Blueprint("inspections", __name__)


@blueprint.get("/organizations/<uuid:organization_id>/inspections")
@access(Who.ACCOUNT, own=True)
@acting(May.REQUIRE)
def links(actor: Actor) -> str:
    """List the links that were made for inspectors."""
    return _page(actor, InspectorForm(formdata=None))


@blueprint.post("/organizations/<uuid:organization_id>/inspections")
@access(Who.ACCOUNT, own=True)
@acting(May.REQUIRE)
@limit_acts("30 per hour")
def make(actor: Actor) -> Response | tuple[str, int]:
    """Create a link for an inspector."""
    form = InspectorForm()
    if form.validate_on_submit():
        with transaction():
            make_inspector_link(actor, str(form.label.data), now())
        flash(_("Link created. Copy it from the list."))
        return go(url_for(".links", organization_id=actor.organization_id))
    return _page(actor, form), 422


@blueprint.route("/organizations/<uuid:organization_id>/inspections/<uuid:link_id>/revocation", methods=["GET", "POST"])
@access(Who.ACCOUNT, own=True)
@acting(May.REQUIRE)
def revoke(actor: Actor, link_id: UUID) -> Response | str:
    """Ask, then withdraw a link at once: an inspector may be reading by it."""
    form = Form()
    if not form.validate_on_submit():
        link = get_inspector_link(actor, link_id)
        return render_template("compliance/inspection_withdrawal.html", actor=actor, form=form, link=link)
    try:
        with transaction():
            revoke_inspector_link(actor, link_id, now())
    except Conflict as error:
        flash(error.message)
    else:
        flash(_("Withdrawn. The link no longer works."))
    return go(url_for(".links", organization_id=actor.organization_id))


@blueprint.get("/inspections/<token>")
@access(Who.PUBLIC)
@limit_failures("60 per hour")
def inspect(token: str) -> Response | tuple[str, int] | str:
    """Show a firm's training status to whoever was given a link."""
    inspection = find_inspection(token, now())
    if inspection is None:
        return render_template("compliance/inspection_void.html"), 404
    link, organization = inspection
    show_times_of(organization.time_zone)
    filters, requirements = narrowing(), list_requirements(organization.id)
    sight = Sight(organization.id, None, local_day(organization.time_zone, now()))
    return render_template(
        "compliance/inspection.html",
        link=link,
        organization=organization,
        token=token,
        today=sight.today,
        wanted=filters,
        address=address_of(filters, sight),
        requirements=requirements,
        counts=count_rows(sight, filters),
        page=list_rows(sight, filters, request.args.get("after")),
        group_names=GROUP_NAMES,
        chip=chip,
        show_serial=show_serial,
        disclaimers=[
            disclaimer(state)
            for state in sorted({requirement.unapproved_state or "" for requirement in requirements} - {""})
        ],
    )


def _page(actor: Actor, form: InspectorForm) -> str:
    base = current_app.config["SETTINGS"].base_url
    instant = now()
    shown = [
        (
            link,
            f"{base}/inspections/{token_of(link)}" if link.revoked_at is None and link.expires_at > instant else None,
        )
        for link in list_inspector_links(actor)
    ]
    return render_template(
        "compliance/inspections.html", actor=actor, form=form, links=shown, days=INSPECTION_LASTS.days
    )
