"""Requiring a course, changing and ending a requirement, waiving a duty."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import update

from trainer.assignments.history import keep_periods, keep_version
from trainer.assignments.models import (
    LONGEST_REASON,
    Assignment,
    Digest,
    DutyPeriod,
    EarlierTraining,
    Reminder,
    Requirement,
    RequirementVersion,
    TrainingProof,
    Waiver,
)
from trainer.assignments.queries import find_waiver, get_assignment, get_requirement, list_team_names
from trainer.assignments.rules import Audience, RequiredTerms, written_keys
from trainer.assignments.upkeep import Courses, assign_missing, correct_due_days, end_unmeant
from trainer.assignments.words import earlier_told, who
from trainer.core.audit import note
from trainer.core.db import db, delete_some
from trainer.core.errors import Conflict, Invalid, NotFound
from trainer.organizations.actor import Actor
from trainer.organizations.models import Membership
from trainer.organizations.team_queries import list_teams


def require_course(actor: Actor, rule: RequiredTerms, courses: Courses, now: dt.datetime) -> Requirement:
    """Require a course of a firm's people. A first portion of them is assigned at once, the rest by the job."""
    if rule.course not in courses or courses[rule.course].is_for_renewal:
        raise NotFound
    requirement = Requirement(organization_id=actor.organization_id, created_at=now, **_columns(rule))
    _check_teams(actor, rule.audience.teams)
    db.session.add(requirement)
    db.session.flush()
    keep_version(requirement, now)
    _note(actor, "requirement.made", requirement, now)
    assign_missing(actor.organization, courses, now, None)
    return requirement


def change_requirement(
    actor: Actor, requirement_id: uuid.UUID, rule: RequiredTerms, courses: Courses, now: dt.datetime
) -> Requirement:
    """Change a requirement; course and pack stay.

    Open duties follow; for people who have begun, conditions only tighten.
    """
    requirement = _get_open(actor, requirement_id)
    _check_teams(actor, rule.audience.teams - Audience.read(requirement.audience).teams)
    for name, value in _columns(rule).items():
        if name not in ("course", "pack", "unapproved_state"):
            setattr(requirement, name, value)
    db.session.flush()
    keep_version(requirement, now)
    end_unmeant(actor.organization, requirement, now)
    assign_missing(actor.organization, courses, now, None)
    correct_due_days(actor.organization, Assignment.requirement_id == requirement.id)
    keep_periods(Assignment.requirement_id == requirement.id, now)
    _note(actor, "requirement.changed", requirement, now)
    return requirement


def end_requirement(actor: Actor, requirement_id: uuid.UUID, now: dt.datetime) -> Requirement:
    """End a requirement, and every duty that follows from it. What people have earned stays theirs."""
    requirement = _get_open(actor, requirement_id)
    requirement.ended_at = now
    db.session.execute(
        update(Assignment)
        .where(Assignment.requirement_id == requirement.id, Assignment.ended_at.is_(None))
        .values(ended_at=now)
    )
    db.session.flush()
    keep_version(requirement, now)
    keep_periods(Assignment.requirement_id == requirement.id, now)
    _note(actor, "requirement.ended", requirement, now)
    return requirement


def waive(actor: Actor, assignment_id: uuid.UUID, reason: str, until: dt.date, now: dt.datetime) -> Waiver:
    """Excuse someone from a duty until a day, that one included. A new waiver takes the place of the one before."""
    assignment = get_assignment(actor, assignment_id)
    if assignment.ended_at is not None:
        raise Conflict(_l("This duty has ended. There’s nothing to waive."))
    reason = " ".join(reason.split())
    if not reason or len(reason) > LONGEST_REASON:
        raise Invalid(_l("Enter a reason of at most %(most)s characters.", most=LONGEST_REASON))
    if until < actor.today(now):
        raise Invalid(_l("A waiver must end today or later."))
    before = find_waiver(assignment.id)
    if before is not None:
        before.ended_at = now
    waiver = Waiver(
        organization_id=actor.organization_id,
        assignment_id=assignment.id,
        reason=reason,
        until=until,
        created_at=now,
        created_by_id=actor.user_id,
    )
    db.session.add(waiver)
    db.session.flush()
    note(
        "waiver.made",
        now,
        actor_id=actor.user_id,
        organization_id=actor.organization_id,
        subject_id=assignment.id,
        name=db.session.get_one(Membership, assignment.membership_id).name,
        reason=reason,
        until=until.isoformat(),
    )
    return waiver


def end_waiver(actor: Actor, assignment_id: uuid.UUID, now: dt.datetime) -> None:
    """Withdraw a waiver. Raises Conflict if there is none."""
    assignment = get_assignment(actor, assignment_id)
    waiver = find_waiver(assignment.id)
    if waiver is None:
        raise Conflict(_l("There’s no waiver anymore."))
    waiver.ended_at = now
    note(
        "waiver.ended",
        now,
        actor_id=actor.user_id,
        organization_id=actor.organization_id,
        subject_id=assignment.id,
        name=db.session.get_one(Membership, assignment.membership_id).name,
    )


def forget_firm(organization_id: uuid.UUID, most: int) -> int:
    """Delete at most so many rows of what a firm requires and of the duties that follow; return how many."""
    return delete_some(
        most,
        (Waiver, Waiver.organization_id == organization_id),
        (EarlierTraining, EarlierTraining.organization_id == organization_id),
        (TrainingProof, TrainingProof.organization_id == organization_id),
        (Reminder, Reminder.organization_id == organization_id),
        (Digest, Digest.organization_id == organization_id),
        (DutyPeriod, DutyPeriod.organization_id == organization_id),
        (Assignment, Assignment.organization_id == organization_id),
        (RequirementVersion, RequirementVersion.organization_id == organization_id),
        (Requirement, Requirement.organization_id == organization_id),
    )


def _columns(rule: RequiredTerms) -> dict[str, Any]:
    return {
        "title": rule.title,
        "course": rule.course,
        "pack": rule.pack,
        "unapproved_state": rule.unapproved_state,
        "audience": rule.audience.written(),
        "least_minutes": rule.least_minutes,
        "cadence_months": rule.cadence_months,
        "days_allowed": rule.days_allowed,
        "renewal_days": rule.renewal_days,
        "is_paced": rule.is_paced,
        "allows_test_out": rule.allows_test_out,
        "attestation": rule.attestation,
        "earlier_titles": None if rule.earlier_titles is None else "\n".join(rule.earlier_titles),
        "earlier_keys": written_keys(rule.earlier_titles),
        "starts_on": rule.starts_on,
        "region": rule.region,
    }


def _check_teams(actor: Actor, chosen: Collection[uuid.UUID]) -> None:
    if not set(chosen) <= {team.id for team in list_teams(actor)}:
        raise Invalid(_l("Choose teams from the list."))


def _get_open(actor: Actor, requirement_id: uuid.UUID) -> Requirement:
    requirement = get_requirement(actor, requirement_id)
    db.session.refresh(requirement, with_for_update=True)
    if requirement.ended_at is not None:
        raise Conflict(_l("This requirement has ended. Create a new one."))
    return requirement


def _note(actor: Actor, act: str, requirement: Requirement, now: dt.datetime) -> None:
    note(
        act,
        now,
        actor_id=actor.user_id,
        organization_id=actor.organization_id,
        subject_id=requirement.id,
        title=requirement.title,
        course=requirement.course,
        minutes=requirement.least_minutes,
        months=requirement.cadence_months,
        days_allowed=requirement.days_allowed,
        renewal_days=requirement.renewal_days,
        allows_test_out=requirement.allows_test_out,
        recorded_training=earlier_told(requirement),
        audience=who(Audience.read(requirement.audience), list_team_names(actor.organization_id)),
        starts_on=requirement.starts_on.isoformat(),
        region=requirement.region,
    )
