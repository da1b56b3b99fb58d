"""A firm's site devices: list, add with a code that is shown once, revoke."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, current_app, flash, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import Conflict
from trainer.extras.pins import devices as operations
from trainer.extras.pins.devices import get_device, list_devices
from trainer.extras.pins.forms import SiteDeviceForm
from trainer.organizations.access import acting
from trainer.organizations.actor import Actor
from trainer.organizations.rules import May
from trainer.organizations.team_queries import list_teams
from trainer.web.access import Who, access
from trainer.web.forms import Form
from trainer.web.redirects import go

blueprint = Blueprint("devices", __name__, url_prefix="/organizations/<uuid:organization_id>/site-devices")


@blueprint.get("")
@access(Who.ACCOUNT, own=True)
@acting(May.BRING_IN)
def devices(actor: Actor) -> str:
    """List the devices, with a form for a new one."""
    return _list_page(actor, _form(actor, is_new=True))


@blueprint.post("")
@access(Who.ACCOUNT, own=True)
@acting(May.BRING_IN)
def make(actor: Actor) -> Response | str | tuple[str, int]:
    """Add a device and show the code that registers it, this once."""
    form = _form(actor)
    if form.validate_on_submit():
        team_id = UUID(str(form.team.data)) if form.team.data else None
        with form.refusing("name"), transaction():
            device, code = operations.make_device(actor, str(form.name.data), team_id, now())
        if not form.errors:
            address = f"{current_app.config['SETTINGS'].base_url}{url_for('site.register')}"
            return _list_page(actor, _form(actor, is_new=True), (device.name, code, address))
    return _list_page(actor, form), 422


@blueprint.route("/<uuid:device_id>/revocation", methods=["GET", "POST"])
@access(Who.ACCOUNT, own=True)
@acting(May.BRING_IN)
def revoke(actor: Actor, device_id: UUID) -> Response | str:
    """Ask, then end a device at once: it may have been stolen."""
    form = Form()
    if not form.validate_on_submit():
        device = get_device(actor, device_id)
        return render_template("pins/device_revocation.html", actor=actor, form=form, device=device)
    try:
        with transaction():
            operations.revoke(actor, device_id, now())
    except Conflict as error:
        flash(error.message)
    else:
        flash(_("Revoked. Anyone who was signed in on it is signed out."))
    return go(url_for(".devices", organization_id=actor.organization_id))


def _form(actor: Actor, *, is_new: bool = False) -> SiteDeviceForm:
    form = SiteDeviceForm(formdata=None) if is_new else SiteDeviceForm()
    anywhere = [("", _("No team"))] if actor.team_ids is None else []
    form.team.choices = [*anywhere, *((str(team.id), team.name) for team in list_teams(actor))]
    return form


def _list_page(actor: Actor, form: SiteDeviceForm, fresh: tuple[str, str, str] | None = None) -> str:
    return render_template(
        "pins/devices.html", actor=actor, form=form, devices=list_devices(actor), fresh=fresh, now=now()
    )
