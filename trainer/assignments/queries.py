"""Reading requirements, the duties that follow from them, and where people stand in them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, func, literal, or_, select, true

from trainer.assignments.models import Assignment, EarlierTraining, Reminder, Requirement, RequirementVersion, Waiver
from trainer.assignments.rules import (
    LATE,
    Audience,
    Duty,
    Group,
    Match,
    OwnDuty,
    Recorded,
    RequiredTerms,
    Status,
    Terms,
    title_key,
)
from trainer.assignments.shortfalls import completion_of, find_shortfalls
from trainer.assignments.snapshots import NOW, UNTIL, held, meets, meets_any, on, renewing
from trainer.assignments.sql import InOrder
from trainer.assignments.statements import duties, duties_where, standings
from trainer.core.db import db
from trainer.core.errors import NotFound
from trainer.core.feature import ask_extra
from trainer.core.outbox import OutboxMessage, has_failed
from trainer.core.paging import Page, read_page
from trainer.credentials.models import Credential
from trainer.learning.models import Enrollment
from trainer.organizations.actor import Actor
from trainer.organizations.models import Membership, Organization, Team, TeamMembership
from trainer.organizations.queries import list_firms, seen_by
from trainer.organizations.rules import Role, day_begins, fold, local_day


class Title(NamedTuple):
    """A job title of a firm: folded, as most of its people have it, in all its spellings, and how many have it."""

    key: str
    name: str
    spellings: Sequence[str]
    people: int


def list_titles(organization_id: uuid.UUID) -> Sequence[Title]:
    """Return the job titles that people on a firm's roster have, by name."""
    rows = db.session.execute(
        select(Membership.job_title, func.count().label("people"))
        .where(
            Membership.organization_id == organization_id,
            Membership.ended_at.is_(None),
            Membership.job_title.is_not(None),
        )
        .group_by(Membership.job_title)
    )
    spellings: dict[str, list[tuple[int, str]]] = {}
    for row in rows:
        if key := fold(row.job_title):
            spellings.setdefault(key, []).append((-row.people, row.job_title))
    return [
        Title(key, " ".join(min(each)[1].split()), [name for _less, name in each], -sum(less for less, _name in each))
        for key, each in sorted(spellings.items())
    ]


def list_team_names(organization_id: uuid.UUID) -> dict[uuid.UUID, str]:
    """Return the names of a firm's teams."""
    rows = db.session.execute(select(Team.id, Team.name).where(Team.organization_id == organization_id))
    return {row.id: row.name for row in rows}


def meant(audience: Audience, organization: Organization) -> ColumnElement[bool]:
    """Return the condition of current memberships that a requirement is for; it is never unknown."""
    titles = {title.key: title.spellings for title in list_titles(organization.id)} if audience.job_titles else {}
    conditions = _in(audience.chosen, titles)
    if (day := audience.hired_since) is not None:
        hired = and_(Membership.hired_on.is_not(None), Membership.hired_on >= day)
        listed = Membership.created_at >= day_begins(day, organization.time_zone)
        conditions.append(or_(hired, and_(Membership.hired_on.is_(None), listed)))
    joined = or_(*conditions) if conditions and audience.match is Match.ANY else and_(true(), *conditions)
    return and_(Membership.ended_at.is_(None), joined, *(~exception for exception in _in(audience.exceptions, titles)))


def _in(group: Group, titles: Mapping[str, Sequence[str]]) -> list[ColumnElement[bool]]:
    """Return a condition for each kind that a group names; none is ever unknown, so it can be negated."""
    conditions: list[ColumnElement[bool]] = []
    if group.teams:
        in_teams = select(TeamMembership.membership_id).where(TeamMembership.team_id.in_(group.teams))
        conditions.append(Membership.id.in_(in_teams))
    if group.job_titles:
        spellings = [spelling for name in group.job_titles for spelling in titles.get(fold(name), ())]
        conditions.append(func.coalesce(Membership.job_title, "").in_(spellings))
    if group.roles:
        conditions.append(Membership.role.in_(group.roles))
    return conditions


def terms_of(requirement: Requirement | RequirementVersion) -> Terms:
    """Return what a requirement asks of a completion."""
    return Terms(
        least_minutes=requirement.least_minutes,
        cadence_months=requirement.cadence_months,
        renewal_days=requirement.renewal_days,
        is_paced=requirement.is_paced,
        needs_attestation=requirement.attestation is not None,
        allows_test_out=requirement.allows_test_out,
        earlier_keys=None if (titles := titles_of(requirement)) is None else frozenset(map(title_key, titles)),
    )


def titles_of(requirement: Requirement | RequirementVersion) -> tuple[str, ...] | None:
    """Return which trainings recorded by the firm a requirement counts, by title; any if empty, or None for none."""
    titles = requirement.earlier_titles
    # `splitlines` would also part a title at a sign such as U+2028, which stands within a title as a blank does.
    return None if titles is None else tuple(titles.split("\n") if titles else ())


def wanted_by(requirement: Requirement) -> RequiredTerms:
    """Return what a requirement asks for."""
    return RequiredTerms(
        title=requirement.title,
        course=requirement.course,
        audience=Audience.read(requirement.audience),
        starts_on=requirement.starts_on,
        least_minutes=requirement.least_minutes,
        cadence_months=requirement.cadence_months,
        days_allowed=requirement.days_allowed,
        renewal_days=requirement.renewal_days,
        is_paced=requirement.is_paced,
        attestation=requirement.attestation,
        pack=requirement.pack,
        unapproved_state=requirement.unapproved_state,
        allows_test_out=requirement.allows_test_out,
        earlier_titles=titles_of(requirement),
        region=requirement.region,
    )


def get_requirement(actor: Actor, requirement_id: uuid.UUID) -> Requirement:
    """Return a requirement of the actor's firm. Raises NotFound."""
    requirement = db.session.scalar(
        select(Requirement).where(
            Requirement.id == requirement_id, Requirement.organization_id == actor.organization_id
        )
    )
    if requirement is None:
        raise NotFound
    return requirement


def list_requirements(organization_id: uuid.UUID, *, with_ended: bool = False) -> Sequence[Requirement]:
    """Return a firm's requirements, by title."""
    query = select(Requirement).where(Requirement.organization_id == organization_id)
    if not with_ended:
        query = query.where(Requirement.ended_at.is_(None))
    return db.session.scalars(query.order_by(Requirement.title, Requirement.id)).all()


def find_earliest_due(organization_id: uuid.UUID, course: str) -> dt.date | None:
    """Return the day before which a course is first due for nobody in a firm, or None.

    An extra can set one for everyone alike, so that due days don't tell for whom it did.
    """
    earliest: dt.date | None = ask_extra("earliest_due", organization_id, course)
    return earliest


def list_versions(organization_id: uuid.UUID, until: dt.datetime) -> Sequence[RequirementVersion]:
    """Return what a firm's requirements said when a past day ended, by title."""
    said = held(RequirementVersion.began_at, RequirementVersion.ended_at)
    query = select(RequirementVersion).where(RequirementVersion.organization_id == organization_id, said)
    order = (RequirementVersion.title, RequirementVersion.requirement_id)
    return db.session.scalars(query.order_by(*order), {UNTIL.key: until}).all()


def list_reminders(
    requirement: Requirement, shown: str, failed_since: dt.datetime, after: str | None = None, most: int = 50
) -> Page[tuple[Reminder, str, OutboxMessage | None]]:
    """Return a page of a requirement's reminders, the newest first: (reminder, person's name, mail or None).

    `shown`: all, sent, not-sent, or failed: given up since `failed_since`.
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
    elif shown == "failed":
        query = query.where(has_failed(failed_since))
    return read_page(query, Reminder.created_at, Reminder.id, after=after, most=most, is_newest_first=True)


def count_failed_reminders(organization_id: uuid.UUID, since: dt.datetime) -> Sequence[tuple[uuid.UUID, str, int]]:
    """Return (id, title, number) of a firm's requirements of which reminders were given up since then, by title."""
    rows = db.session.execute(
        select(Requirement.id, Requirement.title, func.count())
        .select_from(InOrder(OutboxMessage.__table__, Reminder.__table__, Reminder.message_id == OutboxMessage.id))
        .join(Assignment, Assignment.id == Reminder.assignment_id)
        .join(Requirement, Requirement.id == Assignment.requirement_id)
        .where(has_failed(since), Reminder.organization_id == organization_id, Requirement.ended_at.is_(None))
        .group_by(Requirement.id, Requirement.title)
        .order_by(Requirement.title, Requirement.id)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def required_of(entry: type[Membership]) -> ColumnElement[bool]:
    """Return the condition of credentials of courses that the firm has ever required of the person."""
    required = (
        select(Requirement.course)
        .join(Assignment, Assignment.requirement_id == Requirement.id)
        .where(Assignment.membership_id == entry.id)
        .correlate(entry)
    )
    return meets_any(Credential.course, required)


def get_assignment(actor: Actor, assignment_id: uuid.UUID) -> Assignment:
    """Return the duty of someone whom the actor sees, locked for change. Raises NotFound."""
    assignment = db.session.scalar(
        select(Assignment)
        .join(Membership, Membership.id == Assignment.membership_id)
        .where(Assignment.id == assignment_id, seen_by(actor))
        .with_for_update(of=Assignment)
    )
    if assignment is None:
        raise NotFound
    return assignment


def list_late(
    organization: Organization, reader: Membership, today: dt.date, most: int
) -> Sequence[tuple[str, str, dt.date]]:
    """Return (name, requirement, due day) of who is late among the people that an owner or manager sees."""
    only = [] if reader.role == Role.OWNER or reader.manages_all else [_in_teams_of(reader)]
    duty = duties(*only)
    rows = db.session.execute(
        select(Membership.name, Requirement.title, duty.c.due_on)
        .join(duty, duty.c.membership_id == Membership.id)
        .join(Requirement, Requirement.id == duty.c.requirement_id)
        .where(duty.c.status.in_(LATE))
        .order_by(duty.c.due_on, Membership.name_key, Membership.id)
        .limit(most),
        on(organization.id, today),
    )
    return [(row[0], row[1], row[2]) for row in rows]


def _in_teams_of(reader: Membership) -> ColumnElement[bool]:
    mine = select(TeamMembership.team_id).where(TeamMembership.membership_id == reader.id)
    return Assignment.membership_id.in_(select(TeamMembership.membership_id).where(TeamMembership.team_id.in_(mine)))


def find_waiver(assignment_id: uuid.UUID) -> Waiver | None:
    """Return the waiver of a duty that wasn't withdrawn, in effect or expired, or None."""
    return db.session.scalar(
        select(Waiver)
        .where(Waiver.assignment_id == assignment_id, Waiver.ended_at.is_(None))
        .order_by(Waiver.until.desc(), Waiver.id)
        .limit(1)
    )


def count_by_status(organization_id: uuid.UUID, today: dt.date) -> dict[uuid.UUID, dict[Status, int]]:
    """Return requirement id -> status -> how many people have it."""
    standing = standings()
    rows = db.session.execute(
        select(standing.c.requirement_id, standing.c.status, func.count()).group_by(
            standing.c.requirement_id, standing.c.status
        ),
        on(organization_id, today),
    )
    counts: dict[uuid.UUID, dict[Status, int]] = {}
    for requirement_id, status, number in rows:
        counts.setdefault(requirement_id, {})[status] = number
    return counts


def list_own_duties(user_id: uuid.UUID, now: dt.datetime) -> Sequence[OwnDuty]:
    """Return what the firms that a person is in require of them, earliest due date first."""
    own_duties = [duty for membership, firm in list_firms(user_id) for duty in list_duties(membership, firm, now)]
    return sorted(own_duties, key=lambda duty: (duty.due_on, duty.course))


def has_open_duty(organization: Organization, membership_id: uuid.UUID, course: str, now: dt.datetime) -> bool:
    """Return True if a firm requires a course of someone now and it isn't met."""
    duty = duties_where(Assignment.membership_id == membership_id)
    rows = db.session.execute(
        select(duty.c.status).where(duty.c.course == course),
        on(organization.id, local_day(organization.time_zone, now)),
    )
    return any(row.status.is_open for row in rows)


def list_duties(person: Membership, firm: Organization, now: dt.datetime) -> Sequence[OwnDuty]:
    """Return what a firm requires of someone on its roster, earliest due date first."""
    duty = duties_where(Assignment.membership_id == person.id)
    today, facts = local_day(firm.time_zone, now), (duty.c.assignment_id, duty.c.requirement_id, duty.c.covers_until)
    rows = db.session.execute(
        select(*facts, duty.c.course, duty.c.status, duty.c.due_on, duty.c.least_minutes, Requirement.region)
        .join(Requirement, Requirement.id == duty.c.requirement_id)
        .order_by(duty.c.due_on, duty.c.course),
        on(firm.id, today),
    ).all()
    open_duties = [row for row in rows if row.status.is_open and (row.covers_until is None or row.covers_until < today)]
    terms = {rule.id: terms_of(rule) for rule in list_requirements(firm.id)} if open_duties else {}
    asked = {
        row.assignment_id: (person.id, row.course, terms[row.requirement_id])
        for row in open_duties
        if row.requirement_id in terms  # not ended since the statement before
    }
    short = find_shortfalls(asked, today)
    return [
        OwnDuty(
            firm.name,
            row.course,
            row.status,
            row.due_on,
            row.least_minutes,
            short.get(row.assignment_id),
            row.region,
        )
        for row in rows
    ]


def list_titles_of(actor: Actor, membership_id: uuid.UUID) -> Sequence[str]:
    """Return what is required of someone in the actor's firm now, by title."""
    query = select(Requirement.title).join(Assignment, Assignment.requirement_id == Requirement.id)
    theirs = query.where(
        Assignment.organization_id == actor.organization_id,
        Assignment.membership_id == membership_id,
        Assignment.ended_at.is_(None),
    )
    return db.session.scalars(theirs.order_by(Requirement.title)).all()


def get_duty(assignment: Assignment) -> Duty:
    """Return the facts that decide where a person stands in one duty."""
    requirement = db.session.get_one(Requirement, assignment.requirement_id)
    user_id = db.session.get_one(Membership, assignment.membership_id).user_id
    earned, has_begun = _done_by(user_id, requirement) if user_id else ([], False)
    recorded = db.session.scalars(
        select(EarlierTraining).where(EarlierTraining.membership_id == assignment.membership_id, NOW.is_approved)
    )
    waived_until = db.session.scalar(
        select(func.max(Waiver.until)).where(Waiver.assignment_id == assignment.id, Waiver.ended_at.is_(None))
    )
    return Duty(
        terms=terms_of(requirement),
        first_due_on=assignment.due_on,
        completions=tuple(map(completion_of, earned)),
        waived_until=waived_until,
        has_begun=has_begun,
        recorded=tuple(Recorded(each.title_key, each.completed_on, each.minutes) for each in recorded),
    )


def _done_by(user_id: uuid.UUID, requirement: Requirement) -> tuple[Sequence[Credential], bool]:
    """Return what someone earned that may count toward a requirement, and whether more is under way."""
    required = literal(requirement.course)
    earned = db.session.scalars(
        select(Credential).where(
            Credential.user_id == user_id, meets(Credential.course, required), Credential.reissued_at.is_(None)
        ),
        renewing(),
    )
    under_way = db.session.scalar(
        select(Enrollment.id).where(
            Enrollment.user_id == user_id, meets(Enrollment.course, required), NOW.is_under_way
        ),
        renewing(),
    )
    return earned.all(), under_way is not None
