"""Reading duties: where people stand, in one statement for one person or ten thousand."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
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
from trainer.assignments.models import Assignment, Reminder, Requirement, RequirementTeam, Waiver
from trainer.assignments.rules import LATE, SOON, Audience, Completion, Duty, OwnDuty, Status, Terms, Wanted, day_begins
from trainer.core.db import db
from trainer.core.errors import NotFound
from trainer.core.outbox import OutboxMessage
from trainer.core.paging import Page, read_page
from trainer.credentials.models import Credential
from trainer.learning.models import Enrollment, LessonCompletion
from trainer.organizations.actor import Actor
from trainer.organizations.models import Membership, Organization, TeamMembership
from trainer.organizations.queries import list_firms, seen_by
from trainer.organizations.rules import Role, local_day

FIRM = bindparam("firm", type_=Uuid())
TODAY = bindparam("today", type_=Date())
_HAS_BEGUN = or_(
    Enrollment.active_seconds > 0,
    Enrollment.tested_out_at.is_not(None),
    exists().where(LessonCompletion.enrollment_id == Enrollment.id),
)


def on(organization_id: uuid.UUID, today: dt.date) -> dict[str, Any]:
    """Return the parameters of every statement over duties: whose, and on which day.

    They are bound when it runs, so that a statement that every page uses is built only once.
    """
    return {FIRM.key: organization_id, TODAY.key: today}


@cache
def terms() -> CTE:
    """Return, as SQL, what each of a firm's requirements asks of a completion, and since when one holds.

    Columns: requirement_id, course, cadence_months, least_minutes, is_paced, needs_attestation, allows_test_out,
    renewal_days,
    soon_until (the last day that is due soon), first_soon_until (the same of a first due day), holding_since and
    current_since (the first day of issue from which the cadence reaches today, or beyond `soon_until`). Days are
    computed here, once for each requirement.
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

    Columns: assignment_id, requirement_id, membership_id, status, due_on.
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
            _HAS_BEGUN,
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
    due_on = func.coalesce(covers_until(Assignment.user_id, asked.c), Assignment.due_on)
    return _standing(asked, source).add_columns(due_on.label("due_on")).where(*only)


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


def meant(wanted: Wanted, zone: str) -> ColumnElement[bool]:
    """Return the condition of memberships that a requirement is for, of people who are here."""
    here = Membership.ended_at.is_(None)
    if wanted.audience is Audience.TEAMS:
        in_teams = select(TeamMembership.membership_id).where(TeamMembership.team_id.in_(wanted.team_ids))
        return and_(here, Membership.id.in_(in_teams))
    if wanted.audience is Audience.ROLE:
        return and_(here, Membership.role == wanted.role)
    if wanted.audience is Audience.HIRED_SINCE:
        assert wanted.hired_since is not None  # the form asks for it
        listed = Membership.created_at >= day_begins(wanted.hired_since, zone)
        return and_(here, or_(Membership.hired_on >= wanted.hired_since, and_(Membership.hired_on.is_(None), listed)))
    return here


def terms_of(requirement: Requirement) -> Terms:
    """Return what a requirement asks of a completion."""
    return Terms(
        least_minutes=requirement.least_minutes,
        cadence_months=requirement.cadence_months,
        renewal_days=requirement.renewal_days,
        is_paced=requirement.is_paced,
        needs_attestation=requirement.attestation is not None,
        allows_test_out=requirement.allows_test_out,
    )


def wanted_by(requirement: Requirement) -> Wanted:
    """Return what a requirement asks for, with its teams."""
    teams = db.session.scalars(select(RequirementTeam.team_id).where(RequirementTeam.requirement_id == requirement.id))
    return Wanted(
        title=requirement.title,
        course=requirement.course,
        audience=Audience(requirement.audience),
        starts_on=requirement.starts_on,
        least_minutes=requirement.least_minutes,
        cadence_months=requirement.cadence_months,
        days_allowed=requirement.days_allowed,
        renewal_days=requirement.renewal_days,
        is_paced=requirement.is_paced,
        attestation=requirement.attestation,
        pack=requirement.pack,
        unapproved_state=requirement.unapproved_state,
        role=requirement.role,
        hired_since=requirement.hired_since,
        allows_test_out=requirement.allows_test_out,
        team_ids=frozenset(teams),
    )


def get_requirement(actor: Actor, requirement_id: uuid.UUID) -> Requirement:
    """Return a requirement of the actor's firm. Raises NotFound."""
    found = db.session.scalar(
        select(Requirement).where(
            Requirement.id == requirement_id, Requirement.organization_id == actor.organization_id
        )
    )
    if found is None:
        raise NotFound
    return found


def list_requirements(organization_id: uuid.UUID, *, with_ended: bool = False) -> Sequence[Requirement]:
    """Return a firm's requirements, by title."""
    query = select(Requirement).where(Requirement.organization_id == organization_id)
    if not with_ended:
        query = query.where(Requirement.ended_at.is_(None))
    return db.session.scalars(query.order_by(Requirement.title, Requirement.id)).all()


def list_reminders(
    requirement: Requirement, shown: str = "all", after: str | None = None, most: int = 50
) -> Page[tuple[Reminder, str, OutboxMessage | None]]:
    """Return a page of a requirement's reminders, the newest first: (reminder, person's name, mail or None).

    `shown`: all, sent or not-sent.
    """
    query = (
        select(Reminder, Membership.name, OutboxMessage)
        .join(Assignment, Assignment.id == Reminder.assignment_id)
        .join(Membership, Membership.id == Assignment.membership_id)
        .outerjoin(OutboxMessage, OutboxMessage.id == Reminder.message_id)
        .where(Assignment.requirement_id == requirement.id)
    )
    if shown == "sent":
        query = query.where(OutboxMessage.sent_at.is_not(None))
    elif shown == "not-sent":
        query = query.where(OutboxMessage.sent_at.is_(None))
    return read_page(query, Reminder.created_at, Reminder.id, after=after, most=most, is_newest_first=True)


def get_assignment(actor: Actor, assignment_id: uuid.UUID) -> Assignment:
    """Return the duty of someone whom the actor sees, locked for change. Raises NotFound."""
    found = db.session.scalar(
        select(Assignment)
        .join(Membership, Membership.id == Assignment.membership_id)
        .where(Assignment.id == assignment_id, seen_by(actor))
        .with_for_update(of=Assignment)
    )
    if found is None:
        raise NotFound
    return found


def list_late(
    organization: Organization, reader: Membership, today: dt.date, most: int
) -> Sequence[tuple[str, str, dt.date]]:
    """Return (name, requirement, due day) of who is late among the people that an owner or manager sees."""
    only = [] if reader.role == Role.OWNER or reader.manages_all else [_in_teams_of(reader)]
    here = duties(*only)
    rows = db.session.execute(
        select(Membership.name, Requirement.title, here.c.due_on)
        .join(here, here.c.membership_id == Membership.id)
        .join(Requirement, Requirement.id == here.c.requirement_id)
        .where(here.c.status.in_(LATE))
        .order_by(here.c.due_on, Membership.name_key, Membership.id)
        .limit(most),
        on(organization.id, today),
    )
    return [(row[0], row[1], row[2]) for row in rows]


def _in_teams_of(reader: Membership) -> ColumnElement[bool]:
    mine = select(TeamMembership.team_id).where(TeamMembership.membership_id == reader.id)
    return Assignment.membership_id.in_(select(TeamMembership.membership_id).where(TeamMembership.team_id.in_(mine)))


def find_waiver(assignment_id: uuid.UUID) -> Waiver | None:
    """Return the waiver of a duty that wasn't taken back, held or run out, or None."""
    return db.session.scalar(
        select(Waiver)
        .where(Waiver.assignment_id == assignment_id, Waiver.ended_at.is_(None))
        .order_by(Waiver.until.desc(), Waiver.id)
        .limit(1)
    )


def count_by_status(organization_id: uuid.UUID, today: dt.date) -> dict[uuid.UUID, dict[Status, int]]:
    """Return requirement id -> how many people stand where."""
    here = standings()
    rows = db.session.execute(
        select(here.c.requirement_id, here.c.status, func.count()).group_by(here.c.requirement_id, here.c.status),
        on(organization_id, today),
    )
    counts: dict[uuid.UUID, dict[Status, int]] = {}
    for requirement_id, status, number in rows:
        counts.setdefault(requirement_id, {})[status] = number
    return counts


def list_own_duties(user_id: uuid.UUID, now: dt.datetime) -> Sequence[OwnDuty]:
    """Return what the firms that a person is in require of them, earliest due date first."""
    found = [duty for membership, firm in list_firms(user_id) for duty in list_duties(membership, firm, now)]
    return sorted(found, key=lambda duty: (duty.due_on, duty.course))


def has_open_duty(organization: Organization, membership_id: uuid.UUID, course: str, now: dt.datetime) -> bool:
    """Return True if a firm requires a course of someone now and it isn't met."""
    here = duties_where(Assignment.membership_id == membership_id)
    rows = db.session.execute(
        select(here.c.status).where(here.c.course == course),
        on(organization.id, local_day(organization.time_zone, now)),
    )
    return any(row.status.is_open for row in rows)


def list_duties(person: Membership, firm: Organization, now: dt.datetime) -> Sequence[OwnDuty]:
    """Return what a firm requires of someone on its roster, earliest due date first."""
    here = duties_where(Assignment.membership_id == person.id)
    rows = db.session.execute(
        select(here.c.course, here.c.status, here.c.due_on, here.c.least_minutes).order_by(
            here.c.due_on, here.c.course
        ),
        on(firm.id, local_day(firm.time_zone, now)),
    )
    return [OwnDuty(firm.name, row.course, row.status, row.due_on, row.least_minutes) for row in rows]


def get_duty(assignment: Assignment) -> Duty:
    """Return the facts that decide where a person stands in one duty."""
    requirement = db.session.get_one(Requirement, assignment.requirement_id)
    user_id = db.session.get_one(Membership, assignment.membership_id).user_id
    earned = db.session.scalars(
        select(Credential).where(Credential.user_id == user_id, Credential.course == requirement.course)
    )
    waived_until = db.session.scalar(
        select(func.max(Waiver.until)).where(Waiver.assignment_id == assignment.id, Waiver.ended_at.is_(None))
    )
    has_begun = db.session.scalar(
        select(Enrollment.id).where(
            Enrollment.user_id == user_id,
            Enrollment.course == requirement.course,
            Enrollment.completed_at.is_(None),
            _HAS_BEGUN,
        )
    )
    return Duty(
        terms=terms_of(requirement),
        first_due_on=assignment.due_on,
        completions=tuple(
            Completion(
                one.issued_on,
                one.valid_until,
                one.minutes,
                one.is_attested,
                one.is_paced,
                one.revoked_at is not None,
                one.is_tested_out,
            )
            for one in earned
        ),
        waived_until=waived_until,
        has_begun=has_begun is not None,
    )
