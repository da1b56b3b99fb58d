"""The page on which a learner who used all tries asks for another round."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from trainer.assessment.next_steps import CourseStep, NextStep, find_next_step
from trainer.content.library import Course
from trainer.content.serving import get_course
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import Conflict
from trainer.home import rounds
from trainer.learning.models import Enrollment
from trainer.learning.queries import find_enrollment, get_enrollment, standing
from trainer.web.access import Who, access
from trainer.web.redirects import go

blueprint = Blueprint("rounds", __name__, url_prefix="/courses/<course>/final/round", template_folder="templates")


@blueprint.get("")
@access(Who.ACCOUNT)
def ask(course: str) -> Response | str:
    """Say who could open another round sooner, and offer to ask them."""
    whole = get_course(course)
    enrollment = find_enrollment(current_user.id, whole.slug)
    way = _way(whole, enrollment)
    if way is None or way.request is not None:
        return go(url_for("finals.show", course=whole.slug))
    openers = rounds.find_openers(current_user.id, whole.slug, now())
    return render_template("home/round.html", course=whole, way=way, openers=openers)


@blueprint.post("")
@access(Who.ACCOUNT)
def send(course: str) -> Response:
    """Ask for another round."""
    whole, user_id = get_course(course), current_user.id
    try:
        with transaction():
            enrollment = get_enrollment(user_id, whole.slug)
            way = _way(whole, enrollment)
            if way is not None and way.decision is not None:
                rounds.ask(enrollment, way.decision.round, now())
    except Conflict as error:
        flash(error.message)
    return go(url_for("finals.show", course=whole.slug))


def _way(course: Course, enrollment: Enrollment | None) -> NextStep | None:
    """Return the next step if it is to wait for another round, else None."""
    if enrollment is None:
        return None
    way = find_next_step(course, enrollment, standing(enrollment, course), now())
    return way if way.step is CourseStep.WAIT and way.decision and way.decision.begins_round else None
