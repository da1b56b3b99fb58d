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
from trainer.instructing.queries import Desk
from trainer.instructing.rules import Answer, may_nudge
from trainer.web.access import Who, access
from trainer.web.redirects import go

blueprint = Blueprint("class_invitations", __name__, url_prefix="/cohorts/<uuid:cohort_id>/invitations")


@blueprint.get("")
@access(Who.ACCOUNT, own=True)
@teaching
def invited(desk: Desk) -> str:
    """Show who would be invited, and how those who are invited have answered."""
    chosen = [str(team_id) for team_id in operations.list_chosen_teams(desk.cohort)]
    return _page(desk, _form(desk, teams=chosen))


@blueprint.post("/teams")
@access(Who.ACCOUNT, own=True)
@teaching
def choose_teams(desk: Desk) -> Response | tuple[str, int]:
    """Set which teams are invited; that invites nobody."""
    form = _form(desk)
    if form.validate_on_submit():
        with form.refusing("teams"), transaction():
            operations.choose_teams(desk, [UUID(team_id) for team_id in form.teams.data or []])
        if not form.errors:
            return go(url_for(".invited", cohort_id=desk.cohort.id))
    return _page(desk, form), 422


@blueprint.post("")
@access(Who.ACCOUNT, own=True)
@teaching
def send(desk: Desk) -> Response:
    """Invite everyone in the chosen teams who isn't invited yet."""
    try:
        with transaction():
            sent = operations.invite(desk, now())
    except Conflict as error:
        flash(error.message)
    else:
        invited_now = ngettext("%(num)s person is invited.", "%(num)s people are invited.", sent.people)
        flash(invited_now if sent.people else _("Everyone in these teams is already invited."))
        _tell(sent)
    return go(url_for(".invited", cohort_id=desk.cohort.id))


@blueprint.post("/reminders")
@access(Who.ACCOUNT, own=True)
@teaching
def remind(desk: Desk) -> Response:
    """Remind one person, or everyone who hasn't answered."""
    invitation_id = request.form.get("invitation", type=UUID)
    if invitation_id is None and request.form.get("invitation"):
        raise NotFound  # not everyone, only because it can't be read
    try:
        with transaction():
            sent = operations.remind(desk, invitation_id, now())
    except Conflict as error:
        flash(error.message)
    else:
        if not sent.mailed and not sent.left:
            flash(_("No emails sent: everyone who hasn’t answered got one in the last three days, or has no address."))
        _tell(sent)
    return go(url_for(".invited", cohort_id=desk.cohort.id))


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


def _form(desk: Desk, teams: list[str] | None = None) -> TeamsForm:
    if desk.actor is None:
        raise NotFound
    there = [(str(team.id), team.name) for team in operations.list_teams(desk.actor)]
    return TeamsForm(teams_there=there) if teams is None else TeamsForm(teams_there=there, teams=teams)


def _page(desk: Desk, form: TeamsForm) -> str:
    moment, answer = now(), _answer()
    return render_template(
        "instructing/invited.html",
        desk=desk,
        form=form,
        seen=operations.preview(desk),
        counts=operations.count_by_answer(desk),
        answer=answer,
        page=operations.list_invited(desk, answer, request.args.get("after")),
        can_remind=operations.count_to_remind(desk, moment),
        is_open=is_open(desk.cohort, desk.today(moment)),
        may_remind=lambda line: line.has_mail and may_nudge(line.mailed_at, moment),
        words=words,
    )


def _answer() -> Answer | None:
    given = request.args.get("answer", "")
    return Answer(given) if given in set(Answer) else None
