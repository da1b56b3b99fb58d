"""Close a firm, and open it again while that can be undone."""

from __future__ import annotations

from flask import Blueprint, flash, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import Conflict, Invalid
from trainer.organizations import closing
from trainer.organizations.access import acting
from trainer.organizations.actor import Actor
from trainer.organizations.forms import ClosureForm
from trainer.organizations.rules import REOPENING_LASTS, FirmState, May
from trainer.web.access import Who, access
from trainer.web.redirects import go
from trainer.web.ways import way_to

blueprint = Blueprint("closing", __name__, url_prefix="/organizations/<uuid:organization_id>")


@blueprint.route("/closure", methods=["GET", "POST"])
@access(Who.ACCOUNT, own=True)
@acting(May.SET_FIRM)
def close(actor: Actor) -> Response | str | tuple[str, int]:
    """Close the firm, after saying what is lost and what stays."""
    form = ClosureForm()
    if form.validate_on_submit():
        try:
            with transaction():
                closing.close(actor, str(form.name.data), now())
        except Invalid as error:
            form.name.errors = [error.message]
        except Conflict:  # another owner was faster; the page there says so
            return _to(actor)
        else:
            return _to(actor)
    page = render_template("organizations/closure.html", actor=actor, form=form, days=REOPENING_LASTS.days)
    return page, 422 if form.is_submitted() else 200


@blueprint.post("/reopening")
@access(Who.ACCOUNT, own=True)
@acting(May.SET_FIRM, (FirmState.OPEN, FirmState.CLOSED))
def reopen(actor: Actor) -> Response:
    """Open the firm again."""
    try:
        with transaction():
            closing.reopen(actor, now())
    except Conflict as error:
        flash(error.message)
    else:
        flash(_("The firm is open again. Everything is as it was."))
    return _to(actor)


def _to(actor: Actor) -> Response:
    return go(way_to("firm", organization_id=actor.organization_id))
