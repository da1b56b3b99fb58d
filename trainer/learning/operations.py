"""Enrolling, marking lessons as read, crediting active time, completing."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select, update

from trainer.accounts.queries import get_user
from trainer.content.drills import Question
from trainer.content.library import Course, Lesson
from trainer.core.db import db, insert_missing
from trainer.core.errors import NotYet
from trainer.core.events import EventKind, happen
from trainer.credentials.models import Credential, Facts, PassedFinal
from trainer.credentials.operations import issue
from trainer.credentials.queries import find_credential
from trainer.items.contract import Mark
from trainer.items.payload import Given
from trainer.learning.models import Enrollment, LessonCompletion, LessonResponse
from trainer.learning.queries import (
    can_renew,
    find_enrollment,
    list_answers_now,
    list_reading_times,
    list_readings,
    standing,
    taken,
)
from trainer.learning.questions import still_open
from trainer.learning.rules import Conditions, RequiredConditions, read_ahead, tightened


class Opening(NamedTuple):
    """A cycle to be begun for someone. `place`: where the person works, as said in the cycle before."""

    user_id: uuid.UUID
    cycle: int
    conditions: Conditions
    place: str | None


def enroll(user_id: uuid.UUID, course: Course, now: dt.datetime) -> Enrollment:
    """Return the person's enrollment in a course, made now if there is none."""
    get_user(user_id)  # locks the row: two tabs that start at once become one enrollment
    enrollment = find_enrollment(user_id, course.slug)
    if enrollment is not None:
        return enrollment
    return _begin(user_id, course, 1, now)


def open_cycle(user_id: uuid.UUID, course: Course, now: dt.datetime, *, is_short: bool = False) -> Enrollment:
    """Return the person's open enrollment in a course: the one under way, or else a new one with the next cycle.

    `is_short`: a new one is a renewal by the lessons for that alone.
    """
    get_user(user_id)  # locks the row: two that renew at once open one cycle
    newest = find_enrollment(user_id, course.slug)
    if newest is not None and newest.completed_at is None:
        return newest
    if newest is None:
        return _begin(user_id, course, 1, now)
    return _begin(user_id, course, newest.cycle + 1, now, newest.place, is_short=is_short)


def renew(user_id: uuid.UUID, course: Course, now: dt.datetime, *, is_short: bool = False) -> Enrollment:
    """Take a completed course again. Raises NotYet until shortly before its credential expires."""
    get_user(user_id)
    newest = find_enrollment(user_id, course.slug)
    if newest is not None and newest.completed_at is not None and not can_renew(newest, now.date()):
        raise NotYet(_l("You can take the course again in the last 60 days before your certificate expires."))
    return open_cycle(user_id, course, now, is_short=is_short)


def tighten(enrollment: Enrollment, course: Course, asked: RequiredConditions) -> bool:
    """Make an open enrollment ask for at least this; return True if it asked for less before.

    Once lessons are to be read in order, those that were read ahead are to be read again.
    """
    before = enrollment.asks
    after = tightened(before, asked)
    if enrollment.completed_at is not None or after == before:
        return False
    enrollment.conditions = after.kept()
    if after.is_paced and not before.is_paced:
        unmark_read_ahead(enrollment, course)
    return True


def open_cycles(course: Course, openings: Iterable[Opening], now: dt.datetime) -> None:
    """Begin a course for many people at once. A cycle that someone else began meanwhile stays as it is."""
    insert_missing(
        Enrollment,
        [
            {
                **_facts(course),
                "id": uuid.uuid4(),
                "user_id": opening.user_id,
                "cycle": opening.cycle,
                "conditions": opening.conditions.kept(),
                "place": opening.place,
                "started_at": now,
                "active_seconds": 0,
            }
            for opening in openings
        ],
    )


def conditions_of(course: Course, *, is_short: bool = False) -> Conditions:
    """Return what a course itself asks for, and what its credential will say. `is_short`: for a short renewal."""
    return Conditions(
        least_minutes=course.file.least_minutes,
        edition=course.file.edition,
        achievement=course.file.achievement,
        validity_months=course.file.validity_months,
        attestation=course.file.attestation,
        is_short=is_short and bool(course.renewal),
    )


def _facts(course: Course) -> dict[str, Any]:
    return {
        "course": course.slug,
        "course_title": course.file.title,
        "course_version": course.file.version,
        "course_digest": course.digest,
    }


def _begin(
    user_id: uuid.UUID,
    course: Course,
    cycle: int,
    now: dt.datetime,
    place: str | None = None,
    *,
    is_short: bool = False,
) -> Enrollment:
    enrollment = Enrollment(
        **_facts(course),
        user_id=user_id,
        cycle=cycle,
        conditions=conditions_of(course, is_short=is_short).kept(),
        started_at=now,
        place=place,
        active_seconds=0,
    )
    db.session.add(enrollment)
    db.session.flush()
    return enrollment


def answer(
    enrollment: Enrollment, lesson: Lesson, question: Question, given: Given, mark: Mark | None, now: dt.datetime
) -> None:
    """Keep what was answered to a question of a lesson; a later answer replaces it.

    `mark`: None of an answer that isn't whole yet, and where right and wrong don't apply.
    """
    kept = db.session.get(LessonResponse, (enrollment.id, lesson.id, question.id))
    if kept is None:
        kept = LessonResponse(enrollment_id=enrollment.id, lesson=lesson.id, item=question.id)
        db.session.add(kept)
    kept.item_digest, kept.given, kept.answered_at = question.digest, dict(given), now
    kept.is_right = mark.is_right if mark else None


def mark_as_read(enrollment: Enrollment, course: Course, lesson: Lesson, now: dt.datetime) -> None:
    """Mark a lesson as read that someone has opened. Raises NotYet if one comes first, or questions are open."""
    read = list_readings(enrollment.id)
    if still_open(taken(course, enrollment), lesson, read, list_answers_now(enrollment.id, lesson)):
        raise NotYet(_l("Answer the questions of this lesson first. Right or wrong, any answer counts."))
    complete_lesson(enrollment, course, lesson, now)


def complete_lesson(enrollment: Enrollment, course: Course, lesson: Lesson, now: dt.datetime) -> None:
    """Mark a lesson as read, or as read again. Raises NotYet if lessons are to be read in order and one comes first."""
    if enrollment.asks.is_paced:
        first = standing(enrollment, course).comes_first(lesson.id)
        if first is not None:
            raise NotYet(_l("These lessons go in order. Read “%(title)s” first.", title=first.title))
    reading = db.session.get(LessonCompletion, (enrollment.id, lesson.id))
    if reading is None:
        db.session.add(
            LessonCompletion(enrollment_id=enrollment.id, lesson=lesson.id, completed_at=now, read_again_at=now)
        )
    else:
        reading.read_again_at = now
    enrollment.last_lesson = lesson.id
    note_begun(enrollment, now)


def note_begun(enrollment: Enrollment, now: dt.datetime) -> None:
    """Note when anything was done; the first time counts."""
    enrollment.begun_at = enrollment.begun_at or now


def choose_place(enrollment: Enrollment, lesson: Lesson) -> None:
    """Keep where the learner works, by the lesson that fits."""
    enrollment.place = lesson.slug


def test_out(enrollment: Enrollment, now: dt.datetime) -> None:
    """Count the lessons of the core path as done, unless someone else requires them to be read."""
    if enrollment.asks.allows_test_out and enrollment.completed_at is None:
        enrollment.tested_out_at = now
        note_begun(enrollment, now)


def attest(enrollment: Enrollment, name: str, now: dt.datetime) -> None:
    """Sign the sentence that the conditions ask for. The first signature stays."""
    if enrollment.attested_at is None:
        enrollment.attested_at, enrollment.attested_as = now, name


def record_result(
    enrollment: Enrollment, course: Course | None, final: PassedFinal, is_local_trial: bool, now: dt.datetime
) -> Credential | None:
    """Note that a final was passed; if nothing is missing now, complete and issue the credential."""
    if enrollment.final_passed_at is None:
        enrollment.final_passed_at, enrollment.final_scenes = now, final.scenes
        enrollment.final = asdict(final)
    return complete(enrollment, course, is_local_trial, now)


def complete(
    enrollment: Enrollment, course: Course | None, is_local_trial: bool, now: dt.datetime
) -> Credential | None:
    """Complete the enrollment and issue its credential, if nothing is missing and it wasn't done before.

    `course` is None when it has left the content folder meanwhile; what the credential states was frozen.
    """
    if enrollment.completed_at is not None:
        return None
    where = standing(enrollment, course)
    if not where.is_complete:
        return None
    holder = get_user(enrollment.user_id)
    assert holder.certificate_name is not None  # standing() says so
    asks, final = enrollment.asks, enrollment.final
    facts = Facts(
        holder_name=holder.certificate_name,
        course=enrollment.course,
        course_title=(course and course.file.credential_title) or enrollment.course_title,
        course_version=enrollment.course_version,
        course_digest=enrollment.course_digest,
        edition=asks.edition,
        achievement=(final and final["achievement"]) or asks.achievement,
        scenes=enrollment.final_scenes or 0,
        minutes=enrollment.active_seconds // 60,
        started_on=enrollment.started_at.date(),
        is_attested=enrollment.attested_at is not None,
        is_paced=asks.is_paced,
        is_tested_out=where.has_known or _was_tested_out(enrollment),
        unapproved_states=asks.unapproved_states,
        is_local_trial=is_local_trial,
    )
    credential = issue(facts, enrollment.user_id, enrollment.cycle, asks.validity_months, now, final)
    enrollment.completed_at = now
    enrollment.credential_id = credential.id
    happen(EventKind.COMPLETED, credential.id, now)
    return credential


def _was_tested_out(enrollment: Enrollment) -> bool:
    """Return True of a short renewal whose holder hadn't read the lessons of the course before, either."""
    if not enrollment.is_short:
        return False
    earlier = find_credential(enrollment.user_id, enrollment.course, enrollment.cycle - 1)
    return earlier is not None and earlier.is_tested_out


def merge_enrollments(
    guest_id: uuid.UUID, user_id: uuid.UUID, courses: Mapping[str, Course], now: dt.datetime
) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """Move a guest's enrollments to an account; return (old id, new id) of those that met one of its own.

    The caller moves what hangs on the old ids and then calls `drop_enrollments`.
    """
    met: list[tuple[uuid.UUID, uuid.UUID]] = []
    theirs = db.session.scalars(select(Enrollment).where(Enrollment.user_id == guest_id)).all()
    for guest in theirs:
        mine = find_enrollment(user_id, guest.course)
        if mine is None:
            guest.user_id = user_id
            continue
        combine(guest, mine, courses, now)
        met.append((guest.id, mine.id))
    db.session.flush()
    return met


def combine(other: Enrollment, mine: Enrollment, courses: Mapping[str, Course], now: dt.datetime) -> None:
    """Let an enrollment have what was done in another one of the same course, too.

    The further state of each lesson wins, active time adds up (to no more than has passed since the earlier
    start: two devices don't read twice as fast), and the later page is where to go on. Its own workplace stays.
    """
    _merge_lessons(other.id, mine.id)
    _merge_answers(other.id, mine.id)
    if mine.asks.is_paced and mine.completed_at is None and mine.course in courses:
        unmark_read_ahead(mine, courses[mine.course])
    mine.place = mine.place or other.place
    mine.tested_out_at = mine.tested_out_at or other.tested_out_at
    mine.started_at = min(mine.started_at, other.started_at)
    mine.begun_at = min((at for at in (mine.begun_at, other.begun_at) if at), default=None)
    passed = int((now - mine.started_at).total_seconds())
    together = min(mine.active_seconds + other.active_seconds, passed)
    mine.active_seconds = max(mine.active_seconds, together)
    lessons = mine.read_seconds.keys() | other.read_seconds.keys()
    mine.read_seconds = {name: mine.read_seconds.get(name, 0) + other.read_seconds.get(name, 0) for name in lessons}
    if other.active_until and (mine.active_until is None or other.active_until > mine.active_until):
        mine.active_until, mine.last_lesson = other.active_until, other.last_lesson or mine.last_lesson


def drop_enrollments(ids: Sequence[uuid.UUID]) -> None:
    """Delete enrollments that were merged into others."""
    db.session.execute(delete(LessonResponse).where(LessonResponse.enrollment_id.in_(ids)))
    db.session.execute(delete(LessonCompletion).where(LessonCompletion.enrollment_id.in_(ids)))
    db.session.execute(delete(Enrollment).where(Enrollment.id.in_(ids)))


def forget_enrollments(user_ids: Sequence[uuid.UUID]) -> None:
    """Delete all enrollments of users who are to be forgotten; their attempts must be gone."""
    ids = db.session.scalars(select(Enrollment.id).where(Enrollment.user_id.in_(user_ids))).all()
    drop_enrollments(ids)


def forget_answers(user_id: uuid.UUID) -> None:
    """Delete what only the person may see of their enrollments: answers, where they work and where they left off."""
    theirs = select(Enrollment.id).where(Enrollment.user_id == user_id)
    answers = delete(LessonResponse).where(LessonResponse.enrollment_id.in_(theirs))
    places = update(Enrollment).where(Enrollment.user_id == user_id).values(place=None, last_lesson=None)
    for statement in (answers, places):
        db.session.execute(statement.execution_options(synchronize_session=False))


def unmark_read_ahead(enrollment: Enrollment, course: Course) -> None:
    """Mark lessons as unread that have to be read in order and were read before an earlier one."""
    db.session.flush()
    ahead = read_ahead(standing(enrollment, course).path, list_reading_times(enrollment.id))
    db.session.execute(
        delete(LessonCompletion).where(
            LessonCompletion.enrollment_id == enrollment.id, LessonCompletion.lesson.in_(ahead)
        )
    )


def _merge_lessons(source: uuid.UUID, target: uuid.UUID) -> None:
    mine = {
        row.lesson: row
        for row in db.session.scalars(select(LessonCompletion).where(LessonCompletion.enrollment_id == target))
    }
    theirs = db.session.scalars(select(LessonCompletion).where(LessonCompletion.enrollment_id == source)).all()
    for row in theirs:
        if row.lesson in mine:
            kept = mine[row.lesson]
            kept.completed_at = min(kept.completed_at, row.completed_at)
            kept.read_again_at = max(kept.read_again_at, row.read_again_at)
        else:
            db.session.execute(
                update(LessonCompletion)
                .where(LessonCompletion.enrollment_id == source, LessonCompletion.lesson == row.lesson)
                .values(enrollment_id=target)
            )


def _merge_answers(source: uuid.UUID, target: uuid.UUID) -> None:
    """Let the newer answer to each question stand."""
    mine = {
        (row.lesson, row.item): row
        for row in db.session.scalars(select(LessonResponse).where(LessonResponse.enrollment_id == target))
    }
    for row in db.session.scalars(select(LessonResponse).where(LessonResponse.enrollment_id == source)).all():
        kept = mine.get((row.lesson, row.item))
        if kept is None:
            row.enrollment_id = target
        elif row.answered_at > kept.answered_at:
            kept.item_digest, kept.given, kept.answered_at = row.item_digest, row.given, row.answered_at
            kept.is_right = row.is_right
