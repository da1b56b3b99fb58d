"""Opening another round of the final for someone in a class who asks for it."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from trainer.assessment import rounds
from trainer.assessment.forms import GrantForm
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import Conflict, NotFound
from trainer.instructing.access import teaching
from trainer.instructing.queries import TeachingContext, find_membership, users_of
from trainer.web.access import Who, access
from trainer.web.redirects import go

blueprint = Blueprint("class_rounds", __name__, url_prefix="/cohorts/<uuid:cohort_id>/rounds")


@blueprint.route("/<uuid:request_id>", methods=["GET", "POST"])
@access(Who.ACCOUNT, own=True)
@teaching
def grant(context: TeachingContext, request_id: UUID) -> Response | str | tuple[str, int]:
    """Ask for a reason, and open the round."""
    board = url_for("board.board", cohort_id=context.cohort.id)
    form = GrantForm()
    try:
        request = rounds.get_waiting(request_id, users_of(context.cohort))
        member = find_membership(request.user_id, context.cohort)
        if request.course != context.cohort.course or member is None or request.user_id == context.user_id:
            raise NotFound  # nobody opens a round for themselves
        if form.validate_on_submit():
            with transaction():
                rounds.grant(
                    rounds.get_waiting(request_id, users_of(context.cohort)),
                    str(form.reason.data),
                    now(),
                    actor_id=context.user_id,
                    organization_id=context.organization_id,
                    subject_id=member.id,
                )
            flash(_("Another round is open. They’re told by email."))
            return go(board)
    except Conflict as error:
        flash(error.message)
        return go(board)
    status = 422 if form.is_submitted() else 200
    return render_template("instructing/round.html", context=context, member=member, form=form, back=board), status
