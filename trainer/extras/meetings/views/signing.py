"""Sign off what was taught at a meeting, and undo it within the hour."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, current_app, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import Conflict, NotFound
from trainer.extras.meetings import sessions, undoing
from trainer.extras.meetings.forms import SignatureForm
from trainer.extras.meetings.presence import get_signature
from trainer.extras.meetings.queries import get_class_session
from trainer.extras.meetings.sessions import Outcome
from trainer.extras.meetings.views.meetings import find_course, get_course, meeting_page
from trainer.instructing.access import teaching
from trainer.instructing.queries import TeachingContext
from trainer.web.access import Who, access
from trainer.web.redirects import go

blueprint = Blueprint("signing", __name__, url_prefix="/cohorts/<uuid:cohort_id>")


@blueprint.post("/sessions/<uuid:class_session_id>/sign-off")
@access(Who.ACCOUNT, own=True)
@teaching
def sign_off(context: TeachingContext, class_session_id: UUID) -> Response | tuple[str, int]:
    """Sign off the lessons taught for everyone who was there."""
    get_class_session(context, class_session_id)
    form, is_local = SignatureForm(), current_app.config["SETTINGS"].is_local
    if form.validate_on_submit():
        with form.refusing("signer"), transaction():
            done = sessions.sign_off(
                context, class_session_id, str(form.signer.data), get_course(context), is_local, now()
            )
        if not form.errors:
            _say(done)
            return go(url_for("meetings.meeting", cohort_id=context.cohort.id, class_session_id=class_session_id))
    return meeting_page(context, class_session_id, signature=form), 422


@blueprint.post("/signatures/<uuid:signature_id>/undoing")
@access(Who.ACCOUNT, own=True)
@teaching
def undo(context: TeachingContext, signature_id: UUID) -> Response:
    """Undo a sign-off for one person or for everyone, within the hour."""
    held_id = get_signature(context.cohort, signature_id).session_id
    person_id = request.form.get("person", type=UUID)
    if person_id is None and request.form.get("person"):
        raise NotFound  # an id that can't be read must not undo it for everyone
    try:
        with transaction():
            undone = undoing.undo(context, signature_id, person_id, find_course(context), now())
    except Conflict as error:
        flash(error.message)
    else:
        if undone.people:
            flash(ngettext("Undone for %(num)s person.", "Undone for %(num)s people.", undone.people))
        for name in undone.kept:
            flash(
                _(
                    "Not undone for %(name)s, who has completed the course. A certificate can only be withdrawn, and "
                    "only by the people who run this site.",
                    name=name,
                )
            )
    return go(url_for("meetings.meeting", cohort_id=context.cohort.id, class_session_id=held_id))


def _say(done: Outcome) -> None:
    said = ngettext("Signed off for %(num)s person.", "Signed off for %(num)s people.", done.people)
    flash(said if done.people else _("Nothing new to sign off."))
    if done.held_back:
        flash(
            ngettext(
                "%(num)s lesson doesn’t count yet: someone has to read an earlier one first.",
                "%(num)s lessons don’t count yet: someone has to read earlier ones first.",
                done.held_back,
            )
        )
