"""What being taught lessons in person does to an enrollment, and how that is undone. Never commits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from trainer.content.library import Course, Lesson
from trainer.core.db import db
from trainer.learning.models import Enrollment, LessonCompletion
from trainer.learning.operations import unmark_read_ahead
from trainer.learning.queries import list_readings


class Taught(NamedTuple):
    """A lesson that was marked as read because it was taught. `read_before_at`: when the learner had last read it."""

    lesson: str
    minutes: int
    at: dt.datetime
    read_before_at: dt.datetime | None


def credit_session(enrollment: Enrollment, minutes: int, lessons: Sequence[Lesson]) -> int:
    """Credit minutes of being taught in person, no more than the lessons taught are planned for; return how many."""
    credited = min(minutes, sum(lesson.file.minutes for lesson in lessons))
    enrollment.active_seconds += 60 * credited
    return credited


def undo_taught(enrollment: Enrollment, course: Course | None, taught: Sequence[Taught]) -> None:
    """Let lessons be unread again that count as read only because they were taught, and take their minutes back.

    What the learner has read since stays read, unless lessons go in order and one comes first. The enrollment must be
    locked, and the course not completed: a certificate would rest on it.
    """
    assert enrollment.completed_at is None
    for lesson in taught:
        enrollment.active_seconds = max(0, enrollment.active_seconds - 60 * lesson.minutes)
        _unread(enrollment, lesson)
    db.session.flush()
    if enrollment.asks.is_paced and course is not None:
        unmark_read_ahead(enrollment, course)
    _look_back(enrollment, [lesson.at for lesson in taught])


def _unread(enrollment: Enrollment, taught: Taught) -> None:
    reading = db.session.get(LessonCompletion, (enrollment.id, taught.lesson), populate_existing=True)
    if reading is None:
        return
    if reading.read_again_at > taught.at:  # read since, by the learner
        if taught.read_before_at is None:
            reading.completed_at = reading.read_again_at
    elif taught.read_before_at is None:
        db.session.delete(reading)
    else:
        reading.read_again_at = taught.read_before_at


def _look_back(enrollment: Enrollment, moments: Sequence[dt.datetime]) -> None:
    """Derive where to continue, and when it all began, from what is left."""
    left = list_readings(enrollment.id)
    if enrollment.last_lesson not in left:
        enrollment.last_lesson = max(left, key=lambda lesson: left[lesson], default=None)
    is_untouched = not left and not enrollment.active_seconds and enrollment.tested_out_at is None
    if is_untouched and enrollment.begun_at in moments:
        enrollment.begun_at = None
