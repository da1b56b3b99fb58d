"""Create a firm, its settings, leaving it."""

from __future__ import annotations

from flask import Blueprint, flash, render_template
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from trainer.accounts.queries import get_user
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.organizations import operations
from trainer.organizations.access import acting
from trainer.organizations.actor import Actor
from trainer.organizations.forms import NewOrganizationForm, SettingsForm
from trainer.organizations.rules import May
from trainer.organizations.zones import list_zones
from trainer.web.access import Who, access
from trainer.web.forms import Form
from trainer.web.limits import limit_acts
from trainer.web.redirects import go
from trainer.web.ways import way_to

blueprint = Blueprint("organizations", __name__, template_folder="../templates")


@blueprint.route("/organizations/new", methods=["GET", "POST"])
@access(Who.ACCOUNT)
@limit_acts("20 per hour", methods=["POST"])
def make() -> Response | str | tuple[str, int]:
    """Create a firm, owned by the person who creates it."""
    form = NewOrganizationForm(zones=list_zones(), time_zone="America/New_York", own_name=current_user.certificate_name)
    if form.validate_on_submit():
        user_id = current_user.id
        with form.refusing("name"), transaction():
            firm = operations.create_organization(
                get_user(user_id),
                str(form.name.data),
                str(form.time_zone.data),
                str(form.own_name.data),
                now(),
                form.chosen_region,
            )
        if not form.errors:
            flash(_("Your firm is created. Now add your people."))
            return go(way_to("firm", organization_id=firm.id))
    return render_template("organizations/new.html", form=form), 422 if form.is_submitted() else 200


@blueprint.route("/organizations/<uuid:organization_id>/settings", methods=["GET", "POST"])
@access(Who.ACCOUNT, own=True)
@acting(May.SET_FIRM)
def settings(actor: Actor) -> Response | str | tuple[str, int]:
    """Change the firm's name, time zone and region, and whether invitations are followed up."""
    form = SettingsForm(zones=list_zones(actor.organization.time_zone), obj=actor.organization)
    if form.validate_on_submit():
        with form.refusing("name"), transaction():
            operations.change_organization(
                actor,
                str(form.name.data),
                str(form.time_zone.data),
                form.chosen_region,
                bool(form.follows_up.data),
                now(),
            )
        if not form.errors:
            flash(_("Saved."))
            return go(way_to("firm", organization_id=actor.organization_id))
    page = render_template(
        "organizations/settings.html",
        actor=actor,
        form=form,
    )
    return page, 422 if form.is_submitted() else 200


@blueprint.route("/organizations/<uuid:organization_id>/departure", methods=["GET", "POST"])
@access(Who.ACCOUNT, own=True)
@acting(May.BELONG)
def leave(actor: Actor) -> Response | str:
    """Leave a firm, after saying what stays with it."""
    form = Form()
    if not form.validate_on_submit():
        return render_template("organizations/departure.html", actor=actor, form=form)
    with transaction():
        operations.leave(actor, now())
    flash(_("You’ve left %(firm)s. Your courses and certificates stay yours.", firm=actor.organization.name))
    return go(way_to("me"))
