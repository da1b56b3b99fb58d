"""Where people stand in their duties, as SQL: one statement for one person or ten thousand."""

from __future__ import annotations

import datetime as dt
import uuid
from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
    Case,
    ColumnElement,
    Date,
    Join,
    ScalarSelect,
    Select,
    Subquery,
    Uuid,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    true,
)

from trainer.assignments import sql
from trainer.assignments.models import Assignment, Requirement, Waiver
from trainer.assignments.rules import SOON, Status
from trainer.credentials.models import Credential
from trainer.learning.models import Enrollment, LessonCompletion
from trainer.organizations.models import Membership

FIRM = bindparam("firm", type_=Uuid())
TODAY = bindparam("today", type_=Date())
HAS_BEGUN = or_(
    Enrollment.active_seconds > 0,
    Enrollment.tested_out_at.is_not(None),
    exists().where(LessonCompletion.enrollment_id == Enrollment.id),
)
"""The condition of an enrollment in which anything was done."""


def on(organization_id: uuid.UUID, today: dt.date) -> dict[str, Any]:
    """Return the parameters of every statement over duties: whose, and on which day.

    They are bound when it runs, so that a statement that every page uses is built only once.
    """
    return {FIRM.key: organization_id, TODAY.key: today}


@cache
def terms() -> CTE:
    """Return, as SQL, what each of a firm's requirements asks of a completion, and since when one holds.

    Columns: requirement_id, course, cadence_months, least_minutes, is_paced, needs_attestation, allows_test_out,
    renewal_days, soon_until (the last day that is due soon), first_soon_until (the same of a first due day),
    holding_since and current_since (the first day of issue from which the cadence reaches today, or beyond
    `soon_until`). Days are computed here, once for each requirement.
    """
    soon_until = sql.add_days(TODAY, case((Requirement.renewal_days < SOON, Requirement.renewal_days), else_=SOON))
    return (
        select(
            Requirement.id.label("requirement_id"),
            Requirement.course,
            Requirement.cadence_months,
            Requirement.least_minutes,
            Requirement.is_paced,
            Requirement.attestation.is_not(None).label("needs_attestation"),
            Requirement.allows_test_out,
            Requirement.renewal_days,
            soon_until.label("soon_until"),
            sql.add_days(TODAY, SOON).label("first_soon_until"),
            sql.first_reaching(TODAY, Requirement.cadence_months).label("holding_since"),
            sql.first_reaching(sql.add_days(soon_until, 1), Requirement.cadence_months).label("current_since"),
        )
        .where(Requirement.organization_id == FIRM)
        .cte("terms")
        .prefix_with("MATERIALIZED")
    )


def covers_until(user_id: Any, asked: Any) -> ScalarSelect[dt.date]:
    """Return, as SQL, the last day that a person's completions cover: `rules.Duty.covers_until`.

    `asked` has the columns course, cadence_months, least_minutes, is_paced, needs_attestation and allows_test_out of
    `terms`.
    """
    return _satisfying(user_id, asked, func.max(_covered(asked))).scalar_subquery()


def duties(*only: ColumnElement[bool]) -> Subquery:
    """Return a subquery of one row for each duty in a firm that hasn't ended, with where the person stands.

    Columns: assignment_id, requirement_id, membership_id, user_id, course, least_minutes, renewal_days, covers_until,
    due_on, status; and of the credential that covers the person: serial, completed_on, minutes. `only` narrows it
    down by Assignment; what it leaves out isn't computed. Join Membership on `membership_id` for names and teams. Run
    it with `on`.
    """
    asked = terms()
    return _with_days(asked, _by_requirement(asked), Assignment.organization_id == FIRM, *only)


def duties_where(*only: ColumnElement[bool]) -> Subquery:
    """Like `duties`, limited to those that `only` selects, which must all belong to the firm.

    The firm isn't a condition here: SQLite would scan all of the firm's duties for it.
    """
    asked = terms()
    few = sql.InOrder(Assignment.__table__, asked, asked.c.requirement_id == Assignment.requirement_id)
    return _with_days(asked, few, *only)


def standings(*only: ColumnElement[bool]) -> Subquery:
    """Return a subquery of the same duties to count and to choose by: what isn't asked of it isn't computed.

    Columns: assignment_id, requirement_id, membership_id, status, covers_until, due_on.
    """
    asked = terms()
    query = _to_choose_by(asked, _by_requirement(asked), Assignment.organization_id == FIRM, *only)
    return query.subquery("standings")


def standings_by_name(*only: ColumnElement[bool]) -> Subquery:
    """Like `standings`, with `name_key`, to find the first few by name; it stops after these."""
    asked = terms()
    by_name = sql.InOrder(
        sql.InOrder(Membership.__table__, asked, true()),
        Assignment.__table__,
        and_(Assignment.membership_id == Membership.id, Assignment.requirement_id == asked.c.requirement_id),
    )
    query = _to_choose_by(asked, by_name, Membership.organization_id == FIRM, *only)
    return query.add_columns(Membership.name_key).subquery("standings")


def status_case(asked: Any) -> Case[Status]:
    """Return `rules.status` as one SQL CASE over Assignment and columns of `terms`."""
    said = {status: literal(status, sql.Numbered()) for status in Status}
    holds = and_(Credential.valid_until >= TODAY, Credential.issued_on >= asked.holding_since)
    is_current = and_(Credential.valid_until > asked.soon_until, Credential.issued_on >= asked.current_since)
    best = _satisfying(Assignment.user_id, asked, func.max(case((is_current, 2), (holds, 1), else_=0)))
    has_begun = (
        exists()
        .where(
            Enrollment.user_id == Assignment.user_id,
            Enrollment.course == asked.course,
            Enrollment.completed_at.is_(None),
            HAS_BEGUN,
        )
        .correlate_except(Enrollment, LessonCompletion)
    )
    waived = select(Waiver.assignment_id).where(
        Waiver.organization_id == FIRM, Waiver.ended_at.is_(None), Waiver.until >= TODAY
    )
    without = case(
        (Assignment.due_on < TODAY, said[Status.OVERDUE]),
        (Assignment.due_on <= asked.first_soon_until, said[Status.DUE_SOON]),
        (has_begun, said[Status.IN_PROGRESS]),
        else_=said[Status.NOT_STARTED],
    )
    # Over a value, so that credentials are looked up once.
    levels = {2: said[Status.CURRENT], 1: said[Status.DUE_SOON], 0: said[Status.EXPIRED]}
    covered = case(levels, value=best.scalar_subquery(), else_=without)
    return case((Assignment.id.in_(waived), said[Status.WAIVED]), else_=covered)


def _by_requirement(asked: CTE) -> Join:
    return sql.InOrder(asked, Assignment.__table__, Assignment.requirement_id == asked.c.requirement_id)


def _to_choose_by(asked: CTE, source: Join, *only: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    covered = covers_until(Assignment.user_id, asked.c)
    due_on = func.coalesce(covered, Assignment.due_on)
    return _standing(asked, source).add_columns(covered.label("covers_until"), due_on.label("due_on")).where(*only)


def _standing(asked: CTE, source: Join) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Assignment.id.label("assignment_id"),
            Assignment.membership_id,
            Assignment.requirement_id,
            status_case(asked.c).label("status"),
        )
        .select_from(source)
        .where(Assignment.ended_at.is_(None))
    )


def _with_days(asked: CTE, source: Join, *only: ColumnElement[bool]) -> Subquery:
    facts = (
        _standing(asked, source)
        .add_columns(
            Assignment.user_id,
            asked.c.course,
            asked.c.cadence_months,
            asked.c.least_minutes,
            asked.c.renewal_days,
            Assignment.due_on.label("first_due_on"),
            _covering(Assignment.user_id, asked.c).label("credential_id"),
        )
        .where(*only)
        .cte("facts")
        # Once for each row: a planner that flattens it would look credentials up again for each use.
        .prefix_with("MATERIALIZED")
    )
    covers_until = _covered(facts.c)
    return (
        select(
            facts,
            covers_until.label("covers_until"),
            func.coalesce(covers_until, facts.c.first_due_on).label("due_on"),
            Credential.serial,
            Credential.issued_on.label("completed_on"),
            Credential.minutes,
        )
        .select_from(facts)
        .outerjoin(Credential, Credential.id == facts.c.credential_id)
        .subquery("duties")
    )


def _covered(asked: Any) -> ColumnElement[dt.date]:
    """Return, as SQL, the last day that a credential covers: `rules.covered_until`."""
    return sql.earlier(Credential.valid_until, sql.add_months(Credential.issued_on, asked.cadence_months))


def _covering(user_id: Any, asked: Any) -> ScalarSelect[uuid.UUID]:
    """Return the id of the credential that covers a person longest; of two that do alike, of the newer one."""
    # Within, for SQLite: what is ordered by can't name a column from without.
    columns = (Credential.id, Credential.issued_on, _covered(asked).label("covered"))
    held = _satisfying(user_id, asked, *columns).subquery("held")
    return select(held.c.id).order_by(held.c.covered.desc(), held.c.issued_on.desc()).limit(1).scalar_subquery()


def _satisfying(user_id: Any, asked: Any, *columns: Any) -> Select[Any]:
    """Return a select over a person's credentials that satisfy what is asked: `rules.satisfies`."""
    query: Select[Any] = (
        select(*columns)
        .where(
            Credential.user_id == user_id,
            Credential.course == asked.course,
            Credential.revoked_at.is_(None),
            Credential.minutes >= asked.least_minutes,
            or_(Credential.is_paced, ~asked.is_paced),
            or_(Credential.is_attested, ~asked.needs_attestation),
            or_(~Credential.is_tested_out, asked.allows_test_out),
        )
        .correlate_except(Credential)
    )
    return query
