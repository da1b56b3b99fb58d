"""/api/v1, to read: people, assignments, completions, credentials, trainings, emails. `writing.py` has what changes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, current_app, jsonify, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from trainer.assignments.rules import Status
from trainer.compliance.queries import viewer_of
from trainer.compliance.rules import Viewer
from trainer.content.serving import served
from trainer.core.clock import now, read_day, read_instant, today
from trainer.core.errors import Invalid, NotFound
from trainer.core.paging import Page
from trainer.extras.api import openapi
from trainer.extras.api.queries import (
    get_assignment,
    get_given_credential,
    get_given_training,
    get_numbered,
    list_top_ups,
    page_of_assignments,
    page_of_completions,
    page_of_credentials,
    page_of_emails,
    page_of_people,
    page_of_trainings,
)
from trainer.extras.api.records import Assignment, Completion, Credential, Email, Person, Record, Training
from trainer.extras.api.rules import Scope
from trainer.extras.api.views.bearer import bearing
from trainer.organizations.actor import Actor
from trainer.organizations.queries import get_person
from trainer.organizations.team_queries import team_names
from trainer.web.access import Who, access
from trainer.web.limits import TokenLimit

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")

limited = TokenLimit(600, portion=30)


@blueprint.get("/openapi.json")
@access(Who.PUBLIC)
def description() -> Response:
    """Describe the API."""
    return jsonify(openapi.described(_base_url(), served().site.name))


@blueprint.get("/people")
@access(Who.TOKEN)
@limited
@bearing(Scope.PEOPLE)
def people(actor: Actor) -> Response:
    """Give who is on the roster."""
    given = _given("state")
    state = _choice(given, "state", openapi.STATES) or openapi.STATES[0]
    page = page_of_people(actor, state, _number(given, "after"), _limit(given))
    return _answer([Person.of(person, teams) for person, teams in page.rows], page)


@blueprint.get("/people/<uuid:person_id>")
@access(Who.TOKEN)
@limited
@bearing(Scope.PEOPLE)
def person(actor: Actor, person_id: UUID) -> Response:
    """Give one person on the roster, here or gone."""
    given_nothing()
    membership = get_person(actor, person_id)
    teams = team_names(actor, [membership.id]).get(membership.id, [])
    return jsonify(Person.of(membership, teams).values())


@blueprint.get("/people/by-number/<employee_number>")
@access(Who.TOKEN)
@limited
@bearing(Scope.PEOPLE)
def numbered_person(actor: Actor, employee_number: str) -> Response:
    """Give who has an employee number, or had it last."""
    given_nothing()
    membership = get_numbered(actor, employee_number)
    teams = team_names(actor, [membership.id]).get(membership.id, [])
    return jsonify(Person.of(membership, teams).values())


@blueprint.get("/assignments")
@access(Who.TOKEN)
@limited
@bearing(Scope.ASSIGNMENTS)
def assignments(actor: Actor) -> Response:
    """Give where everyone stands in what is required of them."""
    given = _given("status", "requirement_id", "on")
    status = _choice(given, "status", tuple(Status))
    page = page_of_assignments(
        actor,
        Status(status) if status else None,
        _number(given, "requirement_id", openapi.UUID),
        _number(given, "after"),
        _limit(given),
        _viewer(actor, _day(given, "on")),
    )
    return _answer([Assignment.of(row) for row in page.rows], page)


@blueprint.get("/assignments/<uuid:assignment_id>")
@access(Who.TOKEN)
@limited
@bearing(Scope.ASSIGNMENTS)
def assignment(actor: Actor, assignment_id: UUID) -> Response:
    """Give where one person stands in one thing required."""
    given_nothing()
    return jsonify(Assignment.of(get_assignment(actor, assignment_id, actor.today(now()))).values())


@blueprint.get("/completions")
@access(Who.TOKEN)
@limited
@bearing(Scope.COMPLETIONS)
def completions(actor: Actor) -> Response:
    """Give who completed which required course."""
    given = _given("updated_since")
    after = _matching(given, "after", openapi.TWO)
    page = page_of_completions(actor, _instant(given, "updated_since"), after, _limit(given))
    return _answer([Completion.of(person, earned) for person, earned in page.rows], page)


@blueprint.get("/emails")
@access(Who.TOKEN)
@limited
@bearing(Scope.EMAILS)
def emails(actor: Actor) -> Response:
    """List the emails sent to people with the outcome of each, newest first."""
    given = _given()
    page = page_of_emails(actor, _number(given, "after"), _limit(given))
    return _answer([Email.of(sent) for sent in page.rows], page)


@blueprint.get("/credentials")
@access(Who.TOKEN)
@limited
@bearing(Scope.CREDENTIALS)
def credentials(actor: Actor) -> Response:
    """Give the certificates behind all completions."""
    given = _given("updated_since")
    since = _instant(given, "updated_since")
    page = page_of_credentials(actor, since, _matching(given, "after", openapi.TWO), _limit(given))
    due = list_top_ups(actor, page.rows, today())
    return _answer([Credential.of(earned, _base_url(), today(), due.get(earned.id)) for earned in page.rows], page)


@blueprint.get("/trainings")
@access(Who.TOKEN)
@limited
@bearing(Scope.TRAININGS)
def trainings(actor: Actor) -> Response:
    """Give the trainings elsewhere that the firm recorded and a second person approved."""
    given = _given("updated_since")
    after = _matching(given, "after", openapi.TWO)
    page = page_of_trainings(actor, _instant(given, "updated_since"), after, _limit(given))
    return _answer([Training.of(person, training) for person, training in page.rows], page)


@blueprint.get("/trainings/<uuid:training_id>")
@access(Who.TOKEN)
@limited
@bearing(Scope.TRAININGS)
def training(actor: Actor, training_id: UUID) -> Response:
    """Give one training elsewhere that was approved."""
    given_nothing()
    return jsonify(Training.of(*get_given_training(actor, training_id)).values())


@blueprint.get("/credentials/<serial>")
@access(Who.TOKEN)
@limited
@bearing(Scope.CREDENTIALS)
def credential(actor: Actor, serial: str) -> Response:
    """Give one certificate by its number."""
    given_nothing()
    earned = get_given_credential(actor, serial)
    due = list_top_ups(actor, [earned], today())
    return jsonify(Credential.of(earned, _base_url(), today(), due.get(earned.id)).values())


def _answer(records: Sequence[Record], page: Page[Any]) -> Response:
    following = None
    if page.next_after is not None:
        query = urlencode({**request.args.to_dict(), "after": page.next_after})
        following = f"{_base_url()}{request.path}?{query}"
    return jsonify(data=[record.values() for record in records], next=following)


def _given(*more: str) -> dict[str, str]:
    """Return the parameters.

    Unknown ones are refused: to ignore a misspelled filter would give out more than was asked for.
    """
    for name, values in request.args.lists():
        if name not in {"limit", "after", *more}:
            raise Invalid(_("%(name)s: there is no such parameter here.", name=name))
        if len(values) > 1:
            raise Invalid(_("%(name)s: give it once.", name=name))
    return request.args.to_dict()


def given_nothing() -> None:
    """Refuse all parameters."""
    for name in request.args:
        raise Invalid(_("%(name)s: there is no such parameter here.", name=name))


def _limit(given: dict[str, str]) -> int:
    text = given.get("limit", str(openapi.USUAL))
    limit = int(text) if re.fullmatch("[0-9]{1,3}", text) else 0
    if not 1 <= limit <= openapi.LARGEST:
        raise Invalid(_("limit: use a whole number from 1 to %(most)s.", most=openapi.LARGEST))
    return limit


def _choice(given: dict[str, str], name: str, choices: tuple[str, ...]) -> str | None:
    value = given.get(name)
    if value is not None and value not in choices:
        raise Invalid(_("%(name)s: use one of %(choices)s.", name=name, choices=", ".join(choices)))
    return value


def _number(given: dict[str, str], name: str, pattern: str = openapi.ONE) -> UUID | None:
    value = _matching(given, name, pattern)
    return UUID(value) if value else None


def _viewer(actor: Actor, day: dt.date | None) -> Viewer:
    """Return the viewer of a day. Raises NotFound for a day without records: the parameter itself is valid."""
    try:
        return viewer_of(actor, now(), day)
    except Invalid as error:
        raise NotFound(error.message) from None


def _day(given: dict[str, str], name: str) -> dt.date | None:
    value = given.get(name)
    day = read_day(value) if value is not None else None
    if value is not None and day is None:
        raise Invalid(_("%(name)s: write it like 2026-11-23.", name=name))
    return day


def _instant(given: dict[str, str], name: str) -> dt.datetime | None:
    value = given.get(name)
    if value is None:
        return None
    instant = read_instant(value) if re.fullmatch(openapi.INSTANT, value) else None
    if instant is None:
        raise Invalid(_("%(name)s: write it like 2026-11-23T15:00:00Z.", name=name))
    return instant


def _matching(given: dict[str, str], name: str, pattern: str) -> str:
    """Return a parameter of this form, or an empty text if it isn't given."""
    value = given.get(name)
    if value is not None and not re.fullmatch(pattern, value):
        raise Invalid(_("%(name)s: this isn’t one of ours. Take it as we gave it.", name=name))
    return value or ""


def _base_url() -> str:
    base_url: str = current_app.config["SETTINGS"].base_url
    return base_url
