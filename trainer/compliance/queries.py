"""Reading training status. What is on the screen, in CSV, in XLSX and in a pack all comes from `iterate_rows`."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, Uuid, and_, case, func, literal, or_, select, union_all

from trainer.assignments.models import Assignment, Reminder, Requirement, Waiver
from trainer.assignments.queries import duties, duties_where, standings, standings_by_name
from trainer.assignments.rules import Status, day_begins
from trainer.assignments.sql import InOrder
from trainer.compliance.models import InspectorLink
from trainer.compliance.rules import GROUPS, Counts, Narrowing, Order, Row
from trainer.core.db import db
from trainer.core.signing import is_sealed
from trainer.core.work import Job
from trainer.credentials.models import Credential
from trainer.organizations.actor import Actor
from trainer.organizations.models import Membership, Organization, Team, TeamMembership
from trainer.organizations.queries import firm_is_open, seen_by
from trainer.organizations.rules import fold

PAGE = 25
PORTION = 1000
_BETWEEN = "\x1f"  # names of teams have no control characters


@dataclass(frozen=True, slots=True)
class Page:
    """A page of rows, and where the next one begins."""

    rows: Sequence[Row]
    next_after: str | None


def list_rows(
    seen: ColumnElement[bool],
    organization_id: uuid.UUID,
    wanted: Narrowing,
    today: dt.date,
    after: str | None,
    most: int = PAGE,
) -> Page:
    """Return a page of rows; `seen` is the condition of memberships that may be seen."""
    chosen = _chosen(seen, organization_id, wanted, today, after).limit(most + 1)
    # Everything else is looked up for the rows of this page alone.
    here = duties_where(organization_id, today, Assignment.id.in_(db.session.scalars(chosen).all()))
    found = db.session.execute(_in_order(organization_id, here, wanted)).all()
    rows = [_row(one) for one in found[:most]]
    if len(found) <= most:
        return Page(rows, None)
    last = found[most - 1]
    place = last.due_on.isoformat() if wanted.order is Order.DUE else last.name_key
    return Page(rows, f"{last.membership_id.hex}.{last.assignment_id.hex}.{place}")


def iterate_rows(
    seen: ColumnElement[bool], organization_id: uuid.UUID, wanted: Narrowing, today: dt.date
) -> Iterator[Row]:
    """Yield all rows in the page's order, by one statement, a portion at a time."""
    here = duties(organization_id, today, seen, *_conditions(organization_id, wanted))
    query = _in_order(organization_id, here, wanted).where(*_standing_where(here.c.status, wanted))
    for one in db.session.execute(query.execution_options(yield_per=PORTION)):
        yield _row(one)


def count_rows(seen: ColumnElement[bool], organization_id: uuid.UUID, wanted: Narrowing, today: dt.date) -> Counts:
    """Return how many duties stand where, in all and by team, in one statement. The group wanted doesn't narrow it."""
    whole = standings(organization_id, today, seen, *_conditions(organization_id, wanted))
    here = select(whole.c.membership_id, whole.c.status).cte("here").prefix_with("MATERIALIZED")
    in_teams = InOrder(here, TeamMembership.__table__, TeamMembership.membership_id == here.c.membership_id)
    by_team = (
        select(TeamMembership.team_id, here.c.status, func.count())
        .select_from(in_teams)
        .group_by(TeamMembership.team_id, here.c.status)
    )
    in_all = select(literal(None, Uuid()).label("team_id"), here.c.status, func.count()).group_by(here.c.status)
    counts = Counts()
    for team_id, status, number in db.session.execute(union_all(in_all, by_team)):
        if team_id is None:
            counts.by_status[Status(status)] = number
        else:
            counts.by_team.setdefault(_as_uuid(team_id), {})[Status(status)] = number
    return counts


def list_person_rows(actor: Actor, membership_id: uuid.UUID, today: dt.date) -> Sequence[Row]:
    """Return where one person stands in everything required of them now."""
    here = duties_where(actor.organization_id, today, Assignment.membership_id == membership_id, seen_by(actor))
    return [_row(one) for one in db.session.execute(_in_order(actor.organization_id, here, Narrowing()))]


def list_waivers(actor: Actor, membership_id: uuid.UUID) -> Sequence[tuple[Waiver, str]]:
    """Return a person's waivers, the newest first, each with the title of the requirement."""
    rows = db.session.execute(
        select(Waiver, Requirement.title)
        .join(Assignment, Assignment.id == Waiver.assignment_id)
        .join(Requirement, Requirement.id == Assignment.requirement_id)
        .where(Assignment.membership_id == membership_id, Waiver.organization_id == actor.organization_id)
        .order_by(Waiver.created_at.desc())
    )
    return [(row[0], row[1]) for row in rows]


def list_reminders(actor: Actor, membership_id: uuid.UUID, most: int = 50) -> Sequence[tuple[Reminder, str]]:
    """Return the newest reminders to a person, or why none was sent, each with the title of the requirement."""
    rows = db.session.execute(
        select(Reminder, Requirement.title)
        .join(Assignment, Assignment.id == Reminder.assignment_id)
        .join(Requirement, Requirement.id == Assignment.requirement_id)
        .where(Assignment.membership_id == membership_id, Reminder.organization_id == actor.organization_id)
        .order_by(Reminder.created_at.desc())
        .limit(most)
    )
    return [(row[0], row[1]) for row in rows]


def list_completions(actor: Actor, person: Membership) -> Sequence[Credential]:
    """Return a person's credentials of courses that the firm has ever required of them, the newest first.

    What someone earned after leaving is none of the firm's business.
    """
    required = (
        select(Requirement.course)
        .join(Assignment, Assignment.requirement_id == Requirement.id)
        .where(Assignment.membership_id == person.id, Requirement.organization_id == actor.organization_id)
    )
    query = select(Credential).where(Credential.user_id == person.user_id, Credential.course.in_(required))
    if person.ended_on is not None:
        after = day_begins(person.ended_on + dt.timedelta(days=1), actor.organization.time_zone)
        query = query.where(Credential.issued_at < after)
    return db.session.scalars(query.order_by(Credential.issued_at.desc())).all()


def list_inspector_links(actor: Actor) -> Sequence[InspectorLink]:
    """Return the firm's inspector links, the newest first."""
    return db.session.scalars(
        select(InspectorLink)
        .where(InspectorLink.organization_id == actor.organization_id)
        .order_by(InspectorLink.created_at.desc())
        .limit(50)
    ).all()


def find_inspection(token: str, now: dt.datetime) -> tuple[InspectorLink, Organization] | None:
    """Return a link with its firm, or None if it is forged, revoked or has expired, or the firm is shut."""
    number, _, code = token.partition(".")
    try:
        link_id = uuid.UUID(hex=number)
    except ValueError:
        return None
    row = db.session.execute(
        select(InspectorLink, Organization)
        .join(Organization, Organization.id == InspectorLink.organization_id)
        .where(InspectorLink.id == link_id, firm_is_open())
    ).first()
    if row is None or not is_sealed(code, "inspection", row[0].id.hex, row[0].nonce):
        return None
    link = row[0]
    return None if link.revoked_at is not None or now >= link.expires_at else (link, row[1])


def list_packs(actor: Actor) -> Sequence[Job]:
    """Return the newest evidence packs that were ordered for the firm."""
    return db.session.scalars(
        select(Job)
        .where(Job.organization_id == actor.organization_id, Job.kind == "evidence-pack")
        .order_by(Job.created_at.desc())
        .limit(10)
    ).all()


def find_pack(actor: Actor, job_id: uuid.UUID) -> Job | None:
    """Return an evidence pack of the firm, or None."""
    return db.session.scalar(
        select(Job).where(Job.id == job_id, Job.organization_id == actor.organization_id, Job.kind == "evidence-pack")
    )


def _chosen(
    seen: ColumnElement[bool], organization_id: uuid.UUID, wanted: Narrowing, today: dt.date, after: str | None
) -> Select[Any]:
    """Return the select of the ids of duties that are wanted, in order, from where a page ended."""
    only = (seen, *_conditions(organization_id, wanted))
    if wanted.order is Order.DUE:
        here = standings(organization_id, today, *only)
        place: tuple[Any, Any, Any] = (here.c.due_on, here.c.membership_id, here.c.assignment_id)
    elif wanted.group or wanted.status:
        here = standings_by_name(organization_id, today, *only)
        place = (here.c.name_key, here.c.membership_id, here.c.assignment_id)
    else:
        # Which rows these are doesn't depend on where people stand.
        place = (Membership.name_key, Membership.id, Assignment.id)
        query = select(Assignment.id).join(Membership, Membership.id == Assignment.membership_id)
        return query.where(Assignment.ended_at.is_(None), *only, *_beyond(*place, after)).order_by(*place)
    query = select(here.c.assignment_id).where(*_standing_where(here.c.status, wanted))
    return query.where(*_beyond(*place, after)).order_by(*place)


def _in_order(organization_id: uuid.UUID, here: Subquery, wanted: Narrowing) -> Select[Any]:
    """Return the select of all that rows show of people, in order, with its columns as `_row` takes them."""
    teams = (
        select(func.aggregate_strings(Team.name, _BETWEEN))
        .join(TeamMembership, TeamMembership.team_id == Team.id)
        .where(TeamMembership.membership_id == here.c.membership_id, Team.organization_id == organization_id)
        .scalar_subquery()
    )
    waived_until = select(func.max(Waiver.until)).where(
        Waiver.assignment_id == here.c.assignment_id,
        Waiver.organization_id == organization_id,
        Waiver.ended_at.is_(None),
    )
    query: Select[Any] = (
        select(
            here.c.membership_id,
            here.c.assignment_id,
            Membership.name,
            Membership.employee_number,
            Membership.job_title,
            teams,
            Membership.hired_on,
            here.c.requirement_id,
            Requirement.title,
            here.c.course,
            here.c.status,
            here.c.due_on,
            here.c.completed_on,
            here.c.serial,
            here.c.minutes,
            Requirement.unapproved_state,
            case((here.c.status == Status.WAIVED.value, waived_until.scalar_subquery())),
            Membership.name_key,
        )
        .join(Membership, Membership.id == here.c.membership_id)
        .join(Requirement, Requirement.id == here.c.requirement_id)
        .order_by(
            here.c.due_on if wanted.order is Order.DUE else Membership.name_key,
            here.c.membership_id,
            here.c.assignment_id,
        )
    )
    return query


def _row(found: Any) -> Row:
    person, duty, name, number, job, teams, hired_on, requirement_id, title, course, status, *others, _name_key = found
    names = tuple(sorted(teams.split(_BETWEEN), key=fold)) if teams else ()
    return Row(person, duty, name, number, job, names, hired_on, requirement_id, title, course, Status(status), *others)


def _standing_where(status: Any, wanted: Narrowing) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.group is not None:
        conditions.append(status.in_(GROUPS[wanted.group]))
    if wanted.status is not None:
        conditions.append(status == wanted.status)
    return conditions


def _beyond(first: Any, people: Any, duties: Any, after: str | None) -> list[ColumnElement[bool]]:
    """Return the condition of rows after the place where a page ended; a place that makes no sense is none."""
    person, _, rest = (after or "").partition(".")
    duty, _, place = rest.partition(".")
    try:
        membership_id, assignment_id, value = uuid.UUID(hex=person), uuid.UUID(hex=duty), _of_type(first, place)
    except ValueError:
        return []
    later = and_(people == membership_id, duties > assignment_id)
    return [or_(first > value, and_(first == value, or_(people > membership_id, later)))]


def _of_type(column: Any, place: str) -> Any:
    return literal(dt.date.fromisoformat(place)) if column.key == "due_on" else place.replace("\0", "")


def _conditions(organization_id: uuid.UUID, wanted: Narrowing) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.requirement_id is not None:
        conditions.append(Assignment.requirement_id == wanted.requirement_id)
    if wanted.team_id is not None:
        in_team = (
            select(TeamMembership.membership_id)
            .join(Team, Team.id == TeamMembership.team_id)
            .where(Team.id == wanted.team_id, Team.organization_id == organization_id)
        )
        conditions.append(Membership.id.in_(in_team))
    conditions += [
        or_(
            Membership.name_key.contains(word, autoescape=True),
            func.lower(Membership.employee_number).contains(word, autoescape=True),
        )
        for word in fold(wanted.text).replace("\0", "").split()
    ]
    return conditions


def _as_uuid(given: Any) -> uuid.UUID:
    # A union loses the column's type on some databases.
    return given if isinstance(given, uuid.UUID) else uuid.UUID(str(given))
