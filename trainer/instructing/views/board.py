"""The completion board of a class, its exports, nudges; one person's wrong answers."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from trainer.assessment.rounds import list_waiting
from trainer.content.library import Course
from trainer.content.serving import served
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import Conflict, NotFound
from trainer.credentials.rules import show_serial
from trainer.instructing import words
from trainer.instructing.access import looking, teaching
from trainer.instructing.answers import list_answers
from trainer.instructing.board import list_marks, list_rows
from trainer.instructing.downloads import asked_form, table_answer
from trainer.instructing.nudges import nudge
from trainer.instructing.operations import note_export
from trainer.instructing.queries import TeachingContext, find_membership, get_member, users_of
from trainer.instructing.rules import BoardOrder, Show, may_nudge, narrow
from trainer.web.access import Who, access
from trainer.web.redirects import go

blueprint = Blueprint("board", __name__, url_prefix="/cohorts/<uuid:cohort_id>")
PAGE = 50


@blueprint.get("")
@access(Who.ACCOUNT, own=True)
@looking
def board(context: TeachingContext) -> str:
    """Show where everyone in a class stands, narrowed and sorted as the address says."""
    show, order, course = _show(), _order(), _course(context)
    everyone = list_marks(context.cohort, now())
    shown = narrow(everyone, show, order)
    page = min(max(request.args.get("page", 1, type=int), 1), max(1, -(-len(shown) // PAGE)))
    instant = now()
    return render_template(
        "instructing/board.html",
        context=context,
        course=course,
        rows=list_rows(context.cohort, course, shown[(page - 1) * PAGE : page * PAGE]),
        counts={choice: len(narrow(everyone, choice, BoardOrder.NAME)) for choice in Show},
        can_nudge=sum(mark.is_stuck and may_nudge(mark.nudged_at, instant) for mark in everyone),
        asking=[] if context.is_past else _asking(context),
        show=show,
        order=order,
        page=page,
        has_next=len(shown) > page * PAGE,
        words=words,
        show_serial=show_serial,
        may_nudge=lambda row: may_nudge(row.nudged_at, instant),
    )


@blueprint.post("/exports")
@access(Who.ACCOUNT, own=True)
@teaching
def export(context: TeachingContext) -> Response:
    """Return the rows that the address asks for as CSV or XLSX; the export is recorded."""
    marks = narrow(list_marks(context.cohort, now()), _show(), _order())
    table = words.board_table(list_rows(context.cohort, _course(context), marks), context.zone)
    form = asked_form()
    with transaction():
        note_export(context, "export.board", form, now())
    return table_answer(table, form)


@blueprint.post("/nudges")
@access(Who.ACCOUNT, own=True)
@teaching
def send_nudges(context: TeachingContext) -> Response:
    """Send a mail to one member, or to everyone who is stuck."""
    member_id = request.form.get("member", type=UUID)
    member_ids = (
        [get_member(context.cohort, member_id).id]
        if member_id
        else [mark.member_id for mark in list_marks(context.cohort, now()) if mark.is_stuck]
    )
    try:
        with transaction():
            number = nudge(context, member_ids, now())
    except Conflict as error:
        flash(error.message)
    else:
        sent = ngettext("%(num)s person will get an email.", "%(num)s people will get an email.", number)
        flash(sent if number else _("No emails sent: everyone got one in the last three days."))
    return go(url_for(".board", cohort_id=context.cohort.id))


@blueprint.get("/answers/<uuid:member_id>")
@access(Who.ACCOUNT, own=True)
@teaching
def answers(context: TeachingContext, member_id: UUID) -> str:
    """Show which scenes someone judged wrongly, where the class said so before they joined."""
    if not context.sees_answers:
        raise NotFound
    member = get_member(context.cohort, member_id)
    return render_template(
        "instructing/answers.html",
        context=context,
        member=member,
        answers=list_answers(context.cohort, member, served()),
    )


def _course(context: TeachingContext) -> Course | None:
    return served().courses.get(context.cohort.course)


def _asking(context: TeachingContext) -> list[tuple[str, UUID]]:
    """Return (name, id of the request) of members who ask for another round of the final."""
    asking = []
    for round_request in list_waiting(users_of(context.cohort), context.cohort.course):
        member = find_membership(round_request.user_id, context.cohort)
        if member is not None and round_request.user_id != context.user_id:
            asking.append((member.name, round_request.id))
    return asking


def _show() -> Show:
    given = request.args.get("show", "")
    return Show(given) if given in set(Show) else Show.ALL


def _order() -> BoardOrder:
    given = request.args.get("order", "")
    return BoardOrder(given) if given in set(BoardOrder) else BoardOrder.BEHIND
