"""Create a class, list them, change, archive and hand one over; its code, QR picture and poster."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from babel.lists import format_list
from flask import Blueprint, current_app, flash, render_template, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from trainer.assignments.queries import list_requirements
from trainer.content.serving import served
from trainer.core.clock import now, today
from trainer.core.db import transaction
from trainer.core.errors import Conflict, NotFound
from trainer.instructing import operations
from trainer.instructing.access import looking, teaching
from trainer.instructing.downloads import file_answer
from trainer.instructing.forms import CohortForm, FirmsCohortForm, HandOverForm, NewCohortForm, PublicHandOverForm
from trainer.instructing.invitations import choose_teams, list_teams
from trainer.instructing.models import Cohort
from trainer.instructing.operations import CohortFacts
from trainer.instructing.posters import draw_poster
from trainer.instructing.queries import (
    TeachingContext,
    find_reader,
    has_anyone_joined,
    is_approved,
    list_cohorts,
    list_colleagues,
    list_public_cohorts,
    list_views,
)
from trainer.organizations.access import acting, ask_proof, lacks_proof
from trainer.organizations.actor import Actor
from trainer.organizations.codes import show_code
from trainer.organizations.rules import May
from trainer.web.access import Who, access
from trainer.web.forms import Form
from trainer.web.limits import limit_acts
from trainer.web.paper import qr_picture
from trainer.web.redirects import go

blueprint = Blueprint("cohorts", __name__, template_folder="../templates")
USUAL_LENGTH = dt.timedelta(days=60)


@blueprint.get("/organizations/<uuid:organization_id>/cohorts")
@access(Who.ACCOUNT, own=True)
@acting(May.TEACH)
def firms_list(actor: Actor) -> str:
    """List a firm's classes: an owner's all, an instructor's own."""
    return render_template(
        "instructing/cohorts_firm.html",
        actor=actor,
        cohorts=list_cohorts(actor),
        courses=served().courses,
        make_url=url_for(".make_firms", organization_id=actor.organization_id),
    )


@blueprint.route("/organizations/<uuid:organization_id>/cohorts/new", methods=["GET", "POST"])
@access(Who.ACCOUNT, own=True)
@acting(May.TEACH)
def make_firms(actor: Actor) -> Response | str | tuple[str, int]:
    """Create a class of a firm."""
    teams = [(str(team.id), team.name) for team in list_teams(actor)]
    required = {rule.course: rule.title for rule in list_requirements(actor.organization_id)}
    proposed = _proposed(actor.membership.name, actor.today(now()), [*required])
    form = FirmsCohortForm(teams_there=teams, **proposed)
    made = _made(form, actor)
    if made is not None:
        if required and form.course.data not in required:
            flash(_("This class doesn’t count for %(titles)s: another course is required.", titles=_list(required)))
        return made
    page = render_template("instructing/cohort_new_firm.html", actor=actor, form=form, required=_list(required))
    return page, 422 if form.is_submitted() else 200


@blueprint.get("/cohorts")
@access(Who.ACCOUNT)
def public_list() -> Response | str:
    """List one's own public classes, or say who may have some."""
    is_allowed = is_approved(current_user.id)
    if is_allowed and lacks_proof(current_user):
        return ask_proof()
    reader = find_reader(current_user.id)
    return render_template(
        "instructing/cohorts_public.html",
        is_allowed=is_allowed,
        cohorts=list_public_cohorts(current_user.id) if is_allowed else [],
        courses=served().courses,
        make_url=url_for(".make_public"),
        reads_figures=reader is not None,
        is_administrator=reader is not None and reader.is_administrator,
    )


@blueprint.route("/cohorts/new", methods=["GET", "POST"])
@access(Who.ACCOUNT)
@limit_acts("60 per hour", methods=["POST"])
def make_public() -> Response | str | tuple[str, int]:
    """Make a public class."""
    if not is_approved(current_user.id):
        return go(url_for(".public_list"))  # which says who may
    if lacks_proof(current_user):
        return ask_proof()
    form = NewCohortForm(**_proposed(current_user.certificate_name or "", today()))
    made = _made(form, None)
    if made is not None:
        return made
    return render_template("instructing/cohort_new_public.html", form=form), 422 if form.is_submitted() else 200


@blueprint.route("/cohorts/<uuid:cohort_id>/facts", methods=["GET", "POST"])
@access(Who.ACCOUNT, own=True)
@teaching
def change(context: TeachingContext) -> Response | str | tuple[str, int]:
    """Change a class's name, days, places, and until someone has joined what the instructor sees."""
    form = CohortForm(obj=context.cohort)
    if form.validate_on_submit():
        with form.refusing("title"), transaction():
            operations.change_cohort(context, _facts(form), now())
        if not form.errors:
            flash(_("Saved."))
            return _to(context.cohort)
    page = render_template(
        "instructing/cohort_change.html",
        context=context,
        form=form,
        is_fixed=has_anyone_joined(context.cohort),
        views=list_views(context.cohort, is_lapsed_too=True),
    )
    return page, 422 if form.is_submitted() else 200


@blueprint.get("/cohorts/<uuid:cohort_id>/code")
@access(Who.ACCOUNT, own=True)
@teaching
def code(context: TeachingContext) -> str:
    """Show the code large enough to be read from a wall, with its QR picture, link and poster."""
    return render_template(
        "instructing/code.html",
        context=context,
        code=show_code(context.cohort.code),
        address=_address(context.cohort),
        is_open=operations.is_open(context.cohort, context.today(now())),
    )


@blueprint.get("/cohorts/<uuid:cohort_id>/code.svg")
@access(Who.ACCOUNT, own=True)
@teaching
def picture(context: TeachingContext) -> Response:
    """Return the QR picture of the link by which people join."""
    return file_answer(qr_picture(_address(context.cohort)), "image/svg+xml", "code.svg")


@blueprint.get("/cohorts/<uuid:cohort_id>/poster.pdf")
@access(Who.ACCOUNT, own=True)
@teaching
def poster(context: TeachingContext) -> Response:
    """Return a poster of one page, to be printed and hung up."""
    return file_answer(draw_poster(context.cohort, _address(context.cohort)), "application/pdf", "poster.pdf")


@blueprint.route("/cohorts/<uuid:cohort_id>/archival", methods=["GET", "POST"])
@access(Who.ACCOUNT, own=True)
@teaching
def archive(context: TeachingContext) -> Response | str:
    """Archive a class, after saying what stays."""
    form = Form()
    if not form.validate_on_submit():
        return render_template("instructing/archival.html", context=context, form=form)
    try:
        with transaction():
            operations.archive_cohort(context, now())
    except Conflict as error:
        flash(error.message)
    else:
        flash(_("Archived. Nobody can join anymore. You can reopen it at any time."))
    return _to(context.cohort)


@blueprint.post("/cohorts/<uuid:cohort_id>/reopening")
@access(Who.ACCOUNT, own=True)
@teaching
def reopen(context: TeachingContext) -> Response:
    """Restore a class from the archive."""
    try:
        with transaction():
            operations.reopen_cohort(context, now())
    except Conflict as error:
        flash(error.message)
    else:
        flash(_("The class is open again."))
    return _to(context.cohort)


@blueprint.route("/cohorts/<uuid:cohort_id>/hand-over", methods=["GET", "POST"])
@access(Who.ACCOUNT, own=True)
@teaching
def hand_over(context: TeachingContext) -> Response | str | tuple[str, int]:
    """Give a class to another instructor."""
    form = _hand_over_form(context)
    if form.validate_on_submit():
        with form.refusing("membership" if isinstance(form, HandOverForm) else "email"):
            with transaction():
                if isinstance(form, HandOverForm):
                    operations.hand_over_within_firm(context, UUID(str(form.membership.data)), now())
                else:
                    operations.hand_over_in_public(context, str(form.email.data), str(form.name.data), now())
            flash(_("Transferred to %(name)s.", name=context.cohort.taught_by))
            return go(list_url(context))
    page = render_template("instructing/hand_over.html", context=context, form=form)
    return page, 422 if form.is_submitted() else 200


@blueprint.post("/cohorts/<uuid:cohort_id>/views/departure")
@access(Who.ACCOUNT, own=True)
@looking
def leave_view(context: TeachingContext) -> Response:
    """Stop seeing a class that one used to teach."""
    try:
        with transaction():
            operations.leave_view(context, now())
    except Conflict as error:
        flash(error.message)
        return _to(context.cohort)
    flash(_("You no longer see this class."))
    return go(list_url(context))


@blueprint.post("/cohorts/<uuid:cohort_id>/views/<uuid:view_id>/removal")
@access(Who.ACCOUNT, own=True)
@teaching
def remove_view(context: TeachingContext, view_id: UUID) -> Response:
    """End a former instructor's view of the class."""
    try:
        with transaction():
            operations.remove_view(context, view_id, now())
    except NotFound as error:
        flash(error.message)
    else:
        flash(_("Removed. They no longer see this class."))
    return go(url_for(".change", cohort_id=context.cohort.id))


def list_url(context: TeachingContext) -> str:
    """Return the address of the list that a class stands in."""
    if context.organization_id is None:
        return url_for("cohorts.public_list")
    return url_for("cohorts.firms_list", organization_id=context.organization_id)


def _list(required: Mapping[str, str]) -> str:
    return format_list([f"“{title}”" for title in required.values()], locale=get_locale()) if required else ""


def _proposed(name: str, day: dt.date, first: Sequence[str] = ()) -> dict[str, Any]:
    courses = [(slug, course.file.title) for slug, course in served().courses.items() if not course.is_for_renewal]
    courses.sort(key=lambda course: course[0] not in first)
    return {"courses": courses, "taught_by": name, "starts_on": day, "ends_on": day + USUAL_LENGTH}


def _made(form: NewCohortForm, actor: Actor | None) -> Response | None:
    if not form.validate_on_submit():
        return None
    user_id, team_ids = current_user.id, _team_ids(form)
    with form.refusing("title"), transaction():
        cohort = operations.make_cohort(user_id, actor, str(form.course.data), _facts(form), served().courses, now())
        if team_ids:
            choose_teams(TeachingContext(user_id, cohort, actor), team_ids)
    if form.errors:
        return None
    if team_ids:
        flash(_("The class was created. Nobody is invited yet. Check who would be invited, then send the invitations."))
        return go(url_for("class_invitations.invited", cohort_id=cohort.id))
    flash(_("The class was created. Show this code, or print the poster."))
    return go(url_for(".code", cohort_id=cohort.id))


def _team_ids(form: NewCohortForm) -> list[UUID]:
    return [UUID(team_id) for team_id in form.teams.data or []] if isinstance(form, FirmsCohortForm) else []


def _facts(form: CohortForm) -> CohortFacts:
    assert form.starts_on.data is not None
    assert form.ends_on.data is not None
    return CohortFacts(
        title=str(form.title.data),
        taught_by=str(form.taught_by.data),
        starts_on=form.starts_on.data,
        ends_on=form.ends_on.data,
        capacity=form.capacity.data,
        shows_answers=bool(form.shows_answers.data),
        takes_notes=bool(form.takes_notes.data),
    )


def _hand_over_form(context: TeachingContext) -> HandOverForm | PublicHandOverForm:
    if context.actor is None:
        return PublicHandOverForm()
    return HandOverForm(
        people=[(str(colleague.id), colleague.name) for colleague in list_colleagues(context.actor, context.cohort)]
    )


def _address(cohort: Cohort) -> str:
    """Return the link by which people join, as it stands on paper: always of the configured site."""
    base = current_app.config["SETTINGS"].base_url
    return f"{base}{url_for('classes.show', code=show_code(cohort.code))}"


def _to(cohort: Cohort) -> Response:
    return go(url_for("board.board", cohort_id=cohort.id))
