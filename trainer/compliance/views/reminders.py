"""Reminding people by hand, and what was sent to whom."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from trainer.compliance.operations import note_export_of_mail
from trainer.compliance.queries import viewer_of
from trainer.compliance.query_string import address_of, read_status_filter
from trainer.compliance.reminding import plan, remind
from trainer.compliance.sent import SHOWN, iterate_sent, list_sent
from trainer.compliance.words import WHY_NOT, as_sent_table
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import NotFound
from trainer.organizations.access import acting
from trainer.organizations.actor import Actor
from trainer.organizations.replies import gets_replies, own_address
from trainer.organizations.rules import May
from trainer.web.access import Who, access
from trainer.web.redirects import go
from trainer.web.tables import csv_answer

blueprint = Blueprint("reminders", __name__, url_prefix="/organizations/<uuid:organization_id>/training/reminders")
sent_mail = Blueprint("sent_mail", __name__, url_prefix="/organizations/<uuid:organization_id>/sent-mail")

_MOST_NAMES = 20


@blueprint.get("")
@access(Who.ACCOUNT, own=True)
@acting(May.CHANGE_PEOPLE)
def ask(actor: Actor) -> str:
    """Say who of those that the address asks for would be reminded, and who wouldn't and why."""
    filters, moment = read_status_filter(), now()
    return render_template(
        "compliance/remind.html",
        actor=actor,
        address=address_of(filters, viewer_of(actor, moment)),
        plan=plan(actor, filters, moment),
        why_not=WHY_NOT,
        most_names=_MOST_NAMES,
        has_mail=current_app.config["SETTINGS"].smtp_url is not None,
        own_address=own_address(actor),
        gets_replies=gets_replies(actor),
    )


@blueprint.post("")
@access(Who.ACCOUNT, own=True)
@acting(May.CHANGE_PEOPLE)
def send(actor: Actor) -> Response:
    """Remind everyone whom the address asks for and who can be reminded now."""
    filters, moment = read_status_filter(), now()
    with transaction():
        sent = remind(actor, filters, moment)
    if sent.ready:
        flash(ngettext("%(num)s reminder is on its way.", "%(num)s reminders are on their way.", len(sent.ready)))
    else:
        flash(_("Nobody could be reminded right now. “Sent mail” says why."))
    address: dict[str, Any] = address_of(filters, viewer_of(actor, moment))
    return go(url_for("training.status", organization_id=actor.organization_id, **address))


@sent_mail.get("")
@access(Who.ACCOUNT, own=True)
@acting(May.SEE_TRAINING)
def log(actor: Actor) -> str:
    """List what was sent to people and what became of it, the newest first."""
    shown = _shown()
    page = list_sent(actor, shown, request.args.get("after"))
    return render_template("compliance/sent.html", actor=actor, page=page, shown=shown)


@sent_mail.post("/exports")
@access(Who.ACCOUNT, own=True)
@acting(May.SEE_TRAINING)
def export(actor: Actor) -> Response:
    """Return all of it, or what the address asks for, as CSV; the export is recorded."""
    shown = _shown()
    with transaction():
        note_export_of_mail(actor, now())
    return csv_answer(as_sent_table(iterate_sent(actor, shown), actor.organization.time_zone))


def _shown() -> str:
    """Return which list is asked for. Raises NotFound for an unknown one, since all would be taken for it."""
    shown = request.args.get("show", SHOWN[0])
    if shown not in SHOWN:
        raise NotFound(_("There is no such list here. Open “Sent mail,” and choose one of its tabs."))
    return shown
