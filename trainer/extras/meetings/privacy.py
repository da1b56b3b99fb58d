"""What meetings tell of a person who was taught or taught there, and how they forget one. Never commits."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Final

from sqlalchemy import delete, select, update

from trainer.accounts.privacy import ERASED
from trainer.core import audit
from trainer.core.db import db
from trainer.core.privacy import Held, Told, tell_all, tell_one
from trainer.extras.meetings.models import Attendance, ClassSession, Signature, SignOff
from trainer.instructing.models import Cohort, CohortMember
from trainer.learning.models import Enrollment

HELD: Final = {
    "classes": Held({"attendances", "sign_offs"}, ("attendances", "sign_offs")),
    "teaching": Held({"class_sessions", "signatures"}, ("meetings_held", "signatures", "sign_offs_given")),
}
"""What it holds of people, by the sort of data that `trainer/privacy/register.py` tells of."""


def export_person(user_id: uuid.UUID) -> Told:
    """Return the meetings at which a person was, what was signed off for them, and what the person did as an
    instructor; no one else's name."""
    attended = db.session.execute(
        select(Attendance, ClassSession)
        .join(ClassSession, ClassSession.id == Attendance.session_id)
        .join(CohortMember, CohortMember.id == Attendance.member_id)
        .where(CohortMember.user_id == user_id)
        .order_by(ClassSession.held_on, ClassSession.id)
    )
    signed = db.session.execute(
        select(SignOff, Signature.statement)
        .join(Enrollment, Enrollment.id == SignOff.enrollment_id)
        .outerjoin(Signature, Signature.id == SignOff.signature_id)
        .where(Enrollment.user_id == user_id)
        .order_by(SignOff.signed_off_at, SignOff.lesson)
    )
    wrote = select(Signature).where(Signature.signed_by_id == user_id).order_by(Signature.signed_at, Signature.id)
    held = select(ClassSession).where(ClassSession.created_by_id == user_id).order_by(ClassSession.created_at)
    given = select(SignOff).where(SignOff.signed_off_by_id == user_id).order_by(SignOff.signed_off_at, SignOff.lesson)
    return {
        "attendances": [
            {**tell_one(meeting, "held_on", "minutes", "lessons"), **tell_one(attendance, "noted_at")}
            for attendance, meeting in attended
        ],
        "sign_offs": [
            {**tell_one(sign_off, "lesson", "minutes", "signed_off_at"), "statement": statement}
            for sign_off, statement in signed
        ],
        "meetings_held": tell_all(held, "held_on", "minutes", "place", "lessons", "created_at"),
        "signatures": tell_all(wrote, "name", "statement", "signed_at"),
        "sign_offs_given": tell_all(given, "lesson", "minutes", "signed_off_at"),
    }


def forget_person(user_id: uuid.UUID, _now: dt.datetime) -> None:
    """Take a person's name off what they signed, before classes and learning. Never commits.

    That someone attended and was signed off is part of the class's record and stays, without a name.
    """
    unearned = select(Enrollment.id).where(Enrollment.user_id == user_id, Enrollment.credential_id.is_(None))
    audit.forget_names((audit.AuditEvent.actor_id == user_id) & (audit.AuditEvent.act == "lesson.signed_off"))
    public = select(Cohort.id).where(Cohort.instructor_id == user_id, Cohort.organization_id.is_(None))
    for statement in (
        delete(SignOff).where(SignOff.enrollment_id.in_(unearned)),
        update(Signature).where(Signature.signed_by_id == user_id).values(name=ERASED),
        # Nobody else could look after these names.
        update(ClassSession).where(ClassSession.cohort_id.in_(public)).values(walk_ins=None),
    ):
        db.session.execute(statement.execution_options(synchronize_session=False))
