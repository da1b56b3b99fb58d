"""A firm's audit log, to read and to export."""

from __future__ import annotations

import datetime as dt

from flask import Blueprint, render_template, request
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from werkzeug.wrappers import Response

from trainer.core import clock
from trainer.core.audit import note
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.feature import list_features
from trainer.organizations.access import acting
from trainer.organizations.actor import Actor
from trainer.organizations.queries import iterate_events, list_events
from trainer.organizations.rules import May, day_begins
from trainer.organizations.words import act_name, act_names, tell_details
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
    "logo": _l("The logo"),
    "requirement": _l("Requirements"),
    "reminder": _l("Reminders"),
    "training": _l("Earlier training"),
    "waiver": _l("Waivers"),
    "round": _l("Rounds of finals"),
    "cohort": _l("Classes"),
    "nudge": _l("Mails to people who are stuck"),
    "export": _l("Files"),
    "access": _l("Refusals"),
}
HEADS = (
    _l("At (UTC)"),
    _l("What"),
    _l("By"),
    _l("Details"),
    _l("Act"),
    _l("By (id)"),
    _l("On (id)"),
)


def list_subjects() -> dict[str, LazyString]:
    """Return what acts are about, by the part of their names before the dot."""
    return ACTS | {name: label for feature in list_features() for name, label in feature.act_subjects.items()}


@blueprint.get("")
@access(Who.ACCOUNT, own=True)
@acting(May.READ_AUDIT)
def log(actor: Actor) -> str:
    """Show who did what in the firm, the newest first."""
    act = request.args.get("act", "")
    subjects = list_subjects()
    act = act if act in subjects else ""
    acts = [name for name in act_names() if name.partition(".")[0] == act]
    text = " ".join(request.args.get("q", "").split())[:80]
    zone = actor.organization.time_zone
    first, last = (clock.read_day(request.args.get(name, "")) for name in ("from", "to"))
    page = list_events(
        actor,
        request.args.get("after"),
        acts,
        text=text,
        since=day_begins(first, zone) if first else None,
        until=day_begins(last + dt.timedelta(days=1), zone) if last else None,
    )
    return render_template(
        "organizations/audit.html",
        actor=actor,
        page=page,
        act=act,
        asked={"act": act, "q": text, "from": first, "to": last},
        acts=subjects,
        act_name=act_name,
        tell_details=tell_details,
    )


@blueprint.post("/export")
@access(Who.ACCOUNT, own=True)
@acting(May.READ_AUDIT)
def export(actor: Actor) -> Response:
    """Return the whole log as CSV; the export is recorded in it, too."""
    with transaction():
        note("export.audit", now(), actor_id=actor.user_id, organization_id=actor.organization_id)
    rows = (
        (
            event.at.strftime("%Y-%m-%d %H:%M:%S"),
            act_name(event.act),
            name or "",
            "; ".join(f"{label}: {text}" for label, text in tell_details(event.details)),
            event.act,
            str(event.actor_id or ""),
            str(event.subject_id or ""),
        )
        for event, name in iterate_events(actor)
    )
    return csv_answer(Table("audit", HEADS, rows))
