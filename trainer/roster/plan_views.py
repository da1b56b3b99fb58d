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
from trainer.organizations.invitations import count_left_today
from trainer.organizations.rules import May, fold
from trainer.roster.days import read_day
from trainer.roster.drafts import (
    Ticks,
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
from trainer.roster.importing import LARGE, Confirmation, check, decide, invite_added, order_take_over, take_over
from trainer.roster.leaving import undo_leaving
from trainer.roster.models import RosterDraft
from trainer.roster.plan import Entry, Fate, Known, Plan
from trainer.roster.views import blueprint
from trainer.web.access import Who, access
from trainer.web.forms import Form
from trainer.web.language import show_day
from trainer.web.redirects import go
from trainer.web.tables import Cell, Table, csv_answer

__all__ = ["blueprint"]  # with the pages of both files

SHOWN: Final = 25
"""Rows of a page: each is a card on a phone."""
_OTHERS: Final = ("all", "warned", "missing", "totals")
"""What can be shown, apart from the rows of one fate."""
_DECIDED: Final = (Fate.UNCHANGED, Fate.GONE)
"""Fates about which nobody has to decide anything."""


@blueprint.get("/<uuid:draft_id>")
@access(Who.ACCOUNT, own=True, is_long=True)
@acting(May.SET_TEAMS)
def draft(actor: Actor, draft_id: UUID) -> Response | str:
    """Show what each row would do, the worker's progress, or what was done."""
    roster = get_draft(actor, draft_id, now())
    if (job := find_job(roster)) is not None:
        return render_template("roster/busy.html", actor=actor, job=job)
    if roster.applied_at is not None:
        sent = count_sent("invitation", roster.applied_at, "organization", actor.organization_id.hex)
        return render_template(
            "roster/done.html",
            actor=actor,
            draft=roster,
            counts=roster.counts,
            sent=sent,
            has_requirement=bool(list_requirements(actor.organization_id)),
            form=Form(),
        )
    if not is_matched(roster):
        return go(url_for(".columns", organization_id=actor.organization_id, draft_id=draft_id))
    form = ConfirmForm(formdata=None, has_mail=bool(list_requirements(actor.organization_id)))
    return _plan_page(actor, roster, decide(actor, roster, now()).plan, form)


@blueprint.post("/<uuid:draft_id>/ticks")
@access(Who.ACCOUNT, own=True, is_long=True)
@acting(May.SET_TEAMS)
def tick(actor: Actor, draft_id: UUID) -> Response:
    """Note which rows of a page are left out, and which of the people who aren't in the list have left."""
    try:
        with transaction():
            roster = get_draft(actor, draft_id, now())
            say(roster, _ticks(actor, roster))
    except Invalid as error:
        flash(error.message)
    return go(_here(actor, draft_id))


@blueprint.get("/<uuid:draft_id>/refused")
@access(Who.ACCOUNT, own=True, is_long=True)
@acting(May.SET_TEAMS)
def refused(actor: Actor, draft_id: UUID) -> Response:
    """Give the refused rows back as they were sent, each with its reason."""
    roster = get_draft(actor, draft_id, now())
    if is_confirmed(roster) or not is_matched(roster):
        return go(url_for(".draft", organization_id=actor.organization_id, draft_id=draft_id))
    plan = decide(actor, roster, now()).plan
    headings = [column.heading for column in columns_of(roster)]
    cells = {line.number: line.cells[: len(headings)] for line in lines_of(roster)}
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
            is_same=bool(form.is_same.data),
            leaves_out=bool(form.leaves_out.data),
        )
        roster = get_draft(actor, draft_id, now())
        if is_confirmed(roster):
            return go(draft_url)
        if not is_matched(roster):
            raise Conflict(_("Say what the columns are first."))
        is_large = len(table_of(roster).lines) > LARGE
        if is_large:
            check(decide(actor, roster, now()).plan, said)  # before anything is locked: this takes a while
        with transaction():
            roster = get_draft(actor, draft_id, now())
            if is_confirmed(roster):
                return go(draft_url)
            if is_large:
                order_take_over(actor, roster, said, now())
            else:
                take_over(actor, roster, said, now())
                invite_added(actor, roster, now())
    except (Conflict, Invalid, NotYet) as error:
        roster = get_draft(actor, draft_id, now())
        if not is_matched(roster):
            return go(draft_url)
        plan = decide(actor, roster, now()).plan
        if not isinstance(error, NotYet):
            flash(error.message)
            return _plan_page(actor, roster, plan, form), 409 if isinstance(error, Conflict) else 422
        if plan.refused and not form.leaves_out.data:
            form.leaves_out.errors = [_("Fix the refused rows, or check this box: then they stay out.")]
        if plan.renamed and not form.is_same.data:
            form.is_same.errors = [_("Confirm that these are the same people, or uncheck their rows.")]
        return _plan_page(actor, roster, plan, form), 422
    return go(draft_url)


@blueprint.post("/<uuid:draft_id>/undoing")
@access(Who.ACCOUNT, own=True, is_long=True)
@acting(May.SET_TEAMS)
def undo(actor: Actor, draft_id: UUID) -> Response:
    """Put back the people whom this roster marked as having left."""
    with transaction():
        roster = get_draft(actor, draft_id, now())
        if roster.applied_at is None:
            raise Conflict(_("This roster isn’t imported yet."))
        back, others = undo_leaving(actor, roster, now())
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

    It is the one that was shown unless a tick changed. If the roster isn't what was shown, it is none.
    """
    digest = request.form.get("digest", "")
    with transaction():
        roster = get_draft(actor, draft_id, now())
        if is_confirmed(roster) or not is_matched(roster):
            return digest
        ticks = _ticks(actor, roster)
        if not (ticks.shown or ticks.asked):
            return digest
        shown = decide(actor, roster, now())
        if not say(roster, ticks):
            return digest
        return decide(actor, roster, now()).plan.digest if shown.plan.digest == digest else ""


def _ticks(actor: Actor, roster: RosterDraft) -> Ticks:
    """Return what is ticked. Raises Invalid if all are to have left, and the number typed isn't how many they are."""
    asked, left = (frozenset(request.form.getlist(name, UUID)) for name in ("asked", "left"))
    if typed := request.form.get("all_left", "").strip():
        missing = decide(actor, roster, now()).plan.missing
        if typed != str(len(missing)):
            raise Invalid(_("Nobody was marked: type %(num)s to say that all of them have left.", num=len(missing)))
        asked = left = frozenset(person.membership_id for person in missing)
    return Ticks(
        shown=frozenset(request.form.getlist("shown", int)),
        taken=frozenset(request.form.getlist("taken", int)),
        doubtful=frozenset(request.form.getlist("doubtful", int)),
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


def _plan_page(actor: Actor, roster: RosterDraft, plan: Plan, form: ConfirmForm) -> str:
    shown = request.args.get("show", "")
    if shown not in {*Fate, *_OTHERS}:
        shown = ""
    text = request.args.get("q", "").strip()[:80]
    rows = _chosen(plan, shown, text)
    start = min(max(request.args.get("start", 0, type=int), 0), max(len(rows) - 1, 0))
    start -= start % SHOWN
    if len(plan.renamed) == 1:
        form.is_same.label.text = _("Yes, this is the same person under another name")
    refused = len(plan.refused)
    form.leaves_out.label.text = ngettext(
        "Leave out the %(num)s refused row", "Leave out all %(num)s refused rows", refused
    )
    sheet = sheet_of(roster)
    return render_template(
        "roster/plan.html",
        actor=actor,
        is_required=bool(list_requirements(actor.organization_id)),
        draft=roster,
        plan=plan,
        headline=_headline(plan),
        form=form,
        coding=ReadingForm(formdata=None, coding=roster.rows["coding"]) if roster.rows["coding"] else None,
        read_as=_read_as(actor, roster, sheet.example) if sheet.example else None,
        ignored=dropped_by(roster),
        columns=[(MEANING_WORDS[column.meaning], column.heading) for column in columns_of(roster) if column.meaning],
        filename=roster.rows.get("filename"),
        written_as=_written_as(roster),
        sheet=sheet,
        left_today=count_left_today(actor.organization, now()),
        rows=rows[start : start + SHOWN],
        wanted=shown,
        text=text,
        start=start,
        count=len(rows),
        step=SHOWN,
        fates=_fates(),
        undecided=sum(map(_is_undecided, plan.entries)),
        totals=sum(entry.is_total for entry in plan.entries),
    )


def _read_as(actor: Actor, roster: RosterDraft, example: str) -> str:
    return show_day(read_day(example, actor.today(now()), order_of(roster)), "long")


def _written_as(roster: RosterDraft) -> str:
    """Return in which encoding a text file is read; nothing for a spreadsheet or for what was pasted."""
    coding = roster.rows["coding"]
    is_text_file = roster.rows.get("filename") and not sheet_of(roster).name
    return str(READINGS[coding]) if coding else _("Unicode") if is_text_file else ""


def _headline(plan: Plan) -> str:
    """Return in a few words what would happen."""
    changed, refused = len(plan.taken[Fate.CHANGED]), len(plan.refused)
    parts = [
        ngettext("%(num)s new person", "%(num)s new people", plan.added) if plan.added else "",
        ngettext("%(num)s change", "%(num)s changes", changed) if changed else "",
        ngettext("%(num)s person has left", "%(num)s people have left", plan.ended) if plan.ended else "",
        ngettext("%(num)s row refused", "%(num)s rows refused", refused) if refused else "",
    ]
    return ", ".join(part for part in parts if part) or _("Nothing would change")


def _chosen(plan: Plan, shown: str, text: str) -> Sequence[Entry | Known]:
    """Return what the address asks for: rows, those to fix first, or people who aren't in any."""
    rows: list[Any]
    if shown == "missing":
        rows = sorted(plan.missing, key=lambda person: fold(person.name))
        return [person for person in rows if _fits(text, person.name, person.email, person.employee_number)]
    order = {fate: place for place, fate in enumerate(Fate)}
    rows = sorted(plan.entries, key=lambda entry: (order[entry.fate], entry.line))
    if shown == "warned":
        rows = [entry for entry in rows if entry.warnings]
    elif shown == "totals":
        rows = [entry for entry in rows if entry.is_total]
    elif shown == "":
        rows = list(filter(_is_undecided, rows))
    elif shown != "all":
        rows = [entry for entry in rows if entry.fate == shown and not entry.is_total]
    return [entry for entry in rows if _fits(text, entry.name, entry.email, entry.number)]


def _is_undecided(entry: Entry) -> bool:
    return entry.fate not in _DECIDED and not entry.is_total


def _fits(text: str, *values: str | None) -> bool:
    return not text or any(fold(text) in fold(value) for value in values if value)


def _fates() -> dict[Fate, tuple[str, str, str]]:
    """Return the word, kind of chip and icon for each fate."""
    return {
        Fate.PROBLEM: (_("Refused"), "late", "bang"),
        Fate.NEW: (_("New"), "ok", "check"),
        Fate.RETURNED: (_("Returned"), "ok", "check"),
        Fate.CHANGED: (_("Changed"), "due", "arrow"),
        Fate.LEAVES: (_("Left"), "due", "exit"),
        Fate.GONE: (_("Left before"), "none", "dash"),
        Fate.UNCHANGED: (_("Same"), "none", "dash"),
    }
