"""What was signed for whom at a meeting."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, case, exists, select, true

from trainer.core.db import db
from trainer.core.errors import NotFound
from trainer.extras.meetings.models import ClassSession, Signature, SignOff
from trainer.instructing.models import Cohort, CohortMember
from trainer.instructing.queries import TeachingContext, present, users_of
from trainer.learning.models import LessonCompletion
from trainer.organizations.models import Membership
from trainer.organizations.rules import fold


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature, and for whom it signed: (id of a member, name), by name; and for how many who have left the class
    since, whom nobody there sees anymore."""

    signature: Signature
    people: Sequence[tuple[uuid.UUID, str]]
    left: int


def get_signature(cohort: Cohort, signature_id: uuid.UUID) -> Signature:
    """Return a signature of a class. Raises NotFound."""
    signature = db.session.scalar(
        select(Signature)
        .join(ClassSession, ClassSession.id == Signature.session_id)
        .where(Signature.id == signature_id, ClassSession.cohort_id == cohort.id)
    )
    if signature is None:
        raise NotFound
    return signature


def list_signatures(context: TeachingContext, class_session: ClassSession) -> list[Signed]:
    """Return what was signed at a meeting, the newest first, except what was undone altogether; to a former
    instructor, their own signatures."""
    people: dict[uuid.UUID | None, set[tuple[uuid.UUID, str]]] = {}
    left: Counter[uuid.UUID | None] = Counter()
    members = (
        select(SignOff.signature_id, CohortMember.id, CohortMember.name, case((present(context.cohort), 1), else_=0))
        .join(CohortMember, CohortMember.id == SignOff.member_id)
        .join(Signature, Signature.id == SignOff.signature_id)
        .where(Signature.session_id == class_session.id)
        .distinct()
    )
    for signature_id, member_id, name, is_there in db.session.execute(members):
        if is_there:
            people.setdefault(signature_id, set()).add((member_id, name))
        else:
            left[signature_id] += 1
    seen = Signature.signed_by_id == context.user_id if context.is_past else true()
    signatures = db.session.scalars(
        select(Signature)
        .where(Signature.session_id == class_session.id, seen)
        .order_by(Signature.signed_at.desc(), Signature.id)
    )
    return [
        Signed(
            signature,
            sorted(people.get(signature.id, ()), key=lambda person: (fold(person[1]), person[0])),
            left[signature.id],
        )
        for signature in signatures
        if signature.id in people or signature.id in left
    ]


def list_unread(class_session: ClassSession) -> set[uuid.UUID | None]:
    """Return ids of the members for whom a lesson was signed off at a meeting and isn't read: one that comes first had
    to be read again."""
    query = select(SignOff.member_id).where(SignOff.session_id == class_session.id, ~is_read())
    return set(db.session.scalars(query.distinct()))


def is_read() -> ColumnElement[bool]:
    """Return the condition of sign-offs whose lesson is read now."""
    return exists().where(
        LessonCompletion.enrollment_id == SignOff.enrollment_id, LessonCompletion.lesson == SignOff.lesson
    )


def list_numbers(context: TeachingContext) -> dict[uuid.UUID | None, str | None]:
    """Return user id -> employee number of the people in a firm's class; in a public one, nobody has a number."""
    if context.organization_id is None:
        return {}
    rows = db.session.execute(
        select(Membership.user_id, Membership.employee_number).where(
            Membership.organization_id == context.organization_id,
            Membership.user_id.in_(users_of(context.cohort)),
            Membership.ended_at.is_(None),
        )
    )
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True, slots=True)
class TaughtTo:
    """Lessons that a learner was taught in person, with the signature; None for those signed off before there were
    signatures."""

    signature: Signature | None
    signed_off_at: dt.datetime
    lessons: int
    minutes: int


def list_taught_to(enrollment_id: uuid.UUID) -> list[TaughtTo]:
    """Return the sign-offs of an enrollment, earliest first."""
    rows = db.session.execute(
        select(SignOff, Signature)
        .outerjoin(Signature, Signature.id == SignOff.signature_id)
        .where(SignOff.enrollment_id == enrollment_id)
        .order_by(SignOff.signed_off_at, SignOff.lesson)
    ).all()
    taught: dict[object, list[tuple[SignOff, Signature | None]]] = {}
    for sign_off, signature in rows:
        taught.setdefault(signature.id if signature else sign_off.session_id, []).append((sign_off, signature))
    return [
        TaughtTo(pairs[0][1], pairs[0][0].signed_off_at, len(pairs), sum(pair[0].minutes for pair in pairs))
        for pairs in taught.values()
    ]
