"""Make a browser a site device with a code; while someone uses it, their session goes on."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, make_response, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from trainer.accounts.rules import device_of
from trainer.accounts.signing_in import leave
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import NotFound
from trainer.extras.pins import devices
from trainer.extras.pins.forms import RegisterForm
from trainer.web.access import Who, access
from trainer.web.limits import WRONG, limit_failures
from trainer.web.redirects import go
from trainer.web.sessions import site_cookie

blueprint = Blueprint("site", __name__, template_folder="../templates")

_KEPT = 400 * 86_400  # as long as browsers keep a cookie


@blueprint.route("/site-device", methods=["GET", "POST"])
@access(Who.PUBLIC)
@limit_failures("60 per hour", methods=["POST"], statuses=WRONG)
def register() -> Response | str | tuple[str, int]:
    """Make this browser a site device. Anyone signed in here is signed out."""
    form = RegisterForm()
    if form.validate_on_submit():
        browser = device_of(request.user_agent.string)
        try:
            with transaction():
                _device, token = devices.register(str(form.code.data), browser, now())
        except NotFound:
            form.code.errors = [_("This code doesn’t work, or no longer does: it is valid once, for 30 minutes.")]
        else:
            leave()
            flash(_("This device is registered. People can sign in here."))
            answer = make_response(go(url_for("pins.sign_in")))
            secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
            answer.set_cookie(site_cookie(), token, max_age=_KEPT, secure=secure, httponly=True, samesite="Lax")
            return answer
    return render_template("pins/register_device.html", form=form), 422 if form.is_submitted() else 200


@blueprint.post("/in/stay")
@access(Who.PUBLIC)
def stay() -> tuple[str, int]:
    """Let a session go on while someone touches the screen; `accounts.signing_in` prolongs it with each request.

    It carries no token: that it comes from a page of ours (`web.origin`) is enough for that.
    """
    return "", 204
