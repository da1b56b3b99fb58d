"""The rare shift: short events of one night, one at a time, and in natural frequencies how it went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from trainer.assessment.attempt_policies import What, policy_of
from trainer.assessment.localized import find_sign, reader_words
from trainer.assessment.models import Attempt
from trainer.assessment.models import Response as Given
from trainer.assessment.operations import save_response
from trainer.assessment.queries import get_attempt, get_attempt_with_response, list_responses
from trainer.assessment.steps import after, answered_positions, course_title, credit, is_outdated, refused, scene_mark
from trainer.content.objects import TranslationStanding
from trainer.content.serving import get_course, served, served_in
from trainer.content.subject import Verdict
from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.core.errors import Conflict, NotFound, NotYet
from trainer.extras.nights import words
from trainer.extras.nights.events import EventPayload, read_event
from trainer.extras.nights.operations import start_rare
from trainer.extras.nights.rare import NightCounts, tell_times
from trainer.extras.nights.telling import tell_event
from trainer.items.judge.forms import JudgeForm
from trainer.items.judge.model import VERDICT_ALONE
from trainer.learning.models import Enrollment
from trainer.learning.operations import enroll
from trainer.web.access import Who, access
from trainer.web.errors import error_response
from trainer.web.language import language_tag
from trainer.web.redirects import go

blueprint = Blueprint("rare", __name__, template_folder="../templates")

_VERDICTS = (Verdict.NOTHING_TO_REPORT, Verdict.NOTE_AND_WATCH, Verdict.REPORT_NOW)


@dataclass(frozen=True)
class _Told:
    """An event as its reader sees it, with what was said of it."""

    position: int
    digest: str
    clock: str
    event: EventPayload
    translation: TranslationStanding
    verdict: Verdict | None

    @property
    def is_worth_a_look(self) -> bool:
        """True if it was one to report or to note, or was reported."""
        return self.event.best is not Verdict.NOTHING_TO_REPORT or self.verdict is Verdict.REPORT_NOW


@blueprint.post("/courses/<course>/rare-shifts")
@access(Who.LEARNER, begins=True)
def start(course: str) -> Response:
    """Start a rare shift, or go on with the one under way."""
    whole, user_id = get_course(course), current_user.id
    with transaction():
        attempt_id = start_rare(enroll(user_id, whole, now()), whole, served(), now()).id
    return go(url_for("assessment.attempt", attempt_id=attempt_id))


@blueprint.get("/attempts/<uuid:attempt_id>/events/<int(max=999):position>")
@access(Who.LEARNER, own=True)
def event(attempt_id: UUID, position: int) -> Response | str:
    """Ask what to make of one event. No answer is shown before the night is over."""
    attempt = _get(attempt_id)
    if attempt.submitted_at is not None:
        return go(url_for(".result", attempt_id=attempt_id))
    return _page(attempt, position, JudgeForm.for_saving([], allow_gaps=True, asks=VERDICT_ALONE))


@blueprint.post("/attempts/<uuid:attempt_id>/events/<int(max=999):position>")
@access(Who.LEARNER, own=True)
def save(attempt_id: UUID, position: int) -> Response | tuple[str, int]:
    """Save the verdict, and go on to the next event, or to the end of the night."""
    user_id, at = current_user.id, now()
    try:
        with transaction():
            attempt, given = get_attempt_with_response(user_id, attempt_id, position)
            if policy_of(attempt).what is not What.EVENTS:
                raise NotFound
            form = JudgeForm.for_saving([], allow_gaps=False, asks=VERDICT_ALONE)
            is_valid = form.validate()
            if form.is_tampered:
                return error_response(400, _("This answer isn’t one of the choices. Reload the page."))
            if is_valid:
                save_response(attempt, given, form.given, int(form.version.data or 0), at, record=True)
                credit(attempt, position, request.form.get("opened_at"), at)
    except Conflict as error:
        return _refused(error, attempt_id, position, int(form.version.data or 0))
    if not is_valid:
        return _page(_get(attempt_id), position, form), 422
    # The keyboard goes on at the event, past the menu: forty times.
    return go(f"{after(attempt, position + 1)}#event")


@blueprint.get("/attempts/<uuid:attempt_id>/night")
@access(Who.LEARNER, own=True)
def result(attempt_id: UUID) -> str:
    """Say in natural frequencies how the night went, each event with what the rule says of it."""
    attempt = _get(attempt_id)
    if attempt.submitted_at is None or attempt.tally is None:
        raise NotYet(_("This isn’t handed in yet."))
    night = _tell(attempt, list_responses(attempt))
    course = served_in(language_tag()).courses.get(attempt.course)
    return render_template(
        "nights/rare_result.html",
        attempt=attempt,
        course=course,
        course_title=course_title(attempt),
        counts=NightCounts.read(attempt.tally),
        night=night,
        verdicts=reader_words().verdicts,
        rules={rule.id: rule.sentence for rule in reader_words().rules},
        sign_of=find_sign,
        translation=max((localized.translation for localized in night), key=lambda told: told.state.rank),
        words=words,
    )


def _get(attempt_id: UUID) -> Attempt:
    attempt = get_attempt(current_user.id, attempt_id)
    if policy_of(attempt).what is not What.EVENTS:
        raise NotFound
    return attempt


def _refused(error: Conflict, attempt_id: UUID, position: int, version: int) -> Response | tuple[str, int]:
    """Show what is saved where another tab was faster, or else why nothing can be saved anymore."""
    attempt, given = get_attempt_with_response(current_user.id, attempt_id, position)
    if not is_outdated(attempt, given, version):
        return refused(error, attempt)
    form = JudgeForm.for_saving([], allow_gaps=True, asks=VERDICT_ALONE)
    return _page(attempt, position, form, is_newer=True), 409


def _tell(attempt: Attempt, responses: Sequence[Given]) -> list[_Told]:
    drawn = [read_event(response.snapshot.payload) for response in responses]
    clocks = tell_times([drawn_event.clock for drawn_event in drawn])
    return [
        _Told(response.position, response.item_digest, clock, *tell_event(event, attempt.course), _verdict(response))
        for response, clock, event in zip(responses, clocks, drawn, strict=True)
    ]


def _verdict(given: Given) -> Verdict | None:
    said = (given.given or {}).get("verdict")
    return Verdict(said) if said else None


def _page(attempt: Attempt, position: int, form: JudgeForm, *, is_newer: bool = False) -> str:
    responses = list_responses(attempt)
    if not 1 <= position <= len(responses):
        raise NotFound
    localized = _tell(attempt, responses)[position - 1]
    enrollment = db.session.get_one(Enrollment, attempt.enrollment_id)
    verdicts = reader_words().verdicts
    return render_template(
        "nights/rare_event.html",
        attempt=attempt,
        here=localized,
        choices=[(verdict, verdicts[verdict]) for verdict in _VERDICTS],
        form=form,
        is_newer=is_newer,
        version=responses[position - 1].version,
        opened_at=scene_mark(enrollment, attempt, position, now()),
        done=answered_positions(attempt),
    )
