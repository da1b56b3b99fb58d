"""People who hand in notes, and comments kept to answer them."""

from __future__ import annotations

from uuid import UUID

from flask import Flask

from tests.cast import NOTE
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.extras.notes.models import ClassNote
from trainer.instructing.models import CohortMember


def note_of(member: CohortMember, text: str = NOTE) -> ClassNote:
    """Return the note of the lesson about the farm, handed in by someone in a class now."""
    lesson = served().courses["security-officer"].lesson("your-venue/farm")
    assert lesson is not None
    question = lesson.question("at-the-van")
    assert question is not None
    return ClassNote(
        cohort_id=member.cohort_id,
        member_id=member.id,
        item_digest=question.digest,
        question=question.payload,
        text=text,
        handed_in_at=clock.now(),
    )


def add_note(app: Flask, member_id: UUID, text: str = NOTE) -> UUID:
    """Let someone in a class have handed in that note; return its id."""
    with app.app_context(), transaction():
        handed_in = note_of(db.session.get_one(CohortMember, member_id), text)
        db.session.add(handed_in)
        db.session.flush()
        return handed_in.id
