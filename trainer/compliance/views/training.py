"""Training status: who is current, due, overdue; exports; one person's history; waivers."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from trainer.assessment.check_ins import count_done
from trainer.assignments import operations as assignments
from trainer.assignments.queries import get_assignment, list_requirements
from trainer.compliance.forms import WaiverForm
from trainer.compliance.operations import note_export
from trainer.compliance.queries import (
    count_rows,
    iterate_rows,
    list_completions,
    list_person_rows,
    list_round_requests,
    list_rows,
    list_waivers,
    sight_of,
)
from trainer.compliance.rules import Group, Narrowing, Order
from trainer.compliance.sent import list_sent
from trainer.compliance.words import GROUP_NAMES, as_table, chip
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import Conflict, Invalid, NotFound
from trainer.credentials.rules import show_serial
from trainer.credentials.words import disclaimer
from trainer.organizations.access import acting
from trainer.organizations.actor import Actor
from trainer.organizations.queries import get_person, list_teams, team_names
from trainer.organizations.rules import May
from trainer.organizations.waiting import count_unanswered
from trainer.web.access import Who, access
from trainer.web.redirects import go
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
def status(actor: Actor) -> str:
    """Show where everyone stands, narrowed and sorted as the address says."""
    filters, sight, requirements = narrowing(), sight_of(actor, now()), list_requirements(actor.organization_id)
    return render_template(
        "compliance/training.html",
        actor=actor,
        asking=list_round_requests(actor, now()) if actor.may(May.CHANGE_PEOPLE) else [],
        today=sight.today,
        wanted=filters,
        address=address_of(filters),
        requirements=requirements,
        counts=count_rows(sight, filters),
        page=list_rows(sight, filters, request.args.get("after")),
        unanswered=count_unanswered(actor, now()) if actor.may(May.BRING_IN) else 0,
        teams=list_teams(actor),
        group_names=GROUP_NAMES,
        chip=chip,
        show_serial=show_serial,
        disclaimers=[
            disclaimer(state)
            for state in sorted({requirement.unapproved_state or "" for requirement in requirements} - {""})
        ],
    )


@blueprint.post("/exports")
@access(Who.ACCOUNT, own=True)
@acting(May.SEE_TRAINING)
def export(actor: Actor) -> Response:
    """Return the rows that the address asks for as CSV or XLSX; the export is recorded."""
    form = request.form.get("form", "csv")
    if form not in {"csv", "xlsx"}:
        raise Invalid(_("Choose CSV or XLSX."))
    with transaction():
        note_export(actor, form, now())
    table = as_table(iterate_rows(sight_of(actor, now()), narrowing()))
    return csv_answer(table) if form == "csv" else xlsx_answer(table)


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
        try:
            with transaction():
                assignments.waive(actor, assignment_id, str(form.reason.data), form.until.data, now())
        except Invalid as error:
            form.until.errors = [error.message]
        else:
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


def narrowing() -> Narrowing:
    """Return what the address asks for. Raises NotFound for an unknown group, since all rows would be taken for it."""
    group, order = request.args.get("group", ""), request.args.get("order", "")
    if group and group not in set(Group):
        raise NotFound(_("There is no such group of people here. Open training status, and choose one of its tabs."))
    return Narrowing(
        text=request.args.get("q", "")[:100],
        team_id=request.args.get("team", type=UUID),
        requirement_id=request.args.get("requirement", type=UUID),
        group=Group(group) if group in set(Group) else None,
        order=Order(order) if order in set(Order) else Order.NAME,
    )


def address_of(filters: Narrowing) -> dict[str, str]:
    """Return the parts of an address that ask for the same again."""
    parts = {
        "q": filters.text,
        "team": str(filters.team_id or ""),
        "requirement": str(filters.requirement_id or ""),
        "group": filters.group or "",
        "order": "" if filters.order is Order.NAME else filters.order,
    }
    return {name: str(value) for name, value in parts.items() if value}


def _check_duty(actor: Actor, membership_id: UUID, assignment_id: UUID) -> None:
    if get_assignment(actor, assignment_id).membership_id != membership_id:
        raise NotFound


def _person_page(actor: Actor, membership_id: UUID, assignment_id: UUID | None, form: WaiverForm | None) -> str:
    membership, today = get_person(actor, membership_id), actor.today(now())
    return render_template(
        "compliance/person.html",
        actor=actor,
        asking=[waiting for waiting in list_round_requests(actor, now()) if waiting[0].id == membership_id]
        if actor.may(May.CHANGE_PEOPLE)
        else [],
        today=today,
        person=membership,
        team_names=team_names(actor, [membership.id]).get(membership.id, []),
        rows=list_person_rows(actor, membership_id, today),
        completions=list_completions(actor, membership),
        check_ins=count_done(membership.user_id, membership.joined_at)
        if membership.user_id and membership.joined_at and not membership.ended_at
        else None,
        waivers=list_waivers(actor, membership_id),
        sent=list_sent(actor, membership_id=membership.id).rows,
        chip=chip,
        show_serial=show_serial,
        disclaimer=disclaimer,
        refused=assignment_id,
        form=form or WaiverForm(formdata=None),
    )
