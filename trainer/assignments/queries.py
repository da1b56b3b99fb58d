"""Reading duties: where people stand, in one statement for one person or ten thousand."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from sqlalchemy import Case, ColumnElement, ScalarSelect, Subquery, and_, case, exists, func, literal, or_, select

from trainer.assignments import sql
from trainer.assignments.models import Assignment, Reminder, Requirement, RequirementTeam, Waiver
from trainer.assignments.rules import LATE, SOON, Audience, Completion, Duty, OwnDuty, Status, Wanted, day_begins
from trainer.core.db import db
from trainer.core.errors import NotFound
from trainer.core.outbox import OutboxMessage
from trainer.credentials.models import Credential
from trainer.learning.models import Enrollment, LessonCompletion
from trainer.organizations.actor import Actor
from trainer.organizations.models import Membership, Organization, TeamMembership
from trainer.organizations.queries import Page, list_firms, seen_by
from trainer.organizations.rules import Role, local_day


def covers_until(
    user_id: ColumnElement[uuid.UUID | None],
    course: ColumnElement[str],
    cadence_months: ColumnElement[int],
    least_minutes: ColumnElement[int],
    is_paced: ColumnElement[bool],
    needs_attestation: ColumnElement[bool],
) -> ScalarSelect[dt.date]:
    """Return, as SQL, the last day that a person's completions cover by some terms: `rules.Duty.covers_until`."""
    covered = sql.earlier(Credential.valid_until, sql.add_months(Credential.issued_on, cadence_months))
    return (
        select(func.max(covered))
        .where(
            Credential.user_id == user_id,
            Credential.course == course,
            Credential.revoked_at.is_(None),
            Credential.minutes >= least_minutes,
            or_(Credential.is_paced, ~is_paced),
            or_(Credential.is_attested, ~needs_attestation),
        )
        .correlate_except(Credential)
        .scalar_subquery()
    )


def duties(organization_id: uuid.UUID, today: dt.date, *only: ColumnElement[bool]) -> Subquery:
    """Return a subquery of one row for each duty in a firm that hasn't ended, with where the person stands.

    Columns: assignment_id, requirement_id, membership_id, user_id, course, renewal_days, covers_until, due_on, status.
    `only` narrows it down by Assignment, Membership and Requirement; what it leaves out isn't computed. Join
    Membership on `membership_id` for names and teams.
    """
    return duties_where(organization_id, today, Assignment.organization_id == organization_id, *only)


def duties_where(organization_id: uuid.UUID, today: dt.date, *only: ColumnElement[bool]) -> Subquery:
    """Return the same of a few duties, all of one firm, that `only` names.

    The firm is no condition here: SQLite would go through all of the firm's duties for it.
    """
    waived = Assignment.id.in_(
        select(Waiver.assignment_id).where(
            Waiver.organization_id == organization_id, Waiver.ended_at.is_(None), Waiver.until >= today
        )
    )
    facts = (
        select(
            Assignment.id.label("assignment_id"),
            Assignment.requirement_id,
            Assignment.membership_id,
            Membership.user_id,
            Requirement.course,
            Requirement.renewal_days,
            Assignment.due_on.label("first_due_on"),
            covers_until(
                Membership.user_id,  # type: ignore[arg-type]
                Requirement.course,  # type: ignore[arg-type]
                Requirement.cadence_months,  # type: ignore[arg-type]
                Requirement.least_minutes,  # type: ignore[arg-type]
                Requirement.is_paced,  # type: ignore[arg-type]
                Requirement.attestation.is_not(None),
            ).label("covers_until"),
            waived.label("is_waived"),
        )
        .join(Requirement, Requirement.id == Assignment.requirement_id)
        .join(Membership, Membership.id == Assignment.membership_id)
        .where(Assignment.ended_at.is_(None), *only)
        .cte("facts")
        # Once for each row: a planner that flattens it would look credentials up again for each use.
        .prefix_with("MATERIALIZED")
    )
    return select(
        facts.c.assignment_id,
        facts.c.requirement_id,
        facts.c.membership_id,
        facts.c.user_id,
        facts.c.course,
        facts.c.renewal_days,
        facts.c.covers_until,
        func.coalesce(facts.c.covers_until, facts.c.first_due_on).label("due_on"),
        status_case(facts.c, today).label("status"),
    ).subquery("duties")


def status_case(facts: object, today: dt.date) -> Case[str]:
    """Return `rules.status` as one SQL CASE over columns is_waived, covers_until, renewal_days, first_due_on,
    user_id and course."""
    covered, first_due_on = facts.covers_until, facts.first_due_on  # type: ignore[attr-defined]
    soon = literal(today + dt.timedelta(days=SOON))
    has_begun = (
        exists()
        .where(
            Enrollment.user_id == facts.user_id,  # type: ignore[attr-defined]
            Enrollment.course == facts.course,  # type: ignore[attr-defined]
            Enrollment.completed_at.is_(None),
            or_(Enrollment.active_seconds > 0, exists().where(LessonCompletion.enrollment_id == Enrollment.id)),
        )
        .correlate_except(Enrollment, LessonCompletion)
    )
    return case(
        (facts.is_waived, Status.WAIVED.value),  # type: ignore[attr-defined]
        (covered < today, Status.EXPIRED.value),
        (
            and_(covered <= soon, covered <= sql.add_days(literal(today), facts.renewal_days)),  # type: ignore[attr-defined]
            Status.DUE_SOON.value,
        ),
        (covered.is_not(None), Status.CURRENT.value),
        (first_due_on < today, Status.OVERDUE.value),
        (first_due_on <= soon, Status.DUE_SOON.value),
        (has_begun, Status.IN_PROGRESS.value),
        else_=Status.NOT_STARTED.value,
    )


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


def list_reminders(requirement: Requirement, shown: str = "all", after: str | None = None, most: int = 50) -> Page:
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
    place = _place(after)
    if place is not None:
        at, last_id = place
        query = query.where(or_(Reminder.created_at < at, and_(Reminder.created_at == at, Reminder.id < last_id)))
    rows = db.session.execute(query.order_by(Reminder.created_at.desc(), Reminder.id.desc()).limit(most + 1)).all()
    last = rows[most - 1][0] if len(rows) > most else None
    return Page(rows[:most], f"{last.created_at.isoformat()}~{last.id.hex}" if last else None)


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
    here = duties(organization.id, today, *only)
    rows = db.session.execute(
        select(Membership.name, Requirement.title, here.c.due_on)
        .join(here, here.c.membership_id == Membership.id)
        .join(Requirement, Requirement.id == here.c.requirement_id)
        .where(here.c.status.in_(LATE))
        .order_by(here.c.due_on, Membership.name_key, Membership.id)
        .limit(most)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def _in_teams_of(reader: Membership) -> ColumnElement[bool]:
    mine = select(TeamMembership.team_id).where(TeamMembership.membership_id == reader.id)
    return Membership.id.in_(select(TeamMembership.membership_id).where(TeamMembership.team_id.in_(mine)))


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
    here = duties(organization_id, today)
    rows = db.session.execute(
        select(here.c.requirement_id, here.c.status, func.count()).group_by(here.c.requirement_id, here.c.status)
    )
    counts: dict[uuid.UUID, dict[Status, int]] = {}
    for requirement_id, status, number in rows:
        counts.setdefault(requirement_id, {})[Status(status)] = number
    return counts


def list_own_duties(user_id: uuid.UUID, now: dt.datetime) -> Sequence[OwnDuty]:
    """Return what the firms that a person is in require of them, the earliest due day first."""
    found: list[OwnDuty] = []
    for membership, organization in list_firms(user_id):
        here = duties_where(
            organization.id, local_day(organization.time_zone, now), Assignment.membership_id == membership.id
        )
        rows = db.session.execute(select(here.c.course, here.c.status, here.c.due_on))
        found += [OwnDuty(organization.name, row.course, Status(row.status), row.due_on) for row in rows]
    return sorted(found, key=lambda duty: (duty.due_on, duty.course))


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
            or_(Enrollment.active_seconds > 0, exists().where(LessonCompletion.enrollment_id == Enrollment.id)),
        )
    )
    return Duty(
        terms=wanted_by(requirement).terms,
        first_due_on=assignment.due_on,
        completions=tuple(
            Completion(
                one.issued_on, one.valid_until, one.minutes, one.is_attested, one.is_paced, one.revoked_at is not None
            )
            for one in earned
        ),
        waived_until=waived_until,
        has_begun=has_begun is not None,
    )


def _place(after: str | None) -> tuple[dt.datetime, uuid.UUID] | None:
    at, _, number = (after or "").partition("~")
    try:
        instant, last_id = dt.datetime.fromisoformat(at), uuid.UUID(hex=number)
    except ValueError:
        return None
    return (instant, last_id) if instant.tzinfo else None
