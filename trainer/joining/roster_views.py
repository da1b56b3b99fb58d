"""Import a roster: send it, see what each row would do, confirm. Until then nothing is written to people."""

from __future__ import annotations

import re
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, Flask, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import Conflict, Invalid, NotYet
from trainer.core.outbox import count_sent
from trainer.joining.headings import EXAMPLE
from trainer.joining.importing import (
    decide,
    forget_drafts,
    get_draft,
    ignored_by,
    keep_draft,
    lines_of,
    read_again,
    roles_by_roster,
    take_over,
)
from trainer.joining.lines import Line
from trainer.joining.roster import Fate, Plan
from trainer.joining.roster_forms import ConfirmForm, ReadingForm, RosterForm
from trainer.joining.sheets import Listing, read_file, read_text
from trainer.organizations.access import acting
from trainer.organizations.actor import Actor
from trainer.organizations.invitations import count_left_today
from trainer.organizations.models import RosterDraft
from trainer.organizations.queries import find_actor
from trainer.organizations.rules import May
from trainer.web.access import Who, access
from trainer.web.errors import error_response
from trainer.web.limits import limit_acts
from trainer.web.redirects import go

blueprint = Blueprint(
    "roster", __name__, url_prefix="/organizations/<uuid:organization_id>/roster", template_folder="templates"
)

MOST_BYTES: Final = 4 * 2**20
"""Of a roster that is sent; other requests have the limit of the settings."""
SHOWN: Final = 200
"""Rows of a page."""
_ADDRESS: Final = re.compile(r"/organizations/[0-9a-f-]{36}/roster")


@blueprint.url_value_preprocessor
def allow_large(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Take larger requests here from the firm's staff; this runs before anything reads the form."""
    if request.endpoint != "roster.send" or request.method != "POST" or not current_user.is_authenticated:
        return
    actor = find_actor(current_user.id, (values or {})["organization_id"])
    if actor is not None and actor.may(May.SET_TEAMS):
        request.max_content_length = request.max_form_memory_size = MOST_BYTES


def most_bytes(app: Flask, environ: dict[str, Any]) -> int:
    """Return how many bytes of a request are taken in before the app sees it: of a roster more, with a session."""
    if environ["REQUEST_METHOD"] == "POST" and _ADDRESS.fullmatch(environ["PATH_INFO"]):
        session = app.session_interface.open_session(app, app.request_class(environ))
        if session is not None and "_user_id" in session:
            return MOST_BYTES
    return int(app.config["MAX_CONTENT_LENGTH"])


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> Any:
    """Say of a list, not of what was typed, that it is too large."""
    return error_response(
        413, _("A roster can be 4 MB at most. Keep only the columns that we read, or send the list in parts.")
    )


# A roster may name anybody and make teams, so only those who see all of the firm send one.
@blueprint.route("", methods=["GET", "POST"])
@access(Who.ACCOUNT, own=True)
@acting(May.SET_TEAMS)
@limit_acts("60 per hour", methods=["POST"])
def send(actor: Actor) -> Response | str | tuple[str, int]:
    """Take a roster and keep it, to be looked at first."""
    form = RosterForm()
    if form.validate_on_submit():
        try:
            sent = read_file(form.file.data.read()) if form.file.data else Listing(read_text(str(form.text.data)))
            with transaction():
                forget_drafts(now())
                draft = keep_draft(actor, sent.lines, now(), sent.coding)
        except Invalid as error:
            (form.file if form.file.data else form.text).errors = [error.message]
        else:
            return go(url_for(".draft", organization_id=actor.organization_id, draft_id=draft.id))
    elif request.method == "GET" and (number := request.args.get("draft", type=UUID)):
        form.text.data = _as_text(lines_of(get_draft(actor, number, now())))
    page = render_template("joining/roster.html", actor=actor, form=form, example=EXAMPLE, roles=roles_by_roster(actor))
    return page, 422 if form.is_submitted() else 200


@blueprint.get("/<uuid:draft_id>")
@access(Who.ACCOUNT, own=True)
@acting(May.SET_TEAMS)
def draft(actor: Actor, draft_id: UUID) -> str:
    """Show what each row would do, or what was done."""
    found = get_draft(actor, draft_id, now())
    if found.applied_at is not None:
        sent = count_sent("invitation", found.applied_at, "organization", actor.organization_id.hex)
        return render_template("joining/roster_done.html", actor=actor, counts=found.counts, sent=sent)
    return _plan_page(actor, found, decide(actor, lines_of(found), now()), ConfirmForm(formdata=None))


@blueprint.post("/<uuid:draft_id>/reading")
@access(Who.ACCOUNT, own=True)
@acting(May.SET_TEAMS)
def reread(actor: Actor, draft_id: UUID) -> Response:
    """Read the same file in another coding."""
    with transaction():
        read_again(get_draft(actor, draft_id, now()), request.form.get("coding", ""))
    return go(url_for(".draft", organization_id=actor.organization_id, draft_id=draft_id))


@blueprint.post("/<uuid:draft_id>/confirmation")
@access(Who.ACCOUNT, own=True)
@acting(May.SET_TEAMS)
def confirm(actor: Actor, draft_id: UUID) -> Response | tuple[str, int]:
    """Write it, all or nothing. If the firm's roster has changed since it was shown, show it again instead."""
    form = ConfirmForm()
    try:
        with transaction():
            found = get_draft(actor, draft_id, now())
            if found.applied_at is None:
                digest, has_mail, is_same = request.form.get("digest", ""), form.has_mail.data, form.is_same.data
                take_over(actor, found, digest, bool(has_mail), now(), is_same=bool(is_same))
    except (Conflict, NotYet) as error:
        if isinstance(error, NotYet):
            form.is_same.errors = [error.message]
        else:
            flash(error.message)
        found = get_draft(actor, draft_id, now())
        page = _plan_page(actor, found, decide(actor, lines_of(found), now()), form)
        return page, 422 if form.is_same.errors else 409
    return go(url_for(".draft", organization_id=actor.organization_id, draft_id=draft_id))


def _plan_page(actor: Actor, found: RosterDraft, plan: Plan, form: ConfirmForm) -> str:
    wanted = request.args.get("show", "")
    order = {fate: place for place, fate in enumerate(Fate)}
    entries = sorted(plan.entries, key=lambda one: (order[one.fate], one.line))
    if wanted in set(Fate):
        entries = [one for one in entries if one.fate == wanted]
    elif wanted == "warned":
        entries = [one for one in entries if one.warning]
    start = max(request.args.get("start", 0, type=int), 0)
    if len(plan.renamed) == 1:
        form.is_same.label.text = _("Yes, this is the same person under another name")
    return render_template(
        "joining/roster_plan.html",
        actor=actor,
        draft=found,
        plan=plan,
        form=form,
        reading=ReadingForm(formdata=None, coding=found.rows["coding"]) if found.rows["coding"] else None,
        ignored=ignored_by(found),
        left=count_left_today(actor, now()),
        entries=entries[start : start + SHOWN],
        wanted=wanted,
        start=start,
        count=len(entries),
        next_start=start + SHOWN if start + SHOWN < len(entries) else None,
        fates=_fates(),
    )


def _fates() -> dict[Fate, tuple[str, str, str]]:
    """Return of each fate: its word, kind of chip and icon."""
    return {
        Fate.PROBLEM: (_("To fix"), "late", "bang"),
        Fate.NEW: (_("New"), "ok", "check"),
        Fate.RETURNED: (_("Returned"), "ok", "check"),
        Fate.CHANGED: (_("Changed"), "due", "arrow"),
        Fate.UNCHANGED: (_("Unchanged"), "none", "dash"),
    }


def _as_text(lines: list[Line]) -> str:
    """Return rows as they are pasted from a spreadsheet."""
    return "\n".join("\t".join(_quoted(cell) for cell in line.cells) for line in lines)


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if any(char in cell for char in '\t\n\r"') else cell
