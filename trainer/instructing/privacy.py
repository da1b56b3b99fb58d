"""What classes tell of a person who learns or teaches, and how they forget one. Never commits."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Final

from sqlalchemy import Select, delete, select, update

from trainer.accounts.privacy import ERASED
from trainer.core import audit
from trainer.core.db import db
from trainer.core.privacy import Held, Told, tell_all, tell_one
from trainer.instructing.models import (
    Attendance,
    ClassInvitation,
    ClassInvitationMail,
    ClassSession,
    ClassView,
    Cohort,
    CohortMember,
    InstructorApproval,
    Nudge,
    Signature,
    SignOff,
)
from trainer.learning.models import Enrollment
from trainer.organizations.models import Membership

HELD: Final = {
    "classes": Held(
        {
            "attendances",
            "class_invitation_mails",
            "class_invitations",
            "cohort_members",
            "nudges",
            "sign_offs",
        },
        (
            "classes",
            "class_invitations",
            "class_invitation_mails",
            "attendances",
            "sign_offs",
            "nudges",
        ),
    ),
    "teaching": Held(
        {"class_sessions", "class_views", "cohorts", "instructor_approvals", "signatures"},
        (
            "classes_taught",
            "classes_taught_before",
            "meetings_held",
            "signatures",
            "sign_offs_given",
            "nudges_sent",
            "approvals",
            "class_invitations_made",
            "class_invitation_mails_sent",
        ),
    ),
}
"""What it holds of people, by the sort of data that `trainer/privacy/register.py` tells of."""
NOBODY: Final = {
    "class_figures": "Sums over a class.",
    "class_teams": "Which teams a class invites.",
}
"""Tables that say nothing of a person by themselves, and why."""


def export_person(user_id: uuid.UUID) -> Told:
    """Return the classes that a person is or was in, and what the person did as an instructor; no one else's name."""
    joined = db.session.execute(
        select(CohortMember, Cohort)
        .join(Cohort, Cohort.id == CohortMember.cohort_id)
        .where(CohortMember.user_id == user_id)
        .order_by(CohortMember.joined_at, CohortMember.id)
    )
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
    invited = db.session.execute(
        select(ClassInvitation, Cohort)
        .join(Cohort, Cohort.id == ClassInvitation.cohort_id)
        .where(ClassInvitation.membership_id.in_(_entries(user_id)))
        .order_by(ClassInvitation.invited_at, ClassInvitation.id)
    )
    about = (
        select(ClassInvitationMail)
        .join(ClassInvitation, ClassInvitation.id == ClassInvitationMail.invitation_id)
        .where(ClassInvitation.membership_id.in_(_entries(user_id)))
        .order_by(ClassInvitationMail.created_at, ClassInvitationMail.id)
    )
    invited_by = (
        select(ClassInvitation)
        .where(ClassInvitation.invited_by_id == user_id)
        .order_by(ClassInvitation.invited_at, ClassInvitation.id)
    )
    mailed_by = (
        select(ClassInvitationMail)
        .where(ClassInvitationMail.sent_by_id == user_id)
        .order_by(ClassInvitationMail.created_at, ClassInvitationMail.id)
    )
    received = select(Nudge).where(Nudge.user_id == user_id).order_by(Nudge.created_at, Nudge.id)
    taught = select(Cohort).where(Cohort.instructor_id == user_id).order_by(Cohort.created_at, Cohort.id)
    seen = db.session.execute(
        select(ClassView, Cohort)
        .join(Cohort, Cohort.id == ClassView.cohort_id)
        .where(ClassView.user_id == user_id)
        .order_by(ClassView.began_at, ClassView.id)
    )
    held = select(ClassSession).where(ClassSession.created_by_id == user_id).order_by(ClassSession.created_at)
    given = select(SignOff).where(SignOff.signed_off_by_id == user_id).order_by(SignOff.signed_off_at, SignOff.lesson)
    sent = select(Nudge).where(Nudge.created_by_id == user_id).order_by(Nudge.created_at, Nudge.id)
    approvals = select(InstructorApproval).where(InstructorApproval.user_id == user_id)
    return {
        "classes": [
            {**tell_one(cohort, "title", "course"), **tell_one(member, "name", "joined_at", "left_at")}
            for member, cohort in joined
        ],
        "class_invitations": [
            {**tell_one(cohort, "title", "course"), **tell_one(invitation, "invited_at", "declined_at")}
            for invitation, cohort in invited
        ],
        "class_invitation_mails": tell_all(about, "created_at"),
        "class_invitations_made": tell_all(invited_by, "invited_at"),
        "class_invitation_mails_sent": tell_all(mailed_by, "created_at"),
        "attendances": [
            {**tell_one(meeting, "held_on", "minutes", "lessons"), **tell_one(attendance, "noted_at")}
            for attendance, meeting in attended
        ],
        "sign_offs": [
            {**tell_one(sign_off, "lesson", "minutes", "signed_off_at"), "statement": statement}
            for sign_off, statement in signed
        ],
        "nudges": tell_all(received, "created_at"),
        "classes_taught": tell_all(
            taught,
            *("title", "course", "taught_by", "starts_on", "ends_on", "capacity", "created_at", "archived_at"),
        ),
        "classes_taught_before": [
            {**tell_one(cohort, "title", "course"), **tell_one(view, "name", "began_at", "ended_at")}
            for view, cohort in seen
        ],
        "meetings_held": tell_all(held, "held_on", "minutes", "place", "lessons", "created_at"),
        "signatures": tell_all(wrote, "name", "statement", "signed_at"),
        "sign_offs_given": tell_all(given, "lesson", "minutes", "signed_off_at"),
        "nudges_sent": tell_all(sent, "created_at"),
        "approvals": tell_all(approvals, "approved_at", "revoked_at"),
    }


def forget_person(user_id: uuid.UUID, now: dt.datetime) -> None:
    """Take a person out of classes and their name off them, before assessment and learning. Never commits.

    That someone attended and was signed off is part of the class's record and stays, without a name. A firm's class can
    be handed over; a public one, which nobody else can teach, is closed.
    """
    unearned = select(Enrollment.id).where(Enrollment.user_id == user_id, Enrollment.credential_id.is_(None))
    for record, condition in (
        (SignOff, SignOff.enrollment_id.in_(unearned)),
        (Nudge, Nudge.user_id == user_id),
        (ClassInvitation, ClassInvitation.membership_id.in_(_entries(user_id))),  # with the mails about it
        (ClassView, ClassView.user_id == user_id),
        (InstructorApproval, InstructorApproval.user_id == user_id),
    ):
        db.session.execute(delete(record).where(condition).execution_options(synchronize_session=False))
    audit.forget_names((audit.AuditEvent.actor_id == user_id) & (audit.AuditEvent.act == "lesson.signed_off"))
    own, taught = CohortMember.user_id == user_id, Cohort.instructor_id == user_id
    for statement in (
        update(CohortMember).where(own, CohortMember.left_at.is_(None)).values(left_at=now),
        update(CohortMember).where(own).values(name=ERASED),
        update(Cohort)
        .where(taught, Cohort.organization_id.is_(None), Cohort.archived_at.is_(None))
        .values(archived_at=now),
        update(Cohort).where(taught).values(taught_by=ERASED),
        update(Signature).where(Signature.signed_by_id == user_id).values(name=ERASED),
        # Nobody else could look after these names.
        update(ClassSession)
        .where(ClassSession.cohort_id.in_(select(Cohort.id).where(taught, Cohort.organization_id.is_(None))))
        .values(walk_ins=None),
    ):
        db.session.execute(statement.execution_options(synchronize_session=False))


def _entries(user_id: uuid.UUID) -> Select[uuid.UUID]:
    """Return ids of a person's entries on rosters, here or gone, as a part of other statements."""
    return select(Membership.id).where(Membership.user_id == user_id)
