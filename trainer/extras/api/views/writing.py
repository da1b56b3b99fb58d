"""/api/v1: what another system may change: people, by their employee numbers."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, g, jsonify, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.extras.api.given import People, PersonData, Sent, number_person, read
from trainer.extras.api.rules import BROUGHT_IN, Scope
from trainer.extras.api.views.api import given_nothing, limited
from trainer.extras.api.views.bearer import bearing
from trainer.extras.api.writing import RefusedPeople, write_people, write_person
from trainer.organizations.actor import Actor
from trainer.web.access import Who, access
from trainer.web.limits import TokenLimit

blueprint = Blueprint("api_writing", __name__, url_prefix="/api/v1")

batches_limited = TokenLimit(30, portion=1, kind="batches")


@blueprint.put("/people/by-number/<employee_number>")
@access(Who.TOKEN)
@limited
@bearing(Scope.PEOPLE_WRITE, tells_token=True)
def put_person(actor: Actor, token_id: UUID, employee_number: str) -> tuple[Response, int]:
    """Write what is said of one person; doing it twice does it once."""
    person = number_person(employee_number, _read(PersonData))
    with transaction():
        written = write_person(actor, token_id, person, now())
    return jsonify(written.values()), 201 if written.result in BROUGHT_IN else 200


@blueprint.patch("/people")
@access(Who.TOKEN)
@limited
@batches_limited
@bearing(Scope.PEOPLE_WRITE, tells_token=True)
def patch_people(actor: Actor, token_id: UUID) -> tuple[Response, int]:
    """Write what is said of many people, or nothing. People who aren't named stay as they are."""
    given = _read(People)
    try:
        with transaction():
            outcome = write_people(actor, token_id, given.people, now())
    except RefusedPeople as refused:
        refusals = refused.refusals
        status = 409 if all(refusal.clashes for refusal in refusals) else 422
        return jsonify(
            error=_("Nothing was written: some of these people can’t be. `refused` says why."),
            status=status,
            request_id=g.request_id,
            refused=[
                {"row": refusal.row, "employee_number": refusal.employee_number, "error": str(refusal.words)}
                for refusal in refusals
            ],
        ), status
    return jsonify(data=[person.values() for person in outcome.people], new_teams=list(outcome.new_teams)), 200


def _read(kind: type[Sent]) -> Sent:
    given_nothing()
    if request.mimetype != "application/json":
        abort(415)
    return read(request.get_data(), kind)
