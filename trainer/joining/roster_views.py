"""Bring in a roster: send it, see what each row would do, confirm. Until then nothing is written to people."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import Conflict, Invalid
from trainer.core.outbox import count_sent
from trainer.joining.importing import decide, forget_drafts, get_draft, keep_draft, lines_of, roles_by_roster, take_over
from trainer.joining.roster import EXAMPLE, Fate, Plan, read_header
from trainer.joining.roster_forms import ConfirmForm, RosterForm
from trainer.joining.sheets import Line, read_file, read_text
from trainer.organizations.access import acting
from trainer.organizations.actor import Actor
from trainer.organizations.models import RosterDraft
from trainer.organizations.rules import May
from trainer.web.access import Who, access
from trainer.web.limits import limit_tries
from trainer.web.redirects import go

blueprint = Blueprint(
    "roster", __name__, url_prefix="/organizations/<uuid:organization_id>/roster", template_folder="templates"
)

MOST_BYTES: Final = 4 * 2**20
"""Of a roster that is sent; other requests have the limit of the settings."""
SHOWN: Final = 200
"""Rows of a page."""


@blueprint.url_value_preprocessor
def allow_large(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Take larger requests here; this runs before anything reads the form."""
    if request.endpoint == "roster.send" and request.method == "POST":
        request.max_content_length = request.max_form_memory_size = MOST_BYTES


# A roster may name anybody and make teams, so only those who see all of the firm send one.
@blueprint.route("", methods=["GET", "POST"])
@access(Who.ACCOUNT, own=True)
@acting(May.SET_TEAMS)
@limit_tries("60 per hour", methods=["POST"])
def send(actor: Actor) -> Response | str | tuple[str, int]:
    """Take a roster and keep it, to be looked at first."""
    form = RosterForm()
    if form.validate_on_submit():
        try:
            lines = read_file(form.file.data.read(MOST_BYTES)) if form.file.data else read_text(str(form.text.data))
            read_header(lines)
            with transaction():
                forget_drafts(now())
                draft = keep_draft(actor, lines, now())
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
                take_over(actor, found, request.form.get("digest", ""), bool(form.has_mail.data), now())
    except Conflict as error:
        flash(error.message)
        found = get_draft(actor, draft_id, now())
        return _plan_page(actor, found, decide(actor, lines_of(found), now()), form), 409
    return go(url_for(".draft", organization_id=actor.organization_id, draft_id=draft_id))


def _plan_page(actor: Actor, found: RosterDraft, plan: Plan, form: ConfirmForm) -> str:
    wanted = request.args.get("show", "")
    order = {fate: place for place, fate in enumerate(Fate)}
    entries = sorted(plan.entries, key=lambda one: (order[one.fate], one.line))
    if wanted in set(Fate):
        entries = [one for one in entries if one.fate == wanted]
    start = max(request.args.get("start", 0, type=int), 0)
    return render_template(
        "joining/roster_plan.html",
        actor=actor,
        draft=found,
        plan=plan,
        form=form,
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
        Fate.PROBLEM: (_("To mend"), "late", "bang"),
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
