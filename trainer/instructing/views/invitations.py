"""Whom a firm's class invites: teams, a preview, sending, how each person answered, reminders."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import Conflict, NotFound
from trainer.instructing import invitations as operations
from trainer.instructing import words
from trainer.instructing.access import teaching
from trainer.instructing.forms import TeamsForm
from trainer.instructing.operations import is_open
from trainer.instructing.queries import TeachingContext
from trainer.instructing.rules import Answer, may_nudge
from trainer.web.access import Who, access
from trainer.web.redirects import go

blueprint = Blueprint("class_invitations", __name__, url_prefix="/cohorts/<uuid:cohort_id>/invitations")


@blueprint.get("")
@access(Who.ACCOUNT, own=True)
@teaching
def invited(context: TeachingContext) -> str:
    """Show who would be invited, and how those who are invited have answered."""
    chosen = [str(team_id) for team_id in operations.list_chosen_teams(context.cohort)]
    return _page(context, _form(context, teams=chosen))


@blueprint.post("/teams")
@access(Who.ACCOUNT, own=True)
@teaching
def choose_teams(context: TeachingContext) -> Response | tuple[str, int]:
    """Set which teams are invited; that invites nobody."""
    form = _form(context)
    if form.validate_on_submit():
        with form.refusing("teams"), transaction():
            operations.choose_teams(context, [UUID(team_id) for team_id in form.teams.data or []])
        if not form.errors:
            return go(url_for(".invited", cohort_id=context.cohort.id))
    return _page(context, form), 422


@blueprint.post("")
@access(Who.ACCOUNT, own=True)
@teaching
def send(context: TeachingContext) -> Response:
    """Invite everyone in the chosen teams who isn't invited yet."""
    try:
        with transaction():
            sent = operations.invite(context, now())
    except Conflict as error:
        flash(error.message)
    else:
        invited_now = ngettext("%(num)s person is invited.", "%(num)s people are invited.", sent.people)
        flash(invited_now if sent.people else _("Everyone in these teams is already invited."))
        _tell(sent)
    return go(url_for(".invited", cohort_id=context.cohort.id))


@blueprint.post("/reminders")
@access(Who.ACCOUNT, own=True)
@teaching
def remind(context: TeachingContext) -> Response:
    """Remind one person, or everyone who hasn't answered."""
    invitation_id = request.form.get("invitation", type=UUID)
    if invitation_id is None and request.form.get("invitation"):
        raise NotFound  # not everyone, only because it can't be read
    try:
        with transaction():
            sent = operations.remind(context, invitation_id, now())
    except Conflict as error:
        flash(error.message)
    else:
        if not sent.mailed and not sent.left:
            flash(_("No emails sent: everyone who hasn’t answered got one in the last three days, or has no address."))
        _tell(sent)
    return go(url_for(".invited", cohort_id=context.cohort.id))


def _tell(sent: operations.Sent) -> None:
    if sent.mailed:
        flash(ngettext("%(num)s person will get an email.", "%(num)s people will get an email.", sent.mailed))
    if sent.left:
        flash(
            ngettext(
                "The firm has sent its emails for today. %(num)s person can be reminded tomorrow.",
                "The firm has sent its emails for today. %(num)s people can be reminded tomorrow.",
                sent.left,
            )
        )


def _form(context: TeachingContext, teams: list[str] | None = None) -> TeamsForm:
    if context.actor is None:
        raise NotFound
    there = [(str(team.id), team.name) for team in operations.list_teams(context.actor)]
    return TeamsForm(teams_there=there) if teams is None else TeamsForm(teams_there=there, teams=teams)


def _page(context: TeachingContext, form: TeamsForm) -> str:
    moment, answer = now(), _answer()
    return render_template(
        "instructing/invited.html",
        context=context,
        form=form,
        seen=operations.preview(context),
        counts=operations.count_by_answer(context),
        answer=answer,
        page=operations.list_invited(context, answer, request.args.get("after")),
        can_remind=operations.count_to_remind(context, moment),
        is_open=is_open(context.cohort, context.today(moment)),
        may_remind=lambda line: line.has_mail and may_nudge(line.mailed_at, moment),
        words=words,
    )


def _answer() -> Answer | None:
    given = request.args.get("answer", "")
    return Answer(given) if given in set(Answer) else None
