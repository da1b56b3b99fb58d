"""Reading training status. Screen, CSV, XLSX, API and pack show the rows of `statements.in_order`."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, literal, select

from trainer.assessment.models import RoundRequest
from trainer.assessment.rounds import list_waiting
from trainer.assignments.models import Assignment, Requirement, RequirementVersion, Waiver
from trainer.assignments.queries import list_requirements, list_versions, terms_of
from trainer.assignments.rules import SOON, Status
from trainer.assignments.shortfalls import find_shortfalls
from trainer.assignments.snapshots import meets_any, on
from trainer.assignments.statements import duties_where
from trainer.compliance import statements
from trainer.compliance.conditions import parameters, variant_of
from trainer.compliance.rules import (
    DayShare,
    End,
    Outlook,
    Row,
    StatusCounts,
    StatusFilter,
    StatusGroup,
    Viewer,
)
from trainer.compliance.statements import Countable
from trainer.content.papers import Pack
from trainer.content.serving import served
from trainer.core.db import db, in_portions
from trainer.core.errors import Invalid
from trainer.core.paging import Page, Place, cut, read_place
from trainer.credentials.models import Credential
from trainer.credentials.queries import in_name_until
from trainer.learning.top_ups import HELD, HeldCredential, asking_courses, top_ups_due
from trainer.organizations.actor import Actor
from trainer.organizations.models import Membership, Organization
from trainer.organizations.queries import get_person, seen_by
from trainer.organizations.rules import day_begins, fold, local_day
from trainer.organizations.team_queries import TeamLine, list_teams, list_teams_of, list_teams_then
from trainer.web.language import show_day

PAGE = 25
PORTION = 1000


def viewer_of(actor: Actor, now: dt.datetime, day: dt.date | None = None) -> Viewer:
    """Return what the actor sees of a firm's training status, today or when a past day ended.

    Raises Invalid for a day to come, and for one before the firm's records begin.
    """
    return viewer_on(actor.organization, actor.team_ids, now, day)


def viewer_on(
    organization: Organization, team_ids: frozenset[uuid.UUID] | None, now: dt.datetime, day: dt.date | None = None
) -> Viewer:
    """Return training status of a firm's people, of these teams or of all, as `viewer_of`."""
    today = local_day(organization.time_zone, now)
    if day is None or day == today:
        return Viewer(organization.id, team_ids, today)
    if day > today:
        raise Invalid(_l("That day is still to come. Choose today or an earlier day."))
    first = local_day(organization.time_zone, organization.created_at)
    if day < first:
        raise Invalid(_l("This firm’s records begin on %(day)s. Choose that day or a later one.", day=show_day(first)))
    return Viewer(organization.id, team_ids, day, day_begins(day + dt.timedelta(days=1), organization.time_zone))


def choose_teams(actor: Actor, team_ids: Collection[uuid.UUID]) -> frozenset[uuid.UUID] | None:
    """Return these teams, or without any all that the actor sees: None for the whole firm.

    Raises Invalid for a team that the actor doesn't see.
    """
    if not set(team_ids) <= {team.id for team in list_teams(actor)}:
        raise Invalid(_l("Choose a team from the list."))
    return frozenset(team_ids) or actor.team_ids


def list_rules(viewer: Viewer) -> Sequence[Requirement | RequirementVersion]:
    """Return the firm's requirements by title, today's or a past day's; only one if the viewer is limited to it."""
    rules: Sequence[Requirement | RequirementVersion]
    if viewer.until is None:
        rules = list_requirements(viewer.organization_id)
    else:
        rules = list_versions(viewer.organization_id, viewer.until)
    return [rule for rule in rules if viewer.requirement_id in (None, rule.id)]


def list_concerning(viewer: Viewer) -> Sequence[Requirement | RequirementVersion]:
    """Return of what the firm requires that day what concerns the people who are seen: another's title may name a
    client."""
    rules = list_rules(viewer)
    if viewer.team_ids is None:
        return rules
    everyone = StatusFilter()
    concerned = set(db.session.scalars(statements.required(variant_of(viewer, everyone)), parameters(viewer, everyone)))
    return [rule for rule in rules if rule.id in concerned]


def list_laws(viewer: Viewer) -> list[Pack]:
    """Return the packs behind what the firm requires that say for how long records of former staff are kept."""
    packs = served().packs
    made_from = {rule.id: rule.pack for rule in list_requirements(viewer.organization_id, with_ended=True)}
    rules = list_rules(viewer)
    chosen = {made_from[rule.id if isinstance(rule, Requirement) else rule.requirement_id] or "" for rule in rules}
    return [packs[name] for name in sorted(chosen) if name in packs and packs[name].former_staff]


def list_places(viewer: Viewer) -> Sequence[TeamLine]:
    """Return the teams that are seen, today or those that people were in on a past day."""
    if viewer.until is None:
        return list_teams_of(viewer.organization_id, viewer.team_ids)
    return list_teams_then(viewer.organization_id, viewer.team_ids, viewer.until)


def known_since(organization: Organization, viewer: Viewer) -> dt.date | None:
    """Return the day since when moves and changes are kept, if the day that is read is an earlier one."""
    since = organization.history_since
    if viewer.until is None or since is None or viewer.until > since:
        return None
    return local_day(organization.time_zone, since)


def list_seen(actor: Actor, membership_ids: Collection[uuid.UUID]) -> frozenset[uuid.UUID]:
    """Return those of these people whom the actor sees now: someone may have been in another team on a past day."""
    if actor.team_ids is None:
        return frozenset(membership_ids)
    return frozenset(db.session.scalars(select(Membership.id).where(seen_by(actor), Membership.id.in_(membership_ids))))


def list_rows(viewer: Viewer, status_filter: StatusFilter, after: str | None, most: int = PAGE) -> Page[Row]:
    """Return a page of rows by name, from where another one ended."""
    status_filter, place = find_owing(viewer, status_filter), read_place(after, str, uuid.UUID, uuid.UUID)
    given = parameters(viewer, status_filter, place) | {"most": most + 1}
    rows = db.session.execute(statements.page(variant_of(viewer, status_filter, place)), given).all()
    page = cut(rows, most, lambda row: (row.name_key, row.membership_id, row.assignment_id))
    return Page(_rows(page.rows, viewer), page.next_after)


def list_and_count(
    viewer: Viewer, status_filter: StatusFilter, after: str | None, most: int = PAGE, *, is_single: bool = False
) -> tuple[Page[Sequence[Row]], StatusCounts]:
    """Return a page of people of whom a row matches, each with all their rows, and what `count_rows` does.

    By due day whoever has to do something first is first. Where everyone stands is looked up once for both.
    """
    place, chosen = read_place(after, str, uuid.UUID), dict[int, Place]()
    parts = {Countable.ALL, Countable.TEAMS, Countable.FIRST}
    counts = _count(viewer, status_filter, parts, place, most + 1, chosen, is_single=is_single).counts
    page = cut([chosen[number] for number in sorted(chosen)], most, lambda place: place)
    people: dict[Any, list[Row]] = {person: [] for _key, person in page.rows}
    for row in _rows_of(viewer, status_filter, people):
        people[row.membership_id].append(row)
    return Page([rows for rows in people.values() if rows], page.next_after), counts


def _rows_of(viewer: Viewer, status_filter: StatusFilter, people: Collection[uuid.UUID]) -> list[Row]:
    given = parameters(viewer, status_filter) | {"chosen": list(people)}
    return _rows(db.session.execute(statements.of_people(variant_of(viewer, status_filter)), given).all(), viewer)


def iterate_rows(viewer: Viewer, status_filter: StatusFilter) -> Iterator[Row]:
    """Yield all rows in the page's order, by one statement, a portion at a time."""
    status_filter = find_owing(viewer, status_filter)
    query = in_portions(statements.all_rows(variant_of(viewer, status_filter)), PORTION)
    for portion in db.session.execute(query, parameters(viewer, status_filter)).partitions(PORTION):
        yield from _rows(portion, viewer)


def asks_top_ups() -> bool:
    """Return True if lessons of a course have changed so much that people certified before are asked to read them."""
    return bool(asking_courses(served().courses))


def find_owing(viewer: Viewer, status_filter: StatusFilter) -> StatusFilter:
    """Return a filter with the duties of the people who are still to read changed lessons, if it asks for these.

    Whether someone has is no question for SQL: that takes the questions of a lesson, as they are now.
    """
    if not status_filter.owes_top_up or status_filter.owing is not None:
        return status_filter
    owing: set[uuid.UUID] = set()
    if asks_top_ups() and not viewer.is_past:
        everyone = replace(status_filter, owes_top_up=False, group=None, status=None)
        query = in_portions(statements.certified(variant_of(viewer, everyone)), PORTION)
        asking = {"asking": list(asking_courses(served().courses))}
        for portion in db.session.execute(query, parameters(viewer, everyone) | asking).partitions(PORTION):
            held = {duty: HeldCredential(*facts) for duty, *facts in portion}
            due = top_ups_due(held.values(), served().courses, viewer.today)
            owing.update(duty for duty, credential in held.items() if credential.id in due)
    return replace(status_filter, owing=frozenset(owing))


def count_rows(viewer: Viewer, status_filter: StatusFilter, *, is_single: bool = False) -> StatusCounts:
    """Return how many duties have each status, and how many people have them, in all and by team, in one statement.

    The chosen group of statuses doesn't limit the counts. `is_single`: they are of one requirement, so that nobody has
    two duties, and people needn't be counted beside them.
    """
    return _count(viewer, status_filter, {Countable.ALL, Countable.TEAMS}, is_single=is_single).counts


def read_trend(
    organization: Organization,
    team_ids: frozenset[uuid.UUID] | None,
    now: dt.datetime,
    days: Iterable[dt.date],
    status_filter: StatusFilter,
) -> list[DayShare]:
    """Return how many of the people of these teams, or of all, were current when each of these days ended, but for
    days before the firm's records."""
    first, shares = local_day(organization.time_zone, organization.created_at), []
    for day in (day for day in days if day >= first):
        counts = count_rows(viewer_on(organization, team_ids, now, day), status_filter)
        shares.append(DayShare(day, counts.people, counts.people_current))
    return shares


def look_ahead(viewer: Viewer, *, is_single: bool) -> Outlook:
    """Return where people stand and what ends in the next 30 days, in one statement. `is_single` as in `count_rows`."""
    return _count(viewer, StatusFilter(), {Countable.ALL, Countable.DAYS}, is_single=is_single)


def _count(
    viewer: Viewer,
    status_filter: StatusFilter,
    asked: set[Countable],
    place: Place | None = None,
    most: int = 0,
    chosen: dict[int, Place] | None = None,
    *,
    is_single: bool,
) -> Outlook:
    """Count what is asked. `chosen` gets the places of the first people beyond one, at most so many, by number."""
    status_filter, counts, ends = find_owing(viewer, status_filter), StatusCounts(), {}
    parts = frozenset(asked if is_single else asked | {Countable.PEOPLE})
    given = parameters(viewer, status_filter, place) | {
        "soon_until": viewer.today + dt.timedelta(days=SOON),
        "most": most,
    }
    for row in db.session.execute(statements.counts(variant_of(viewer, status_filter, place), parts), given):
        part, team_id, status, kind, day, number, people, current, *groups = row
        match Countable(part):
            case Countable.ALL:
                counts.by_status[status] = number
            case Countable.TEAMS:
                in_groups = dict(zip(StatusGroup, groups, strict=True))
                counts.by_team[_as_uuid(team_id)] = StatusCounts(people, current, in_groups)
            case Countable.PEOPLE:
                counts.people, counts.people_current = people, current
                counts.people_by_group = dict(zip(StatusGroup, groups, strict=True))
            case Countable.DAYS:
                ends[End(kind), day] = number
            case Countable.FIRST if chosen is not None:
                chosen[number] = (kind, _as_uuid(team_id))
    if is_single:
        counts.people, counts.people_current = counts.total, counts.of(StatusGroup.CURRENT)
        counts.people_by_group = {group: counts.of(group) for group in StatusGroup}
    return Outlook(counts, ends)


def list_person_rows(actor: Actor, membership_id: uuid.UUID, viewer: Viewer) -> Sequence[Row]:
    """Return where one person, whom the actor sees now, stands in everything required of them on a day."""
    return _rows_of(viewer, StatusFilter(), [get_person(actor, membership_id).id])


def list_round_requests(actor: Actor, now: dt.datetime) -> list[tuple[Membership, RoundRequest]]:
    """Return who of the people the actor sees asks for another round of a final that the firm requires."""
    is_theirs = and_(seen_by(actor), Membership.ended_at.is_(None), Membership.user_id != actor.user_id)
    waiting = list_waiting(select(Membership.user_id).where(is_theirs))
    if not waiting:
        return []
    askers = {asked.user_id for asked in waiting}
    people = {
        person.user_id: person
        for person in db.session.scalars(select(Membership).where(is_theirs, Membership.user_id.in_(askers)))
    }
    duty = duties_where(Assignment.membership_id.in_([person.id for person in people.values()]))
    rows = db.session.execute(
        select(duty.c.membership_id, duty.c.course, duty.c.status), on(actor.organization_id, actor.today(now))
    )
    is_open = {(row.membership_id, row.course) for row in rows if row.status.is_open}
    pairs = [(people[asked.user_id], asked) for asked in waiting]
    return [(person, asked) for person, asked in pairs if (person.id, asked.course) in is_open]


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


def list_completions(actor: Actor, person: Membership) -> Sequence[Credential]:
    """Return a person's credentials of courses that the firm has ever required of them, the newest first.

    What someone earned after leaving is none of the firm's business, nor is another name.
    """
    if person.user_id is None:
        return []
    required = (
        select(Requirement.course)
        .join(Assignment, Assignment.requirement_id == Requirement.id)
        .where(Assignment.membership_id == person.id, Requirement.organization_id == actor.organization_id)
    )
    query = select(Credential).where(
        Credential.user_id == person.user_id,
        in_name_until(literal(person.ended_at, Credential.reissued_at.type)),
        meets_any(Credential.course, required),
    )
    if person.ended_on is not None:
        after = day_begins(person.ended_on + dt.timedelta(days=1), actor.organization.time_zone)
        query = query.where(Credential.issued_at < after)
    return db.session.scalars(query.order_by(Credential.issued_at.desc())).all()


def _rows(read: Sequence[Any], viewer: Viewer) -> list[Row]:
    """Return rows as they are shown, with what their people are asked to read: three statements more for all of them,
    and only while a course asks for that."""
    rows = _with_shortfalls([_row(row) for row in read], viewer)
    asking = frozenset[str]() if viewer.is_past else asking_courses(served().courses)
    serials = {row.serial for row in rows if row.serial} if asking else set()
    if not serials:
        return rows
    query = select(Credential.serial, *HELD).where(Credential.serial.in_(serials), Credential.course.in_(asking))
    by_serial = {serial: HeldCredential(*facts) for serial, *facts in db.session.execute(query)}
    due = top_ups_due(by_serial.values(), served().courses, viewer.today)
    days = {serial: due[held.id] for serial, held in by_serial.items() if held.id in due}
    return [row._replace(top_up_due_on=days[row.serial]) if row.serial in days else row for row in rows]


def _with_shortfalls(rows: list[Row], viewer: Viewer) -> list[Row]:
    lacking = [row for row in rows if row.status.is_open and not (row.status is Status.DUE_SOON and row.completed_on)]
    terms = {rule.id: terms_of(rule) for rule in list_rules(viewer)} if lacking else {}
    asked = {
        row.assignment_id: (row.membership_id, row.course, terms[row.requirement_id])
        for row in lacking
        if row.requirement_id in terms  # not ended since the statement before
    }
    short = find_shortfalls(asked, viewer.today, viewer.until)
    return [row._replace(shortfall=short.get(row.assignment_id)) for row in rows] if short else rows


def _row(row: Any) -> Row:
    person, duty, name, number, job, teams, hired_on, *others, _name_key = row
    names = tuple(sorted(teams.split(statements.BETWEEN), key=fold)) if teams else ()
    return Row(person, duty, name, number, job, names, hired_on, *others)


def _as_uuid(given: Any) -> uuid.UUID:
    # A union loses the column's type on some databases.
    return given if isinstance(given, uuid.UUID) else uuid.UUID(str(given))
