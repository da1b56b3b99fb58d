"""Notes that people handed in, as the instructor of their class reads and answers them, and comments kept for that."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import Final

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, not_, select

from trainer.accounts.models import User
from trainer.core import outbox
from trainer.core.audit import note
from trainer.core.db import db
from trainer.core.errors import Conflict, Invalid, NotFound
from trainer.core.paging import Page, read_page
from trainer.extras.notes.handing_in import employs, read_note, reads_notes
from trainer.extras.notes.models import ClassNote, SavedComment
from trainer.instructing.models import CohortMember
from trainer.instructing.queries import TeachingContext, lock_cohort, present
from trainer.web.language import mail_language

PAGE: Final = 50
MOST_COMMENTS: Final = 50


class NoteState(StrEnum):
    """Whether a note was answered."""

    WAITING = "waiting"
    ANSWERED = "answered"


STATE_NAMES = {NoteState.WAITING: _l("Waiting"), NoteState.ANSWERED: _l("Answered")}


def list_notes(context: TeachingContext, state: NoteState, after: str | None) -> Page[tuple[ClassNote, CohortMember]]:
    """Return a page of a class's notes: those that have waited longest first, of answered ones the newest answer."""
    query = _seen_by(context)
    if state is NoteState.WAITING:
        waiting = query.where(ClassNote.answered_at.is_(None))
        return read_page(waiting, ClassNote.handed_in_at, ClassNote.id, after=after, most=PAGE)
    answered = query.where(ClassNote.answered_at.is_not(None))
    return read_page(answered, ClassNote.answered_at, ClassNote.id, after=after, most=PAGE, is_newest_first=True)


def count_notes(context: TeachingContext) -> dict[NoteState, int]:
    """Return how many notes of a class wait, and how many were answered."""
    seen = _seen_by(context).with_only_columns(ClassNote.answered_at.is_(None), func.count())
    counts = {bool(row[0]): row[1] for row in db.session.execute(seen.group_by(ClassNote.answered_at.is_(None)))}
    return {NoteState.WAITING: counts.get(True, 0), NoteState.ANSWERED: counts.get(False, 0)}


def get_note(context: TeachingContext, note_id: uuid.UUID) -> tuple[ClassNote, CohortMember]:
    """Return a note of a class with who wrote it. Raises NotFound, also once it was withdrawn."""
    row = db.session.execute(_seen_by(context).where(ClassNote.id == note_id)).first()
    if row is None:
        raise NotFound(_l("This note isn’t here anymore. Its writer may have withdrawn it or left the class."))
    return row[0], row[1]


def list_earlier(context: TeachingContext, handed_in: ClassNote) -> Sequence[ClassNote]:
    """Return earlier versions of a note, the newest first."""
    rows = db.session.execute(
        _seen_by(context)
        .where(
            ClassNote.member_id == handed_in.member_id,
            ClassNote.item_digest == handed_in.item_digest,
            ClassNote.handed_in_at < handed_in.handed_in_at,
        )
        .order_by(ClassNote.handed_in_at.desc())
    )
    return [row[0] for row in rows]


def answer_note(
    context: TeachingContext, note_id: uuid.UUID, met: Collection[str], comment: str, now: dt.datetime
) -> None:
    """Grade a note and answer it, once; the writer gets a mail. The same answer twice is no error.

    `met`: ids of the points of its rubric that it meets. Raises NotFound if it was withdrawn, Conflict if it was
    answered otherwise or the class is archived.
    """
    cohort = lock_cohort(context.cohort.id)
    db.session.expire_all()
    handed_in, member = get_note(context, note_id)
    points = [check.id for check in read_note(handed_in.question).checks if check.id in met]
    if handed_in.answered_at is not None:
        if (handed_in.met, handed_in.comment) == (points, comment or None):
            return
        raise Conflict(_l("This note was already answered. The answer that was sent is below."))
    if cohort.archived_at is not None:
        raise Conflict(_l("This class is archived. Reopen it to answer notes."))
    handed_in.answered_at, handed_in.answered_by_id = now, context.user_id
    handed_in.met, handed_in.comment = points, comment or None
    writer = db.session.get_one(User, member.user_id)
    if writer.email is not None:
        ids = {"note": note_id.hex}
        outbox.post("class-note", str(writer.email), mail_language(writer.language), ids, now, note_id)
    # Not in the firm's log, as when it was handed in.
    note("note.answered", now, actor_id=context.user_id, subject_id=note_id, cohort=str(cohort.id))


def save_comment(user_id: uuid.UUID, text: str, now: dt.datetime) -> None:
    """Keep a comment. One that is kept already is no error; raises Invalid beyond the most that can be kept."""
    kept = list_comments(user_id)
    if any(comment.text == text for comment in kept):
        return
    if len(kept) >= MOST_COMMENTS:
        raise Invalid(_l("You have %(most)s saved comments. Delete one first.", most=MOST_COMMENTS))
    db.session.add(SavedComment(user_id=user_id, text=text, saved_at=now))


def list_comments(user_id: uuid.UUID) -> Sequence[SavedComment]:
    """Return an instructor's saved comments, the newest first."""
    query = select(SavedComment).where(SavedComment.user_id == user_id)
    return db.session.scalars(query.order_by(SavedComment.saved_at.desc(), SavedComment.id)).all()


def remove_comment(user_id: uuid.UUID, comment_id: uuid.UUID) -> None:
    """Delete a saved comment. Raises NotFound for anybody else's."""
    comment = db.session.get(SavedComment, comment_id)
    if comment is None or comment.user_id != user_id:
        raise NotFound(_l("This comment was already deleted."))
    db.session.delete(comment)


def _seen_by(context: TeachingContext) -> Select[ClassNote, CohortMember]:
    """Return the notes of people in the class now, except of those whose employer the instructor is."""
    assert reads_notes(context)
    return (
        select(ClassNote, CohortMember)
        .join(CohortMember, CohortMember.id == ClassNote.member_id)
        .where(ClassNote.cohort_id == context.cohort.id, present(context.cohort), not_(employs(context.user_id)))
    )
