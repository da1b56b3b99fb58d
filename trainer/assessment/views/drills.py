"""Further questions about open scenes, of any type; the answer at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, jsonify, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from trainer.assessment import operations, shown
from trainer.assessment.attempt_policies import What, policy_of
from trainer.assessment.localized import localize_question
from trainer.assessment.models import Attempt
from trainer.assessment.models import Response as Given
from trainer.assessment.queries import get_attempt, get_attempt_with_response, get_page, list_responses
from trainer.assessment.steps import after, answered_positions, credit, is_outdated, refused, scene_mark
from trainer.content.objects import TranslationStanding
from trainer.content.serving import get_course, served
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import Conflict, NotFound, NotYet
from trainer.items.contract import FurtherPayload, Mark
from trainer.items.forms import AnswerForm
from trainer.items.registry import further_type_of, read_further
from trainer.learning.models import Enrollment
from trainer.learning.operations import enroll
from trainer.web.access import Who, access
from trainer.web.errors import error_response, wants_json
from trainer.web.redirects import go

blueprint = Blueprint("drills", __name__, template_folder="../templates")


@blueprint.post("/courses/<course>/drills")
@access(Who.LEARNER, begins=True)
def start(course: str) -> Response:
    """Start some further questions, or go on with those under way."""
    whole, user_id = get_course(course), current_user.id
    with transaction():
        enrollment = enroll(user_id, whole, now())
        attempt_id = operations.start_drill(enrollment, served(), whole.file.practice.scenes, now()).id
    return go(url_for("assessment.attempt", attempt_id=attempt_id))


@blueprint.get("/attempts/<uuid:attempt_id>/questions/<int(max=999):position>")
@access(Who.LEARNER, own=True)
def question(attempt_id: UUID, position: int) -> str:
    """Show one question, or its answer once it was given."""
    attempt, given, enrollment = _get(attempt_id, position)
    if given.recorded_at is not None or attempt.submitted_at is not None:
        return _answer_page(attempt, given)
    form = further_type_of(given.item).form.for_asking(_localized(given)[0], given.action_order, given.given or {})
    return _question_page(attempt, given, enrollment, form)


@blueprint.post("/attempts/<uuid:attempt_id>/questions/<int(max=999):position>")
@access(Who.LEARNER, own=True)
def save(attempt_id: UUID, position: int) -> Response | tuple[str, int]:
    """Save what is given, and go on. It is for good once it is whole; with `autosave=1` (our script) never.

    Where an answer takes several steps, only the last of them is for good.
    """
    user_id, at, is_autosave = current_user.id, now(), request.form.get("autosave") == "1"
    try:
        with transaction():
            attempt, given = get_attempt_with_response(user_id, attempt_id, position)
            if policy_of(attempt).what is not What.QUESTIONS:
                raise NotFound
            form = further_type_of(given.item).form.for_saving(given.action_order, allow_gaps=is_autosave)
            is_valid = form.validate()
            if form.is_tampered:
                return error_response(400, _("This answer isn’t one of the choices. Reload the page."))
            if is_valid:
                version = operations.save_response(
                    attempt,
                    given,
                    form.given,
                    int(form.version.data or 0),
                    at,
                    record=not is_autosave and form.is_whole(form.given),
                )
                if not is_autosave:
                    credit(attempt, position, request.form.get("opened_at"), at)
    except Conflict as error:
        return _refused(error, attempt_id, position, int(form.version.data or 0))
    if not is_valid:
        attempt, given, enrollment = _get(attempt_id, position)
        form.show(_localized(given)[0])
        return _question_page(attempt, given, enrollment, form), 422
    if wants_json():
        return jsonify(version=version)
    return go(url_for(".question", attempt_id=attempt_id, position=position))


@blueprint.get("/attempts/<uuid:attempt_id>/points")
@access(Who.LEARNER, own=True)
def result(attempt_id: UUID) -> str:
    """Say how the questions went, each with its answer."""
    attempt = get_attempt(current_user.id, attempt_id)
    if policy_of(attempt).what is not What.QUESTIONS:
        raise NotFound
    if attempt.submitted_at is None or attempt.tally is None:
        raise NotYet(_("This isn’t handed in yet."))
    answered = [response for response in list_responses(attempt) if response.recorded_at is not None]
    return render_template(
        "assessment/drill_result.html",
        attempt=attempt,
        course=served().courses.get(attempt.course),
        tally=policy_of(attempt).read(attempt.tally),
        answers=[
            (response.position, response.item_digest, further_type_of(response.item), *_marked(response))
            for response in answered
        ],
    )


def _localized(given: Given) -> tuple[FurtherPayload, TranslationStanding]:
    """Return the question in its reader's language, and how it stands there."""
    return localize_question(read_further(given.snapshot.payload), given.item)


def _marked(given: Given) -> tuple[FurtherPayload, Mark | None, Mapping[str, Any]]:
    payload, said = _localized(given)[0], given.given or {}
    return payload, payload.mark(said), said


def _get(attempt_id: UUID, position: int) -> tuple[Attempt, Given, Enrollment]:
    attempt, given, enrollment = get_page(current_user.id, attempt_id, position)
    if policy_of(attempt).what is not What.QUESTIONS:
        raise NotFound
    return attempt, given, enrollment


def _refused(error: Conflict, attempt_id: UUID, position: int, version: int) -> Response | tuple[str, int]:
    """Show what is saved where another tab was faster, or else why nothing can be saved anymore."""
    attempt, given, enrollment = _get(attempt_id, position)
    if wants_json() or not is_outdated(attempt, given, version):
        return refused(error, attempt)
    form = further_type_of(given.item).form.for_asking(_localized(given)[0], given.action_order, given.given or {})
    return _question_page(attempt, given, enrollment, form, is_newer=True), 409


def _question_page(
    attempt: Attempt, given: Given, enrollment: Enrollment, form: AnswerForm, *, is_newer: bool = False
) -> str:
    payload, translation = _localized(given)
    return render_template(
        "assessment/question.html",
        attempt=attempt,
        translation=translation,
        question=shown.where(payload, given.position, attempt.scenes),
        type=further_type_of(given.item),
        payload=payload,
        form=form,
        version=given.version,
        is_newer=is_newer,
        opened_at=scene_mark(enrollment, attempt, given.position, now()),
        done=answered_positions(attempt),
        skip_url=after(attempt, given.position + 1),
    )


def _answer_page(attempt: Attempt, given: Given) -> str:
    payload, mark, said = _marked(given)
    return render_template(
        "assessment/question_answer.html",
        attempt=attempt,
        translation=_localized(given)[1],
        question=shown.where(payload, given.position, attempt.scenes),
        type=further_type_of(given.item),
        payload=payload,
        mark=mark,
        given=said,
        digest=given.item_digest,
        done=answered_positions(attempt),
        next_url=after(attempt, given.position + 1)
        if attempt.submitted_at is None
        else url_for(".result", attempt_id=attempt.id),
    )
