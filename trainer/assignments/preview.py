"""What a requirement would mean, counted before it is saved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Date, Row, Text, and_, cast, exists, func, literal, select, true

from trainer.assignments import rules, sql
from trainer.assignments.models import Assignment, Requirement, Waiver
from trainer.assignments.queries import find_earliest_due, list_team_names, meant
from trainer.assignments.rules import RequiredTerms, Status
from trainer.assignments.snapshots import meets, renewing
from trainer.assignments.statements import covers_until
from trainer.assignments.words import who
from trainer.core.db import db
from trainer.credentials.models import Credential
from trainer.learning.models import Enrollment
from trainer.organizations.actor import Actor
from trainer.organizations.models import Membership

NAMED = 10
"""How many people of each kind are named; the others are counted."""


@dataclass
class Preview:
    """How many people, who they are, and when their first due day would be."""

    who: str
    """Whom the requirement is for, in words."""
    people: int = 0
    names: list[str] = field(default_factory=list)
    """The first of them by name, at most NAMED."""
    waiting: int = 0
    """Of them, not come in yet: they are assigned, and written to once they have."""
    by_status: dict[Status, int] = field(default_factory=dict)
    """Where they would stand, as the requirement's page says once it is saved; nobody as in progress."""
    uncounted: int = 0
    """Of them, with a certificate of this course that doesn't satisfy the terms."""
    under_way: int = 0
    """Of them, in the course now: their conditions are tightened, never loosened."""
    due_days: dict[dt.date, int] = field(default_factory=dict)
    """Due day -> how many people, of those who would have something to do; the earliest days first."""
    added: int = 0
    ended: int = 0
    moved: int = 0
    """On a change: people who come in addition, whose duty ends, whose first due day becomes another."""
    added_names: list[str] = field(default_factory=list)
    ended_names: list[str] = field(default_factory=list)
    """Of those who come in addition and whose duty ends the first by name, at most NAMED."""


def preview(actor: Actor, rule: RequiredTerms, today: dt.date, now: Requirement | None = None) -> Preview:
    """Count what would happen, and to whom; `now` is the requirement that would be changed."""
    is_meant = meant(rule.audience, actor.organization)
    zone, rows = actor.organization.time_zone, _list_meant(actor, rule, is_meant, now)
    earliest = find_earliest_due(actor.organization_id, rule.course)
    seen = Preview(who(rule.audience, list_team_names(actor.organization_id)))
    for row in rows:
        began_on = rules.began_on(row.hired_on, row.created_at, zone)
        due_on = rules.first_due(began_on, rule.starts_on, rule.days_allowed, earliest)
        seen.people += 1
        seen.waiting += row.user_id is None
        seen.under_way += bool(row.is_under_way)
        if now is not None and row.due_on is None:
            seen.added += 1
            seen.added_names.append(row.name)
        status = rules.status_of(row.covers_until, due_on, rule.renewal_days, row.waived_until, today)
        seen.by_status[status] = seen.by_status.get(status, 0) + 1
        if row.covers_until is None or row.covers_until < today:
            seen.moved += row.due_on is not None and row.due_on != due_on
        seen.uncounted += bool(row.has_credential) and row.covers_until is None
        if status.is_open:
            day = row.covers_until or due_on
            seen.due_days[day] = seen.due_days.get(day, 0) + 1
    seen.due_days = dict(sorted(seen.due_days.items()))
    seen.names = [row.name for row in rows[:NAMED]]
    del seen.added_names[NAMED:]
    if now is not None:
        ending = _list_ending(actor, now, is_meant)
        seen.ended, seen.ended_names = len(ending), list(ending[:NAMED])
    return seen


def _list_meant(
    actor: Actor, rule: RequiredTerms, is_meant: ColumnElement[bool], now: Requirement | None
) -> Sequence[Row[Any]]:
    """Return a row for each person meant: what covers them, what they have begun, and their duty until now."""
    asked = select(
        literal(rule.course).label("course"),
        sql.months(literal(rule.cadence_months)).label("cadence"),
        literal(rule.least_minutes).label("least_minutes"),
        literal(rule.is_paced).label("is_paced"),
        literal(rule.attestation is not None).label("needs_attestation"),
        literal(rule.allows_test_out).label("allows_test_out"),
        cast(literal(rules.written_keys(rule.earlier_titles), Text()), Text()).label("earlier_keys"),
    ).cte("asked")
    covered = covers_until(Membership.user_id, Membership.id, asked.c)
    mine = (Credential.user_id == Membership.user_id, meets(Credential.course, asked.c.course))
    open_one = (Enrollment.user_id == Membership.user_id, meets(Enrollment.course, asked.c.course))
    there = and_(
        Assignment.membership_id == Membership.id,
        Assignment.requirement_id == (now.id if now else None),
        Assignment.ended_at.is_(None),
    )
    return db.session.execute(
        select(
            Membership.name,
            Membership.user_id,
            Membership.hired_on,
            Membership.created_at,
            covered.label("covers_until"),
            exists().where(*mine).label("has_credential"),
            exists().where(*open_one, Enrollment.completed_at.is_(None)).label("is_under_way"),
            Assignment.due_on,
            _waived_until(now).label("waived_until"),
        )
        .select_from(Membership)
        .join(asked, true())
        .outerjoin(Assignment, there)
        .where(Membership.organization_id == actor.organization_id, is_meant)
        .order_by(Membership.name_key, Membership.id),
        renewing(),
    ).all()


def _list_ending(actor: Actor, now: Requirement, is_meant: ColumnElement[bool]) -> Sequence[str]:
    """Return the names of people who have a duty and aren't meant anymore."""
    return db.session.scalars(
        select(Membership.name)
        .join(Assignment, Assignment.membership_id == Membership.id)
        .where(
            Membership.organization_id == actor.organization_id,
            Assignment.requirement_id == now.id,
            Assignment.ended_at.is_(None),
            ~is_meant,
        )
        .order_by(Membership.name_key, Membership.id)
    ).all()


def _waived_until(now: Requirement | None) -> ColumnElement[Any]:
    """Return, as SQL, the last day of a person's waiver of the requirement that would be changed."""
    if now is None:
        return literal(None, Date())
    waived = (
        select(func.max(Waiver.until))
        .join(Assignment, Assignment.id == Waiver.assignment_id)
        .where(
            Assignment.membership_id == Membership.id,
            Assignment.requirement_id == now.id,
            Waiver.ended_at.is_(None),
        )
        .correlate(Membership)
    )
    return waived.scalar_subquery()
