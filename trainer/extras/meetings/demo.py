"""How the made-up firm teaches in person."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection

from trainer.content.library import Course
from trainer.extras.meetings.sessions import hold_session, note_attendance, sign_off
from trainer.instructing.queries import TeachingContext


def teach(
    context: TeachingContext,
    lessons: Collection[str],
    member_ids: Collection[uuid.UUID],
    course: Course,
    now: dt.datetime,
) -> None:
    """Hold a meeting of a class, and sign its lessons off for those who are there."""
    session = hold_session(context, now.date(), 90, lessons, "", course, now)
    note_attendance(context, session.id, member_ids, now)
    sign_off(context, session.id, context.cohort.taught_by, course, True, now)
