"""Opening another round of a final for someone in a firm who asks for it."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from trainer.assessment import rounds
from trainer.assessment.forms import GrantForm
from trainer.assignments.queries import has_open_duty
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import Conflict, NotFound
from trainer.organizations.access import acting
from trainer.organizations.actor import Actor
from trainer.organizations.queries import get_person
from trainer.organizations.rules import May
from trainer.web.access import Who, access
from trainer.web.redirects import go

blueprint = Blueprint(
    "training_rounds",
    __name__,
    url_prefix="/organizations/<uuid:organization_id>/training/<uuid:membership_id>/rounds",
)


@blueprint.route("/<uuid:request_id>", methods=["GET", "POST"])
@access(Who.ACCOUNT, own=True)
@acting(May.CHANGE_PEOPLE)
def grant(actor: Actor, membership_id: UUID, request_id: UUID) -> Response | str | tuple[str, int]:
    """Ask for a reason, and open the round."""
    person = get_person(actor, membership_id)
    if person.user_id is None or person.user_id == actor.user_id:
        raise NotFound
    history = url_for("training.person", organization_id=actor.organization_id, membership_id=membership_id)
    form, users = GrantForm(), [person.user_id]
    try:
        if not has_open_duty(actor.organization, person.id, rounds.get_waiting(request_id, users).course, now()):
            raise Conflict(_("Your firm doesn’t require this course of them now."))
        if form.validate_on_submit():
            with transaction():
                rounds.grant(
                    rounds.get_waiting(request_id, users),
                    str(form.reason.data),
                    now(),
                    actor_id=actor.user_id,
                    organization_id=actor.organization_id,
                    subject_id=membership_id,
                )
            flash(_("Another round is open. They’re told by email."))
            return go(history)
    except Conflict as error:
        flash(error.message)
        return go(history)
    status = 422 if form.is_submitted() else 200
    return render_template("compliance/round.html", actor=actor, person=person, form=form, back=history), status
