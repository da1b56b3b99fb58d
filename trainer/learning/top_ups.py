"""What has changed in a course since someone was certified, and which lessons they are asked to read again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from trainer.content.history import Change
from trainer.content.library import Course, Lesson
from trainer.core.db import db
from trainer.credentials.models import Credential
from trainer.credentials.queries import status_on
from trainer.credentials.rules import Status
from trainer.learning.models import Enrollment, LessonCompletion, LessonResponse
from trainer.learning.questions import is_whole


@dataclass(frozen=True)
class ToRead:
    """A lesson that changed."""

    lesson: Lesson
    by: dt.date
    is_read: bool
    """It was marked as read since it changed."""
    is_answered: bool
    """Its questions have an answer, as they are now."""

    @property
    def is_done(self) -> bool:
        """True once nothing more is asked."""
        return self.is_read and self.is_answered


@dataclass(frozen=True)
class Since:
    """What has changed since a certificate's version of its course."""

    course: Course
    changes: tuple[Change, ...]
    """The newest first."""
    lessons: tuple[ToRead, ...]

    @property
    def missing(self) -> tuple[ToRead, ...]:
        """The lessons that aren't done."""
        return tuple(lesson for lesson in self.lessons if not lesson.is_done)

    @property
    def by(self) -> dt.date:
        """Until when those are to be read that come first."""
        return min(lesson.by for lesson in self.missing)


def changes_since(credential: Credential, courses: Mapping[str, Course], today: dt.date) -> Since | None:
    """Return what has changed since a certificate that is valid; None if nothing has.

    It takes no statement unless lessons are to be read.
    """
    course = courses.get(credential.course)
    if course is None or status_on(credential, today) is not Status.VALID:
        return None
    changes = tuple(
        change
        for change in course.changes
        if change.published_on is not None and change.is_after(credential.course_version)
    )
    return Since(course, changes, _to_read(credential, course, changes)) if changes else None


def _to_read(credential: Credential, course: Course, changes: tuple[Change, ...]) -> tuple[ToRead, ...]:
    asked: dict[str, tuple[dt.date, dt.date]] = {}  # of each lesson, when it last changed and the first day named
    for change in changes:
        if change.top_up is not None and change.published_on is not None:
            for name in change.top_up.lessons:
                changed_on, by = asked.get(name, (change.published_on, change.top_up.by))
                asked[name] = max(changed_on, change.published_on), min(by, change.top_up.by)
    if not asked:
        return ()
    mine = (Enrollment.user_id == credential.user_id, Enrollment.course == credential.course)
    readings = db.session.execute(
        select(LessonCompletion.lesson, func.max(LessonCompletion.read_again_at))
        .join(Enrollment, Enrollment.id == LessonCompletion.enrollment_id)
        .where(*mine, LessonCompletion.lesson.in_(asked))
        .group_by(LessonCompletion.lesson)
    )
    read = {row[0]: row[1] for row in readings}
    answers = db.session.scalars(
        select(LessonResponse)
        .join(Enrollment, Enrollment.id == LessonResponse.enrollment_id)
        .where(*mine, LessonResponse.lesson.in_(asked))
        .order_by(Enrollment.cycle)
    )
    given = {(answer.item, answer.item_digest): answer.given for answer in answers}
    lessons = []
    for lesson in course.lessons:
        if lesson.id in asked:
            changed_on, by = asked[lesson.id]
            theirs = {
                question.id: given[question.id, question.digest]
                for question in lesson.questions
                if (question.id, question.digest) in given
            }
            read_at = read.get(lesson.id, credential.issued_at)
            is_read = read_at > credential.issued_at and read_at.date() >= changed_on
            is_answered = all(is_whole(question, theirs) for question in lesson.questions)
            lessons.append(ToRead(lesson, by, is_read, is_answered))
    return tuple(lessons)
