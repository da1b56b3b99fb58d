"""Check-ins: their days, starting one, mail on those days, and the days as a calendar file."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from trainer.assessment import check_ins
from trainer.assessment.dates import calendar_of
from trainer.content.serving import served
from trainer.core.clock import now, today
from trainer.core.db import transaction
from trainer.web.access import Who, access
from trainer.web.redirects import go

blueprint = Blueprint("check_ins", __name__, template_folder="../templates")


@blueprint.get("/check-ins")
@access(Who.LEARNER)
def show() -> str:
    """Show the days of someone's check-ins, what was done, and the one that is due."""
    own_check_ins = check_ins.find_check_ins(current_user.id, served(), today())
    return render_template(
        "assessment/check_ins.html",
        found=own_check_ins,
        due=own_check_ins.schedule.due(today()) if own_check_ins else None,
        following=own_check_ins.schedule.following(today()) if own_check_ins else None,
        wants_mail=check_ins.wants_mail(current_user.id),
        today=today(),
    )


@blueprint.post("/check-ins")
@access(Who.LEARNER)
def start() -> Response:
    """Start the check-in that is due, or go on with it."""
    with transaction():
        attempt_id = check_ins.start(current_user.id, served(), now()).id
    return go(url_for("assessment.attempt", attempt_id=attempt_id))


@blueprint.post("/check-ins/mail")
@access(Who.LEARNER)
def mail() -> Response:
    """Send mail on the days of the check-ins, or no more."""
    is_wanted, user_id = request.form.get("wanted") == "y", current_user.id
    with transaction():
        if is_wanted:
            check_ins.ask_for_mail(user_id, served(), now())
        else:
            check_ins.end_mail([user_id])
    flash(_("We’ll email you on these days.") if is_wanted else _("We won’t email you about check-ins anymore."))
    return go(url_for(".show"))


@blueprint.get("/check-ins.ics")
@access(Who.LEARNER)
def calendar() -> Response:
    """Return the days to come and the certificate's last one, for a calendar."""
    own_check_ins = check_ins.find_check_ins(current_user.id, served(), today())
    if own_check_ins is None:
        return go(url_for(".show"))  # which says what comes first
    base = current_app.config["SETTINGS"].base_url
    response = make_response(calendar_of(own_check_ins, f"{base}{url_for('.show')}", now()))
    response.mimetype = "text/calendar"
    response.headers["Content-Disposition"] = "attachment; filename=check-ins.ics"
    return response
