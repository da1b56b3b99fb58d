"""What classes tell of a person who learns or teaches, and how they forget one. Never commits."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Final

from sqlalchemy import Select, delete, select, update

from trainer.accounts.privacy import ERASED
from trainer.core.db import db
from trainer.core.privacy import Held, Told, tell_all, tell_one
from trainer.instructing.models import (
    ClassInvitation,
    ClassInvitationMail,
    ClassView,
    Cohort,
    CohortMember,
    InstructorApproval,
    Nudge,
)
from trainer.organizations.models import Membership

HELD: Final = {
    "classes": Held(
        {"class_invitation_mails", "class_invitations", "cohort_members", "nudges"},
        ("classes", "class_invitations", "class_invitation_mails", "nudges"),
    ),
    "teaching": Held(
        {"class_views", "cohorts", "instructor_approvals"},
        (
            "classes_taught",
            "classes_taught_before",
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
    return {**_tell_learning(user_id), **_tell_invitations(user_id), **_tell_teaching(user_id)}


def forget_person(user_id: uuid.UUID, now: dt.datetime) -> None:
    """Take a person out of classes and their name off them, before assessment and learning. Never commits.

    A firm's class can be handed over; a public one, which nobody else can teach, is closed.
    """
    for record, condition in (
        (Nudge, Nudge.user_id == user_id),
        (ClassInvitation, ClassInvitation.membership_id.in_(_entries(user_id))),  # with the mails about it
        (ClassView, ClassView.user_id == user_id),
        (InstructorApproval, InstructorApproval.user_id == user_id),
    ):
        db.session.execute(delete(record).where(condition).execution_options(synchronize_session=False))
    own, taught = CohortMember.user_id == user_id, Cohort.instructor_id == user_id
    for statement in (
        update(CohortMember).where(own, CohortMember.left_at.is_(None)).values(left_at=now),
        update(CohortMember).where(own).values(name=ERASED),
        update(Cohort)
        .where(taught, Cohort.organization_id.is_(None), Cohort.archived_at.is_(None))
        .values(archived_at=now),
        update(Cohort).where(taught).values(taught_by=ERASED),
    ):
        db.session.execute(statement.execution_options(synchronize_session=False))


def _tell_learning(user_id: uuid.UUID) -> Told:
    """Return the classes that a person is or was in, and the mails that their instructors sent them."""
    joined = db.session.execute(
        select(CohortMember, Cohort)
        .join(Cohort, Cohort.id == CohortMember.cohort_id)
        .where(CohortMember.user_id == user_id)
        .order_by(CohortMember.joined_at, CohortMember.id)
    )
    received = select(Nudge).where(Nudge.user_id == user_id).order_by(Nudge.created_at, Nudge.id)
    return {
        "classes": [
            {**tell_one(cohort, "title", "course"), **tell_one(member, "name", "joined_at", "left_at")}
            for member, cohort in joined
        ],
        "nudges": tell_all(received, "created_at"),
    }


def _tell_invitations(user_id: uuid.UUID) -> Told:
    """Return the invitations to classes that a person got and those that they made, with the mails about them."""
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
    return {
        "class_invitations": [
            {**tell_one(cohort, "title", "course"), **tell_one(invitation, "invited_at", "declined_at")}
            for invitation, cohort in invited
        ],
        "class_invitation_mails": tell_all(about, "created_at"),
        "class_invitations_made": tell_all(invited_by, "invited_at"),
        "class_invitation_mails_sent": tell_all(mailed_by, "created_at"),
    }


def _tell_teaching(user_id: uuid.UUID) -> Told:
    """Return the classes that a person teaches or taught, the mails sent from them, and approvals to teach."""
    taught = select(Cohort).where(Cohort.instructor_id == user_id).order_by(Cohort.created_at, Cohort.id)
    seen = db.session.execute(
        select(ClassView, Cohort)
        .join(Cohort, Cohort.id == ClassView.cohort_id)
        .where(ClassView.user_id == user_id)
        .order_by(ClassView.began_at, ClassView.id)
    )
    sent = select(Nudge).where(Nudge.created_by_id == user_id).order_by(Nudge.created_at, Nudge.id)
    approvals = select(InstructorApproval).where(InstructorApproval.user_id == user_id)
    return {
        "classes_taught": tell_all(
            taught,
            *("title", "course", "taught_by", "starts_on", "ends_on", "capacity", "created_at", "archived_at"),
        ),
        "classes_taught_before": [
            {**tell_one(cohort, "title", "course"), **tell_one(view, "name", "began_at", "ended_at")}
            for view, cohort in seen
        ],
        "nudges_sent": tell_all(sent, "created_at"),
        "approvals": tell_all(approvals, "approved_at", "revoked_at"),
    }


def _entries(user_id: uuid.UUID) -> Select[uuid.UUID]:
    """Return ids of a person's entries on rosters, here or gone, as a part of other statements."""
    return select(Membership.id).where(Membership.user_id == user_id)
