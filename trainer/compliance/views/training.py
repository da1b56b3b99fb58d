"""Training status: who is current, due, overdue; exports; one person's history; waivers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from trainer.assessment.check_ins import count_done
from trainer.assignments import operations as assignments
from trainer.assignments.earlier_queries import list_trainings
from trainer.assignments.models import Requirement, RequirementVersion
from trainer.assignments.queries import get_assignment
from trainer.compliance.forms import WaiverForm
from trainer.compliance.operations import note_export
from trainer.compliance.queries import (
    asks_top_ups,
    find_owing,
    iterate_rows,
    known_since,
    list_and_count,
    list_completions,
    list_person_rows,
    list_places,
    list_round_requests,
    list_rules,
    list_seen,
    list_waivers,
    read_trend,
    viewer_of,
)
from trainer.compliance.query_string import address_of, asked_day, read_status_filter
from trainer.compliance.rules import DayShare, StatusFilter, StatusOrder, Viewer, month_ends, worst_first
from trainer.compliance.sent import list_sent
from trainer.compliance.status_paper import StatusPaper, draw_status, percent
from trainer.compliance.words import GROUP_NAMES, as_table, chip, disclaimers_of, export_name
from trainer.content.serving import served
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import Conflict, Invalid, NotFound
from trainer.credentials.rules import show_serial
from trainer.credentials.words import disclaimer, reason_words
from trainer.learning.top_ups import HeldCredential, top_ups_due
from trainer.organizations.access import acting
from trainer.organizations.actor import Actor
from trainer.organizations.queries import get_person, is_catching_up, names_of
from trainer.organizations.rules import May
from trainer.organizations.team_queries import team_names
from trainer.organizations.waiting import count_by_need
from trainer.web.access import Who, access
from trainer.web.paper import pdf_answer
from trainer.web.redirects import go
from trainer.web.replica import answer_from_replica
from trainer.web.tables import csv_answer, xlsx_answer

blueprint = Blueprint(
    "training",
    __name__,
    template_folder="../templates",
    url_prefix="/organizations/<uuid:organization_id>/training",
)


@blueprint.get("")
@access(Who.ACCOUNT, own=True)
@acting(May.SEE_TRAINING)
def status(actor: Actor) -> str | tuple[str, int]:
    """Show where everyone stands, or stood on a past day, narrowed and sorted as the address says."""
    try:
        return _status_page(actor, viewer_of(actor, now(), asked_day()))
    except Invalid as error:
        return _status_page(actor, viewer_of(actor, now()), error.message), 422


@blueprint.post("/exports")
@access(Who.ACCOUNT, own=True, is_long=True)
@acting(May.SEE_TRAINING)
def export(actor: Actor) -> Response:
    """Return the rows that the address asks for as CSV, XLSX or PDF; the export is recorded."""
    form, filters = request.form.get("form", "csv"), read_status_filter()
    if form not in {"csv", "xlsx", "pdf"}:
        raise Invalid(_("Choose CSV, XLSX, or PDF."))
    viewer = viewer_of(actor, now(), asked_day())
    with transaction():
        note_export(actor, form, viewer.today if viewer.is_past else None, now())
    return answer_from_replica(lambda: _file(actor, viewer, filters, form))


@blueprint.get("/<uuid:membership_id>")
@access(Who.ACCOUNT, own=True)
@acting(May.SEE_TRAINING)
def person(actor: Actor, membership_id: UUID) -> str:
    """Show one person's duties and all that the firm's records hold of them."""
    return _person_page(actor, membership_id, None, None)


@blueprint.post("/<uuid:membership_id>/waivers/<uuid:assignment_id>")
@access(Who.ACCOUNT, own=True)
@acting(May.CHANGE_PEOPLE)
def waive(actor: Actor, membership_id: UUID, assignment_id: UUID) -> Response | tuple[str, int]:
    """Excuse someone from a duty until a day."""
    _check_duty(actor, membership_id, assignment_id)
    form = WaiverForm()
    if form.validate_on_submit():
        assert form.until.data is not None
        with form.refusing("until"), transaction():
            assignments.waive(actor, assignment_id, str(form.reason.data), form.until.data, now())
        if not form.errors:
            flash(_("Waived. No reminders go out until then."))
            return go(url_for(".person", organization_id=actor.organization_id, membership_id=membership_id))
    return _person_page(actor, membership_id, assignment_id, form), 422


@blueprint.post("/<uuid:membership_id>/waivers/<uuid:assignment_id>/end")
@access(Who.ACCOUNT, own=True)
@acting(May.CHANGE_PEOPLE)
def end_waiver(actor: Actor, membership_id: UUID, assignment_id: UUID) -> Response:
    """Withdraw a waiver."""
    _check_duty(actor, membership_id, assignment_id)
    try:
        with transaction():
            assignments.end_waiver(actor, assignment_id, now())
    except Conflict as error:
        flash(error.message)
    else:
        flash(_("The waiver is withdrawn."))
    return go(url_for(".person", organization_id=actor.organization_id, membership_id=membership_id))


def is_of_one(requirements: Sequence[Requirement | RequirementVersion], filters: StatusFilter) -> bool:
    """Return True if all rows are of one requirement."""
    return len(requirements) == 1 or filters.requirement_id is not None


def _file(actor: Actor, viewer: Viewer, filters: StatusFilter, form: str) -> Response:
    day = viewer.today if viewer.is_past else None
    if form == "pdf":
        return pdf_answer(export_name(day), draw_status(_paper(actor, viewer, filters)))
    table = as_table(iterate_rows(viewer, filters), day)
    return csv_answer(table) if form == "csv" else xlsx_answer(table)


def _paper(actor: Actor, viewer: Viewer, filters: StatusFilter) -> StatusPaper:
    return StatusPaper(
        firm=actor.organization.name,
        today=viewer.today,
        requirements=list_rules(viewer),
        rows=iterate_rows(viewer, replace(filters, group=None)),  # whose numbers it has, as the page does
        status_filter=filters,
        teams={team.id: team.name for team in list_places(viewer)},
        has_sections=filters.has_no_email,  # whoever tells them in person does so at one site
    )


def _status_page(actor: Actor, viewer: Viewer, refusal: str | None = None) -> str:
    filters, requirements = find_owing(viewer, read_status_filter()), list_rules(viewer)
    address = address_of(filters, viewer)
    if "order" in request.args:
        address["order"] = filters.order
    else:  # first whoever has something to do; files are by name
        filters = replace(filters, order=StatusOrder.DUE)
    after = request.args.get("after") if refusal is None else None
    page, counts = list_and_count(viewer, filters, after, is_single=is_of_one(requirements, filters))
    teams, shown = list_places(viewer), [row for rows in page.rows for row in rows]
    counted = [(team, counts.by_team[team.id]) for team in teams if team.id in counts.by_team]
    return render_template(
        "compliance/training.html",
        actor=actor,
        asking=list_round_requests(actor, now()) if actor.may(May.CHANGE_PEOPLE) and not viewer.is_past else [],
        viewer=viewer,
        is_catching_up=not viewer.is_past and is_catching_up(actor.organization_id),
        today=viewer.today,
        refusal=refusal,
        latest=actor.today(now()),
        known_since=known_since(actor.organization, viewer),
        wanted=filters,
        asks_top_ups=asks_top_ups(),
        address=address,
        requirements=requirements,
        counts=counts,
        page=page,
        columns=[rule for rule in requirements if rule.id in {row.requirement_id for row in shown}],
        linked=list_seen(actor, {row.membership_id for row in shown}) if viewer.is_past else None,
        months=_months(actor, filters) if "months" in request.args and not viewer.is_past else None,
        by_need=count_by_need(actor, now()) if actor.may(May.BRING_IN) and not viewer.is_past else None,
        percent=percent,
        teams=teams,
        by_team=sorted(counted, key=lambda pair: worst_first(pair[0].name, pair[1])),
        group_names=GROUP_NAMES,
        chip=chip,
        show_serial=show_serial,
        disclaimers=disclaimers_of(requirements),
    )


def _months(actor: Actor, filters: StatusFilter) -> list[DayShare]:
    """Return how many were current at the ends of months, if anything was required then: twelve days are read anew."""
    whose = StatusFilter(team_id=filters.team_id, requirement_id=filters.requirement_id)
    days = month_ends(actor.today(now()))
    return [month for month in read_trend(actor.organization, actor.team_ids, now(), days, whose) if month.people]


def _check_duty(actor: Actor, membership_id: UUID, assignment_id: UUID) -> None:
    if get_assignment(actor, assignment_id).membership_id != membership_id:
        raise NotFound


def _person_page(actor: Actor, membership_id: UUID, assignment_id: UUID | None, form: WaiverForm | None) -> str:
    membership, viewer = get_person(actor, membership_id), viewer_of(actor, now(), asked_day())
    rows, completions = list_person_rows(actor, membership_id, viewer), list_completions(actor, membership)
    waivers = list_waivers(actor, membership_id)
    return render_template(
        "compliance/person.html",
        actor=actor,
        asking=[waiting for waiting in list_round_requests(actor, now()) if waiting[0].id == membership_id]
        if actor.may(May.CHANGE_PEOPLE)
        else [],
        viewer=viewer,
        today=viewer.today,
        known_since=known_since(actor.organization, viewer),
        person=membership,
        team_names=team_names(actor, [membership.id]).get(membership.id, []),
        rows=rows,
        completions=completions,
        top_ups={}
        if membership.ended_at
        else top_ups_due(map(HeldCredential.of, completions), served().courses, actor.today(now())),
        check_ins=count_done(membership.user_id, membership.joined_at)
        if membership.user_id and membership.joined_at and not membership.ended_at
        else None,
        trainings=list_trainings(actor, membership_id),
        waivers=waivers,
        deciders=names_of(actor, {waiver.created_by_id for waiver, _title in waivers}),
        reason_words=reason_words,
        sent=list_sent(actor, membership_id=membership.id).rows,
        chip=chip,
        show_serial=show_serial,
        disclaimer=disclaimer,
        refused=assignment_id,
        form=form or WaiverForm(formdata=None),
    )
