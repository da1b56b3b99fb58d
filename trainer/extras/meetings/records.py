"""What a class's meetings say about each person who was there, for files."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from trainer.content.library import Course
from trainer.core.db import db
from trainer.extras.meetings.models import ClassSession, Signature, SignOff
from trainer.extras.meetings.presence import list_numbers
from trainer.extras.meetings.queries import list_attendance, list_class_sessions
from trainer.instructing.queries import TeachingContext, list_members


@dataclass(frozen=True, slots=True)
class ClassRecord:
    """Someone who was at a meeting, and what was signed off for them there."""

    session: ClassSession
    taught: Sequence[str]
    """Titles of the lessons."""
    name: str
    employee_number: str | None
    is_member: bool
    lessons: int
    minutes: int
    signature: Signature | None


def list_records(context: TeachingContext, course: Course | None) -> Iterator[ClassRecord]:
    """Yield who was at the meetings of a class, the newest meeting first, then by name; after them who
    wasn't in the class."""
    members, numbers = list_members(context.cohort), list_numbers(context)
    titles = {lesson.id: lesson.file.title for lesson in course.lessons} if course else {}
    for session, _number in list_class_sessions(context):
        taught = [titles.get(lesson, lesson) for lesson in session.lessons]
        there, signed, signatures = list_attendance(session), _signed_at(session), _signatures_of(session)
        for member in members:
            if member.id in there:
                lessons = signed.get(member.id, [])
                yield ClassRecord(
                    *(session, taught, member.name, numbers.get(member.user_id), True),
                    len(lessons),
                    sum(sign_off.minutes for sign_off in lessons),
                    signatures.get(lessons[-1].signature_id) if lessons else None,
                )
        for name in session.walk_ins or ():
            yield ClassRecord(session, taught, name, None, False, 0, 0, None)


def _signed_at(session: ClassSession) -> dict[uuid.UUID | None, list[SignOff]]:
    signed: dict[uuid.UUID | None, list[SignOff]] = {}
    query = select(SignOff).where(SignOff.session_id == session.id)
    for sign_off in db.session.scalars(query.order_by(SignOff.signed_off_at, SignOff.lesson)):
        signed.setdefault(sign_off.member_id, []).append(sign_off)
    return signed


def _signatures_of(session: ClassSession) -> dict[uuid.UUID | None, Signature]:
    rows = db.session.scalars(select(Signature).where(Signature.session_id == session.id))
    return {signature.id: signature for signature in rows}
