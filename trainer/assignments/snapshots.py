"""What the statements over duties are given, and where they read it: as it is, or as it was when a past day ended."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Date, FromClause, Select, String, Uuid, and_, bindparam, literal, or_, true

from trainer.assignments import sql
from trainer.assignments.models import Assignment, DutyPeriod, EarlierTraining, Requirement, RequirementVersion, Waiver
from trainer.content.serving import served
from trainer.core.db import UTCDateTime
from trainer.credentials.models import Credential
from trainer.credentials.queries import in_name_until
from trainer.learning.models import Enrollment
from trainer.organizations.models import Membership

FIRM = bindparam("firm", type_=Uuid())
TODAY = bindparam("today", type_=Date())
RENEWING = bindparam("renewing", type_=String())
"""The course whose lessons renew others: a requirement that names it is met by any full course's credential."""
UNTIL = bindparam("until", type_=UTCDateTime())
"""The instant at which a past day ends."""


def on(organization_id: uuid.UUID, today: dt.date, until: dt.datetime | None = None) -> dict[str, Any]:
    """Return the parameters of every statement over duties: whose, on which day, and of `THEN` when that day ends.

    They are bound when it runs, so that a statement that every page uses is built only once.
    """
    days = {TODAY.key: today, **({UNTIL.key: until} if until is not None else {})}
    return {FIRM.key: organization_id, **renewing(), **days}


def renewing() -> dict[str, Any]:
    """Return the parameter that names the course whose lessons renew others; it is part of `on`."""
    return {RENEWING.key: served().site.renewal or ""}


def meets(course: Any, required: Any) -> ColumnElement[bool]:
    """Return the condition that what is done in a course counts toward a requirement that names one."""
    return or_(course == required, required == RENEWING)


def meets_any(course: Any, required: Select[str]) -> ColumnElement[bool]:
    """Return the condition that what is done in a course counts toward one of the courses that are required."""
    return or_(course.in_(required), literal(served().site.renewal or "").in_(required))


def held(began_at: Any, ended_at: Any) -> ColumnElement[bool]:
    """Return the condition of what had begun, and hadn't ended, when the past day ended."""
    return and_(began_at < UNTIL, or_(ended_at.is_(None), ended_at >= UNTIL))


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Where the statements read what decides: as it is `NOW`, or as it was `THEN`, when a past day ended."""

    duties: FromClause
    id: Any
    """And the other columns of a duty."""
    membership_id: Any
    requirement_id: Any
    organization_id: Any
    due_on: Any
    user_id: Any
    stands: ColumnElement[bool]
    """Of a duty: it hadn't ended, nor had its person left."""
    rule_id: Any
    rule: Any
    """And what a requirement said."""
    is_rule: ColumnElement[bool]
    counts: ColumnElement[bool]
    """Of a credential: it was issued and not revoked."""
    is_approved: ColumnElement[bool]
    """Of a training recorded by the firm: a second person approved it, and it wasn't withdrawn."""
    is_waived: ColumnElement[bool]
    """Of a waiver: it was given and not withdrawn."""
    is_under_way: ColumnElement[bool]
    """Of an enrollment: something was done in it, and it wasn't completed."""
    needs_person: bool
    """Whether the columns of a duty need its membership beside it."""

    def with_person(self, duty: FromClause) -> FromClause:
        """Return what a duty is read from, with its membership if that is needed."""
        if not self.needs_person:
            return duty
        return sql.InOrder(duty, Membership.__table__, Membership.id == self.membership_id)


NOW = Snapshot(
    duties=Assignment.__table__,
    id=Assignment.id,
    membership_id=Assignment.membership_id,
    requirement_id=Assignment.requirement_id,
    organization_id=Assignment.organization_id,
    due_on=Assignment.due_on,
    user_id=Assignment.user_id,
    stands=Assignment.ended_at.is_(None),
    rule_id=Requirement.id,
    rule=Requirement,
    is_rule=true(),
    counts=and_(Credential.revoked_at.is_(None), Credential.reissued_at.is_(None)),
    is_approved=and_(EarlierTraining.approved_at.is_not(None), EarlierTraining.ended_at.is_(None)),
    is_waived=Waiver.ended_at.is_(None),
    is_under_way=and_(Enrollment.begun_at.is_not(None), Enrollment.completed_at.is_(None)),
    needs_person=False,
)
THEN = Snapshot(
    duties=DutyPeriod.__table__,
    id=DutyPeriod.assignment_id,
    membership_id=DutyPeriod.membership_id,
    requirement_id=DutyPeriod.requirement_id,
    organization_id=DutyPeriod.organization_id,
    due_on=DutyPeriod.due_on,
    user_id=Membership.user_id,
    stands=and_(
        held(DutyPeriod.began_at, DutyPeriod.ended_at),
        # Whose last day it was, was there that day, whenever that was entered.
        or_(Membership.ended_on.is_(None), Membership.ended_on >= TODAY),
    ),
    rule_id=RequirementVersion.requirement_id,
    rule=RequirementVersion,
    is_rule=held(RequirementVersion.began_at, RequirementVersion.ended_at),
    # Of someone who has left since, the firm doesn't learn a newer name.
    counts=and_(held(Credential.issued_at, Credential.revoked_at), in_name_until(Membership.ended_at)),
    is_approved=held(EarlierTraining.approved_at, EarlierTraining.ended_at),
    is_waived=held(Waiver.created_at, Waiver.ended_at),
    # What someone did before joining, a firm never saw.
    is_under_way=and_(held(Enrollment.begun_at, Enrollment.completed_at), Membership.joined_at < UNTIL),
    needs_person=True,
)
