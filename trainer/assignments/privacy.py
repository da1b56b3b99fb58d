"""What firms' requirements tell of a person, and what of it is forgotten. Part of the operations; never commits."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Final

from sqlalchemy import Select, delete, or_, select, update

from trainer.assignments.models import (
    Assignment,
    Digest,
    DutyPeriod,
    EarlierTraining,
    Reminder,
    Requirement,
    TrainingProof,
    Waiver,
)
from trainer.core import audit
from trainer.core.db import any_of, db
from trainer.core.privacy import Held, Told, tell_all, tell_one
from trainer.organizations.models import Membership

HELD: Final = {
    "duties": Held(
        {
            "assignments",
            "digests",
            "duty_periods",
            "earlier_trainings",
            "reminders",
            "requirements",
            "training_proofs",
            "waivers",
        },
        ("duties", "duties_over_time", "waivers", "reminders", "trainings_recorded_by_firms"),
    ),
    "work": Held(
        set(),
        (
            "waivers_given",
            "trainings_recorded_or_decided",
            "proof_files_added",
            "reminders_sent_by_hand",
            "lists_of_late_people",
        ),
    ),
}
"""What it holds of people, by the sort of data that `trainer/privacy/register.py` tells of."""
NOBODY: Final = {
    "requirement_versions": "What a firm required.",
}
"""Tables that say nothing of a person by themselves, and why."""


def export_person(user_id: uuid.UUID) -> Told:
    """Return a person's duties with their waivers and reminders, and the waivers that the person gave others."""
    own = select(Assignment.id).where(Assignment.membership_id.in_(_entries(user_id)))
    duties = db.session.execute(
        select(Assignment, Requirement)
        .join(Requirement, Requirement.id == Assignment.requirement_id)
        .where(Assignment.id.in_(own))
        .order_by(Assignment.created_at, Assignment.id)
    )
    periods = select(DutyPeriod).where(DutyPeriod.assignment_id.in_(own)).order_by(DutyPeriod.began_at)
    waivers = select(Waiver).where(Waiver.assignment_id.in_(own)).order_by(Waiver.created_at, Waiver.id)
    reminders = select(Reminder).where(Reminder.assignment_id.in_(own)).order_by(Reminder.created_at, Reminder.id)
    digests = select(Digest).where(Digest.membership_id.in_(_entries(user_id))).order_by(Digest.monday, Digest.id)
    by_hand = select(Reminder).where(Reminder.created_by_id == user_id).order_by(Reminder.created_at, Reminder.id)
    trainings = (
        select(EarlierTraining)
        .where(EarlierTraining.membership_id.in_(_entries(user_id)))
        .order_by(EarlierTraining.created_at, EarlierTraining.id)
    )
    handled = or_(
        EarlierTraining.created_by_id == user_id,
        EarlierTraining.approved_by_id == user_id,
        EarlierTraining.ended_by_id == user_id,
    )
    for_others = select(EarlierTraining).where(handled).order_by(EarlierTraining.created_at, EarlierTraining.id)
    proofs = select(TrainingProof).where(TrainingProof.created_by_id == user_id)
    given = select(Waiver).where(Waiver.created_by_id == user_id).order_by(Waiver.created_at, Waiver.id)
    return {
        "duties": [
            {**tell_one(requirement, "title", "course", "region"), **tell_one(duty, "due_on", "created_at", "ended_at")}
            for duty, requirement in duties
        ],
        "duties_over_time": tell_all(periods, "due_on", "began_at", "ended_at"),
        "waivers": tell_all(waivers, "reason", "until", "created_at", "ended_at"),
        "reminders": tell_all(reminders, "kind", "due_on", "created_at", "skipped"),
        "trainings_recorded_by_firms": tell_all(
            trainings,
            *("title", "issuer", "completed_on", "minutes", "note", "created_at", "approved_at", "ended_at"),
            "end_reason",
        ),
        # Whose training it was, and which one, is theirs.
        "trainings_recorded_or_decided": tell_all(for_others, "created_at", "approved_at", "ended_at"),
        "proof_files_added": tell_all(
            proofs.order_by(TrainingProof.created_at, TrainingProof.id), "kind", "created_at"
        ),
        # To whom is theirs.
        "reminders_sent_by_hand": tell_all(by_hand, "created_at"),
        "lists_of_late_people": tell_all(digests, "monday", "created_at"),
        # To whom and why is theirs.
        "waivers_given": tell_all(given, "until", "created_at", "ended_at"),
    }


def forget_person(user_id: uuid.UUID, now: dt.datetime) -> None:
    """End a person's duties, before organizations. Never commits.

    Duties, waivers, reminders and the trainings that a firm recorded are its proof of what it required and stay with
    its entry on the roster.
    """
    db.session.execute(
        update(Assignment)
        .where(Assignment.membership_id.in_(_entries(user_id)), Assignment.ended_at.is_(None))
        .values(ended_at=now)
        .execution_options(synchronize_session=False)
    )
    recorded = select(EarlierTraining.id).where(EarlierTraining.membership_id.in_(_entries(user_id)))
    duties = select(Assignment.id).where(Assignment.membership_id.in_(_entries(user_id)))
    about = audit.AuditEvent.subject_id
    audit.forget_names(any_of(audit.AuditEvent, about.in_(recorded), about.in_(duties)))
    db.session.execute(
        delete(Digest).where(Digest.membership_id.in_(_entries(user_id))).execution_options(synchronize_session=False)
    )


def _entries(user_id: uuid.UUID) -> Select[uuid.UUID]:
    return select(Membership.id).where(Membership.user_id == user_id)
