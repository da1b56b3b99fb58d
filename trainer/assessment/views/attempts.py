"""Practice and final: start pages, scenes, handing in, result."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, current_app, jsonify, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from trainer.assessment import operations, shown, words
from trainer.assessment.check_ins import KINDS as CHECK_INS
from trainer.assessment.check_ins import find_check_ins
from trainer.assessment.deciding import Asked, FinalRule, Need
from trainer.assessment.handovers import Written, find_handover
from trainer.assessment.measures.detection import Reports
from trainer.assessment.measures.frequencies import OfHundred, of_hundred
from trainer.assessment.models import Attempt
from trainer.assessment.models import Response as Given
from trainer.assessment.onward import find_onward
from trainer.assessment.pretest import find_before
from trainer.assessment.queries import (
    get_attempt,
    get_attempt_with_response,
    get_response,
    list_attempts,
    list_responses,
)
from trainer.assessment.rules import Kind, RightOf, Tally
from trainer.assessment.sittings import judge_all, sitting_of
from trainer.assessment.told import SIGNS, category_names, find_sign, reader_words, standing_of, tell, verdicts_of
from trainer.assessment.views.steps import (
    after,
    answered_positions,
    course_title,
    credit,
    is_answered,
    may_review,
    night_of,
)
from trainer.content.objects import Standing
from trainer.content.serving import get_course, served, served_in
from trainer.core.clock import now, today
from trainer.core.db import db, transaction
from trainer.core.errors import NotFound, NotYet
from trainer.credentials.models import Credential
from trainer.credentials.queries import find_credential
from trainer.credentials.rules import show_serial
from trainer.items.judge.forms import CONFIDENCE_LABELS, JudgeForm
from trainer.items.judge.payload import ScenePayload
from trainer.items.registry import read_scene
from trainer.learning.activity import opened_mark
from trainer.learning.models import Enrollment
from trainer.learning.operations import enroll
from trainer.learning.queries import find_enrollment, standing
from trainer.web.access import Who, access
from trainer.web.errors import error_response, wants_json
from trainer.web.language import language_tag
from trainer.web.redirects import go
from trainer.web.unsent import find_unsent, forget_unsent

blueprint = Blueprint("assessment", __name__, template_folder="../templates")

_PRACTICES = (Kind.FIRST_TRY, Kind.PRACTICE, Kind.DRILL, Kind.SHIFT, Kind.RARE)


@blueprint.get("/courses/<course>/practice")
@access(Who.PUBLIC)
def practice(course: str) -> str:
    """Say what practice is, and offer to start or go on."""
    whole = get_course(course, language_tag())
    enrollment = find_enrollment(current_user.id, whole.slug) if current_user.is_authenticated else None
    done = [one for kind in _PRACTICES for one in list_attempts(enrollment.id, kind)] if enrollment else []
    past = sorted((one for one in done if one.tally and one.submitted_at), key=_handed_in, reverse=True)[:10]
    return render_template(
        "assessment/practice.html",
        course=whole,
        translation=standing_of(whole),
        drills=len(served().drills()),
        under_way={one.kind: one for one in done if one.submitted_at is None},
        past=[(one, sitting_of(one).read(one.tally or {})) for one in past],
        words=words,
    )


@blueprint.post("/courses/<course>/first-tries")
@access(Who.LEARNER)
def start_first_try(course: str) -> Response:
    """Start a first try that is kept, or go on with the one under way."""
    whole, user_id = get_course(course), current_user.id
    with transaction():
        enrollment = enroll(user_id, whole, now())
        attempt_id = operations.start_first_try(enrollment, served(), whole.file.first_try.scenes, now()).id
    return go(url_for(".attempt", attempt_id=attempt_id))


@blueprint.post("/courses/<course>/practices")
@access(Who.LEARNER)
def start_practice(course: str) -> Response:
    """Start a practice, with `category` one that leans to its signs, or go on with the one under way."""
    whole, user_id, here = get_course(course), current_user.id, served()
    category = next((one.id for one in here.categories if one.id == request.form.get("category")), None)
    with transaction():
        enrollment = enroll(user_id, whole, now())
        attempt_id = operations.start_practice(enrollment, here, whole.file.practice.scenes, now(), category).id
    return go(url_for(".attempt", attempt_id=attempt_id))


@blueprint.get("/attempts/<uuid:attempt_id>")
@access(Who.LEARNER, own=True)
def attempt(attempt_id: UUID) -> Response:
    """Go to where this attempt stands: the first scene without an answer, handing in, or the result."""
    found = get_attempt(current_user.id, attempt_id)
    if found.submitted_at is not None:
        return go(url_for(".result", attempt_id=attempt_id))
    responses = list_responses(found)[found.handed_in :]
    if found.handed_in and not any(one.version for one in responses):
        return go(url_for("finals.more", attempt_id=attempt_id))
    waiting = [one.position for one in responses if not is_answered(found, one)]
    return go(after(found, waiting[0]) if waiting else url_for(".submission", attempt_id=attempt_id))


@blueprint.get("/attempts/<uuid:attempt_id>/scenes/<int(max=999):position>")
@access(Who.LEARNER, own=True)
def scene(attempt_id: UUID, position: int) -> Response | str:
    """Show one scene: as a question, or with its answer where the review policy allows."""
    found = get_attempt(current_user.id, attempt_id)
    if not sitting_of(found).asks_scenes:
        raise NotFound
    given = get_response(found, position)
    if given.recorded_at is not None or may_review(found, given):
        return _answer_page(found, given)
    if found.submitted_at is not None:
        raise NotFound
    if position <= found.handed_in:
        return go(url_for(".attempt", attempt_id=attempt_id))
    asks = sitting_of(found).asks
    unsent = {part: value for part, value in find_unsent().items() if part in asks}
    form = JudgeForm.for_scene(_told(given)[0], given.action_order, asks, **{**(given.given or {}), **unsent})
    return _question_page(found, given, form, is_unsent=bool(unsent))


@blueprint.post("/attempts/<uuid:attempt_id>/scenes/<int(max=999):position>")
@access(Who.LEARNER, own=True, keeps=True)
def save(attempt_id: UUID, position: int) -> Response | tuple[str, int]:
    """Save what was given. With `autosave=1` (our script) any part; otherwise all that is asked, and go on."""
    user_id, at, is_autosave = current_user.id, now(), request.form.get("autosave") == "1"
    with transaction():
        found, given = get_attempt_with_response(user_id, attempt_id, position)
        if not sitting_of(found).asks_scenes:
            raise NotFound
        form = JudgeForm.for_saving(given.action_order, allow_gaps=is_autosave, asks=sitting_of(found).asks)
        is_valid = form.validate()
        if form.is_tampered:
            return error_response(400, _("This answer isn’t one of the choices. Reload the page."))
        if is_valid or (form.given and found.submitted_at is None and given.recorded_at is None):
            # What is there is kept, even when the page must ask for the rest.
            version = operations.save_response(
                found, given, form.given, int(form.version.data or 0), at, record=is_valid and not is_autosave
            )
            if not is_autosave:
                credit(found, request.form.get("opened_at"), at)
    forget_unsent()
    if not is_valid:
        found = get_attempt(user_id, attempt_id)
        given = get_response(found, position)
        form.show(_told(given)[0])
        return _question_page(found, given, form), 422
    if wants_json():
        return jsonify(version=version)
    if sitting_of(found).answers_at_once:
        return go(url_for(".scene", attempt_id=attempt_id, position=position))
    return go(after(found, position + 1))


@blueprint.get("/attempts/<uuid:attempt_id>/submission")
@access(Who.LEARNER, own=True)
def submission(attempt_id: UUID) -> Response | str:
    """Show what is answered and what isn't, before handing in."""
    found = get_attempt(current_user.id, attempt_id)
    if found.submitted_at is not None:
        return go(url_for(".result", attempt_id=attempt_id))
    responses = list_responses(found)[found.handed_in :]
    waiting = [one.position for one in responses if not is_answered(found, one)]
    if sitting_of(found).answers_at_once and not waiting:
        # There is nothing to check: the handover, or the page of the last, leads to the result.
        hands_over = find_handover(found, served()) is not None
        return go(url_for("shifts.handover", attempt_id=attempt_id) if hands_over else after(found, found.scenes))
    return render_template(
        "assessment/submission.html",
        verdicts=verdicts_of(found),
        attempt=found,
        course=course_title(found),
        responses=[(one, is_answered(found, one), dict(one.given or {})) for one in responses],
        waiting=waiting,
        hands_over=find_handover(found, served()) is not None,
    )


@blueprint.post("/attempts/<uuid:attempt_id>/submission")
@access(Who.LEARNER, own=True)
def submit(attempt_id: UUID) -> Response:
    """Hand in. A second time changes nothing and shows the same result, or that further scenes decide."""
    user_id, is_local = current_user.id, current_app.config["SETTINGS"].is_local
    scenes = request.form.get("scenes", 0, type=int)  # none from a page that is older than stages
    with transaction():
        found = operations.submit_attempt(user_id, attempt_id, served(), is_local, now(), scenes)
        is_over = found.submitted_at is not None
    return go(url_for(".result" if is_over else ".attempt", attempt_id=attempt_id))


@blueprint.get("/attempts/<uuid:attempt_id>/result")
@access(Who.LEARNER, own=True)
def result(attempt_id: UUID) -> Response | str:
    """Say in plain words what was caught, missed and over-reported, as far as the review policy allows."""
    found = get_attempt(current_user.id, attempt_id)
    if found.submitted_at is None or found.tally is None:
        raise NotYet(_("This isn’t handed in yet."))
    if (page := sitting_of(found).result) != "assessment.result":
        return go(url_for(page, attempt_id=attempt_id))
    tally = Tally.read(found.tally)
    responses = list_responses(found)
    enrollment = db.session.get_one(Enrollment, found.enrollment_id)
    course = served().courses.get(found.course)
    where = standing(enrollment, course)
    return render_template(
        "assessment/result.html",
        verdicts=verdicts_of(found),
        attempt=found,
        course=course,
        course_title=enrollment.course_title,
        enrollment=enrollment,
        tally=tally,
        night=night_of(found),
        handover=find_handover(found, served_in(language_tag())),
        written=Written.of(found),
        needs=(needs := _needs(found, tally)),
        needed_of=_needed_of(found),
        is_by_steps=found.is_passed is False and _is_by_steps(needs),
        words=words,
        answers=[
            (
                one.position,
                shown.answer(one.item_digest, _told(one)[0], one.given, reader_words(), sitting_of(found).asks),
            )
            for one in responses
            if may_review(found, one)
        ],
        categories=_categories(responses),
        before=find_before(found.user_id) if found.kind == Kind.FINAL else None,
        after=RightOf.of(tally),
        worth=_worth(tally) if found.kind == Kind.FINAL else None,
        standing=where,
        lessons=[one for one in (course.lesson(name) for name in found.lessons_to_read or ()) if one] if course else [],
        credential=_credential(enrollment) if found.is_passed else None,
        check_ins=find_check_ins(found.user_id, served(), today()) if found.is_passed or _is_check_in(found) else None,
        today=today(),
        cards=served().cards,
        show_serial=show_serial,
        way=find_onward(course, enrollment, where, now()) if course else None,
        confidences=CONFIDENCE_LABELS,
        sign_of=find_sign,
    )


def _is_check_in(found: Attempt) -> bool:
    return found.kind in CHECK_INS


def _needs(found: Attempt, tally: Tally) -> list[Need]:
    """Return what a final was asked for, and whether it was met."""
    if found.kind != Kind.FINAL:
        return []
    rule = FinalRule.read(found.rule, found.scenes)
    return rule.needs(tally.counts, round_=found.round, number=found.number, is_passed=bool(found.is_passed))


def _needed_of(found: Attempt) -> int | None:
    """Return how many scenes a final would have had that ended before its last stage, or None."""
    if found.kind != Kind.FINAL or found.is_passed:
        return None
    ends = FinalRule.read(found.rule, found.scenes).ends
    return ends[-1] if ends[-1] > found.scenes else None


def _is_by_steps(needs: Sequence[Need]) -> bool:
    return all(need.is_met for need in needs if need.what in (Asked.MISSED, Asked.OVER_REPORTED))


def _worth(tally: Tally) -> OfHundred | None:
    if not (tally.concerns and tally.innocents):
        return None
    return of_hundred(Reports(tally.hits, tally.concerns, tally.false_alarms, tally.innocents))


def _credential(enrollment: Enrollment) -> Credential | None:
    if enrollment.credential_id is None:
        return None
    return find_credential(enrollment.user_id, enrollment.course, enrollment.cycle)


def _handed_in(found: Attempt) -> dt.datetime:
    assert found.submitted_at is not None
    return found.submitted_at


def _told(given: Given, *beside: str) -> tuple[ScenePayload, Standing]:
    """Return the scene in its reader's language, and how it stands there, with the files of what is beside it."""
    return tell(read_scene(given.snapshot.payload), *beside)


def _question_page(found: Attempt, given: Given, form: JudgeForm, *, is_unsent: bool = False) -> str:
    scene, translation = _told(given)
    enrollment = db.session.get_one(Enrollment, found.enrollment_id)
    verdicts = verdicts_of(found)
    form.name_verdicts(verdicts)
    return render_template(
        "assessment/scene.html",
        verdicts=verdicts,
        version=given.version,
        opened_at=opened_mark(enrollment, now()),
        question=shown.question(scene, given.position, found.scenes, found.handed_in + 1),
        translation=translation,
        is_unsent=is_unsent,
        form=form,
        attempt=found,
        course=course_title(found),
        done=answered_positions(found),
        night=night_of(found, given.position),
        save_url=url_for(".save", attempt_id=found.id, position=given.position),
        skip_url=after(found, given.position + 1),
        back_url=url_for(".scene", attempt_id=found.id, position=given.position - 1)
        if given.position > found.handed_in + 1
        else None,
    )


def _answer_page(found: Attempt, given: Given) -> str:
    scene, translation = _told(given, SIGNS)
    return render_template(
        "assessment/answer.html",
        verdicts=verdicts_of(found),
        answer=shown.answer(given.item_digest, scene, given.given, reader_words(), sitting_of(found).asks),
        is_brief=sitting_of(found).is_brief,
        question=shown.question(scene, given.position, found.scenes),
        translation=translation,
        confidences=CONFIDENCE_LABELS,
        sign_of=find_sign,
        attempt=found,
        done=answered_positions(found),
        night=night_of(found, given.position),
        hands_over=find_handover(found, served()) is not None,
        next_url=after(found, given.position + 1)
        if found.submitted_at is None
        else url_for(".result", attempt_id=found.id),
    )


def _categories(responses: Sequence[Given]) -> list[tuple[str, int]]:
    """Return (category name, scenes that went wrong in it), most first."""
    names = category_names()
    wrong: dict[str, int] = {}
    for scene, judged in judge_all(responses, served().vocabulary.danger_rules):
        if judged.outcome is None or judged.outcome.is_right:
            continue
        for category in {sign.category for sign in scene.signs}:
            wrong[category] = wrong.get(category, 0) + 1
    return sorted(((names.get(one, one), times) for one, times in wrong.items()), key=lambda pair: -pair[1])
