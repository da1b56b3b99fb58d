"""Duties of two entries that become one, and of the two again. Part of the operations; never commits."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, delete, select, update

from trainer.assignments.earlier import drop_unused_proofs
from trainer.assignments.history import keep_periods
from trainer.assignments.models import Assignment, DutyPeriod, EarlierTraining, Reminder, Waiver
from trainer.assignments.upkeep import correct_due_days
from trainer.core.audit import note
from trainer.core.db import db
from trainer.core.rows import keep_row, put_back
from trainer.organizations.models import Membership, Organization


def join_duties(gone: Membership, kept: Membership, by: uuid.UUID, now: dt.datetime) -> dict[str, Any]:
    """Give an entry the duties of another one; return what `part_duties` needs.

    Of a duty that both have, the kept entry's stays, with the waivers and the reminders of both; that the other one
    stood is no longer told of a past day. Call `correct_days` once the hire day is what it will be.
    `by`: who joins them, for the audit log.
    """
    before: dict[str, Any] = {"moved": [], "met": [], "trainings": _join_trainings(gone, kept, by, now)}
    own = {duty.requirement_id: duty for duty in _list(kept.id)}
    for duty in _list(gone.id):
        met = own.get(duty.requirement_id)
        if met is None:
            before["moved"].append(duty.id.hex)
            duty.membership_id, duty.user_id = kept.id, kept.user_id
            _move_periods(duty.id, kept.id)
        else:
            before["met"].append(_meet(duty, met))
    db.session.flush()
    return before


def part_duties(before: Mapping[str, Any], gone_id: uuid.UUID, gone_user_id: uuid.UUID | None) -> None:
    """Undo `join_duties`. What was waived or reminded of since goes with the duty that it was written to."""
    for number in before["moved"]:
        duty = db.session.get(Assignment, uuid.UUID(hex=number))
        if duty is not None:
            duty.membership_id, duty.user_id = gone_id, gone_user_id
            _move_periods(duty.id, gone_id)
    _part_trainings(before.get("trainings", {}), gone_id)  # what was joined before there were any has none
    db.session.flush()
    for met in before["met"]:
        put_back(Assignment, met["duty"])
        duty_id = uuid.UUID(hex=met["duty"]["id"])
        for record, ids in ((Waiver, met["waivers"]), (Reminder, met["reminders"])):
            _point(record, [uuid.UUID(hex=number) for number in ids], duty_id)
        for row in met["twice"]:
            put_back(Reminder, row)
        for row in met["periods"]:
            put_back(DutyPeriod, row)
        kept = db.session.get(Assignment, uuid.UUID(hex=met["kept"]))
        if kept is not None and met["reopened"] is not None and kept.ended_at is None:
            kept.ended_at = dt.datetime.fromisoformat(met["reopened"])
    db.session.flush()


def settle_duties(before: Mapping[str, Any], organization_id: uuid.UUID) -> None:
    """Give up what `part_duties` would have taken, once that can't be undone anymore."""
    kept_apart = before.get("trainings", {}).get("twice", ())
    drop_unused_proofs(organization_id, [uuid.UUID(hex=row["proof_id"]) for row in kept_apart if row["proof_id"]])


def correct_days(organization: Organization, now: dt.datetime, *membership_ids: uuid.UUID) -> None:
    """Let the first due days of entries follow their hire days, and keep how their duties stand from now on."""
    theirs = Assignment.membership_id.in_(membership_ids)
    correct_due_days(organization, theirs)
    keep_periods(theirs, now)


def _join_trainings(gone: Membership, kept: Membership, by: uuid.UUID, now: dt.datetime) -> dict[str, Any]:
    """Give an entry the trainings recorded for another one. Of two that are the same, the approved one stays, or else
    its own."""
    before: dict[str, Any] = {"moved": [], "twice": [], "approved": _void_own_approvals(gone, kept, by, now)}
    own = {
        (training.title_key, training.completed_on): training
        for training in _trainings_of(kept.id)
        if training.ended_at is None
    }
    for training in _trainings_of(gone.id):
        met = own.get((training.title_key, training.completed_on)) if training.ended_at is None else None
        if met is not None:
            twice = met if met.approved_at is None and training.approved_at is not None else training
            before["twice"].append(keep_row(twice))
            db.session.delete(twice)
            db.session.flush()
            if twice is training:
                continue
        before["moved"].append(training.id.hex)
        training.membership_id = kept.id
    db.session.flush()
    return before


def _void_own_approvals(gone: Membership, kept: Membership, joined_by: uuid.UUID, now: dt.datetime) -> list[list[str]]:
    """Let trainings wait again that were approved by whoever is found to have taken them; return what they had."""
    same = [user_id for user_id in (gone.user_id, kept.user_id) if user_id is not None]
    approved = []
    for training in (*_trainings_of(gone.id), *_trainings_of(kept.id)):
        by, at = training.approved_by_id, training.approved_at
        if by is not None and by in same and at is not None and training.ended_at is None:
            approved.append([training.id.hex, at.isoformat(), by.hex])
            training.approved_at = training.approved_by_id = None
            note(
                "training.approval_lapsed",
                now,
                actor_id=joined_by,
                organization_id=training.organization_id,
                subject_id=training.id,
                title=training.title,
                completed_on=training.completed_on.isoformat(),
                name=kept.name,
            )
    db.session.flush()
    return approved


def _part_trainings(before: Mapping[str, Any], gone_id: uuid.UUID) -> None:
    for number in before.get("moved", ()):
        training = db.session.get(EarlierTraining, uuid.UUID(hex=number))
        if training is not None:
            training.membership_id = gone_id
    db.session.flush()
    for row in before.get("twice", ()):
        if not _is_recorded_anew(row):
            put_back(EarlierTraining, row)
    for number, at, by in before.get("approved", ()):
        training = db.session.get(EarlierTraining, uuid.UUID(hex=number))
        if training is not None and training.approved_at is None and training.ended_at is None:
            training.approved_at, training.approved_by_id = dt.datetime.fromisoformat(at), uuid.UUID(hex=by)
    db.session.flush()


def _is_recorded_anew(row: Mapping[str, Any]) -> bool:
    """Return True if the same training of the same person was recorded since."""
    same = select(EarlierTraining.id).where(
        EarlierTraining.membership_id == uuid.UUID(hex=row["membership_id"]),
        EarlierTraining.title_key == row["title_key"],
        EarlierTraining.completed_on == dt.date.fromisoformat(row["completed_on"]),
        EarlierTraining.ended_at.is_(None),
    )
    return db.session.scalar(same) is not None


def _trainings_of(membership_id: uuid.UUID) -> list[EarlierTraining]:
    query = select(EarlierTraining).where(EarlierTraining.membership_id == membership_id)
    return list(db.session.scalars(query.order_by(EarlierTraining.created_at, EarlierTraining.id)))


def _meet(duty: Assignment, kept: Assignment) -> dict[str, Any]:
    reminders = db.session.scalars(select(Reminder).where(Reminder.assignment_id == duty.id)).all()
    own = select(Reminder.kind, Reminder.due_on).where(Reminder.assignment_id == kept.id)
    there = {(row.kind, row.due_on) for row in db.session.execute(own)}
    twice = [reminder for reminder in reminders if (reminder.kind, reminder.due_on) in there]
    single = [reminder.id for reminder in reminders if reminder not in twice]
    waivers = db.session.scalars(select(Waiver.id).where(Waiver.assignment_id == duty.id)).all()
    is_reopened = kept.ended_at is not None and duty.ended_at is None
    before = {
        "duty": keep_row(duty),
        "kept": kept.id.hex,
        "reopened": kept.ended_at.isoformat() if is_reopened and kept.ended_at else None,
        "waivers": [number.hex for number in waivers],
        "reminders": [number.hex for number in single],
        "twice": [keep_row(reminder) for reminder in twice],
        "periods": [keep_row(period) for period in db.session.scalars(_periods_of(duty.id))],
    }
    if is_reopened:
        kept.ended_at = None
    _point(Waiver, waivers, kept.id)
    _point(Reminder, single, kept.id)
    db.session.execute(delete(Reminder).where(Reminder.assignment_id == duty.id))
    db.session.execute(delete(DutyPeriod).where(DutyPeriod.assignment_id == duty.id))
    db.session.delete(duty)
    db.session.flush()
    return before


def _periods_of(assignment_id: uuid.UUID) -> Select[DutyPeriod]:
    return select(DutyPeriod).where(DutyPeriod.assignment_id == assignment_id)


def _move_periods(assignment_id: uuid.UUID, membership_id: uuid.UUID) -> None:
    moved = update(DutyPeriod).where(DutyPeriod.assignment_id == assignment_id).values(membership_id=membership_id)
    db.session.execute(moved.execution_options(synchronize_session=False))


def _point(record: type[Waiver] | type[Reminder], ids: Any, assignment_id: uuid.UUID) -> None:
    moved = update(record).where(record.id.in_(ids)).values(assignment_id=assignment_id)
    db.session.execute(moved.execution_options(synchronize_session=False))


def _list(membership_id: uuid.UUID) -> list[Assignment]:
    query = select(Assignment).where(Assignment.membership_id == membership_id).order_by(Assignment.created_at)
    return list(db.session.scalars(query.with_for_update()))
