"""What has changed in a course since someone was certified, and which lessons they are asked to read again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Self
from uuid import UUID

from sqlalchemy import func, select

from trainer.content.history import Change
from trainer.content.library import Course, Lesson
from trainer.core.db import db
from trainer.credentials.models import Credential
from trainer.credentials.rules import CredentialStatus, status
from trainer.items.payload import Given
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


class HeldCredential(NamedTuple):
    """What of a certificate tells by when changed lessons are to be read: `HELD` selects it."""

    id: UUID
    user_id: UUID
    course: str
    course_version: str
    issued_at: dt.datetime
    valid_until: dt.date
    revoked_at: dt.datetime | None
    superseded_by_id: UUID | None

    @classmethod
    def of(cls, credential: Credential) -> Self:
        """Return that of a certificate."""
        return cls(*(getattr(credential, name) for name in cls._fields))

    def is_valid(self, day: dt.date) -> bool:
        """Return whether it is valid on a day."""
        is_superseded = self.superseded_by_id is not None
        valid_until, revoked_at = self.valid_until, self.revoked_at
        state = status(valid_until=valid_until, revoked_at=revoked_at, is_superseded=is_superseded, today=day)
        return state is CredentialStatus.VALID


HELD = tuple(getattr(Credential, name) for name in HeldCredential._fields)


class TopUpLesson(NamedTuple):
    """A lesson to be read again: the day it last changed, and the first day named."""

    lesson: Lesson
    changed_on: dt.date
    by: dt.date


def changes_since(credential: Credential, courses: Mapping[str, Course], today: dt.date) -> Since | None:
    """Return what has changed since a certificate that is valid; None if nothing has.

    It takes no statement unless lessons are to be read.
    """
    course, held = courses.get(credential.course), HeldCredential.of(credential)
    if course is None or not held.is_valid(today):
        return None
    changes = _changes(course, credential.course_version)
    if not changes:
        return None
    asked = _asked(course, changes)
    done = _Done.of([held], {part.lesson.id for part in asked}) if asked else None
    return Since(course, changes, _to_read(held, asked, done) if done else ())


def asking_courses(courses: Mapping[str, Course]) -> frozenset[str]:
    """Return the courses of which some lessons changed so much that people certified before are asked to read them."""
    return frozenset(
        slug for slug, course in courses.items() if any(change.top_up is not None for change in _published(course))
    )


def top_ups_due(
    credentials: Iterable[HeldCredential], courses: Mapping[str, Course], today: dt.date
) -> dict[UUID, dt.date]:
    """Return, by id, the day by which the changed lessons are to be read, of the certificates whose holder hasn't.

    The same rule as `changes_since`, for as many people as a page shows, with two statements or none.
    """
    asking = asking_courses(courses)
    valid = [credential for credential in credentials if credential.course in asking and credential.is_valid(today)]
    asked = {
        (course, version): _asked(courses[course], _changes(courses[course], version))
        for course, version in {(credential.course, credential.course_version) for credential in valid}
    }
    owing = [credential for credential in valid if asked[credential.course, credential.course_version]]
    if not owing:
        return {}
    done = _Done.of(owing, {part.lesson.id for parts in asked.values() for part in parts})
    due = {}
    for credential in owing:
        parts = _to_read(credential, asked[credential.course, credential.course_version], done)
        left = [part.by for part in parts if not part.is_done]
        if left:
            due[credential.id] = min(left)
    return due


@dataclass(frozen=True)
class _Done:
    """What people have read and answered of some lessons."""

    read: Mapping[tuple[UUID, str, str], dt.datetime]
    """When someone last marked a lesson of a course as read."""
    given: Mapping[tuple[UUID, str], Mapping[tuple[str, str], Given]]
    """Someone's answers in a course, by question and its digest; of several cycles, the newest."""

    @classmethod
    def of(cls, credentials: Collection[HeldCredential], lessons: Collection[str]) -> Self:
        theirs = (
            Enrollment.user_id.in_({credential.user_id for credential in credentials}),
            Enrollment.course.in_({credential.course for credential in credentials}),
        )
        readings = db.session.execute(
            select(
                Enrollment.user_id,
                Enrollment.course,
                LessonCompletion.lesson,
                func.max(LessonCompletion.read_again_at),
            )
            .join(Enrollment, Enrollment.id == LessonCompletion.enrollment_id)
            .where(*theirs, LessonCompletion.lesson.in_(lessons))
            .group_by(Enrollment.user_id, Enrollment.course, LessonCompletion.lesson)
        )
        read = {(row[0], row[1], row[2]): row[3] for row in readings}
        answers = db.session.execute(
            select(
                Enrollment.user_id,
                Enrollment.course,
                LessonResponse.item,
                LessonResponse.item_digest,
                LessonResponse.given,
            )
            .join(Enrollment, Enrollment.id == LessonResponse.enrollment_id)
            .where(*theirs, LessonResponse.lesson.in_(lessons))
            .order_by(Enrollment.cycle)
        )
        given: dict[tuple[UUID, str], dict[tuple[str, str], Given]] = {}
        for user_id, course, item, digest, answer in answers:
            given.setdefault((user_id, course), {})[item, digest] = answer
        return cls(read, given)


def _changes(course: Course, version: str) -> tuple[Change, ...]:
    return tuple(change for change in _published(course) if change.is_after(version))


def _published(course: Course) -> tuple[Change, ...]:
    return tuple(change for change in course.changes if change.published_on is not None)


def _asked(course: Course, changes: tuple[Change, ...]) -> tuple[TopUpLesson, ...]:
    """Return the lessons that changes ask for, in the order of the course."""
    asked: dict[str, tuple[dt.date, dt.date]] = {}
    for change in changes:
        if change.top_up is not None and change.published_on is not None:
            for name in change.top_up.lessons:
                changed_on, by = asked.get(name, (change.published_on, change.top_up.by))
                asked[name] = max(changed_on, change.published_on), min(by, change.top_up.by)
    return tuple(TopUpLesson(lesson, *asked[lesson.id]) for lesson in course.lessons if lesson.id in asked)


def _to_read(credential: HeldCredential, asked: tuple[TopUpLesson, ...], done: _Done) -> tuple[ToRead, ...]:
    given = done.given.get((credential.user_id, credential.course), {})
    lessons = []
    for lesson, changed_on, by in asked:
        theirs = {
            question.id: given[question.id, question.digest]
            for question in lesson.questions
            if (question.id, question.digest) in given
        }
        read_at = done.read.get((credential.user_id, credential.course, lesson.id), credential.issued_at)
        is_read = read_at > credential.issued_at and read_at.date() >= changed_on
        is_answered = all(is_whole(question, theirs) for question in lesson.questions)
        lessons.append(ToRead(lesson, by, is_read, is_answered))
    return tuple(lessons)
