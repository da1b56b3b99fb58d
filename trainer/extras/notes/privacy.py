"""What notes handed in to classes tell of writers and instructors, and how they are forgotten. Never commits."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Final

from sqlalchemy import Select, delete, select

from trainer.core.db import db
from trainer.core.privacy import Held, Told, tell_all
from trainer.extras.notes.handing_in import delete_notes
from trainer.extras.notes.models import ClassNote, SavedComment
from trainer.instructing.models import CohortMember

HELD: Final = {
    "classes": Held({"class_notes"}, ("notes_handed_in",)),
    "teaching": Held({"saved_comments"}, ("notes_answered", "saved_comments")),
}
"""What it holds of people, by the sort of data that `trainer/privacy/register.py` tells of."""


def export_person(user_id: uuid.UUID) -> Told:
    """Return the notes that a person handed in and answered, and the comments kept for that; no one else's note."""
    handed_in = (
        select(ClassNote)
        .where(ClassNote.member_id.in_(_places(user_id)))
        .order_by(ClassNote.handed_in_at, ClassNote.id)
    )
    answered = (
        select(ClassNote).where(ClassNote.answered_by_id == user_id).order_by(ClassNote.answered_at, ClassNote.id)
    )
    saved = select(SavedComment).where(SavedComment.user_id == user_id).order_by(SavedComment.saved_at)
    return {
        "notes_handed_in": tell_all(handed_in, "text", "handed_in_at", "answered_at", "met", "comment", "read_at"),
        "notes_answered": tell_all(answered, "answered_at", "met", "comment"),
        "saved_comments": tell_all(saved, "text", "saved_at"),
    }


def forget_person(user_id: uuid.UUID, _now: dt.datetime) -> None:
    """Delete what a person handed in, and the comments they kept. What they answered is another person's."""
    delete_notes(_places(user_id))
    kept = delete(SavedComment).where(SavedComment.user_id == user_id)
    db.session.execute(kept.execution_options(synchronize_session=False))


def _places(user_id: uuid.UUID) -> Select[uuid.UUID]:
    """Return ids of a person in classes, here or gone, as a part of other statements."""
    return select(CohortMember.id).where(CohortMember.user_id == user_id)
