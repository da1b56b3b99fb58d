"""Reports by mail: list, set up, look into one, say who gets it, pause, end; both files to download now."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, flash, make_response, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import Conflict, Invalid
from trainer.extras.reports import operations, queries
from trainer.extras.reports.emails import team_names
from trainer.extras.reports.files import make_pdf, make_xlsx, read_contents
from trainer.extras.reports.forms import RecipientsForm, ReportForm
from trainer.extras.reports.models import Report
from trainer.extras.reports.rules import Rhythm, following, shared_teams
from trainer.extras.reports.words import RHYTHM_NAMES, STOP_WORDS
from trainer.organizations.access import acting
from trainer.organizations.actor import Actor
from trainer.organizations.mail_words import outcome
from trainer.organizations.queries import names_of
from trainer.organizations.rules import May
from trainer.organizations.team_queries import list_teams
from trainer.web.access import Who, access
from trainer.web.forms import Form
from trainer.web.limits import limit_acts
from trainer.web.paper import pdf_answer
from trainer.web.redirects import go
from trainer.web.replica import answer_from_replica
from trainer.web.tables import XLSX

blueprint = Blueprint(
    "reports", __name__, template_folder="../templates", url_prefix="/organizations/<uuid:organization_id>/reports"
)


@blueprint.get("")
@access(Who.ACCOUNT, own=True)
@acting(May.SEE_TRAINING)
def reports(actor: Actor) -> str:
    """List the reports: how often, about whom, to how many, and whether any of it needs attention."""
    lines = [
        (report, team_names(report), recipients, queries.list_left_behind(report, recipients))
        for report in queries.list_reports(actor)
        for recipients in [queries.list_recipients(report)]
    ]
    return render_template("reports/reports.html", actor=actor, lines=lines, rhythm_names=RHYTHM_NAMES)


@blueprint.route("/new", methods=["GET", "POST"])
@access(Who.ACCOUNT, own=True)
@acting(May.SEE_TRAINING)
@limit_acts("30 per hour", methods={"POST"})
def make(actor: Actor) -> Response | str | tuple[str, int]:
    """Set up a report."""
    form = ReportForm(
        teams=[(str(team.id), team.name) for team in list_teams(actor)],
        staff=[(str(line.user_id), line.name) for line in queries.list_staff(actor)],
    )
    if not form.is_submitted():
        return render_template("reports/new.html", actor=actor, form=form)
    if form.validate():
        with form.refusing("addresses"), transaction():
            report = operations.make_report(actor, Rhythm(form.rhythm.data), form.team_ids, now())
            operations.add_recipients(actor, report, form.staff_ids, form.lines, now())
        if not form.errors:
            flash(_("The report is set up. Addresses outside the firm get it once they agree."))
            return go(url_for(".report", organization_id=actor.organization_id, report_id=report.id))
    return render_template("reports/new.html", actor=actor, form=form), 422


@blueprint.get("/<uuid:report_id>")
@access(Who.ACCOUNT, own=True)
@acting(May.SEE_TRAINING)
def report(actor: Actor, report_id: UUID) -> str:
    """Show a report: who gets it, what went out, and what can be done with it."""
    own = queries.get_report(actor, report_id)
    return _page(actor, own, _recipients_form(actor))


@blueprint.post("/<uuid:report_id>/recipients")
@access(Who.ACCOUNT, own=True)
@acting(May.SEE_TRAINING)
@limit_acts("30 per hour")
def add(actor: Actor, report_id: UUID) -> Response | tuple[str, int]:
    """Add people who get it."""
    own, form = queries.get_report(actor, report_id), _recipients_form(actor)
    if form.validate_on_submit():
        with form.refusing("addresses"), transaction():
            own = queries.get_report(actor, report_id)
            operations.add_recipients(actor, own, form.staff_ids, form.lines, now())
        if not form.errors:
            flash(_("Added. Addresses outside the firm get it once they agree."))
            return go(url_for(".report", organization_id=actor.organization_id, report_id=report_id))
    return _page(actor, own, form), 422


@blueprint.post("/<uuid:report_id>/recipients/<uuid:recipient_id>/removal")
@access(Who.ACCOUNT, own=True)
@acting(May.SEE_TRAINING)
def remove(actor: Actor, report_id: UUID, recipient_id: UUID) -> Response:
    """Send no more to someone."""
    return _act(
        actor,
        report_id,
        lambda own: operations.remove_recipient(actor, own, recipient_id, now()),
        _("Removed. Nothing more goes to this address."),
    )


@blueprint.post("/<uuid:report_id>/pause")
@access(Who.ACCOUNT, own=True)
@acting(May.SEE_TRAINING)
def hold(actor: Actor, report_id: UUID) -> Response:
    """Send none for a while."""
    return _act(
        actor,
        report_id,
        lambda own: operations.pause(actor, own, now()),
        _("Paused. Nothing goes out until you resume it."),
    )


@blueprint.post("/<uuid:report_id>/resumption")
@access(Who.ACCOUNT, own=True)
@acting(May.SEE_TRAINING)
def go_on(actor: Actor, report_id: UUID) -> Response:
    """Send it again."""
    return _act(actor, report_id, lambda own: operations.resume(actor, own, now()), _("Resumed."))


@blueprint.post("/<uuid:report_id>/takeover")
@access(Who.ACCOUNT, own=True)
@acting(May.SEE_TRAINING)
def take_over(actor: Actor, report_id: UUID) -> Response:
    """Let the addresses outside that were listed get it in one's own name."""
    ids = request.form.getlist("recipient", UUID)
    return _act(
        actor,
        report_id,
        lambda own: operations.take_over(actor, own, ids, now()),
        _("It goes to these addresses in your name now."),
    )


@blueprint.route("/<uuid:report_id>/end", methods=["GET", "POST"])
@access(Who.ACCOUNT, own=True)
@acting(May.SEE_TRAINING)
def end(actor: Actor, report_id: UUID) -> Response | str:
    """Ask, then end a report for good."""
    own, form = queries.get_report(actor, report_id), Form()
    if not form.validate_on_submit():
        return render_template("reports/end.html", actor=actor, report=own, form=form)
    return _act(actor, report_id, lambda own: operations.end(actor, own, now()), _("Ended. Nothing goes out anymore."))


@blueprint.post("/<uuid:report_id>/files")
@access(Who.ACCOUNT, own=True, is_long=True)
@acting(May.SEE_TRAINING)
@limit_acts("60 per hour")
def files(actor: Actor, report_id: UUID) -> Response:
    """Give one of the files as it would go out now; the export is recorded."""
    own, form = queries.get_report(actor, report_id), request.form.get("form", "pdf")
    if form not in {"pdf", "xlsx"}:
        raise Invalid(_("Choose PDF or XLSX."))
    with transaction():
        operations.note_files(actor, own, form, now())
    teams = shared_teams(own.team_ids, actor.team_ids)
    return answer_from_replica(lambda: _file(actor, teams, form))


def _file(actor: Actor, team_ids: frozenset[UUID] | None, form: str) -> Response:
    contents = read_contents(actor.organization, team_ids, now())
    name = f"report-{contents.today.isoformat()}"
    if form == "pdf":
        return pdf_answer(name, make_pdf(contents))
    answer = make_response(make_xlsx(contents))
    answer.mimetype = XLSX
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _recipients_form(actor: Actor) -> RecipientsForm:
    return RecipientsForm(staff=[(str(line.user_id), line.name) for line in queries.list_staff(actor)])


def _act(actor: Actor, report_id: UUID, act: Callable[[Report], None], done: str) -> Response:
    try:
        with transaction():
            act(queries.get_report(actor, report_id))
    except Conflict as error:
        flash(error.message)
    else:
        flash(done)
    return go(url_for(".report", organization_id=actor.organization_id, report_id=report_id))


def _page(actor: Actor, own: Report, form: RecipientsForm) -> str:
    recipients = queries.list_recipients(own)
    emails = queries.emails_of(own.organization_id, recipients)
    names = names_of(actor, {line.user_id for line in recipients if line.user_id})
    said = {
        line.id: (names.get(line.user_id, ""), emails.get(line.user_id, "")) if line.user_id else ("", line.email)
        for line in recipients
    }
    return render_template(
        "reports/report.html",
        actor=actor,
        report=own,
        form=form,
        teams=team_names(own),
        next_on=following(Rhythm(own.rhythm), actor.today(now())),
        left_behind=queries.list_left_behind(own, recipients),
        recipients=recipients,
        said=said,
        asking=queries.list_asking(own),
        mails=queries.list_mails(own),
        outcome=outcome,
        rhythm_names=RHYTHM_NAMES,
        stop_words=STOP_WORDS,
    )
