"""The pages of a final that aren't those of every attempt: what it asks, how it decides, and between its stages."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from trainer.accounts.after_slip import is_shut
from trainer.assessment import finals
from trainer.assessment.deciding import FinalRule
from trainer.assessment.localized import standing_of
from trainer.assessment.next_steps import CourseStep, find_next_step
from trainer.assessment.queries import get_attempt, list_attempts, list_given
from trainer.assessment.rules import REPLACED, Kind
from trainer.assessment.rushed import MOST_RUSHED
from trainer.assessment.steps import after, course_title
from trainer.content.serving import get_course, served
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import NotFound
from trainer.learning.queries import find_enrollment, get_enrollment, standing, taken
from trainer.web.access import Who, access
from trainer.web.language import language_tag
from trainer.web.redirects import go

blueprint = Blueprint("finals", __name__, template_folder="../templates")


@blueprint.get("/courses/<course>/final")
@access(Who.PUBLIC)
def show(course: str) -> Response | str:
    """Say what the final asks, what is still missing, and how earlier tries went.

    A course that has none anymore says so on its own page; a try that was under way is finished.
    """
    whole = get_course(course, language_tag())
    enrollment = find_enrollment(current_user.id, whole.slug) if current_user.is_authenticated else None
    where = standing(enrollment, whole) if enrollment else None
    whole = taken(whole, enrollment) if enrollment else whole
    way = find_next_step(whole, enrollment, where, now()) if enrollment and where else None
    if whole.is_for_renewal and (way is None or way.step is not CourseStep.ATTEMPT):
        return go(url_for("learning.show_course", course=whole.slug))
    return render_template(
        "assessment/final.html",
        course=whole,
        most_rushed=MOST_RUSHED,
        translation=standing_of(whole),
        enrollment=enrollment,
        standing=where,
        way=way,
        past=[
            attempt
            for attempt in list_attempts(enrollment.id, Kind.FINAL)
            if attempt.submitted_at and not is_shut(attempt.started_at)
        ]
        if enrollment
        else [],
    )


@blueprint.get("/courses/<course>/rule")
@access(Who.PUBLIC)
def rule(course: str) -> str:
    """Say how the final decides, and whom it would pass. Certificates name this page. Without a final there is none."""
    whole = get_course(course, language_tag())
    if whole.is_for_renewal:
        raise NotFound
    return render_template(
        "assessment/rule.html", course=whole, most_rushed=MOST_RUSHED, translation=standing_of(whole)
    )


@blueprint.post("/courses/<course>/finals")
@access(Who.ACCOUNT)
def start(course: str) -> Response:
    """Start a final, or go on with the one under way."""
    whole, user_id = get_course(course), current_user.id
    with transaction():
        enrollment = get_enrollment(user_id, whole.slug)
        attempt_id = finals.start_final(enrollment, whole, served(), now()).id
    return go(url_for("assessment.attempt", attempt_id=attempt_id))


@blueprint.get("/attempts/<uuid:attempt_id>/more")
@access(Who.LEARNER, own=True)
def more(attempt_id: UUID) -> Response | str:
    """Say that a final is close, and that further scenes decide. No counts: they would change how those are judged."""
    attempt = get_attempt(current_user.id, attempt_id)
    if attempt.submitted_at is not None or not attempt.handed_in:
        return go(url_for("assessment.attempt", attempt_id=attempt_id))
    rule = FinalRule.read(attempt.rule, attempt.scenes)
    stage = rule.stage_of(attempt.scenes)
    return render_template(
        "assessment/more.html",
        attempt=attempt,
        course=served().courses.get(attempt.course),
        title=course_title(attempt),
        is_again=stage > 1,
        bounds=rule.bounds(attempt.round, attempt.number)[stage],
        after=rule.stages[stage + 1] if stage + 1 < len(rule.stages) else None,
        continue_url=after(attempt, attempt.handed_in + 1),
    )


@blueprint.get("/attempts/<uuid:attempt_id>/again")
@access(Who.LEARNER, own=True)
def again(attempt_id: UUID) -> Response | str:
    """Say that too many answers came too fast, that nothing is decided or lost, and that other scenes are asked."""
    attempt = get_attempt(current_user.id, attempt_id)
    waiting = [given.position for given in list_given(attempt)[attempt.handed_in :] if given.given is None]
    if attempt.submitted_at is not None or not waiting or REPLACED not in attempt.rule:
        return go(url_for("assessment.attempt", attempt_id=attempt_id))
    return render_template(
        "assessment/again.html",
        attempt=attempt,
        course=served().courses.get(attempt.course),
        title=course_title(attempt),
        number=len(waiting),
        continue_url=after(attempt, waiting[0]),
    )
