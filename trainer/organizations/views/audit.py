"""A firm's audit log, to read and to take along."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from trainer.core.audit import note
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.organizations.access import acting
from trainer.organizations.actor import Actor
from trainer.organizations.queries import iterate_events, list_events
from trainer.organizations.rules import May
from trainer.web.access import Who, access
from trainer.web.tables import Table, csv_answer

blueprint = Blueprint("audit", __name__, url_prefix="/organizations/<uuid:organization_id>/audit")

ACTS = {
    "membership": _l("People"),
    "invitation": _l("Invitations"),
    "join_code": _l("Join codes"),
    "roster": _l("Rosters"),
    "team": _l("Teams"),
    "organization": _l("The firm"),
    "requirement": _l("Requirements"),
    "waiver": _l("Waivers"),
    "inspector_link": _l("Links for inspectors"),
    "cohort": _l("Classes"),
    "session": _l("Meetings"),
    "lesson": _l("Lessons"),
    "nudge": _l("Mails to who is stuck"),
    "api_token": _l("API tokens"),
    "export": _l("Files"),
    "access": _l("Refusals"),
}


@blueprint.get("")
@access(Who.ACCOUNT, own=True)
@acting(May.READ_AUDIT)
def log(actor: Actor) -> str:
    """Show who did what in the firm, the newest first."""
    act = request.args.get("act", "")
    act = act if act in ACTS else ""
    page = list_events(actor, request.args.get("after"), act)
    return render_template("organizations/audit.html", actor=actor, page=page, act=act, acts=ACTS)


@blueprint.post("/export")
@access(Who.ACCOUNT, own=True)
@acting(May.READ_AUDIT)
def export(actor: Actor) -> Response:
    """Give the whole log as CSV; that this was done stands in it too."""
    with transaction():
        note("export.audit", now(), actor_id=actor.user_id, organization_id=actor.organization_id)
    rows = (
        (
            event.at.isoformat(timespec="seconds"),
            event.act,
            name or "",
            str(event.actor_id or ""),
            str(event.subject_id or ""),
            "; ".join(f"{key}: {value}" for key, value in sorted(event.details.items())),
        )
        for event, name in iterate_events(actor)
    )
    return csv_answer(Table("audit", ("At (UTC)", "Act", "By", "By (id)", "On (id)", "Details"), rows))
