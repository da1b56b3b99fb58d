"""What learning tells of a person, and how it forgets one. Part of the operations; never commits."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Final

from sqlalchemy import select

from trainer.core.db import db
from trainer.core.privacy import Held, Rows, Told, tell_all, tell_one
from trainer.learning.models import Enrollment, LessonCompletion, LessonResponse
from trainer.learning.operations import drop_enrollments, forget_answers

HELD: Final = {
    "learning": Held(
        {"enrollments", "lesson_completions", "lesson_responses"}, ("enrollments", "lessons_read", "lesson_answers")
    ),
}
"""What it holds of people, by the sort of data that `trainer/privacy/register.py` tells of."""


def export_person(user_id: uuid.UUID) -> Told:
    """Return a person's enrollments, the lessons marked as read in them, and the answers to their questions."""
    enrollments = select(Enrollment).where(Enrollment.user_id == user_id).order_by(Enrollment.started_at, Enrollment.id)
    read = (
        select(LessonCompletion, Enrollment.course, Enrollment.cycle)
        .join(Enrollment, Enrollment.id == LessonCompletion.enrollment_id)
        .where(Enrollment.user_id == user_id)
        .order_by(LessonCompletion.completed_at, LessonCompletion.lesson)
    )
    answers = (
        select(LessonResponse, Enrollment.course, Enrollment.cycle)
        .join(Enrollment, Enrollment.id == LessonResponse.enrollment_id)
        .where(Enrollment.user_id == user_id)
        .order_by(LessonResponse.answered_at, LessonResponse.lesson, LessonResponse.item)
    )
    return {
        "enrollments": tell_all(
            enrollments,
            *("course", "cycle", "course_title", "course_version", "conditions", "started_at", "last_lesson", "place"),
            *(
                "active_seconds",
                "read_seconds",
                "tested_out_at",
                "attested_at",
                "attested_as",
                "final_passed_at",
                "final_scenes",
                "final",
            ),
            "completed_at",
        ),
        "lessons_read": Rows(
            read,
            lambda completion, course, cycle: {
                "course": course,
                "cycle": cycle,
                **tell_one(completion, "lesson", "completed_at", "read_again_at"),
            },
        ),
        "lesson_answers": Rows(
            answers,
            lambda response, course, cycle: {
                "course": course,
                "cycle": cycle,
                **tell_one(response, "lesson", "item", "given", "is_right", "answered_at"),
            },
        ),
    }


def forget_person(user_id: uuid.UUID, _now: dt.datetime) -> None:
    """Delete a person's enrollments without a credential, after instructing and assessment. Never commits.

    What a credential rests on is the training record that law asks for: lessons, minutes, the signed statement. Where
    the person worked and stopped reading, and what they answered on the way, is no part of that.
    """
    unearned = select(Enrollment.id).where(Enrollment.user_id == user_id, Enrollment.credential_id.is_(None))
    drop_enrollments(db.session.scalars(unearned).all())
    forget_answers(user_id)
