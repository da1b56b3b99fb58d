"""A firm's tokens: list, make, revoke."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, current_app, flash, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.extras.api.forms import SCOPE_TITLES, TokenForm
from trainer.extras.api.operations import make_token, revoke_token
from trainer.extras.api.queries import get_token, list_tokens
from trainer.extras.api.rules import Scope
from trainer.organizations.access import acting
from trainer.organizations.actor import Actor
from trainer.organizations.rules import May
from trainer.web.access import Who, access
from trainer.web.forms import Form
from trainer.web.limits import limit_acts
from trainer.web.redirects import go

blueprint = Blueprint(
    "tokens", __name__, template_folder="../templates", url_prefix="/organizations/<uuid:organization_id>/tokens"
)


@blueprint.get("")
@access(Who.ACCOUNT, own=True)
@acting(May.SET_FIRM)
def tokens(actor: Actor) -> str:
    """List the tokens: for what, what they may read, when they were last used."""
    return _page(actor, TokenForm(formdata=None))


@blueprint.post("")
@access(Who.ACCOUNT, own=True)
@acting(May.SET_FIRM)
@limit_acts("30 per hour")
def make(actor: Actor) -> str | tuple[str, int]:
    """Make a token and show it, this once: no other page could, since it is stored nowhere."""
    form = TokenForm()
    if form.validate_on_submit():
        with form.refusing("label"), transaction():
            secret = make_token(actor, str(form.label.data), [Scope(scope) for scope in form.scopes.data or []], now())
        if not form.errors:
            base_url = current_app.config["SETTINGS"].base_url
            return render_template(
                "api/token_made.html", actor=actor, label=form.label.data, secret=secret, base_url=base_url
            )
    return _page(actor, form), 422


@blueprint.route("/<uuid:token_id>/revocation", methods=["GET", "POST"])
@access(Who.ACCOUNT, own=True)
@acting(May.SET_FIRM)
def revoke(actor: Actor, token_id: UUID) -> Response | str:
    """Revoke a token, after saying what stops."""
    token, form = get_token(actor, token_id), Form()
    if not form.validate_on_submit():
        return render_template("api/token_revocation.html", actor=actor, token=token, form=form)
    with transaction():
        label = revoke_token(actor, token_id, now()).label
    flash(_("%(label)s: this token no longer works.", label=label))
    return go(url_for(".tokens", organization_id=actor.organization_id))


def _page(actor: Actor, form: TokenForm) -> str:
    names = {scope.value: title for scope, title in SCOPE_TITLES.items()}
    return render_template(
        "api/tokens.html", actor=actor, form=form, lines=list_tokens(actor, now()), scope_names=names
    )
