"""Handing in a note to a class, withdrawing it, and reading the answer: what the writer of a note does."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, delete, func, not_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from trainer.content.library import Course, Lesson
from trainer.core.audit import AuditEvent, note
from trainer.core.db import db, delete_some
from trainer.core.errors import Conflict, Invalid, NotFound
from trainer.core.feature import ask_extra
from trainer.extras.notes.models import ClassNote
from trainer.instructing.models import Cohort, CohortMember
from trainer.instructing.queries import TeachingContext, find_context, is_taught, list_own_classes, lock_cohort
from trainer.items.note.type import NotePayload
from trainer.items.registry import read_further
from trainer.learning.queries import find_enrollment, list_answers_now
from trainer.learning.questions import is_whole
from trainer.organizations.models import Membership, Organization
from trainer.organizations.rules import UNDO_LASTS, Role

MOST = 200
"""Notes that one person can have handed in to a class."""
CLOSED = _l("This class doesn’t take notes anymore: it was archived, you’re not in it, or its instructor has changed.")


@dataclass(frozen=True, slots=True)
class SubmittedNote:
    """A note that someone wrote in practice and compared with the model. `digest`: which question it answers."""

    course: str
    digest: str
    question: Mapping[str, Any]
    text: str

    @property
    def payload(self) -> NotePayload:
        """The question, with its rubric."""
        return read_note(self.question)


def read_note(kept: Mapping[str, Any]) -> NotePayload:
    """Return the question of a note as it was asked."""
    payload = read_further(kept)
    assert isinstance(payload, NotePayload)
    return payload


def written_in_lesson(
    user_id: uuid.UUID, course: Course, lesson: Lesson, name: str, since: dt.datetime | None = None
) -> SubmittedNote:
    """Return a learner's note of a lesson, written since an instant or ever. Raises NotFound if there is none, or not
    yet compared."""
    question, enrollment = lesson.question(name), find_enrollment(user_id, course.slug)
    if question is None or question.type != "note" or enrollment is None:
        raise NotFound
    answers = list_answers_now(enrollment.id, lesson, since)
    if not is_whole(question, answers):
        raise NotFound
    return SubmittedNote(course.slug, question.digest, question.payload, answers[name]["note"])


def employs(user_id: uuid.UUID | InstrumentedAttribute[uuid.UUID]) -> ColumnElement[bool]:
    """Return the condition of people in a class who are in a firm that a user owns or manages."""
    theirs = aliased(Membership)
    return (
        select(Membership.id)
        .join(theirs, theirs.organization_id == Membership.organization_id)
        .where(
            Membership.user_id == CohortMember.user_id,
            Membership.ended_at.is_(None),
            theirs.user_id == user_id,
            theirs.ended_at.is_(None),
            theirs.role.in_([Role.OWNER, Role.MANAGER]),
        )
        .correlate(CohortMember, Cohort)
        .exists()
    )


def reads_notes(context: TeachingContext) -> bool:
    """Return True for the one who teaches a class now, where people can hand in notes; never for their employer."""
    return context.cohort.takes_notes and context.reads_figures and not context.is_past


def list_taking(user_id: uuid.UUID, course: str) -> list[tuple[Cohort, CohortMember]]:
    """Return the classes of a course to which someone can hand in a note now, the newest first."""
    return [
        (cohort, member)
        for cohort, member in list_own_classes(user_id)
        if cohort.takes_notes and cohort.course == course and _has_reader(cohort, member)
    ]


def hand_in(user_id: uuid.UUID, cohort_id: uuid.UUID, written: SubmittedNote, now: dt.datetime) -> ClassNote:
    """Hand a note in to a class. The same one twice is one.

    Raises Conflict if the class takes none from this person, or another one about the same question waits there;
    Invalid if this text was answered already.
    """
    taking = {cohort.id for cohort, _member in list_taking(user_id, written.course)}
    if cohort_id not in taking:
        raise Conflict(CLOSED)
    lock_cohort(cohort_id)
    # What was read before the lock may have changed.
    db.session.expire_all()
    members = {cohort.id: member for cohort, member in list_taking(user_id, written.course)}
    if cohort_id not in members:
        raise Conflict(CLOSED)
    return _hand_in(members[cohort_id], written, now)


def rewrite(user_id: uuid.UUID, note_id: uuid.UUID, text: str, now: dt.datetime) -> ClassNote:
    """Hand in a new version of a note that was answered; as `hand_in`."""
    before = get_own(user_id, note_id)
    cohort = db.session.get_one(Cohort, before.cohort_id)
    return hand_in(user_id, cohort.id, SubmittedNote(cohort.course, before.item_digest, before.question, text), now)


def withdraw(user_id: uuid.UUID, note_id: uuid.UUID, now: dt.datetime) -> None:
    """Delete a note that waits. Raises Conflict if it was answered meanwhile, NotFound if it's gone."""
    cohort = lock_cohort(get_own(user_id, note_id).cohort_id)
    db.session.expire_all()
    own = get_own(user_id, note_id)
    if own.answered_at is not None:
        raise Conflict(_l("Your instructor has answered this note, so it can’t be withdrawn. The answer is below."))
    db.session.delete(own)
    note("note.withdrawn", now, actor_id=user_id, subject_id=note_id, cohort=str(cohort.id))


def delete_notes_of_former(
    organization: Organization, _courses: object, now: dt.datetime, _after: uuid.UUID | None
) -> uuid.UUID | None:
    """Delete the notes in a firm's classes of those who left the firm: on their own, or so long ago that the firm can't
    undo it anymore. Nobody at the firm reads them as soon as the person has left. A portion of upkeep; the only one."""
    left_by_choice = (
        select(AuditEvent.id)
        .where(
            AuditEvent.organization_id == organization.id,
            AuditEvent.act == "membership.left",
            AuditEvent.subject_id == Membership.id,
        )
        .exists()
    )
    still_there = (
        select(Membership.id)
        .where(
            Membership.organization_id == organization.id,
            Membership.user_id == CohortMember.user_id,
            or_(Membership.ended_at.is_(None), and_(Membership.ended_at >= now - UNDO_LASTS, not_(left_by_choice))),
        )
        .exists()
    )
    waiting = ask_extra("list_going_users", organization.id) or ()  # whose notes go to another account, or stay
    gone = (
        select(ClassNote.id)
        .join(CohortMember, CohortMember.id == ClassNote.member_id)
        .join(Cohort, Cohort.id == CohortMember.cohort_id)
        .where(Cohort.organization_id == organization.id, not_(still_there), CohortMember.user_id.not_in(waiting))
    )
    statement = delete(ClassNote).where(ClassNote.id.in_(gone))
    db.session.execute(statement.execution_options(synchronize_session=False))
    return None


def delete_notes(places: Collection[uuid.UUID] | Select[uuid.UUID]) -> None:
    """Delete what people handed in who were in classes, by ids of `CohortMember`."""
    statement = delete(ClassNote).where(ClassNote.member_id.in_(places))
    db.session.execute(statement.execution_options(synchronize_session=False))


def forget_firm(organization_id: uuid.UUID, most: int) -> int:
    """Delete at most so many notes in a firm's classes; return how many."""
    classes = select(Cohort.id).where(Cohort.organization_id == organization_id)
    return delete_some(most, (ClassNote, ClassNote.cohort_id.in_(classes)))


def mark_read(user_id: uuid.UUID, note_id: uuid.UUID, now: dt.datetime) -> None:
    """Record that someone has read the answer to their note, if there is one."""
    own = get_own(user_id, note_id)
    if own.answered_at is not None and own.read_at is None:
        own.read_at = now


def get_own(user_id: uuid.UUID, note_id: uuid.UUID) -> ClassNote:
    """Return a note that someone handed in. Raises NotFound for anybody else's."""
    own = db.session.scalar(_own(user_id).where(ClassNote.id == note_id))
    if own is None:
        raise NotFound
    return own


def list_own(user_id: uuid.UUID) -> Sequence[tuple[ClassNote, Cohort]]:
    """Return the newest notes that someone handed in, with their classes, the newest first."""
    rows = db.session.execute(
        _own(user_id)
        .add_columns(Cohort)
        .join(Cohort, Cohort.id == ClassNote.cohort_id)
        .order_by(ClassNote.handed_in_at.desc(), ClassNote.id)
        .limit(MOST)
    )
    return [(row[0], row[1]) for row in rows]


def list_unread(user_id: uuid.UUID) -> Sequence[tuple[ClassNote, Cohort]]:
    """Return the notes whose answer someone hasn't read, with their classes, the newest answer first.

    Classes of a shut firm are left out, as on the rest of one's own page.
    """
    rows = db.session.execute(
        _own(user_id)
        .add_columns(Cohort)
        .join(Cohort, Cohort.id == ClassNote.cohort_id)
        .outerjoin(Organization, Organization.id == Cohort.organization_id)
        .where(ClassNote.answered_at.is_not(None), ClassNote.read_at.is_(None), is_taught())
        .order_by(ClassNote.answered_at.desc(), ClassNote.id)
        .limit(5)
    )
    return [(row[0], row[1]) for row in rows]


def has_handed_in(user_id: uuid.UUID) -> bool:
    """Return whether someone has handed in a note that is still there."""
    return db.session.scalar(_own(user_id).limit(1)) is not None


def may_rewrite(user_id: uuid.UUID, own: ClassNote) -> bool:
    """Return whether someone can hand in a new version of a note: its class takes notes, and none waits."""
    cohort = db.session.get_one(Cohort, own.cohort_id)
    if own.answered_at is None or cohort.id not in {row[0].id for row in list_taking(user_id, cohort.course)}:
        return False
    newest = _newest(own.member_id, own.item_digest)
    return newest is not None and newest.id == own.id


def _hand_in(member: CohortMember, written: SubmittedNote, now: dt.datetime) -> ClassNote:
    newest = _newest(member.id, written.digest)
    if newest is not None and newest.text == written.text:
        if newest.answered_at is None:
            return newest
        raise Invalid(_l("Your instructor has answered this text already. Change it before you hand it in again."))
    if newest is not None and newest.answered_at is None:
        raise Conflict(_l("Another version of this note is waiting for an answer. Withdraw that one first."))
    count = select(func.count()).select_from(ClassNote).where(ClassNote.member_id == member.id)
    if (db.session.scalar(count) or 0) >= MOST:
        raise Conflict(_l("You’ve handed in %(most)s notes to this class. It takes no more from you.", most=MOST))
    handed_in = ClassNote(
        cohort_id=member.cohort_id,
        member_id=member.id,
        item_digest=written.digest,
        question=dict(written.question),
        text=written.text,
        handed_in_at=now,
    )
    db.session.add(handed_in)
    db.session.flush()
    # Not in the firm's log: who writes notes is no more the employer's to know than what is in them.
    note("note.handed_in", now, actor_id=member.user_id, subject_id=handed_in.id, cohort=str(member.cohort_id))
    return handed_in


def _newest(member_id: uuid.UUID, digest: str) -> ClassNote | None:
    """Return the newest note that someone in a class handed in about a question. One that waits is the newest."""
    query = select(ClassNote).where(ClassNote.member_id == member_id, ClassNote.item_digest == digest)
    waits_first = ClassNote.answered_at.is_not(None)
    return db.session.scalar(query.order_by(waits_first, ClassNote.handed_in_at.desc()).limit(1))


def _has_reader(cohort: Cohort, member: CohortMember) -> bool:
    """Return whether the instructor may read what this person writes: not as their employer, in whichever firm."""
    context = find_context(cohort.instructor_id, cohort.id)
    if context is None or not reads_notes(context):
        return False
    is_employed = select(CohortMember.id).where(CohortMember.id == member.id, employs(cohort.instructor_id))
    if db.session.scalar(is_employed) is not None:
        return False
    if context.organization_id is None:
        return True
    entry = select(Membership.id).where(
        Membership.organization_id == context.organization_id,
        Membership.user_id == member.user_id,
        Membership.ended_at.is_(None),
    )
    return db.session.scalar(entry.limit(1)) is not None


def _own(user_id: uuid.UUID) -> Select[ClassNote]:
    """Return the notes of a user in classes that they haven't left."""
    return (
        select(ClassNote)
        .join(CohortMember, CohortMember.id == ClassNote.member_id)
        .where(CohortMember.user_id == user_id)
    )
