"""Practice and final: start pages, scenes, handing in, result."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from flask import Blueprint, current_app, jsonify, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from trainer.accounts.after_slip import is_shut, shut_before
from trainer.assessment import operations, shown, words
from trainer.assessment.access import keep_shut
from trainer.assessment.attempt_policies import POLICIES, asks_now, is_verdict_recorded, policy_of
from trainer.assessment.canceling import list_canceled
from trainer.assessment.localized import SIGNS, find_sign, reader_words, standing_of, verdicts_of
from trainer.assessment.models import Attempt
from trainer.assessment.models import Response as Given
from trainer.assessment.queries import (
    get_attempt,
    get_attempt_with_response,
    get_page,
    list_attempts,
    list_given,
)
from trainer.assessment.rules import Kind
from trainer.assessment.rushed import are_untouched
from trainer.assessment.steps import (
    LONGEST_SCENE,
    LONGEST_STEP,
    after,
    answered_positions,
    course_title,
    credit,
    is_outdated,
    may_review,
    read_seconds,
    refused,
    scene_mark,
    told_scene,
)
from trainer.assessment.views.results import result_page
from trainer.content.serving import get_course, served, served_in
from trainer.content.subject import Verdict
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import Conflict, NotFound, NotYet
from trainer.core.feature import ask_extra
from trainer.items.judge.forms import CONFIDENCE_LABELS, JudgeForm
from trainer.items.judge.model import VERDICT_AND_SURENESS
from trainer.learning.models import Enrollment
from trainer.learning.operations import enroll
from trainer.learning.queries import find_enrollment
from trainer.web.access import Who, access
from trainer.web.errors import error_response, wants_json
from trainer.web.language import language_tag
from trainer.web.redirects import go
from trainer.web.unsaved import find_saved_form, forget_saved_form

blueprint = Blueprint("assessment", __name__, template_folder="../templates")
blueprint.before_app_request(keep_shut)

MOST_PAST = 10
_PRACTICES = (Kind.FIRST_TRY, Kind.PRACTICE, Kind.DRILL, Kind.SHIFT, Kind.RARE)


@blueprint.get("/courses/<course>/practice")
@access(Who.PUBLIC)
def practice(course: str) -> str:
    """Explain practice, and offer to start or continue."""
    whole = get_course(course, language_tag())
    enrollment = find_enrollment(current_user.id, whole.slug) if current_user.is_authenticated else None
    kinds = [kind for kind in _PRACTICES if kind in POLICIES]
    done = [past_attempt for kind in kinds for past_attempt in list_attempts(enrollment.id, kind)] if enrollment else []
    past = sorted(
        (
            past_attempt
            for past_attempt in done
            if past_attempt.tally and past_attempt.submitted_at and not is_shut(past_attempt.started_at)
        ),
        key=_handed_in,
        reverse=True,
    )
    return render_template(
        "assessment/practice.html",
        course=whole,
        translation=standing_of(whole),
        drills=len(served().drills()),
        workplace=served_in(language_tag()).cards.get(enrollment.place or "") if enrollment else None,
        under_way={past_attempt.kind: past_attempt for past_attempt in done if past_attempt.submitted_at is None},
        past=[
            (past_attempt, policy_of(past_attempt).read(past_attempt.tally or {}), policy_of(past_attempt).past)
            for past_attempt in past[:MOST_PAST]
        ],
        results=past,
        last=words.last,
    )


@blueprint.post("/courses/<course>/first-tries")
@access(Who.LEARNER, begins=True)
def start_first_try(course: str) -> Response:
    """Start a first try that is kept, or go on with the one under way."""
    whole, user_id = get_course(course), current_user.id
    with transaction():
        enrollment = enroll(user_id, whole, now())
        attempt_id = operations.start_first_try(enrollment, served(), whole.file.first_try.scenes, now()).id
    return go(url_for(".attempt", attempt_id=attempt_id))


@blueprint.post("/courses/<course>/practices")
@access(Who.LEARNER, begins=True)
def start_practice(course: str) -> Response:
    """Start a practice, with `category` one that leans to its signs, or go on with the one under way."""
    whole, user_id, content = get_course(course), current_user.id, served()
    category = next((known.id for known in content.categories if known.id == request.form.get("category")), None)
    with transaction():
        enrollment = enroll(user_id, whole, now())
        attempt_id = operations.start_practice(enrollment, content, whole.file.practice.scenes, now(), category).id
    return go(url_for(".attempt", attempt_id=attempt_id))


@blueprint.get("/attempts/<uuid:attempt_id>")
@access(Who.LEARNER, own=True)
def attempt(attempt_id: UUID) -> Response:
    """Go to where this attempt stands: the first scene without an answer, handing in, or the result."""
    own_attempt = get_attempt(current_user.id, attempt_id)
    if own_attempt.submitted_at is not None:
        return go(url_for(".result", attempt_id=attempt_id))
    stage = list_given(own_attempt)[own_attempt.handed_in :]
    if are_untouched(own_attempt, stage):
        return go(url_for("finals.again", attempt_id=attempt_id))
    if own_attempt.handed_in and not any(given.version for given in stage):
        return go(url_for("finals.more", attempt_id=attempt_id))
    policy = policy_of(own_attempt)
    waiting = [given.position for given in stage if not policy.is_answered(given)]
    return go(after(own_attempt, waiting[0]) if waiting else url_for(".submission", attempt_id=attempt_id))


@blueprint.get("/attempts/<uuid:attempt_id>/scenes/<int(max=999):position>")
@access(Who.LEARNER, own=True)
def scene(attempt_id: UUID, position: int) -> Response | str:
    """Show one scene: as a question, or with its answer where the review policy allows."""
    own_attempt, given, enrollment = get_page(current_user.id, attempt_id, position)
    if not policy_of(own_attempt).asks_scenes:
        raise NotFound
    if given.recorded_at is not None or may_review(own_attempt, given):
        return _answer_page(own_attempt, given)
    if own_attempt.submitted_at is not None:
        raise NotFound
    if position <= own_attempt.handed_in:
        return go(url_for(".attempt", attempt_id=attempt_id))
    asks = asks_now(own_attempt, given.given)
    unsent = {part: value for part, value in find_saved_form().items() if part in asks}
    form = JudgeForm.for_scene(told_scene(given)[0], given.action_order, asks, **{**(given.given or {}), **unsent})
    return _question_page(own_attempt, given, enrollment, form, is_unsent=bool(unsent))


@blueprint.post("/attempts/<uuid:attempt_id>/scenes/<int(max=999):position>")
@access(Who.LEARNER, own=True, keeps=True)
def save(attempt_id: UUID, position: int) -> Response | tuple[str, int]:
    """Save what was given. With `autosave=1` (our script) any part; otherwise all that is asked, and go on.

    Once a verdict is recorded, the menu of first steps follows, for our script as a part of the page.
    """
    user_id, at, is_autosave = current_user.id, now(), request.form.get("autosave") == "1"
    try:
        with transaction():
            own_attempt, given = get_attempt_with_response(user_id, attempt_id, position)
            if not policy_of(own_attempt).asks_scenes:
                raise NotFound
            asks = asks_now(own_attempt, given.given)
            form = JudgeForm.for_saving(given.action_order, allow_gaps=is_autosave, asks=asks)
            is_valid = form.validate()
            if form.is_tampered:
                return error_response(400, _("This answer isn’t one of the choices. Reload the page."))
            is_step = is_verdict_recorded(own_attempt, given.given)
            # A page from before the verdict was recorded sends one, too: the same once more, or another one.
            again = {part: request.form[part] for part in VERDICT_AND_SURENESS if is_step and part in request.form}
            said, is_verdict = {**again, **form.given}, policy_of(own_attempt).has_menu and "action" not in asks
            is_menu_next = not is_autosave and (is_valid if is_verdict else bool(again) and "action" not in said)
            if is_valid or (said and own_attempt.submitted_at is None and given.recorded_at is None):
                # What is there is kept, even when the page must ask for the rest.
                is_recorded, seconds = is_valid and not is_autosave, read_seconds(request.form.get("seconds"))
                version = operations.save_response(
                    own_attempt, given, said, int(form.version.data or 0), at, record=is_recorded, seconds=seconds
                )
                if not is_autosave:
                    longest = LONGEST_STEP if is_step else LONGEST_SCENE
                    credit(own_attempt, position, request.form.get("opened_at"), at, longest)
    except Conflict as error:
        return _refused(error, attempt_id, position, int(form.version.data or 0))
    forget_saved_form()
    if is_menu_next:
        return _menu(attempt_id, position)
    if not is_valid:
        own_attempt, given, enrollment = get_page(user_id, attempt_id, position)
        form.show(told_scene(given)[0])
        return _question_page(own_attempt, given, enrollment, form), 422
    if wants_json():
        return jsonify(version=version)
    if policy_of(own_attempt).answers_at_once:
        return go(url_for(".scene", attempt_id=attempt_id, position=position))
    return go(after(own_attempt, position + 1))


@blueprint.get("/attempts/<uuid:attempt_id>/submission")
@access(Who.LEARNER, own=True)
def submission(attempt_id: UUID) -> Response | str:
    """Show what is answered and what isn't, before handing in."""
    own_attempt = get_attempt(current_user.id, attempt_id)
    if own_attempt.submitted_at is not None:
        return go(url_for(".result", attempt_id=attempt_id))
    policy, stage = policy_of(own_attempt), list_given(own_attempt)[own_attempt.handed_in :]
    waiting = [given.position for given in stage if not policy.is_answered(given)]
    if policy.answers_at_once and not waiting:
        # There is nothing to check: what an extra adds to the end, or the page of the last, leads to the result.
        last_step = ask_extra("last_step", own_attempt)
        return go(last_step.address if last_step else after(own_attempt, own_attempt.scenes))
    return render_template(
        "assessment/submission.html",
        verdicts=verdicts_of(own_attempt),
        attempt=own_attempt,
        course=course_title(own_attempt),
        responses=[
            (given.position, given.position not in waiting, {} if shut_before() else given.given or {})
            for given in stage
        ],
        waiting=waiting,
        overview=policy.overview,
        last_step=ask_extra("last_step", own_attempt),
    )


@blueprint.post("/attempts/<uuid:attempt_id>/submission")
@access(Who.LEARNER, own=True)
def submit(attempt_id: UUID) -> Response:
    """Hand in. A second time changes nothing and shows the same result, or that further scenes decide."""
    user_id, is_local = current_user.id, current_app.config["SETTINGS"].is_local
    scenes = request.form.get("scenes", 0, type=int)  # none from a page that is older than stages
    with transaction():
        own_attempt = operations.submit_attempt(user_id, attempt_id, served(), is_local, now(), scenes)
        is_over = own_attempt.submitted_at is not None
    return go(url_for(".result" if is_over else ".attempt", attempt_id=attempt_id))


@blueprint.get("/attempts/<uuid:attempt_id>/result")
@access(Who.LEARNER, own=True)
def result(attempt_id: UUID) -> Response | str:
    """Say in plain words what was caught, missed and over-reported, within the limits of the review policy."""
    own_attempt = get_attempt(current_user.id, attempt_id)
    if own_attempt.submitted_at is None or own_attempt.tally is None:
        raise NotYet(_("This isn’t handed in yet."))
    if (page := policy_of(own_attempt).result) != "assessment.result":
        return go(url_for(page, attempt_id=attempt_id))
    return result_page(own_attempt)


def _handed_in(own_attempt: Attempt) -> dt.datetime:
    assert own_attempt.submitted_at is not None
    return own_attempt.submitted_at


def _refused(error: Conflict, attempt_id: UUID, position: int, version: int) -> Response | tuple[str, int]:
    """Show what is saved where another tab was faster, or else why nothing can be saved anymore."""
    own_attempt, given, enrollment = get_page(current_user.id, attempt_id, position)
    if wants_json() or not is_outdated(own_attempt, given, version):
        return refused(error, own_attempt)
    return _question_page(own_attempt, given, enrollment, _saved(own_attempt, given), is_newer=True), 409


def _menu(attempt_id: UUID, position: int) -> Response:
    """Go on to the first steps of a scene whose verdict is recorded; our script puts them into the page itself."""
    if not wants_json():
        address = url_for(".scene", attempt_id=attempt_id, position=position)
        return go(f"{address}#first-step")  # the keyboard goes on there, past the scene
    own_attempt, given, enrollment = get_page(current_user.id, attempt_id, position)
    return jsonify(
        version=given.version,
        opened_at=scene_mark(enrollment, own_attempt, given.position, now()),
        said=_said(own_attempt, given),
        steps=_saved(own_attempt, given).action.choices,
    )


def _said(own_attempt: Attempt, given: Given) -> str | None:
    """Say which verdict is recorded; None while it can still be changed."""
    if given.given is None or not is_verdict_recorded(own_attempt, given.given):
        return None
    verdict = verdicts_of(own_attempt)[Verdict(given.given["verdict"])].name
    sure = str(CONFIDENCE_LABELS[given.given["confidence"]]).lower()
    return str(_("You said: %(verdict)s, %(sure)s.", verdict=verdict, sure=sure))


def _saved(own_attempt: Attempt, given: Given) -> JudgeForm:
    """Return the form of a scene with what is saved, whatever was sent."""
    asks = asks_now(own_attempt, given.given)
    return JudgeForm.for_scene(told_scene(given)[0], given.action_order, asks, formdata=None, **(given.given or {}))


def _question_page(
    own_attempt: Attempt,
    given: Given,
    enrollment: Enrollment,
    form: JudgeForm,
    *,
    is_unsent: bool = False,
    is_newer: bool = False,
) -> str:
    scene, translation = told_scene(given)
    verdicts = verdicts_of(own_attempt)
    form.name_verdicts(verdicts)
    is_menu_next = policy_of(own_attempt).has_menu and "action" not in form
    steps = [part for part in policy_of(own_attempt).asks if part not in form]
    return render_template(
        "assessment/scene.html",
        verdicts=verdicts,
        said=_said(own_attempt, given),
        menu=JudgeForm.for_saving([""], allow_gaps=True, asks=steps) if is_menu_next else None,
        version=given.version,
        opened_at=scene_mark(enrollment, own_attempt, given.position, now()),
        question=shown.question(scene, given.position, own_attempt.scenes, own_attempt.handed_in + 1),
        translation=translation,
        is_unsent=is_unsent,
        is_newer=is_newer,
        form=form,
        attempt=own_attempt,
        course=course_title(own_attempt),
        done=answered_positions(own_attempt),
        save_url=url_for(".save", attempt_id=own_attempt.id, position=given.position),
        skip_url=after(own_attempt, given.position + 1),
        back_url=url_for(".scene", attempt_id=own_attempt.id, position=given.position - 1)
        if given.position > own_attempt.handed_in + 1
        else None,
    )


def _answer_page(own_attempt: Attempt, given: Given) -> str:
    scene, translation = told_scene(given, SIGNS)
    return render_template(
        "assessment/answer.html",
        verdicts=verdicts_of(own_attempt),
        answer=shown.answer(given.item_digest, scene, given.given, reader_words(), policy_of(own_attempt).asks),
        canceled=list_canceled([given]),
        question=shown.question(scene, given.position, own_attempt.scenes),
        translation=translation,
        confidences=CONFIDENCE_LABELS,
        sign_of=find_sign,
        scene=scene,
        attempt=own_attempt,
        done=answered_positions(own_attempt),
        last_step=ask_extra("last_step", own_attempt),
        next_url=after(own_attempt, given.position + 1)
        if own_attempt.submitted_at is None
        else url_for(".result", attempt_id=own_attempt.id),
    )
