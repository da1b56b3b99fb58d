"""A firm's logo: the picture, sending one, removing it. Its form stands on the page of settings."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, make_response, render_template, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import NotFound
from trainer.organizations.access import acting
from trainer.organizations.actor import Actor
from trainer.organizations.forms import LogoForm, SettingsForm
from trainer.organizations.logo_files import LogoRefused, read_logo
from trainer.organizations.logos import find_logo, find_logo_hash, prove, remove_logo, set_logo
from trainer.organizations.rules import May
from trainer.organizations.zones import list_zones
from trainer.web.access import Who, access
from trainer.web.errors import error_response
from trainer.web.forms import Form
from trainer.web.limits import limit_acts, limit_own_failures
from trainer.web.redirects import go

blueprint = Blueprint(
    "logo", __name__, template_folder="../templates", url_prefix="/organizations/<uuid:organization_id>/logo"
)
_MEDIA_TYPES = {"png": "image/png", "jpg": "image/jpeg"}


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> Any:
    """Say that a file is too large, rather than that what was typed is too long."""
    return error_response(413, _("A logo can have at most 200 KB. Save it with fewer pixels, and choose that file."))


@blueprint.get("")
@access(Who.ACCOUNT, own=True)
@acting(May.BELONG)
def show(actor: Actor) -> Response:
    """Return the picture, to the firm's people."""
    logo = find_logo(actor.organization_id)
    if logo is None:
        raise NotFound(_("The firm has no logo."))
    answer = make_response(logo.content)
    answer.mimetype = _MEDIA_TYPES[logo.kind]
    return answer


@blueprint.post("")
@access(Who.ACCOUNT, own=True, is_long=True)
@acting(May.SET_FIRM)
@limit_acts("60 per hour")
@limit_own_failures("60 per hour")
def send(actor: Actor) -> Response | tuple[str, int]:
    """Take a logo, in place of the one that the firm has; one that can't be drawn changes nothing."""
    form = LogoForm()
    if form.validate_on_submit():
        try:
            logo = read_logo(form.file.data.read())
            prove(logo)
        except LogoRefused as error:
            form.file.errors = [error.message]
        else:
            with transaction():
                set_logo(actor, logo, now())
            flash(_("Saved. Training status now has certificates with your logo."))
            return go(url_for("organizations.settings", organization_id=actor.organization_id))
    settings = SettingsForm(zones=list_zones(actor.organization.time_zone), formdata=None, obj=actor.organization)
    page = render_template(
        "organizations/settings.html",
        actor=actor,
        form=settings,
        logo_form=form,
        logo=find_logo_hash(actor.organization_id),
    )
    return page, 422


@blueprint.route("/removal", methods=["GET", "POST"])
@access(Who.ACCOUNT, own=True)
@acting(May.SET_FIRM)
def remove(actor: Actor) -> Response | str:
    """Remove the logo, after saying what stays."""
    form = Form()
    if not form.validate_on_submit():
        return render_template("organizations/logo_removal.html", actor=actor, form=form)
    with transaction():
        remove_logo(actor, now())
    flash(_("The logo is removed."))
    return go(url_for("organizations.settings", organization_id=actor.organization_id))
