"""The steps through an attempt that all kinds share."""

from __future__ import annotations

import datetime as dt
import re

from flask import url_for
from werkzeug.wrappers import Response

from trainer.assessment.attempt_policies import policy_of
from trainer.assessment.localized import localize
from trainer.assessment.models import Attempt
from trainer.assessment.models import Response as Given
from trainer.assessment.queries import list_given, list_responses
from trainer.assessment.review import list_shown
from trainer.assessment.rules import Kind
from trainer.content.objects import TranslationStanding
from trainer.content.serving import served
from trainer.core.db import db
from trainer.core.errors import Conflict
from trainer.items.judge.payload import ScenePayload
from trainer.items.registry import read_scene
from trainer.learning.activity import credit_activity, opened_mark, read_mark
from trainer.learning.models import Enrollment
from trainer.web.errors import error_response

LONGEST_SCENE = dt.timedelta(minutes=3)
LONGEST_STEP = dt.timedelta(minutes=1)
"""For the first step alone, on a page after that of the verdict."""
_SECONDS = re.compile(r"[0-9]{1,7}(\.[0-9]{1,3})?")


def after(attempt: Attempt, position: int) -> str:
    """Return the address of a scene or question, or of handing in behind the last."""
    if position > attempt.scenes:
        return url_for("assessment.submission", attempt_id=attempt.id)
    return url_for(policy_of(attempt).page, attempt_id=attempt.id, position=position)


def answered_positions(attempt: Attempt) -> set[int]:
    """Return which of an attempt's scenes are answered."""
    policy = policy_of(attempt)
    return {given.position for given in list_given(attempt) if policy.is_answered(given)}


def may_review(attempt: Attempt, given: Given) -> bool:
    """Return whether a scene of the attempt may be shown with its key."""
    if attempt.submitted_at is None:
        return False
    return given.position in {response.position for response in list_shown(attempt, list_responses(attempt))}


def is_outdated(attempt: Attempt, given: Given, version: int) -> bool:
    """Return True if a newer answer than `version` was saved, in another tab, and can still be changed."""
    is_open = attempt.submitted_at is None and given.position > attempt.handed_in and given.recorded_at is None
    return is_open and given.version != version


def refused(error: Conflict, attempt: Attempt) -> Response:
    """Return the page that says why an answer can't be saved anymore, with the way to where the attempt stands."""
    return error_response(409, error.message, url_for("assessment.attempt", attempt_id=attempt.id))


def scene_mark(enrollment: Enrollment, attempt: Attempt, position: int, now: dt.datetime) -> str:
    """Return a mark that says when this learner opened an item of an attempt."""
    return opened_mark(enrollment, _page_of(attempt, position), now)


def credit(
    attempt: Attempt, position: int, mark: str | None, at: dt.datetime, longest: dt.timedelta = LONGEST_SCENE
) -> None:
    """Credit the time that the page of an item that was answered was open, if it says since when.

    What a trial asks is no part of the course, and minutes would tell an instructor who takes part.
    """
    if not mark or attempt.kind == Kind.RETEST:
        return
    enrollment = db.session.get_one(Enrollment, attempt.enrollment_id, with_for_update=True)
    opened = read_mark(enrollment, mark)
    if opened is not None and opened.page == _page_of(attempt, position):
        credit_activity(enrollment, opened.at, longest, at)


def _page_of(attempt: Attempt, position: int) -> str:
    return f"{attempt.id.hex[:4]}/{position}"  # longer marks would be packed, to lengths that vary


def read_seconds(text: str | None) -> float | None:
    """Return how long our script says that a scene was in view; None without script, or for anything else."""
    return float(text) if text and _SECONDS.fullmatch(text) else None


def course_title(attempt: Attempt) -> str:
    """Return the title of an attempt's course, or its name where it has left the content."""
    course = served().courses.get(attempt.course)
    return course.file.title if course else attempt.course


def told_scene(given: Given, *beside: str) -> tuple[ScenePayload, TranslationStanding]:
    """Return the scene in its reader's language, and how it stands there, with the files of what is beside it."""
    return localize(read_scene(given.snapshot.payload), *beside)
