"""Meetings in person, who was there, and what was signed off."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from flask import Flask

from tests.cast import context_of
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.db import transaction
from trainer.extras.meetings.sessions import Outcome, hold_session, note_attendance, sign_off


def hold_meeting(app: Flask, user_id: UUID, cohort_id: UUID, *, lessons: int = 2, minutes: int = 60) -> UUID:
    """Write a meeting down in which the first lessons were taught; return its id."""
    with app.app_context(), transaction():
        context = context_of(user_id, cohort_id)
        course = served().courses[context.cohort.course]
        taught = [lesson.id for lesson in course.lessons[:lessons]]
        return hold_session(context, context.today(clock.now()), minutes, taught, "", course, clock.now()).id


def teach_at(
    app: Flask, user_id: UUID, cohort_id: UUID, meeting: UUID, members: Collection[UUID], signer: str = "Ines Ito"
) -> Outcome:
    """Note who was at a meeting, and sign its lessons off for them."""
    with app.app_context(), transaction():
        context = context_of(user_id, cohort_id)
        note_attendance(context, meeting, members, clock.now())
        return sign_off(context, meeting, signer, served().courses[context.cohort.course], True, clock.now())
