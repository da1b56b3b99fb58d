"""See what each row of a roster would do, say no to some, confirm, and undo that people left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from trainer.assignments.queries import list_requirements
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import Conflict, Invalid, NotYet
from trainer.core.outbox import count_sent
from trainer.organizations.access import acting
from trainer.organizations.actor import Actor
from trainer.organizations.forms import team_codes_form
from trainer.organizations.invitations import count_left_today
from trainer.organizations.rules import May, fold
from trainer.organizations.team_queries import list_teams
from trainer.roster.days import read_day
from trainer.roster.drafts import (
    RosterTicks,
    columns_of,
    dropped_by,
    find_job,
    get_draft,
    is_confirmed,
    is_matched,
    lines_of,
    order_of,
    say,
    sheet_of,
    table_of,
)
from trainer.roster.forms import MEANING_WORDS, READINGS, ConfirmForm, ReadingForm
from trainer.roster.models import RosterDraft
from trainer.roster.plan import KnownPerson, RosterEntry, RosterPlan, RowOutcome
from trainer.roster.planning import decide
from trainer.roster.views import blueprint
from trainer.roster.writing import LARGE, Confirmation, check, invite_added, order_take_over, take_over, undo_leaving
from trainer.web.access import Who, access
from trainer.web.forms import Form
from trainer.web.language import show_day
from trainer.web.redirects import go
from trainer.web.tables import Cell, Table, csv_answer

__all__ = ["blueprint"]  # with the pages of both files

SHOWN: Final = 25
"""Rows of a page: each is a card on a phone."""
_MISSING_SHOWN: Final = 5
"""People who aren't in the list, below the rows that somebody has to decide about."""
_OTHERS: Final = ("all", "warned", "missing", "totals")
"""What can be shown, apart from the rows of one outcome."""
_DECIDED: Final = (RowOutcome.UNCHANGED, RowOutcome.GONE)
"""Outcomes about which nobody has to decide anything."""


@blueprint.get("/<uuid:draft_id>")
@access(Who.ACCOUNT, own=True, is_long=True)
@acting(May.SET_TEAMS)
def draft(actor: Actor, draft_id: UUID) -> Response | str:
    """Show what each row would do, the worker's progress, or what was done."""
    draft = get_draft(actor, draft_id, now())
    if (job := find_job(draft)) is not None:
        return render_template("roster/busy.html", actor=actor, job=job)
    if draft.applied_at is not None:
        sent = count_sent("invitation", draft.applied_at, "organization", actor.organization_id.hex)
        return render_template(
            "roster/done.html",
            actor=actor,
            draft=draft,
            counts=draft.counts,
            sent=sent,
            has_requirement=bool(list_requirements(actor.organization_id)),
            teams=list_teams(actor),
            team_form=team_codes_form(actor.today(now())),
            form=Form(),
        )
    if not is_matched(draft):
        return go(url_for(".columns", organization_id=actor.organization_id, draft_id=draft_id))
    form = ConfirmForm(formdata=None, has_mail=bool(list_requirements(actor.organization_id)))
    return _plan_page(actor, draft, decide(actor, draft, now()).plan, form)


@blueprint.post("/<uuid:draft_id>/ticks")
@access(Who.ACCOUNT, own=True, is_long=True)
@acting(May.SET_TEAMS)
def tick(actor: Actor, draft_id: UUID) -> Response:
    """Note which rows of a page are left out, and which of the people who aren't in the list have left."""
    try:
        with transaction():
            draft = get_draft(actor, draft_id, now())
            say(draft, _ticks(actor, draft))
    except Invalid as error:
        flash(error.message)
    return go(_here(actor, draft_id))


@blueprint.get("/<uuid:draft_id>/refused")
@access(Who.ACCOUNT, own=True, is_long=True)
@acting(May.SET_TEAMS)
def refused(actor: Actor, draft_id: UUID) -> Response:
    """Give the refused rows back as they were sent, each with its reason."""
    draft = get_draft(actor, draft_id, now())
    if is_confirmed(draft) or not is_matched(draft):
        return go(url_for(".draft", organization_id=actor.organization_id, draft_id=draft_id))
    plan = decide(actor, draft, now()).plan
    headings = [column.heading for column in columns_of(draft)]
    cells = {line.number: line.cells[: len(headings)] for line in lines_of(draft)}
    rows: Iterable[Sequence[Cell]] = (
        (entry.line, *cells[entry.line], *[""] * (len(headings) - len(cells[entry.line])), entry.reason)
        for entry in plan.refused
    )
    return csv_answer(Table("refused-rows", (_("Row"), *headings, _("What is wrong")), rows))


@blueprint.post("/<uuid:draft_id>/confirmation")
@access(Who.ACCOUNT, own=True, is_long=True)
@acting(May.SET_TEAMS)
def confirm(actor: Actor, draft_id: UUID) -> Response | tuple[str, int]:
    """Write it, all or nothing. If the firm's roster has changed since it was shown, show it again instead."""
    form = ConfirmForm()
    draft_url = url_for(".draft", organization_id=actor.organization_id, draft_id=draft_id)
    try:
        said = Confirmation(
            _note_ticks(actor, draft_id),
            has_mail=bool(form.has_mail.data),
            leaves_out=bool(form.leaves_out.data),
        )
        draft = get_draft(actor, draft_id, now())
        if is_confirmed(draft):
            return go(draft_url)
        if not is_matched(draft):
            raise Conflict(_("Say what the columns are first."))
        is_large = len(table_of(draft).lines) > LARGE
        if is_large:
            check(decide(actor, draft, now()).plan, said)  # before anything is locked: this takes a while
        with transaction():
            draft = get_draft(actor, draft_id, now())
            if is_confirmed(draft):
                return go(draft_url)
            if is_large:
                order_take_over(actor, draft, said, now())
            else:
                take_over(actor, draft, said, now())
                invite_added(actor, draft, now())
    except (Conflict, Invalid, NotYet) as error:
        draft = get_draft(actor, draft_id, now())
        if not is_matched(draft):
            return go(draft_url)
        plan = decide(actor, draft, now()).plan
        if not isinstance(error, NotYet):
            flash(error.message)
            return _plan_page(actor, draft, plan, form), 409 if isinstance(error, Conflict) else 422
        if plan.refused and not form.leaves_out.data:
            form.leaves_out.errors = [_("Fix the refused rows, or check this box: then they stay out.")]
        return _plan_page(actor, draft, plan, form), 422
    return go(draft_url)


@blueprint.post("/<uuid:draft_id>/undoing")
@access(Who.ACCOUNT, own=True, is_long=True)
@acting(May.SET_TEAMS)
def undo(actor: Actor, draft_id: UUID) -> Response:
    """Put back the people whom this roster marked as having left."""
    with transaction():
        draft = get_draft(actor, draft_id, now())
        if draft.applied_at is None:
            raise Conflict(_("This roster isn’t imported yet."))
        back, others = undo_leaving(actor, draft, now())
    flash(ngettext("%(num)s person is back on the roster.", "%(num)s people are back on the roster.", back))
    if others:
        flash(
            ngettext(
                "%(num)s person stays off it: hired again, or replaced, or the account was erased.",
                "%(num)s people stay off it: hired again, or replaced, or the account was erased.",
                others,
            )
        )
    return go(url_for(".draft", organization_id=actor.organization_id, draft_id=draft_id))


def _note_ticks(actor: Actor, draft_id: UUID) -> str:
    """Keep the ticks of the page from which it is confirmed; return the digest of the plan with them.

    It is the one that was shown unless a tick changed; the same page sent twice gets the same one. If the roster isn't
    what was shown, it is none.
    """
    digest = request.form.get("digest", "")
    with transaction():
        draft = get_draft(actor, draft_id, now())
        if is_confirmed(draft) or not is_matched(draft):
            return digest
        ticks = _ticks(actor, draft)
        if not (ticks.shown or ticks.asked):
            return digest
        shown = decide(actor, draft, now())
        if not say(draft, ticks):
            before, after = draft.rows.get("confirmed_from", (digest, digest))
            return after if before == digest else digest
        ticked = decide(actor, draft, now()).plan.digest if shown.plan.digest == digest else ""
        draft.rows = {**draft.rows, "confirmed_from": (digest, ticked)}
        return ticked


def _ticks(actor: Actor, draft: RosterDraft) -> RosterTicks:
    """Return the checked boxes. Raises Invalid if everyone is marked as gone and the number typed isn't that many."""
    asked, left = (frozenset(request.form.getlist(name, UUID)) for name in ("asked", "left"))
    if typed := request.form.get("all_left", "").strip():
        missing = decide(actor, draft, now()).plan.missing
        if typed != str(len(missing)):
            raise Invalid(_("Nobody was marked: type %(num)s to say that all of them have left.", num=len(missing)))
        asked = left = frozenset(person.membership_id for person in missing)
    shown, taken, doubtful = (frozenset(request.form.getlist(name, int)) for name in ("shown", "taken", "doubtful"))
    if "same" in request.form:
        renamed = frozenset(entry.line for entry in decide(actor, draft, now()).plan.renamed)
        taken, doubtful = taken | renamed, doubtful | renamed
    return RosterTicks(
        shown=shown,
        taken=taken,
        doubtful=doubtful,
        asked=asked,
        left=left,
        has_slips="has_slips" in request.form,
    )


def _here(actor: Actor, draft_id: UUID) -> str:
    """Return the address of the plan, narrowed as the form's own address says."""
    show, text, start = (request.args.get(name) or None for name in ("show", "q", "start"))
    address: str = url_for(
        ".draft", organization_id=actor.organization_id, draft_id=draft_id, show=show, q=text, start=start
    )
    return address


def _plan_page(actor: Actor, draft: RosterDraft, plan: RosterPlan, form: ConfirmForm) -> str:
    shown = request.args.get("show", "")
    if shown not in {*RowOutcome, *_OTHERS}:
        shown = ""
    text = request.args.get("q", "").strip()[:80]
    rows = _chosen(plan, shown, text)
    missing = _chosen(plan, "missing", "")[: _MISSING_SHOWN if rows else SHOWN] if shown == text == "" else []
    start = min(max(request.args.get("start", 0, type=int), 0), max(len(rows) - 1, 0))
    start -= start % SHOWN
    refused = len(plan.refused)
    form.leaves_out.label.text = ngettext(
        "Leave out the %(num)s refused row", "Leave out all %(num)s refused rows", refused
    )
    sheet = sheet_of(draft)
    return render_template(
        "roster/plan.html",
        actor=actor,
        is_required=bool(list_requirements(actor.organization_id)),
        draft=draft,
        plan=plan,
        headline=_headline(plan),
        form=form,
        coding=ReadingForm(formdata=None, coding=draft.rows["coding"]) if draft.rows["coding"] else None,
        read_as=_read_as(actor, draft, sheet.example) if sheet.example else None,
        ignored=dropped_by(draft),
        columns=[(MEANING_WORDS[column.meaning], column.heading) for column in columns_of(draft) if column.meaning],
        filename=draft.rows.get("filename"),
        written_as=_written_as(draft),
        sheet=sheet,
        left_today=count_left_today(actor.organization, now()),
        rows=rows[start : start + SHOWN],
        missing=rows[start : start + SHOWN] if shown == "missing" else missing,
        wanted=shown,
        text=text,
        start=start,
        count=len(rows),
        step=SHOWN,
        outcomes=_outcomes(),
        undecided=sum(map(_is_undecided, plan.entries)),
        totals=sum(entry.is_total for entry in plan.entries),
    )


def _read_as(actor: Actor, draft: RosterDraft, example: str) -> str:
    return show_day(read_day(example, actor.today(now()), order_of(draft)), "long")


def _written_as(draft: RosterDraft) -> str:
    """Return in which encoding a text file is read; nothing for a spreadsheet or for what was pasted."""
    coding = draft.rows["coding"]
    is_text_file = draft.rows.get("filename") and not sheet_of(draft).name
    return str(READINGS[coding]) if coding else _("Unicode") if is_text_file else ""


def _headline(plan: RosterPlan) -> str:
    """Return in a few words what would happen."""
    changed, refused = len(plan.taken[RowOutcome.CHANGED]), len(plan.refused)
    parts = [
        ngettext("%(num)s new person", "%(num)s new people", plan.added) if plan.added else "",
        ngettext("%(num)s change", "%(num)s changes", changed) if changed else "",
        ngettext("%(num)s person has left", "%(num)s people have left", plan.ended) if plan.ended else "",
        ngettext("%(num)s row refused", "%(num)s rows refused", refused) if refused else "",
    ]
    return ", ".join(part for part in parts if part) or _("Nothing would change")


def _chosen(plan: RosterPlan, shown: str, text: str) -> Sequence[RosterEntry | KnownPerson]:
    """Parse the view from the query string: rows, those to fix first, or people who aren't in any."""
    rows: list[Any]
    if shown == "missing":
        rows = sorted(plan.missing, key=lambda person: fold(person.name))
        return [person for person in rows if _fits(text, person.name, person.email, person.employee_number)]
    order = {outcome: place for place, outcome in enumerate(RowOutcome)}
    rows = sorted(plan.entries, key=lambda entry: (order[entry.outcome], entry.line))
    if shown == "warned":
        rows = [entry for entry in rows if entry.warnings]
    elif shown == "totals":
        rows = [entry for entry in rows if entry.is_total]
    elif shown == "":
        rows = list(filter(_is_undecided, rows))
    elif shown != "all":
        rows = [entry for entry in rows if entry.outcome == shown and not entry.is_total]
    return [entry for entry in rows if _fits(text, entry.name, entry.email, entry.number)]


def _is_undecided(entry: RosterEntry) -> bool:
    return entry.outcome not in _DECIDED and not entry.is_total


def _fits(text: str, *values: str | None) -> bool:
    return not text or any(fold(text) in fold(value) for value in values if value)


def _outcomes() -> dict[RowOutcome, tuple[str, str, str]]:
    """Return the word, kind of chip and icon for each outcome."""
    return {
        RowOutcome.PROBLEM: (_("Refused"), "late", "bang"),
        RowOutcome.NEW: (_("New"), "ok", "check"),
        RowOutcome.RETURNED: (_("Returned"), "ok", "check"),
        RowOutcome.CHANGED: (_("Changed"), "due", "arrow"),
        RowOutcome.LEAVES: (_("Left"), "due", "exit"),
        RowOutcome.GONE: (_("Left before"), "none", "dash"),
        RowOutcome.UNCHANGED: (_("Same"), "none", "dash"),
    }
