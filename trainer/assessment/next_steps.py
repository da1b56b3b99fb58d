"""What someone does next in a course: one decision for every page that says it."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from enum import StrEnum

from trainer.accounts.queries import find_user
from trainer.assessment import pretest
from trainer.assessment.finals import find_elsewhere, next_try
from trainer.assessment.models import RoundRequest
from trainer.assessment.queries import find_any_open_attempt
from trainer.assessment.rounds import find_request
from trainer.assessment.rules import Kind, TryDecision
from trainer.assessment.steps import course_title
from trainer.content.library import Course, Lesson
from trainer.core.feature import ask, ask_extra
from trainer.learning.models import Enrollment
from trainer.learning.queries import next_lesson, taken, wants_place
from trainer.learning.rules import CourseProgress


class CourseStep(StrEnum):
    """Kinds of next steps, in the order in which they are asked."""

    CERTIFICATE = "certificate"  # nothing is left to do
    ATTEMPT = "attempt"  # a final is under way
    PRETEST = "pretest"  # before anything is read, where a firm or a class asks for the course; it can be skipped
    LESSON = "lesson"
    READ = "read"  # all lessons of a course without a final
    PLACE = "place"  # to say where they work, which decides the lesson
    MINUTES = "minutes"
    ACCOUNT = "account"
    NAME = "name"
    ATTESTATION = "attestation"
    FINAL = "final"
    WAIT = "wait"  # the next try isn't open yet
    ASKED_FIRST = "asked_first"  # something that an extra asks for, or to wait for, before the course goes on


@dataclass(frozen=True, slots=True)
class AskedFirst:
    """What an extra asks for before the course goes on."""

    words: str
    label: str
    address: str


@dataclass(frozen=True)
class NextStep:
    """The next step, and what its pages need to say it."""

    step: CourseStep
    lesson: Lesson | None = None
    """To read next, or again before the next try; of minutes, one that goes deeper, to fill them."""
    attempt_id: uuid.UUID | None = None
    """The final or pretest that is under way."""
    elsewhere: str | None = None
    """The title of the course, if that final is of another one whose tries count with those of this one."""
    practice_id: uuid.UUID | None = None
    """What else is under way."""
    decision: TryDecision | None = None
    lessons: tuple[Lesson, ...] = ()
    """All lessons to read again before the next try."""
    request: RoundRequest | None = None
    """That a new round was asked for."""
    asked: AskedFirst | None = None
    offers_pretest: bool = False
    """That a pretest can spare them the lessons: where nobody asks for it, it is offered beside the first lesson."""


def find_next_step(course: Course, enrollment: Enrollment, where: CourseProgress, now: dt.datetime) -> NextStep:
    """Return the learner's next step in a course."""
    course = taken(course, enrollment)
    if enrollment.completed_at is not None:
        return NextStep(CourseStep.CERTIFICATE)
    under_way = find_any_open_attempt(enrollment.id)
    if under_way is not None and under_way.kind == Kind.FINAL:
        return NextStep(CourseStep.ATTEMPT, attempt_id=under_way.id)
    practice_id = under_way.id if under_way else None
    begun, is_due = (None, False) if where.done_lessons else pretest.find_offer(enrollment.user_id, course)
    if begun is not None or (is_due and ask("is_taught", enrollment.user_id, course.slug)):
        return NextStep(CourseStep.PRETEST, attempt_id=begun.id if begun else None, practice_id=practice_id)
    asked = ask_extra("asked_first", enrollment, now)
    if asked is not None:
        return NextStep(CourseStep.ASKED_FIRST, practice_id=practice_id, asked=asked)
    lesson = next_lesson(course, enrollment, where)
    if lesson is not None:
        step = CourseStep.PLACE if wants_place(course, enrollment, where, lesson) else CourseStep.LESSON
        spares = is_due and pretest.can_be_known(course) and enrollment.asks.allows_test_out
        return NextStep(step, lesson, practice_id=practice_id, offers_pretest=spares)
    if course.is_for_renewal and not where.is_final_passed:
        return NextStep(CourseStep.READ, practice_id=practice_id)
    if where.missing_minutes:
        unread = next((need.id for need in where.to_fill if not need.is_done), None)
        return NextStep(CourseStep.MINUTES, course.lesson(unread) if unread else None, practice_id=practice_id)
    learner = find_user(enrollment.user_id)
    for step, is_missing in (
        (CourseStep.ACCOUNT, learner is None or learner.is_guest),
        (CourseStep.NAME, not where.has_name),
        (CourseStep.ATTESTATION, not where.is_attested),
    ):
        if is_missing:
            return NextStep(step, practice_id=practice_id)
    elsewhere = find_elsewhere(enrollment, course)
    if elsewhere is not None:
        return NextStep(CourseStep.ATTEMPT, attempt_id=elsewhere.id, elsewhere=course_title(elsewhere))
    decision = next_try(enrollment, course, now)
    if decision.is_allowed:
        return NextStep(CourseStep.FINAL, practice_id=practice_id, decision=decision)
    again = tuple(text for text in map(course.lesson, decision.lessons) if text is not None)
    return NextStep(
        CourseStep.WAIT,
        again[0] if again else None,
        practice_id=practice_id,
        decision=decision,
        lessons=again,
        request=find_request(enrollment.id, decision.round) if decision.begins_round else None,
    )
