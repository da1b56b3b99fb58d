"""The people on a firm's roster: list, add, change, role, removal and its undoing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response

from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import Conflict
from trainer.organizations import operations
from trainer.organizations.access import acting
from trainer.organizations.actor import Actor
from trainer.organizations.forms import ROLE_HINTS, ROLE_NAMES, MoveForm, PersonForm, RemovalForm, RoleForm
from trainer.organizations.models import Membership
from trainer.organizations.operations import PersonFacts
from trainer.organizations.queries import (
    MOST_COUNTED,
    PeopleFilter,
    count_up_to,
    get_changeable,
    get_person,
    list_changeable,
    list_people,
)
from trainer.organizations.rules import May, Role, can_undo
from trainer.organizations.team_queries import list_team_ids, list_teams, team_names
from trainer.web.access import Who, access
from trainer.web.forms import Form
from trainer.web.redirects import go
from trainer.web.ways import way_to

blueprint = Blueprint("people", __name__, url_prefix="/organizations/<uuid:organization_id>/people")


@blueprint.get("")
@access(Who.ACCOUNT, own=True)
@acting(May.SEE_PEOPLE)
def people(actor: Actor) -> str:
    """List the people, filtered as the address says."""
    filters = _wanted()
    page = list_people(actor, filters, request.args.get("after"))
    return render_template(
        "organizations/people.html",
        actor=actor,
        wanted=filters,
        page=page,
        teams=list_teams(actor),
        team_names=team_names(actor, [person.id for person in page.rows]),
        counts=count_up_to(actor, MOST_COUNTED),
        most=MOST_COUNTED,
        role_names=ROLE_NAMES,
    )


@blueprint.get("/chosen")
@access(Who.ACCOUNT, own=True)
@acting(May.CHANGE_PEOPLE)
def chosen(actor: Actor) -> Response | str:
    """Show the people who were ticked, and what can be done for all of them."""
    ids = request.args.getlist("person", type=UUID)
    return _chosen_page(actor, ids) if ids else _nobody(actor)


@blueprint.post("/chosen/teams")
@access(Who.ACCOUNT, own=True)
@acting(May.CHANGE_PEOPLE)
def move(actor: Actor) -> Response | tuple[str, int]:
    """Set which teams the chosen people are in."""
    ids, form = request.form.getlist("person", type=UUID), _teams_form(actor)
    if not ids:
        return _nobody(actor)
    if form.validate_on_submit():
        with form.refusing("teams"), transaction():
            people = list_changeable(actor, ids)
            operations.move_people(actor, people, [UUID(team_id) for team_id in form.teams.data or []], now())
        if not form.errors:
            flash(ngettext("Changed the teams of %(num)s person.", "Changed the teams of %(num)s people.", len(people)))
            return go(url_for(".people", organization_id=actor.organization_id))
    return _chosen_page(actor, ids, teams=form), 422


@blueprint.post("/chosen/removal")
@access(Who.ACCOUNT, own=True)
@acting(May.CHANGE_PEOPLE)
def remove_all(actor: Actor) -> Response | tuple[str, int]:
    """Take the chosen people off the roster: all of them, or nobody if one can't be."""
    ids, form = request.form.getlist("person", type=UUID), RemovalForm()
    if not ids:
        return _nobody(actor)
    if form.validate_on_submit():
        assert form.ended_on.data is not None
        with form.refusing("ended_on"), transaction():
            people = list_changeable(actor, ids)
            for person in people:
                operations.remove_person(actor, person, form.ended_on.data, now())
        if not form.errors:
            flash(
                ngettext(
                    "%(num)s person is off the roster. You can undo this on their page for 30 days.",
                    "%(num)s people are off the roster. You can undo this on the page of each for 30 days.",
                    len(people),
                )
            )
            return go(url_for(".people", organization_id=actor.organization_id, state="left"))
    return _chosen_page(actor, ids, removal=form), 422


@blueprint.route("/new", methods=["GET", "POST"])
@access(Who.ACCOUNT, own=True)
@acting(May.CHANGE_PEOPLE)
def add(actor: Actor) -> Response | str | tuple[str, int]:
    """Put a person on the roster."""
    form = _person_form(actor)
    if form.validate_on_submit():
        with form.refusing("name"), _telling_which(form), transaction():
            person = operations.add_person(actor, _facts(form), _team_ids(form), now())
        if not form.errors:
            flash(_("%(name)s is on the roster.", name=person.name))
            return go(url_for(".person", organization_id=actor.organization_id, membership_id=person.id))
    page = render_template("organizations/person_new.html", actor=actor, form=form)
    return page, 422 if form.is_submitted() else 200


@blueprint.get("/<uuid:membership_id>")
@access(Who.ACCOUNT, own=True)
@acting(May.SEE_PEOPLE)
def person(actor: Actor, membership_id: UUID) -> str:
    """Show what the firm has written about a person."""
    membership = get_person(actor, membership_id)
    return render_template(
        "organizations/person.html",
        actor=actor,
        person=membership,
        team_names=team_names(actor, [membership.id]).get(membership.id, []),
        role_names=ROLE_NAMES,
        can_undo=membership.ended_at is not None and can_undo(membership.ended_at, now()),
        form=Form(),
    )


@blueprint.route("/<uuid:membership_id>/facts", methods=["GET", "POST"])
@access(Who.ACCOUNT, own=True)
@acting(May.CHANGE_PEOPLE)
def change(actor: Actor, membership_id: UUID) -> Response | str | tuple[str, int]:
    """Change what the firm has written about a person."""
    membership = get_changeable(actor, membership_id)
    form = _person_form(actor, obj=membership, teams=[str(team_id) for team_id in list_team_ids(membership.id)])
    if form.validate_on_submit():
        with form.refusing("name"), _telling_which(form), transaction():
            operations.change_person(actor, get_changeable(actor, membership_id), _facts(form), _team_ids(form), now())
        if not form.errors:
            flash(_("Saved."))
            return _to(actor, membership_id)
    page = render_template("organizations/person_change.html", actor=actor, person=membership, form=form)
    return page, 422 if form.is_submitted() else 200


@blueprint.route("/<uuid:membership_id>/role", methods=["GET", "POST"])
@access(Who.ACCOUNT, own=True)
@acting(May.SET_ROLES)
def role(actor: Actor, membership_id: UUID) -> Response | str | tuple[str, int]:
    """Give a person another role."""
    membership = get_person(actor, membership_id)
    form = RoleForm(obj=membership)
    if form.validate_on_submit():
        with form.refusing("role"), transaction():
            operations.change_role(
                actor,
                get_person(actor, membership_id),
                Role(str(form.role.data)),
                bool(form.manages_all.data),
                now(),
            )
        if not form.errors:
            flash(_("Saved. This applies from now on."))
            if membership_id == actor.membership.id:
                return go(way_to("firm", organization_id=actor.organization_id))
            return _to(actor, membership_id)
    page = render_template("organizations/role.html", actor=actor, person=membership, form=form, hints=ROLE_HINTS)
    return page, 422 if form.is_submitted() else 200


@blueprint.route("/<uuid:membership_id>/removal", methods=["GET", "POST"])
@access(Who.ACCOUNT, own=True)
@acting(May.CHANGE_PEOPLE)
def remove(actor: Actor, membership_id: UUID) -> Response | str | tuple[str, int]:
    """Take a person off the roster, after saying what stays."""
    membership = get_changeable(actor, membership_id)
    form = RemovalForm(ended_on=actor.today(now()))
    if form.validate_on_submit():
        assert form.ended_on.data is not None
        with form.refusing("ended_on"), transaction():
            operations.remove_person(actor, get_changeable(actor, membership_id), form.ended_on.data, now())
        if not form.errors:
            flash(_("%(name)s is off the roster. You can undo this for 30 days.", name=membership.name))
            if membership_id == actor.membership.id:
                return go(way_to("me"))
            return _to(actor, membership_id)
    page = render_template("organizations/removal.html", actor=actor, person=membership, form=form)
    return page, 422 if form.is_submitted() else 200


@blueprint.post("/<uuid:membership_id>/return")
@access(Who.ACCOUNT, own=True)
@acting(May.CHANGE_PEOPLE)
def undo(actor: Actor, membership_id: UUID) -> Response:
    """Undo a removal."""
    try:
        with transaction():
            operations.undo_removal(actor, get_changeable(actor, membership_id), now())
    except Conflict as error:
        flash(error.message)
    else:
        flash(_("Back on the roster, as a member."))
    return _to(actor, membership_id)


def _nobody(actor: Actor) -> Response:
    flash(_("Check the people first."))
    return go(url_for(".people", organization_id=actor.organization_id))


def _chosen_page(
    actor: Actor, ids: Sequence[UUID], teams: MoveForm | None = None, removal: RemovalForm | None = None
) -> str:
    people = list_changeable(actor, ids)
    return render_template(
        "organizations/people_chosen.html",
        actor=actor,
        people=people,
        team_names=team_names(actor, [person.id for person in people]),
        teams=teams or _teams_form(actor, formdata=None),
        removal=removal or RemovalForm(formdata=None, ended_on=actor.today(now())),
        refused=teams or removal,
    )


def _teams_form(actor: Actor, **values: Any) -> MoveForm:
    form = MoveForm(**values)
    form.teams.choices = [(str(team.id), team.name) for team in list_teams(actor)]
    return form


def _to(actor: Actor, membership_id: UUID) -> Response:
    return go(url_for(".person", organization_id=actor.organization_id, membership_id=membership_id))


def _wanted() -> PeopleFilter:
    """Return what the address asks for; what makes no sense is ignored."""
    role, state = request.args.get("role", ""), request.args.get("state", "here")
    return PeopleFilter(
        text=request.args.get("q", "")[:100],
        team_id=request.args.get("team", type=UUID),
        role=role if role in set(Role) else "",
        state=state if state in {"here", "waiting", "left", "all"} else "here",
    )


def _person_form(actor: Actor, obj: Membership | None = None, **values: Any) -> PersonForm:
    form = PersonForm(obj=obj, **values)
    form.teams.choices = [(str(team.id), team.name) for team in list_teams(actor)]
    return form


@contextmanager
def _telling_which(form: PersonForm) -> Iterator[None]:
    """Say which field somebody else on the roster has: the database says only that one is taken."""
    try:
        yield
    except Conflict as refused:
        raise Conflict(
            _l("Someone on the roster has this address or number. Look for them in the list."),
            field="email" if form.email.data else "employee_number",
        ) from refused


def _facts(form: PersonForm) -> PersonFacts:
    return PersonFacts(
        name=str(form.name.data),
        email=form.email.data,
        job_title=form.job_title.data,
        employee_number=form.employee_number.data,
        hired_on=form.hired_on.data,
    )


def _team_ids(form: PersonForm) -> list[UUID]:
    return [UUID(team_id) for team_id in form.teams.data or []]
