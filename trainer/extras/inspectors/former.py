"""Reading who has left a firm, with the certificates that were earned while they were there.

Where laws behind the firm's requirements say for how long these records are kept, nobody and nothing beyond that.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from trainer.assignments.models import Assignment, Requirement
from trainer.assignments.sql import add_days
from trainer.compliance.conditions import named
from trainer.compliance.queries import list_laws
from trainer.compliance.rules import StatusFilter, Viewer, first_kept
from trainer.content.serving import served
from trainer.core.db import db
from trainer.core.paging import Page, read_page
from trainer.credentials.models import Credential
from trainer.credentials.queries import in_name_until
from trainer.organizations.models import Membership, Organization, Team, TeamMembership
from trainer.organizations.rules import day_begins

_PAGE, _PORTION = 25, 500


class RetentionDays(NamedTuple):
    """Records of someone who left on the first day or later are kept, and certificates of the second day or later."""

    left_on: dt.date
    earned_on: dt.date


class Former(NamedTuple):
    """Someone who has left. Days are the firm's."""

    membership_id: uuid.UUID
    name: str
    employee_number: str | None
    teams: tuple[str, ...]
    """Those that the person was in at the end and that still exist."""
    hired_on: dt.date | None
    last_day: dt.date
    completions: tuple[Credential, ...]
    """Of courses that the firm ever required of this person, earned by the last day; the newest first."""


def count_former(viewer: Viewer, status_filter: StatusFilter) -> int:
    """Return how many people have left, today or before a past day."""
    kept = _find_kept(viewer)
    return db.session.scalar(select(func.count(Membership.id)).where(*_has_left(viewer, status_filter, kept))) or 0


def list_former(
    organization: Organization, viewer: Viewer, status_filter: StatusFilter, after: str | None
) -> Page[Former]:
    """Return a page of people who have left, by name."""
    return _page(organization, viewer, status_filter, _find_kept(viewer), after, _PAGE)


def iterate_former(organization: Organization, viewer: Viewer, status_filter: StatusFilter) -> Iterator[Former]:
    """Yield everyone who has left, by name, a portion at a time."""
    after: str | None = None
    kept = _find_kept(viewer)
    while True:
        page = _page(organization, viewer, status_filter, kept, after, _PORTION)
        yield from page.rows
        db.session.expunge_all()  # a long list would hold on to everyone
        after = page.next_after
        if after is None:
            return


def _find_kept(viewer: Viewer) -> RetentionDays:
    # Behind one requirement there may be no law: then those of the firm, or more people would be shown than without it.
    behind = list_laws(viewer) or list_laws(viewer._replace(requirement_id=None))
    laws = [law.former_staff for law in behind if law.former_staff]
    if not laws:
        return RetentionDays(dt.date.min, dt.date.min)
    left, earned = (
        min((first_kept(law, viewer.today) for law in laws if law.since == since), default=dt.date.max)
        for since in ("leaving", "completion")
    )
    return RetentionDays(left, earned)


def _page(
    organization: Organization,
    viewer: Viewer,
    status_filter: StatusFilter,
    kept: RetentionDays,
    after: str | None,
    most: int,
) -> Page[Former]:
    query = select(Membership).where(*_has_left(viewer, status_filter, kept))
    page = read_page(query, Membership.name_key, Membership.id, after=after, most=most)
    people = [person for (person,) in page.rows]
    teams, earned = _teams_of(people, viewer), _earned_by(people, viewer)
    rows = [
        Former(
            person.id,
            person.name,
            person.employee_number,
            tuple(teams.get(person.id, ())),
            person.hired_on,
            last_day := _last_day(person),
            tuple(
                credential
                for credential in earned.get(person.id, ())
                if credential.issued_at < day_begins(last_day + dt.timedelta(days=1), organization.time_zone)
                and (viewer.until is None or credential.issued_at < viewer.until)
                and (last_day >= kept.left_on or credential.issued_on >= kept.earned_on)
            ),
        )
        for person in people
    ]
    return Page(rows, page.next_after)


def _last_day(person: Membership) -> dt.date:
    assert person.ended_on is not None  # they have left
    return person.ended_on


def _has_left(viewer: Viewer, status_filter: StatusFilter, kept: RetentionDays) -> list[ColumnElement[bool]]:
    gone = (
        Membership.ended_at.is_not(None)
        if viewer.until is None
        else and_(Membership.ended_on < viewer.today, Membership.created_at < viewer.until)
    )
    earned = and_(
        Credential.user_id == Membership.user_id,
        Credential.reissued_at.is_(None),
        Credential.issued_on >= kept.earned_on,
        # Issued on a day of UTC, which may be the firm's day before; one day too many tells of nobody's certificate.
        Credential.issued_on <= add_days(Membership.ended_on, 1),
    )
    if viewer.until is not None:
        earned = and_(earned, Credential.issued_at < viewer.until)
    is_kept = or_(Membership.ended_on >= kept.left_on, exists().where(earned, _is_required(viewer)))
    conditions = [Membership.organization_id == viewer.organization_id, gone, is_kept, *named(status_filter)]
    for team_ids in (viewer.team_ids, None if status_filter.team_id is None else {status_filter.team_id}):
        if team_ids is not None:
            in_teams = select(TeamMembership.membership_id).where(TeamMembership.team_id.in_(team_ids))
            conditions.append(Membership.id.in_(in_teams))
    if viewer.requirement_id is not None:
        duties = select(Assignment.membership_id).where(Assignment.requirement_id == viewer.requirement_id)
        conditions.append(Membership.id.in_(duties))
    return conditions


def _teams_of(people: Sequence[Membership], viewer: Viewer) -> dict[uuid.UUID, list[str]]:
    query = (
        select(TeamMembership.membership_id, Team.name)
        .join(Team, Team.id == TeamMembership.team_id)
        .where(TeamMembership.membership_id.in_([person.id for person in people]))
    )
    if viewer.team_ids is not None:
        query = query.where(Team.id.in_(viewer.team_ids))
    names: dict[uuid.UUID, list[str]] = {}
    for membership_id, name in db.session.execute(query.order_by(Team.name_key)):
        names.setdefault(membership_id, []).append(name)
    return names


def _earned_by(people: Sequence[Membership], viewer: Viewer) -> dict[uuid.UUID, list[Credential]]:
    rows = db.session.execute(
        select(Membership.id, Credential)
        .join(Credential, Credential.user_id == Membership.user_id)
        .where(
            Membership.id.in_([person.id for person in people]),
            _is_required(viewer),
            in_name_until(Membership.ended_at),
        )
        .order_by(Credential.issued_at.desc(), Credential.id)
    )
    earned: dict[uuid.UUID, list[Credential]] = {}
    for membership_id, credential in rows:
        earned.setdefault(membership_id, []).append(credential)
    return earned


def _is_required(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition of credentials of courses that the firm ever required of a person, or that the only
    requirement names."""
    only = [] if viewer.requirement_id is None else [Requirement.id == viewer.requirement_id]
    return (
        select(Requirement.id)
        .join(Assignment, Assignment.requirement_id == Requirement.id)
        .where(
            Assignment.membership_id == Membership.id,
            Requirement.course.in_([Credential.course, served().site.renewal or ""]),
            *only,
        )
        .correlate(Membership, Credential)
        .exists()
    )
