"""Keeping what requirements said and which duties stood, and when. Part of the operations; never commits."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ColumnElement, and_, delete, exists, insert, literal, or_, select, update

from trainer.assignments.models import Assignment, DutyPeriod, Requirement, RequirementVersion
from trainer.core.db import UTCDateTime, db
from trainer.organizations.models import Membership

_KEPT = tuple(
    column.name
    for column in RequirementVersion.__table__.columns
    if column.name not in ("requirement_id", "began_at", "ended_at")
)


def keep_version(requirement: Requirement, now: dt.datetime) -> None:
    """Keep what a requirement says from now on, or that it has ended."""
    newest = db.session.scalar(
        select(RequirementVersion).where(
            RequirementVersion.requirement_id == requirement.id, RequirementVersion.ended_at.is_(None)
        )
    )
    says = {name: getattr(requirement, name) for name in _KEPT}
    if newest is not None:
        if requirement.ended_at is None and says == {name: getattr(newest, name) for name in _KEPT}:
            return
        if newest.began_at >= now:
            db.session.delete(newest)
        else:
            newest.ended_at = now
        db.session.flush()
    if requirement.ended_at is None:
        db.session.add(RequirementVersion(requirement_id=requirement.id, began_at=now, **says))
        db.session.flush()


def keep_periods(only: ColumnElement[bool], now: dt.datetime) -> None:
    """Keep which of these duties (a condition of Assignment) stand from now on and when they are first due, after
    that has changed; what hasn't changed stays."""
    db.session.flush()
    leaves = exists().where(Membership.id == Assignment.membership_id, Membership.ended_at.is_not(None))
    goes_on = exists().where(Requirement.id == Assignment.requirement_id, Requirement.ended_at.is_(None))
    has_ended = and_(Assignment.ended_at.is_not(None), ~and_(leaves, goes_on))
    changed = exists().where(
        Assignment.id == DutyPeriod.assignment_id, or_(has_ended, Assignment.due_on != DutyPeriod.due_on)
    )
    # As a list, or SQLite would go through the periods of all firms and ask of each whether it is one of these.
    theirs = DutyPeriod.assignment_id.in_(select(Assignment.id).where(only))
    over = and_(theirs, DutyPeriod.ended_at.is_(None), changed)
    # One that would end as it began was never to be seen.
    for statement in (
        delete(DutyPeriod).where(over, DutyPeriod.began_at >= now),
        update(DutyPeriod).where(over).values(ended_at=now),
    ):
        db.session.execute(statement.execution_options(synchronize_session=False))
    there = exists().where(
        DutyPeriod.assignment_id == Assignment.id, or_(DutyPeriod.ended_at.is_(None), DutyPeriod.began_at >= now)
    )
    columns = ("organization_id", "requirement_id", "membership_id", "due_on")
    rows = select(Assignment.id, literal(now, UTCDateTime()), *(getattr(Assignment, name) for name in columns)).where(
        only, Assignment.ended_at.is_(None), ~there
    )
    db.session.execute(insert(DutyPeriod).from_select(["assignment_id", "began_at", *columns], rows))
