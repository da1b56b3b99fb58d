"""The practice shift: starting one, and the handover at its end."""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

from flask import Blueprint, current_app, jsonify, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from trainer.assessment.models import Attempt
from trainer.assessment.operations import submit_attempt
from trainer.assessment.queries import get_attempt
from trainer.assessment.rules import Kind
from trainer.assessment.steps import course_title
from trainer.content.nights import Handover
from trainer.content.serving import get_course, served, served_in
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import NotFound
from trainer.extras.nights import handovers, words
from trainer.extras.nights.forms import HandoverForm, PointsForm
from trainer.extras.nights.handovers import HandoverDraft, find_handover, find_shift
from trainer.extras.nights.operations import start_shift
from trainer.extras.nights.telling import night_of
from trainer.learning.operations import enroll
from trainer.web.access import Who, access
from trainer.web.errors import error_response, wants_json
from trainer.web.language import language_tag
from trainer.web.redirects import go
from trainer.web.unsaved import find_saved_form, forget_saved_form

blueprint = Blueprint("shifts", __name__, template_folder="../templates")


class LastStep(NamedTuple):
    """What an attempt ends with before its result: a page, and what leads to it is called."""

    address: str
    label: str


@blueprint.app_context_processor
def _for_pages_of_others() -> dict[str, Any]:
    return {"handover_of": _handover_of, "night_of": night_of, "rare_words": words}


def _handover_of(attempt: Attempt) -> tuple[HandoverDraft, Handover | None]:
    """Return the handover written for the next shift, and the practice shift's model for it."""
    return HandoverDraft.of(attempt), find_handover(attempt, served_in(language_tag()))


def last_step(attempt: Attempt) -> LastStep | None:
    """Return the step after the last answer of a practice shift, or None."""
    if find_handover(attempt, served()) is None:
        return None
    return LastStep(url_for("shifts.handover", attempt_id=attempt.id), _("Write the handover"))


@blueprint.post("/courses/<course>/shifts")
@access(Who.LEARNER, begins=True)
def start(course: str) -> Response:
    """Start a practice shift, the one named `shift` or else the first, or go on with the one under way."""
    whole, user_id, name = get_course(course), current_user.id, request.form.get("shift")
    with transaction():
        attempt_id = start_shift(enroll(user_id, whole, now()), whole, served(), now(), name).id
    return go(url_for("assessment.attempt", attempt_id=attempt_id))


@blueprint.get("/attempts/<uuid:attempt_id>/handover")
@access(Who.LEARNER, own=True)
def handover(attempt_id: UUID) -> Response | str:
    """Ask what the next shift needs to know; once it is written, show a model next to it."""
    attempt = _get(attempt_id)
    if attempt.submitted_at is not None:
        return go(url_for("assessment.result", attempt_id=attempt_id))
    written = HandoverDraft.of(attempt)
    if written.is_closed:
        return _compare_page(attempt, written)
    text = find_saved_form().get("text", written.text)
    return _write_page(attempt, HandoverForm(formdata=None, text=text, version=written.version))


@blueprint.post("/attempts/<uuid:attempt_id>/handover")
@access(Who.LEARNER, own=True, keeps=True)
def save(attempt_id: UUID) -> Response | tuple[str, int]:
    """Save what is written. With `autosave=1` (our script), a draft that can still change; otherwise the final text."""
    user_id, is_autosave = current_user.id, request.form.get("autosave") == "1"
    attempt, form = _get(attempt_id), HandoverForm(meta={"csrf": False})  # the token was checked before the view
    is_valid = form.validate()
    if form.version.errors:
        return error_response(400, _("This answer isn’t one of the choices. Reload the page."))
    if not is_valid and not is_autosave:
        return _write_page(attempt, form), 422
    if not form.text.errors or is_autosave:
        text = str(form.text.data or "")[: handovers.LONGEST_HANDOVER]
        with transaction():
            version = handovers.save_handover(
                user_id, attempt_id, text, int(form.version.data or 0), close=not is_autosave
            )
    forget_saved_form()
    if wants_json():
        return jsonify(version=version)
    return go(url_for(".handover", attempt_id=attempt_id))


@blueprint.post("/attempts/<uuid:attempt_id>/handover/points")
@access(Who.LEARNER, own=True)
def tick(attempt_id: UUID) -> Response | tuple[str, int]:
    """Save what the writer finds in their handover. Without `autosave=1` the night is over, and handed in."""
    user_id, is_autosave = current_user.id, request.form.get("autosave") == "1"
    attempt = _get(attempt_id)
    form = PointsForm(meta={"csrf": False})
    form.offer(_points(attempt))
    if not form.validate():
        return error_response(400, _("This answer isn’t one of the choices. Reload the page."))
    with transaction():
        version = handovers.tick_points(user_id, attempt_id, form.points.data or [], int(form.version.data or 0))
        if not is_autosave:
            is_local = current_app.config["SETTINGS"].is_local
            submit_attempt(user_id, attempt_id, served(), is_local, now())
    if wants_json():
        return jsonify(version=version)
    return go(url_for("assessment.result", attempt_id=attempt_id))


def _get(attempt_id: UUID) -> Attempt:
    attempt = get_attempt(current_user.id, attempt_id)
    if attempt.kind != Kind.SHIFT or find_handover(attempt, served()) is None:
        raise NotFound
    return attempt


def _told(attempt: Attempt) -> Handover:
    """Return the handover of the shift in the reader's language."""
    localized = find_handover(attempt, served_in(language_tag()))
    assert localized is not None  # the original has one
    return localized


def _points(attempt: Attempt) -> list[tuple[str, str]]:
    return [(point.id, point.text) for point in _told(attempt).points]


def _write_page(attempt: Attempt, form: HandoverForm) -> str:
    return render_template("nights/handover.html", form=form, **_around(attempt))


def _compare_page(attempt: Attempt, written: HandoverDraft) -> str:
    form = PointsForm(formdata=None, points=list(written.points), version=written.version)
    form.offer(_points(attempt))
    return render_template("nights/handover_compare.html", form=form, written=written, **_around(attempt))


def _around(attempt: Attempt) -> dict[str, object]:
    shift = find_shift(attempt, served())
    assert shift is not None  # it has a handover
    content = served_in(language_tag())
    return {
        "attempt": attempt,
        "course": course_title(attempt),
        "shift": content.courses[attempt.course].shifts[shift[0]],
        "handover": _told(attempt),
        "translation": content.standing(f"courses/{attempt.course}/shifts/{shift[0]}.yaml"),
        "night": night_of(attempt),
    }
