"""Send a roster, and say what its columns are. Nothing is written to people before a plan is confirmed."""

from __future__ import annotations

import re
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, Flask, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.organizations.access import acting
from trainer.organizations.actor import Actor
from trainer.organizations.rules import May
from trainer.organizations.uploads import allow_large, most_bytes_at
from trainer.roster.days import DayOrder, DayReading
from trainer.roster.drafts import (
    columns_of,
    dropped_by,
    forget_drafts,
    get_draft,
    is_confirmed,
    keep_draft,
    lines_of,
    match_columns,
    read_again,
    reading_of,
    sheet_of,
    table_of,
    use_sheet,
)
from trainer.roster.forms import RosterForm, match_form
from trainer.roster.headings import EXAMPLE
from trainer.roster.matching import How
from trainer.roster.models import RosterDraft
from trainer.roster.planning import NEEDS_ADDRESS, roles_by_roster
from trainer.roster.reading import read_file, read_list
from trainer.web.access import Who, access
from trainer.web.errors import error_response
from trainer.web.limits import limit_acts
from trainer.web.redirects import go

blueprint = Blueprint(
    "roster", __name__, url_prefix="/organizations/<uuid:organization_id>/roster", template_folder="templates"
)

_ADDRESS: Final = re.compile(r"/organizations/[0-9a-f-]{36}/roster")


@blueprint.url_value_preprocessor
def take_large(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Take larger requests here from the firm's staff; this runs before anything reads the form."""
    allow_large(("roster.send",), May.SET_TEAMS, (values or {})["organization_id"])


def most_bytes(app: Flask, environ: dict[str, Any]) -> int:
    """Return how many bytes of a request are taken in before the app sees it: more for a roster sent with a session."""
    return most_bytes_at(_ADDRESS, app, environ)


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> Any:
    """Say that a list is too large, rather than that something typed is."""
    return error_response(
        413, _("A roster can be 4 MB at most. Keep only the columns that we read, or send the list in parts.")
    )


# A roster may name anybody and make teams, so only those who see all of the firm send one.
@blueprint.route("", methods=["GET", "POST"])
@access(Who.ACCOUNT, own=True, is_long=True)
@acting(May.SET_TEAMS)
@limit_acts("60 per hour", methods=["POST"])
def send(actor: Actor) -> Response | str | tuple[str, int]:
    """Take a roster and keep it, to be looked at first."""
    form = RosterForm()
    if form.validate_on_submit():
        with form.refusing("file" if form.file.data else "text"):
            sent = read_file(form.file.data.read()) if form.file.data else read_list(str(form.text.data))
            with transaction():
                forget_drafts(now())
                draft = keep_draft(
                    actor,
                    sent,
                    now(),
                    asks=bool(form.asks.data),
                    filename=(form.file.data.filename or "") if form.file.data else "",
                )
            return go(url_for(".draft", organization_id=actor.organization_id, draft_id=draft.id))
    elif request.method == "GET" and (number := request.args.get("draft", type=UUID)):
        form.text.data = _as_text(get_draft(actor, number, now()))
    page = render_template("roster/send.html", actor=actor, form=form, example=EXAMPLE, roles=roles_by_roster(actor))
    return page, 422 if form.is_submitted() else 200


@blueprint.route("/<uuid:draft_id>/columns", methods=["GET", "POST"])
@access(Who.ACCOUNT, own=True, is_long=True)
@acting(May.SET_TEAMS)
def columns(actor: Actor, draft_id: UUID) -> Response | str | tuple[str, int]:
    """Ask what each column is, where we aren't sure or someone wants to change it."""
    draft = get_draft(actor, draft_id, now())
    if is_confirmed(draft):
        return go(url_for(".draft", organization_id=actor.organization_id, draft_id=draft_id))
    there, table = columns_of(draft), table_of(draft)
    reading = reading_of(draft, there)
    form = match_form(there, reading, table.order, actor.today(now()))
    if form.validate_on_submit():
        said = [str(field.data) for field in form.columns]
        with form.refusing(form.columns[0].short_name):
            with transaction():
                draft = get_draft(actor, draft_id, now())
                match_columns(
                    actor,
                    draft,
                    said,
                    str(form.order.data),
                    remembers=bool(form.remembers.data),
                    needs_address=NEEDS_ADDRESS,
                )
            return go(url_for(".draft", organization_id=actor.organization_id, draft_id=draft_id))
    page = render_template(
        "roster/columns.html",
        actor=actor,
        draft=draft,
        form=form,
        columns=zip(there, form.columns, strict=True),
        hows=_hows(),
        count=len(table.lines),
        hidden=sum(line.is_hidden for line in table.lines),
        reading=reading,
        hints=_hints(reading),
        sheet=sheet_of(draft),
        dropped=dropped_by(draft),
    )
    return page, 422 if form.is_submitted() else 200


@blueprint.post("/<uuid:draft_id>/sheet")
@access(Who.ACCOUNT, own=True, is_long=True)
@acting(May.SET_TEAMS)
def sheet(actor: Actor, draft_id: UUID) -> Response:
    """Take another sheet of the same file."""
    with transaction():
        use_sheet(get_draft(actor, draft_id, now()), request.form.get("sheet", ""))
    return go(url_for(".draft", organization_id=actor.organization_id, draft_id=draft_id))


@blueprint.post("/<uuid:draft_id>/reading")
@access(Who.ACCOUNT, own=True, is_long=True)
@acting(May.SET_TEAMS)
def reread(actor: Actor, draft_id: UUID) -> Response:
    """Read the same file in another coding."""
    with transaction():
        read_again(get_draft(actor, draft_id, now()), request.form.get("coding", ""))
    return go(url_for(".draft", organization_id=actor.organization_id, draft_id=draft_id))


def _hows() -> dict[How, tuple[str, str, str]]:
    """Return the word, kind of chip and icon for each way in which we know a column."""
    return {
        How.KNOWN: (_("Known heading"), "ok", "check"),
        How.REMEMBERED: (_("Your choice before"), "ok", "check"),
        How.CHOSEN: (_("Your choice"), "ok", "check"),
        How.GUESSED: (_("Our guess: check it"), "due", "clock"),
        How.UNREAD: (_("Unknown heading"), "none", "dash"),
        How.PRIVATE: (_("Never kept"), "none", "dash"),
    }


def _hints(reading: DayReading) -> dict[str, str]:
    """Return, for each way to read a day, how many days fit only that way."""
    fits = {DayOrder.DAY_FIRST: reading.fits_day, DayOrder.MONTH_FIRST: reading.fits_month}
    first = {DayOrder.DAY_FIRST: _("Day first."), DayOrder.MONTH_FIRST: _("Month first.")}
    only = {
        order: ngettext("%(num)s row fits only this.", "%(num)s rows fit only this.", count) if count else ""
        for order, count in fits.items()
    }
    return {order.value: f"{first[order]} {only[order]}".strip() for order in DayOrder}


def _as_text(draft: RosterDraft) -> str:
    """Return rows as they are pasted from a spreadsheet."""
    rows = [[column.heading for column in columns_of(draft)], *(line.cells for line in lines_of(draft))]
    return "\n".join("\t".join(_quoted(cell) for cell in cells) for cells in rows)


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if any(char in cell for char in '\t\n\r"') else cell
