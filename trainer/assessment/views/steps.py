"""The steps through an attempt that all kinds share."""

from __future__ import annotations

import datetime as dt

from flask import url_for

from trainer.assessment import rules
from trainer.assessment.models import Attempt
from trainer.assessment.models import Response as Given
from trainer.assessment.queries import list_responses
from trainer.assessment.rules import Kind
from trainer.core.db import db
from trainer.courses.current import content
from trainer.learning.activity import read_mark
from trainer.learning.models import Enrollment
from trainer.learning.operations import credit_activity

LONGEST_SCENE = dt.timedelta(minutes=3)


def after(found: Attempt, position: int) -> str:
    """Return the address of a scene or question, or of handing in behind the last."""
    if position > found.scenes:
        return url_for("assessment.submission", attempt_id=found.id)
    endpoint = "drills.question" if found.kind == Kind.DRILL else "assessment.scene"
    return url_for(endpoint, attempt_id=found.id, position=position)


def answered_positions(found: Attempt) -> set[int]:
    """Return which of an attempt's scenes are answered."""
    return {one.position for one in list_responses(found) if is_answered(found, one)}


def is_answered(found: Attempt, given: Given) -> bool:
    """Return whether a response is whole: in practice recorded, in a final with all three parts."""
    if found.kind != Kind.FINAL:
        return given.recorded_at is not None
    return len(given.given or {}) == 3


def may_review(found: Attempt) -> bool:
    """Return whether the review policy shows the keys of the whole attempt."""
    return rules.may_see_scenes(
        Kind(found.kind), found.submitted_at is not None, found.is_passed, found.number, found.tries
    )


def credit(found: Attempt, mark: str | None, at: dt.datetime) -> None:
    """Credit the time that a page of the attempt was open."""
    enrollment = db.session.get_one(Enrollment, found.enrollment_id, with_for_update=True)
    opened_at = read_mark(enrollment, mark)
    if opened_at is not None:
        credit_activity(enrollment, opened_at, LONGEST_SCENE, at)


def course_title(found: Attempt) -> str:
    """Return the title of an attempt's course, or its name where it has left the content."""
    course = content().courses.get(found.course)
    return course.file.title if course else found.course
