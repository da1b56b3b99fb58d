"""Further questions about open scenes: one of several, several of many, mark the signs; the answer at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, jsonify, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from trainer.assessment import operations, rules
from trainer.assessment.forms import DrillForm
from trainer.assessment.models import Attempt
from trainer.assessment.models import Response as Given
from trainer.assessment.queries import get_attempt, get_attempt_with_response, get_response, list_responses
from trainer.assessment.rules import Kind
from trainer.assessment.views.steps import after, answered_positions, credit
from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.core.errors import NotFound, NotYet
from trainer.courses.current import content, get_course
from trainer.learning.activity import opened_mark
from trainer.learning.models import Enrollment
from trainer.learning.operations import enroll
from trainer.web.access import Who, access
from trainer.web.errors import error_response, wants_json
from trainer.web.redirects import go

blueprint = Blueprint("drills", __name__, template_folder="../templates")


@blueprint.post("/courses/<course>/drills")
@access(Who.LEARNER)
def start(course: str) -> Response:
    """Start some further questions, or go on with those under way."""
    whole, user_id = get_course(course), current_user.id
    with transaction():
        enrollment = enroll(user_id, whole, now())
        attempt_id = operations.start_drill(enrollment, content(), whole.file.practice.scenes, now()).id
    return go(url_for("assessment.attempt", attempt_id=attempt_id))


@blueprint.get("/attempts/<uuid:attempt_id>/questions/<int(max=999):position>")
@access(Who.LEARNER, own=True)
def question(attempt_id: UUID, position: int) -> str:
    """Show one question, or its answer once it was given."""
    found, given = _get(attempt_id, position)
    if given.recorded_at is not None or found.submitted_at is not None:
        return _answer_page(found, given)
    form = DrillForm.for_question(given.snapshot.payload, given.action_order, (given.given or {}).get("chosen", []))
    return _question_page(found, given, form)


@blueprint.post("/attempts/<uuid:attempt_id>/questions/<int(max=999):position>")
@access(Who.LEARNER, own=True)
def save(attempt_id: UUID, position: int) -> Response | tuple[str, int]:
    """Save what is chosen. With `autosave=1` (our script) as far as it goes; otherwise for good, and go on."""
    user_id, at, is_autosave = current_user.id, now(), request.form.get("autosave") == "1"
    with transaction():
        found, given = get_attempt_with_response(user_id, attempt_id, position)
        if found.kind != Kind.DRILL:
            raise NotFound
        form = DrillForm.for_saving(_type_of(found, position), given.action_order, allow_gaps=is_autosave)
        is_valid = form.validate()
        if form.is_tampered:
            return error_response(400, _("This answer isn’t one of the choices. Load the page again."))
        if is_valid:
            version = operations.save_response(
                found, given, {"chosen": form.given}, int(form.version.data or 0), at, record=not is_autosave
            )
            if not is_autosave:
                credit(found, request.form.get("opened_at"), at)
    if not is_valid:
        found, given = _get(attempt_id, position)
        form.show(given.snapshot.payload)
        return _question_page(found, given, form), 422
    if wants_json():
        return jsonify(version=version)
    return go(url_for(".question", attempt_id=attempt_id, position=position))


@blueprint.get("/attempts/<uuid:attempt_id>/points")
@access(Who.LEARNER, own=True)
def result(attempt_id: UUID) -> str:
    """Say how the questions went, each with its answer."""
    found = get_attempt(current_user.id, attempt_id)
    if found.kind != Kind.DRILL:
        raise NotFound
    if found.submitted_at is None or found.tally is None:
        raise NotYet("This isn’t handed in yet.")
    return render_template(
        "assessment/drill_result.html",
        attempt=found,
        course=content().courses.get(found.course),
        tally=found.tally,
        answers=[
            (one.position, one.snapshot.payload, rules.mark(one.snapshot.payload, chosen), chosen)
            for one, chosen in ((one, (one.given or {}).get("chosen", [])) for one in list_responses(found))
            if one.recorded_at is not None
        ],
    )


def _get(attempt_id: UUID, position: int) -> tuple[Attempt, Given]:
    found = get_attempt(current_user.id, attempt_id)
    if found.kind != Kind.DRILL:
        raise NotFound
    return found, get_response(found, position)


def _type_of(found: Attempt, position: int) -> str:
    return str(get_response(found, position).snapshot.payload["type"])


def _question_page(found: Attempt, given: Given, form: DrillForm) -> str:
    enrollment = db.session.get_one(Enrollment, found.enrollment_id)
    return render_template(
        "assessment/question.html",
        attempt=found,
        question=_shown(found, given),
        form=form,
        version=given.version,
        opened_at=opened_mark(enrollment, now()),
        done=answered_positions(found),
        skip_url=after(found, given.position + 1),
    )


def _answer_page(found: Attempt, given: Given) -> str:
    chosen: Sequence[str] = (given.given or {}).get("chosen", [])
    return render_template(
        "assessment/question_answer.html",
        attempt=found,
        question=_shown(found, given),
        asked=given.snapshot.payload,
        marked=rules.mark(given.snapshot.payload, chosen),
        chosen=chosen,
        done=answered_positions(found),
        next_url=after(found, given.position + 1)
        if found.submitted_at is None
        else url_for(".result", attempt_id=found.id),
    )


def _shown(found: Attempt, given: Given) -> Mapping[str, Any]:
    """Return the side of a question that may be shown before answering."""
    payload = given.snapshot.payload
    return {
        "position": given.position,
        "of": found.scenes,
        "type": payload["type"],
        "ask": payload["ask"],
        "setting": payload["setting"],
        "note": payload["note"],
        "paragraphs": payload["paragraphs"],
    }
