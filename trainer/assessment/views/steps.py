"""The steps through an attempt that all kinds share."""

from __future__ import annotations

import datetime as dt

from flask import url_for

from trainer.assessment.models import Attempt
from trainer.assessment.models import Response as Given
from trainer.assessment.queries import list_responses
from trainer.assessment.shown import Happened
from trainer.assessment.sittings import judge_all, sitting_of
from trainer.assessment.told import tell
from trainer.content.serving import served
from trainer.core.db import db
from trainer.items.registry import read_scene
from trainer.learning.activity import read_mark
from trainer.learning.models import Enrollment
from trainer.learning.operations import credit_activity

LONGEST_SCENE = dt.timedelta(minutes=3)


def after(found: Attempt, position: int) -> str:
    """Return the address of a scene or question, or of handing in behind the last."""
    if position > found.scenes:
        return url_for("assessment.submission", attempt_id=found.id)
    return url_for(sitting_of(found).page, attempt_id=found.id, position=position)


def answered_positions(found: Attempt) -> set[int]:
    """Return which of an attempt's scenes are answered."""
    return {one.position for one in list_responses(found) if is_answered(found, one)}


def is_answered(found: Attempt, given: Given) -> bool:
    """Return whether a response is whole."""
    return sitting_of(found).is_answered(given)


def may_review(found: Attempt, given: Given) -> bool:
    """Return whether the review policy shows a scene of the attempt with its key.

    What went right in a final isn't shown, by the rule it was drawn with: others may be asked it.
    """
    if not sitting_of(found).may_review(found.submitted_at is not None, found.is_passed):
        return False
    if found.rule.get("shows_all", True):
        return True
    ((_scene, judged),) = judge_all([given], served().vocabulary.danger_rules)
    return judged.went_wrong


def night_of(found: Attempt, before: int | None = None) -> list[Happened]:
    """Return what happened in a practice shift before an event, or in all of it; nothing for another attempt."""
    if not sitting_of(found).keeps_log:
        return []
    end = before or found.scenes + 1
    responses = [one for one in list_responses(found) if one.position < end]
    return [Happened.of(one.position, tell(read_scene(one.snapshot.payload))[0], one.given) for one in responses]


def credit(found: Attempt, mark: str | None, at: dt.datetime) -> None:
    """Credit the time that a page of the attempt was open."""
    enrollment = db.session.get_one(Enrollment, found.enrollment_id, with_for_update=True)
    opened_at = read_mark(enrollment, mark)
    if opened_at is not None:
        credit_activity(enrollment, opened_at, LONGEST_SCENE, at)


def course_title(found: Attempt) -> str:
    """Return the title of an attempt's course, or its name where it has left the content."""
    course = served().courses.get(found.course)
    return course.file.title if course else found.course
