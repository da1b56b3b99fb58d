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
    FromClause,
    Integer,
    ScalarSelect,
    Select,
    Subquery,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    type_coerce,
)

from trainer.assignments import sql
from trainer.assignments.models import EarlierTraining, Waiver
from trainer.assignments.rules import SOON, Status
from trainer.assignments.snapshots import FIRM, NOW, TODAY, Snapshot, meets
from trainer.credentials.models import Credential
from trainer.learning.models import Enrollment
from trainer.organizations.models import Membership

_SAID = {status: literal(status, sql.Numbered()) for status in Status}
_COVERED, _DAY = len(Status), 2 * len(Status)
"""What `standings_by_day` adds to the number of a status if something covers the person, and for each day."""


@cache
def terms(snapshot: Snapshot = NOW) -> CTE:
    """Return, as SQL, what each of a firm's requirements asks of a completion, and since when one holds.

    Columns: requirement_id, course, cadence (of `sql.months`), least_minutes, is_paced, needs_attestation,
    allows_test_out, earlier_keys, renewal_days, soon_until (the last day that is due soon), first_soon_until (the same
    of a first due day), holding_since and current_since (the first day of issue from which the cadence reaches today,
    or beyond `soon_until`), soon_number and today_number (of `sql.day_number`). Days are computed here, once for each
    requirement.
    """
    rule = snapshot.rule
    soon_until = sql.add_days(TODAY, case((rule.renewal_days < SOON, rule.renewal_days), else_=SOON))
    return (
        select(
            snapshot.rule_id.label("requirement_id"),
            rule.course,
            sql.months(rule.cadence_months).label("cadence"),
            rule.least_minutes,
            rule.is_paced,
            rule.attestation.is_not(None).label("needs_attestation"),
            rule.allows_test_out,
            rule.earlier_keys,
            rule.renewal_days,
            soon_until.label("soon_until"),
            sql.add_days(TODAY, SOON).label("first_soon_until"),
            sql.first_reaching(TODAY, rule.cadence_months).label("holding_since"),
            sql.first_reaching(sql.add_days(soon_until, 1), rule.cadence_months).label("current_since"),
            sql.day_number(soon_until).label("soon_number"),
            sql.day_number(TODAY).label("today_number"),
        )
        .where(rule.organization_id == FIRM, snapshot.is_rule)
        .cte("terms")
        .prefix_with("MATERIALIZED")
    )


def covers_until(user_id: Any, membership_id: Any, asked: Any, snapshot: Snapshot = NOW) -> ColumnElement[dt.date]:
    """Return, as SQL, the last day that a person's completions and trainings cover: `rules.Duty.covers_until`.

    `asked` has the columns course, cadence, least_minutes, is_paced, needs_attestation, allows_test_out and
    earlier_keys of `terms`.
    """
    earned = _satisfying(snapshot, user_id, asked, func.max(_covered(asked))).scalar_subquery()
    recorded = _accepted(snapshot, membership_id, asked, func.max(_recorded_until(asked))).scalar_subquery()
    return sql.numbered_day(sql.higher(earned, _where_accepted(asked, recorded)))


def duties(*only: ColumnElement[bool], snapshot: Snapshot = NOW) -> Subquery:
    """Return a subquery of one row for each duty in a firm that hasn't ended, with where the person stands.

    Columns: assignment_id, requirement_id, membership_id, user_id, course, least_minutes, renewal_days, covers_until,
    due_on, status; of what covers the person: completed_on, and serial and minutes of a credential, or is_recorded
    of a training that the firm recorded. `only` narrows it down by columns of `snapshot`; what it leaves out isn't
    computed. Join Membership on `membership_id` for names and teams. Run it with `on`.
    """
    asked = terms(snapshot)
    return _with_days(snapshot, asked, _by_requirement(snapshot, asked), snapshot.organization_id == FIRM, *only)


def duties_where(*only: ColumnElement[bool], snapshot: Snapshot = NOW) -> Subquery:
    """Like `duties`, limited to those that `only` selects, which must all belong to the firm.

    The firm isn't a condition here: SQLite would scan all of the firm's duties for it.
    """
    asked = terms(snapshot)
    theirs = asked.c.requirement_id == sql.unindexed(snapshot.requirement_id)
    few = sql.InOrder(snapshot.with_person(snapshot.duties), asked, theirs)
    return _with_days(snapshot, asked, few, *only)


def standings(*only: ColumnElement[bool], snapshot: Snapshot = NOW) -> Subquery:
    """Return a subquery of the same duties to count and to choose by: what isn't asked of it isn't computed.

    Columns: assignment_id, requirement_id, membership_id, status, covers_until, due_on.
    """
    asked = terms(snapshot)
    query = _to_choose_by(snapshot, asked, _by_requirement(snapshot, asked), snapshot.organization_id == FIRM, *only)
    return query.subquery("standings")


def standings_by_day(*only: ColumnElement[bool], snapshot: Snapshot = NOW) -> Subquery:
    """Like `standings`, for whoever asks of all of them both where they stand and until when.

    Columns: assignment_id, membership_id, status, covers_until, due_on, due_number (of `sql.day_number`, to order by).
    What covers a person is looked up once for each duty. A lookup finds a single value, so that it is a number with all
    of it in it: the due day, whether anything covers the person, and the status.
    """
    asked = terms(snapshot)
    recorded = _accepted(snapshot, snapshot.membership_id, asked.c, func.max(_recorded_until(asked.c)))
    earned = func.max(_covered(asked.c))
    longest = sql.higher(earned, _where_accepted(asked.c, recorded.scalar_subquery())).label("until")
    covering = _satisfying(snapshot, snapshot.user_id, asked.c, longest).subquery("covering")
    until = covering.c.until
    status = case(
        (_is_waived(snapshot.id, snapshot), _SAID[Status.WAIVED]),
        (until > asked.c.soon_number, _SAID[Status.CURRENT]),
        (until >= asked.c.today_number, _SAID[Status.DUE_SOON]),
        (until.is_not(None), _SAID[Status.EXPIRED]),
        else_=_without(asked.c, snapshot.user_id, snapshot.due_on, snapshot),
    )
    is_covered = case((until.is_not(None), _COVERED), else_=0)
    number = func.coalesce(until, sql.day_number(snapshot.due_on)) * _DAY + is_covered + type_coerce(status, Integer)
    numbered = (
        select(
            snapshot.id.label("assignment_id"),
            snapshot.membership_id,
            select(number).correlate_except(covering).scalar_subquery().label("number"),
        )
        .select_from(_by_requirement(snapshot, asked))
        .where(snapshot.stands, snapshot.organization_id == FIRM, *only)
        .cte("numbered")
        .prefix_with("MATERIALIZED")
    )
    due_number = numbered.c.number // _DAY
    due_on = sql.numbered_day(due_number)
    return select(
        numbered.c.assignment_id,
        numbered.c.membership_id,
        type_coerce(numbered.c.number % _COVERED, sql.Numbered()).label("status"),
        case((numbered.c.number % _DAY >= _COVERED, due_on)).label("covers_until"),
        due_on.label("due_on"),
        due_number.label("due_number"),
    ).subquery("standings")


def standings_by_name(*only: ColumnElement[bool], snapshot: Snapshot = NOW) -> Subquery:
    """Like `standings`, with `name_key`, to find the first few by name; it stops after these."""
    asked = terms(snapshot)
    by_name = sql.InOrder(
        sql.InOrder(Membership.__table__, asked, true()),
        snapshot.duties,
        and_(snapshot.membership_id == Membership.id, snapshot.requirement_id == asked.c.requirement_id),
    )
    query = _to_choose_by(snapshot, asked, by_name, Membership.organization_id == FIRM, *only)
    return query.add_columns(Membership.name_key).subquery("standings")


def status_case(asked: Any, snapshot: Snapshot = NOW) -> Case[Status]:
    """Return `rules.status` as one SQL CASE over `snapshot` and columns of `terms`."""
    holds = and_(Credential.valid_until >= TODAY, Credential.issued_on >= asked.holding_since)
    is_current = and_(Credential.valid_until > asked.soon_until, Credential.issued_on >= asked.current_since)
    earned = _satisfying(snapshot, snapshot.user_id, asked, func.max(case((is_current, 2), (holds, 1), else_=0)))
    trained_on = EarlierTraining.completed_on
    reaches = case((trained_on >= asked.current_since, 2), (trained_on >= asked.holding_since, 1), else_=0)
    recorded = _accepted(snapshot, snapshot.membership_id, asked, func.max(reaches)).scalar_subquery()
    best = sql.higher(earned.scalar_subquery(), _where_accepted(asked, recorded))
    # Over a value, so that credentials are looked up once.
    levels = {2: _SAID[Status.CURRENT], 1: _SAID[Status.DUE_SOON], 0: _SAID[Status.EXPIRED]}
    covered = case(levels, value=best, else_=_without(asked, snapshot.user_id, snapshot.due_on, snapshot))
    return case((_is_waived(snapshot.id, snapshot), _SAID[Status.WAIVED]), else_=covered)


def _without(asked: Any, user_id: Any, due_on: Any, snapshot: Snapshot) -> Case[Status]:
    """Return, as SQL, where people stand whom nothing has ever covered."""
    has_begun = (
        exists()
        .where(Enrollment.user_id == user_id, meets(Enrollment.course, asked.course), snapshot.is_under_way)
        .correlate_except(Enrollment)
    )
    return case(
        (due_on < TODAY, _SAID[Status.OVERDUE]),
        (due_on <= asked.first_soon_until, _SAID[Status.DUE_SOON]),
        (has_begun, _SAID[Status.IN_PROGRESS]),
        else_=_SAID[Status.NOT_STARTED],
    )


def _is_waived(assignment_id: ColumnElement[uuid.UUID], snapshot: Snapshot) -> ColumnElement[bool]:
    waived = select(Waiver.assignment_id).where(
        Waiver.organization_id == FIRM, snapshot.is_waived, Waiver.until >= TODAY
    )
    return assignment_id.in_(waived)


def _by_requirement(snapshot: Snapshot, asked: CTE) -> FromClause:
    return snapshot.with_person(sql.InOrder(asked, snapshot.duties, snapshot.requirement_id == asked.c.requirement_id))


def _to_choose_by(
    snapshot: Snapshot, asked: CTE, source: FromClause, *only: ColumnElement[bool]
) -> Select[*tuple[Any, ...]]:
    covered = covers_until(snapshot.user_id, snapshot.membership_id, asked.c, snapshot)
    due_on = func.coalesce(covered, snapshot.due_on)
    query = _standing(snapshot, asked, source)
    return query.add_columns(covered.label("covers_until"), due_on.label("due_on")).where(*only)


def _standing(snapshot: Snapshot, asked: CTE, source: FromClause) -> Select[*tuple[Any, ...]]:
    return (
        select(
            snapshot.id.label("assignment_id"),
            snapshot.membership_id,
            snapshot.requirement_id,
            status_case(asked.c, snapshot).label("status"),
        )
        .select_from(source)
        .where(snapshot.stands)
    )


def _with_days(snapshot: Snapshot, asked: CTE, source: FromClause, *only: ColumnElement[bool]) -> Subquery:
    rows = (
        _standing(snapshot, asked, source)
        .add_columns(
            snapshot.user_id,
            asked.c.course,
            asked.c.cadence,
            asked.c.least_minutes,
            asked.c.renewal_days,
            snapshot.due_on.label("first_due_on"),
            _covering(snapshot, snapshot.user_id, asked.c).label("credential_id"),
            _where_accepted(asked.c, _recording(snapshot, asked.c)).label("training_id"),
        )
        .where(*only)
        .cte("facts")
        # Once for each row: a planner that flattens it would look credentials up again for each use.
        .prefix_with("MATERIALIZED")
    )
    earned, recorded = _covered(rows.c), _recorded_until(rows.c)
    covers_until = sql.numbered_day(sql.higher(earned, recorded))
    is_recorded = and_(recorded.is_not(None), or_(earned.is_(None), recorded > earned))
    return (
        select(
            rows,
            covers_until.label("covers_until"),
            func.coalesce(covers_until, rows.c.first_due_on).label("due_on"),
            case((~is_recorded, Credential.serial)).label("serial"),
            case((is_recorded, EarlierTraining.completed_on), else_=Credential.issued_on).label("completed_on"),
            case((~is_recorded, Credential.minutes)).label("minutes"),
            is_recorded.label("is_recorded"),
        )
        .select_from(rows)
        .outerjoin(Credential, Credential.id == rows.c.credential_id)
        .outerjoin(EarlierTraining, EarlierTraining.id == rows.c.training_id)
        .subquery("duties")
    )


def _covered(asked: Any) -> ColumnElement[int]:
    """Return, as SQL, the number of the last day that a credential covers: `rules.covered_until`."""
    return sql.earlier(sql.day_number(Credential.valid_until), sql.number_after(Credential.issued_on, asked.cadence))


def _covering(snapshot: Snapshot, user_id: Any, asked: Any) -> ScalarSelect[uuid.UUID]:
    """Return the id of the credential that covers a person longest; of two that do alike, of the newer one."""
    # Within, for SQLite: what is ordered by can't name a column from without.
    columns = (Credential.id, Credential.issued_on, _covered(asked).label("covered"))
    earned = _satisfying(snapshot, user_id, asked, *columns).subquery("held")
    return select(earned.c.id).order_by(earned.c.covered.desc(), earned.c.issued_on.desc()).limit(1).scalar_subquery()


def _satisfying(snapshot: Snapshot, user_id: Any, asked: Any, *columns: Any) -> Select[Any]:
    """Return a select over a person's credentials that satisfy what is asked: `rules.satisfies`."""
    query: Select[Any] = (
        select(*columns)
        .where(
            Credential.user_id == user_id,
            meets(Credential.course, asked.course),
            snapshot.counts,
            Credential.minutes >= asked.least_minutes,
            or_(Credential.is_paced, ~asked.is_paced),
            or_(Credential.is_attested, ~asked.needs_attestation),
            or_(~Credential.is_tested_out, asked.allows_test_out),
        )
        .correlate_except(Credential)
    )
    return query


def _recorded_until(asked: Any) -> ColumnElement[int]:
    """Return, as SQL, the number of the last day that a training recorded by the firm covers."""
    return sql.number_after(EarlierTraining.completed_on, asked.cadence)


def _where_accepted(asked: Any, recorded: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return what is looked up of recorded trainings, which costs nothing where a requirement counts none."""
    return case((asked.earlier_keys.is_not(None), recorded))


def _recording(snapshot: Snapshot, asked: Any) -> ScalarSelect[uuid.UUID]:
    """Return the id of the recorded training that covers a person longest: the newest."""
    columns = (EarlierTraining.id, EarlierTraining.completed_on)
    trained = _accepted(snapshot, snapshot.membership_id, asked, *columns).subquery("trained")
    return select(trained.c.id).order_by(trained.c.completed_on.desc(), trained.c.id).limit(1).scalar_subquery()


def _accepted(snapshot: Snapshot, membership_id: Any, asked: Any, *columns: Any) -> Select[Any]:
    """Return a select over a person's recorded trainings that count for what is asked: `rules.accepts`."""
    title = literal("\n") + EarlierTraining.title_key + literal("\n")
    query: Select[Any] = (
        select(*columns)
        .where(
            EarlierTraining.membership_id == membership_id,
            snapshot.is_approved,
            EarlierTraining.minutes >= asked.least_minutes,
            or_(asked.earlier_keys == "", sql.position_in(asked.earlier_keys, title) > 0),
        )
        .correlate_except(EarlierTraining)
    )
    return query
