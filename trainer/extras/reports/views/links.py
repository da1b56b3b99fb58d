"""Links in the mails of reports: an address outside a firm says yes, and anyone gets no more. No account is needed."""

from __future__ import annotations

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.extras.reports.emails import team_names
from trainer.extras.reports.operations import confirm, stop_by_link
from trainer.extras.reports.queries import find_asked, find_stopping
from trainer.extras.reports.rules import Rhythm
from trainer.web.access import Who, access
from trainer.web.forms import Form
from trainer.web.limits import limit_failures

blueprint = Blueprint("report_links", __name__, url_prefix="/reports")


@blueprint.route("/<token>/confirmation", methods=["GET", "POST"])
@access(Who.PUBLIC)
@limit_failures("60 per hour")
def confirmation(token: str) -> Response | str | tuple[str, int]:
    """Show what would be sent, by whom and how often; send it once the recipient agrees."""
    linked, form = find_asked(token, now()), Form()
    if linked is None:
        return _ended()
    if form.validate_on_submit():
        with transaction():
            confirm(token, now())
        linked = find_asked(token, now())
        if linked is None:
            return _ended()
    return render_template(
        "reports/confirmation.html",
        firm=linked.organization.name,
        teams=team_names(linked.report),
        is_weekly=linked.report.rhythm == Rhythm.WEEK,
        is_confirmed=linked.recipient.confirmed_at is not None,
        form=form,
    )


@blueprint.route("/<token>/stop", methods=["GET", "POST"])
@access(Who.PUBLIC)
@limit_failures("60 per hour")
def stop(token: str) -> Response | str | tuple[str, int]:
    """Ask, then send no more."""
    linked, form = find_stopping(token), Form()
    if linked is None:
        return _ended()
    if form.validate_on_submit():
        with transaction():
            stop_by_link(token, now())
        linked = find_stopping(token)
    assert linked is not None
    return render_template(
        "reports/stop.html",
        firm=linked.organization.name,
        is_stopped=linked.recipient.stopped_at is not None,
        form=form,
    )


def _ended() -> tuple[str, int]:
    return render_template("reports/ended.html"), 404
