"""What being taught in person did is undone, lesson by lesson, and no more than that."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask

from tests.cast import make_account
from tests.support import COURSE
from trainer.content.serving import served
from trainer.core.db import transaction
from trainer.extras.meetings.taught import Taught, credit_session, undo_taught
from trainer.learning.operations import complete_lesson, enroll
from trainer.learning.queries import list_readings

AT = dt.datetime(2026, 11, 23, 15, tzinfo=dt.UTC)
LATER = AT + dt.timedelta(minutes=20)


@pytest.mark.parametrize(
    ("before", "since", "left"), [(None, None, None), (AT, None, AT), (None, LATER, LATER), (AT, LATER, LATER)]
)
def test_a_lesson_is_as_it_would_be_without_it(
    app: Flask, before: dt.datetime | None, since: dt.datetime | None, left: dt.datetime | None
) -> None:
    user, taught_at = make_account(app), AT + dt.timedelta(minutes=10)
    with app.app_context(), transaction():
        course = served().courses[COURSE]
        lesson, enrollment = course.lessons[0], enroll(user, course, AT)
        for at in (before, taught_at):
            if at is not None:
                complete_lesson(enrollment, course, lesson, at)
        minutes = credit_session(enrollment, 5, [lesson])
        if since is not None:
            complete_lesson(enrollment, course, lesson, since)
        undo_taught(enrollment, course, [Taught(lesson.id, minutes, taught_at, before)])
        assert list_readings(enrollment.id) == ({lesson.id: left} if left else {})
        assert enrollment.active_seconds == 0
        assert (enrollment.last_lesson, enrollment.begun_at) == (
            (lesson.id, before or taught_at) if left else (None, None)
        )


def test_minutes_never_fall_below_none(app: Flask) -> None:
    user = make_account(app)
    with app.app_context(), transaction():
        course = served().courses[COURSE]
        enrollment = enroll(user, course, AT)
        undo_taught(enrollment, None, [Taught(course.lessons[0].id, 9, AT, None)])
        assert enrollment.active_seconds == 0
