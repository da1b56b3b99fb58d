"""Pages of the pretest: asking once, starting or skipping it, and what it comes to."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from trainer.assessment import pretest
from trainer.assessment.models import Attempt
from trainer.assessment.queries import get_attempt
from trainer.assessment.rules import Kind, Tally
from trainer.content.library import Course
from trainer.content.serving import get_course, served
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import NotYet
from trainer.learning.queries import find_enrollment, get_enrollment, standing
from trainer.web.access import Who, access
from trainer.web.limits import limit_acts
from trainer.web.redirects import go, safe_path

blueprint = Blueprint("pretest", __name__, template_folder="../templates")


@blueprint.get("/courses/<course>/pretest")
@access(Who.LEARNER)
def offer(course: str) -> Response | str:
    """Ask someone who begins their first course to judge some scenes first. Who isn't to be asked goes on at once."""
    whole = get_course(course)
    enrollment = find_enrollment(current_user.id, whole.slug)
    if enrollment is None:
        return go(url_for("learning.show_course", course=whole.slug))  # which says how to start
    under_way, is_due = pretest.find_offer(current_user.id, whole)
    if under_way is None and not is_due:
        return go(_following(whole, request.args.get("next")))
    return render_template(
        "assessment/pretest.html",
        course=whole,
        under_way=under_way,
        knows=whole.file.pretest.knows if whole.file.pretest and enrollment.asks.allows_test_out else None,
        following=_following(whole, request.args.get("next")),
    )


@blueprint.post("/courses/<course>/pretests")
@access(Who.LEARNER)
def start(course: str) -> Response:
    """Start the pretest, or go on with it."""
    whole, user_id = get_course(course), current_user.id
    with transaction():
        attempt_id = pretest.start(get_enrollment(user_id, whole.slug), whole, served(), now()).id
    return go(url_for("assessment.attempt", attempt_id=attempt_id))


@blueprint.post("/courses/<course>/pretest-refusals")
@access(Who.LEARNER)
def skip(course: str) -> Response:
    """Go to the course without it. Nobody is asked twice."""
    whole, user_id = get_course(course), current_user.id
    with transaction():
        pretest.skip(get_enrollment(user_id, whole.slug), whole, now())
    return go(_following(whole, request.form.get("next")))


@blueprint.get("/attempts/<uuid:attempt_id>/counts")
@access(Who.LEARNER, own=True)
def result(attempt_id: UUID) -> Response | str:
    """Say that it is kept, and whether the core lessons can be skipped; how many were right is told after the final."""
    attempt = get_attempt(current_user.id, attempt_id)
    if attempt.kind != Kind.PRETEST:
        return go(url_for("assessment.attempt", attempt_id=attempt_id))
    whole, tally = get_course(attempt.course), _tally(attempt)
    enrollment = find_enrollment(current_user.id, whole.slug)
    is_here = enrollment is not None and enrollment.id == attempt.enrollment_id
    knows = is_here and pretest.knows_core(tally, whole)
    is_known = enrollment is not None and enrollment.is_tested_out
    can_know = knows or (current_user.is_guest and pretest.can_be_known(whole))
    may_ask = can_know and not is_known and enrollment is not None and enrollment.asks.allows_test_out
    return render_template(
        "assessment/pretest_result.html",
        course=whole,
        answered=tally.answered,
        knows=knows and (is_known or not current_user.is_guest),
        may_ask=may_ask,
        attempt=attempt,
        enrollment=enrollment,
        standing=standing(enrollment, whole) if enrollment else None,
        following=_following(whole, None),
    )


@blueprint.post("/attempts/<uuid:attempt_id>/test-outs")
@access(Who.LEARNER, own=True)
@limit_acts("1 per hour")
def ask(attempt_id: UUID) -> Response:
    """Count the core lessons as done if the pretest shows that they are known, and say so if it doesn't."""
    user_id = current_user.id
    with transaction():
        attempt = get_attempt(user_id, attempt_id)
        if attempt.kind != Kind.PRETEST:
            return go(url_for("assessment.attempt", attempt_id=attempt_id))
        is_known = pretest.count_as_known(attempt, _tally(attempt), get_course(attempt.course), now())
    if not is_known:
        flash(_("Not this time: the core lessons are for you. They take a few minutes each."))
    return go(url_for(".result", attempt_id=attempt_id))


def _tally(attempt: Attempt) -> Tally:
    if attempt.tally is None:
        raise NotYet(_("This isn’t handed in yet."))
    return Tally.read(attempt.tally)


def _following(course: Course, path: str | None) -> str:
    """Return where to go on: the page that was asked for, or the first lesson."""
    first = course.first_lesson
    lesson = url_for("learning.show_lesson", course=course.slug, module=first.module_slug, lesson=first.slug)
    return safe_path(path, lesson)
