"""Statements of training status. Each is built once for its variant; what differs from page to page is a parameter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Date,
    FromClause,
    Integer,
    Select,
    String,
    Subquery,
    Uuid,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)

from trainer.assignments.rules import SOON, Status
from trainer.assignments.snapshots import FIRM, NOW, THEN, TODAY, Snapshot
from trainer.assignments.sql import InOrder, Numbered, numbered_day
from trainer.assignments.statements import (
    covers_until,
    duties,
    duties_where,
    standings,
    standings_by_day,
    standings_by_name,
    terms,
)
from trainer.compliance.conditions import (
    SEEN_TEAMS,
    QueryVariant,
    beyond,
    end_day,
    end_kind,
    matching,
    team_name,
    team_places,
    waived_until,
    with_end,
    with_status,
)
from trainer.compliance.rules import GROUPS, StatusGroup, StatusOrder
from trainer.credentials.models import Credential
from trainer.learning.top_ups import HELD
from trainer.organizations.models import Membership, Team

_LAST = 3_000_000  # the number of a day that nobody sees
BETWEEN = "\x1f"
"""Between the names of teams in a row, which have no control characters."""


class Countable(Enum):
    """What `counts` can count."""

    ALL = 0
    TEAMS = 1
    PEOPLE = 2
    DAYS = 3
    FIRST = 4
    """Not counted: with which people a page begins."""


@lru_cache(maxsize=200)
def page(variant: QueryVariant) -> Select[Any]:
    """Return the select of the first `most` matching rows by name, from where another page ended.

    Which these are is found first; everything else is looked up for them alone.
    """
    duty = duties_where(variant.snapshot.id.in_(_chosen(variant)), snapshot=variant.snapshot)
    return in_order(duty, of_teams=variant.of_teams, snapshot=variant.snapshot)


def _chosen(variant: QueryVariant) -> Select[Any]:
    limit = bindparam("most", type_=Integer())
    snapshot = variant.snapshot
    if variant.by_status or variant.end or variant.from_day or variant.to_day:
        standing = standings_by_name(*matching(variant, Membership.id), snapshot=snapshot)
        by_name = (standing.c.name_key, standing.c.membership_id, standing.c.assignment_id)
        so = (*with_status(variant, standing.c.status), *with_end(variant, standing.c))
        query = select(standing.c.assignment_id).where(*so, *beyond(variant, *by_name))
        return query.order_by(*by_name).limit(limit)
    # Which rows these are doesn't depend on where people stand.
    place = (Membership.name_key, Membership.id, snapshot.id)
    query = select(snapshot.id).select_from(snapshot.duties).join(Membership, Membership.id == snapshot.membership_id)
    only = (Membership.organization_id == FIRM, snapshot.stands, *matching(variant, Membership.id))
    return query.where(*only, *beyond(variant, *place)).order_by(*place).limit(limit)


@lru_cache(maxsize=200)
def of_people(variant: QueryVariant) -> Select[Any]:
    """Return the select of all that is required of some people of the firm, those with the ids `chosen`, whatever the
    filter but one for a requirement."""
    snapshot = variant.snapshot
    only = [snapshot.membership_id.in_(bindparam("chosen", type_=Uuid(), expanding=True))]
    only += [snapshot.requirement_id == bindparam("requirement", type_=Uuid())] if variant.of_requirement else []
    return in_order(duties_where(*only, snapshot=snapshot), of_teams=variant.of_teams, snapshot=snapshot)


@lru_cache(maxsize=200)
def all_rows(variant: QueryVariant) -> Select[Any]:
    """Return the select of all matching rows."""
    duty = duties(*matching(variant, variant.snapshot.membership_id), snapshot=variant.snapshot)
    so = (*with_status(variant, duty.c.status), *with_end(variant, duty.c))
    return in_order(duty, variant.order, of_teams=variant.of_teams, snapshot=variant.snapshot).where(*so)


@lru_cache(maxsize=200)
def certified(variant: QueryVariant) -> Select[Any]:
    """Return the select of (duty, `HELD` of the certificate that covers it) of the matching rows that have one of the
    courses `asking`."""
    duty = duties(*matching(variant, variant.snapshot.membership_id), snapshot=variant.snapshot)
    query = select(duty.c.assignment_id, *HELD).join(Credential, Credential.serial == duty.c.serial)
    only = (*with_status(variant, duty.c.status), *with_end(variant, duty.c))
    return query.where(Credential.course.in_(bindparam("asking", type_=String(), expanding=True)), *only)


@lru_cache(maxsize=200)
def required(variant: QueryVariant) -> Select[Any]:
    """Return the select of the requirements of the matching duties, wherever people stand in them."""
    snapshot = variant.snapshot
    query = select(snapshot.requirement_id).distinct().select_from(snapshot.with_person(snapshot.duties))
    return query.where(snapshot.organization_id == FIRM, snapshot.stands, *matching(variant, snapshot.membership_id))


@lru_cache(maxsize=200)
def counts(variant: QueryVariant, parts: frozenset[Countable]) -> CompoundSelect[Any]:
    """Return the select of (part, team, status, kind of end, day, number of duties, or of people in a team, people,
    people current in all, people of each group), whatever the filter for statuses.

    Each row is of one of the parts that are asked for, and has what that is counted by; of `Countable.FIRST`, the
    person in place of the team, what they are sorted by in place of the kind, and their number. Where people stand is
    looked up once for all of them. Without `Countable.PEOPLE` nobody has two duties, so that nothing is grouped by
    person.
    """
    only = matching(variant, variant.snapshot.membership_id)
    if Countable.FIRST in parts:
        whole = standings_by_day(*only, snapshot=variant.snapshot)
        standing: FromClause = select(whole).where(*with_end(variant, whole.c)).subquery("here")
    else:
        whole = standings(*only, snapshot=variant.snapshot)
        # No more than is counted by: each column of ten thousand rows that nobody reads would be copied.
        columns = [whole.c.membership_id, whole.c.status]
        columns += [whole.c.assignment_id, whole.c.requirement_id] if Countable.DAYS in parts else []
        standing = select(*columns).where(*with_end(variant, whole.c)).cte("here").prefix_with("MATERIALIZED")
    people = _people(standing, is_single=Countable.PEOPLE not in parts)
    selects: dict[Countable, Callable[[], Select[Any]]] = {
        Countable.ALL: lambda: _in_all(standing),
        Countable.TEAMS: lambda: _by_team(people, variant.snapshot),
        Countable.PEOPLE: lambda: _by_person(people),
        Countable.DAYS: lambda: _by_day(standing, variant.snapshot),
        Countable.FIRST: lambda: _first(standing, variant, is_single=Countable.PEOPLE not in parts),
    }
    return union_all(*(build() for part, build in selects.items() if part in parts))


def _in_all(standing: FromClause) -> Select[Any]:
    return _counted(Countable.ALL, status=standing.c.status, number=func.count()).group_by(standing.c.status)


def _by_team(person: Subquery, snapshot: Snapshot) -> Select[Any]:
    place, was_in = team_places(snapshot, of_people=True)
    in_teams = InOrder(person, place.__table__, place.membership_id == person.c.membership_id)
    query = _counted(Countable.TEAMS, team_id=place.team_id, number=func.count(), sums=_sums(person))
    return query.select_from(in_teams).where(was_in).group_by(place.team_id)


def _by_person(person: Subquery) -> Select[Any]:
    return _counted(Countable.PEOPLE, number=func.count(), sums=_sums(person)).select_from(person)


def _people(standing: FromClause, *, is_single: bool) -> Subquery:
    """Return whether each person is behind in anything, and has a duty in each group of statuses."""
    kinds = {"behind": standing.c.status != Status.CURRENT}
    kinds |= {group: standing.c.status.in_(GROUPS[group]) for group in StatusGroup}
    stands: list[ColumnElement[Any]] = [case((so, 1), else_=0) for so in kinds.values()]
    stands = stands if is_single else [func.max(so) for so in stands]
    named = [so.label(name) for name, so in zip(kinds, stands, strict=True)]
    query = select(standing.c.membership_id, *named)
    return (query if is_single else query.group_by(standing.c.membership_id)).subquery("people")


def _sums(person: Subquery) -> Sequence[Any]:
    current = func.count() - func.coalesce(func.sum(person.c.behind), 0)
    return func.count(), current, *(func.coalesce(func.sum(person.c[group]), 0) for group in StatusGroup)


def _by_day(standing: FromClause, snapshot: Snapshot) -> Select[Any]:
    """Count what ends from today on to the last day that is soon. Most people's days are further off: those aren't
    looked up."""
    asked = terms(snapshot)
    with_duty = snapshot.with_person(
        InOrder(
            InOrder(standing, asked, asked.c.requirement_id == standing.c.requirement_id),
            snapshot.duties,
            and_(snapshot.id == standing.c.assignment_id, snapshot.stands),
        )
    )
    status, covered = standing.c.status, covers_until(snapshot.user_id, snapshot.membership_id, asked.c, snapshot)
    # Someone whose renewal opens later than that is current for longer.
    may_end = or_(
        status.in_((Status.DUE_SOON, Status.WAIVED)), and_(status == Status.CURRENT, asked.c.renewal_days < SOON)
    )
    ends = (
        select(
            standing.c.assignment_id,
            status,
            covered.label("covers_until"),
            func.coalesce(covered, snapshot.due_on).label("due_on"),
        )
        .select_from(with_duty)
        .where(may_end)
        .subquery("ends")
    )
    day = select(end_kind(ends.c).label("kind"), end_day(ends.c, snapshot).label("day")).subquery("days")
    query = _counted(Countable.DAYS, kind=day.c.kind, day=day.c.day, number=func.count())
    return query.where(day.c.day >= TODAY, day.c.day <= bindparam("soon_until", type_=Date())).group_by(
        day.c.kind, day.c.day
    )


def _first(standing: FromClause, variant: QueryVariant, *, is_single: bool) -> Select[Any]:
    """Return the people with whom a page begins: by name, or whoever is due first, and whoever is waived last."""
    most, so = bindparam("most", type_=Integer()), with_status(variant, standing.c.status)
    if variant.order is StatusOrder.NAME:
        # Names are in order already, so that only the first few people are looked up.
        by_name = InOrder(Membership.__table__, standing, standing.c.membership_id == Membership.id)
        key, source = Membership.name_key.expression, by_name
        so += [Membership.organization_id == FIRM]
    else:
        due: ColumnElement[Any] = case((standing.c.status != Status.WAIVED, standing.c.due_number), else_=_LAST)
        each = select(standing.c.membership_id, (due if is_single else func.min(due)).label("due")).where(*so)
        each = each if is_single else each.group_by(standing.c.membership_id)
        people = each.cte("first").prefix_with("MATERIALIZED")
        day = cast(numbered_day(people.c.due), String())
        later = day > func.substr(bindparam("after0", type_=String()), 1, 10) if variant.goes_on else true()
        # As many are due up to this day: names of others aren't looked up to sort whom one day has.
        last = select(people.c.due).where(later).order_by(people.c.due).limit(1).offset(most - 1).scalar_subquery()
        key, so = day + Membership.name_key, [people.c.due <= func.coalesce(last, _LAST)]
        source = InOrder(people, Membership.__table__, Membership.id == people.c.membership_id)
    place = (key, Membership.id)
    first = select(key.label("key"), Membership.id).select_from(source).where(*so, *beyond(variant, *place))
    page = first.group_by(*place).order_by(*place).limit(most).subquery("page")
    number = func.row_number().over(order_by=(page.c.key, page.c.id))
    return _counted(Countable.FIRST, team_id=page.c.id, kind=page.c.key, number=number).select_from(page)


def _counted(part: Countable, *, number: Any, sums: Sequence[Any] = (), **by: Any) -> Select[Any]:
    """Return a select with the columns of `counts`: what isn't given is NULL, or zero."""
    columns: dict[str, Any] = {
        "team_id": literal(None, Uuid()),
        "status": literal(None, Numbered()),
        "kind": literal(None, String()),
        "day": literal(None, Date()),
    } | by
    none = [literal(0)] * (2 + len(StatusGroup))
    labels = ["people", "current", *(f"in_{group}" for group in StatusGroup)]
    counted = [column.label(label) for label, column in zip(labels, sums or none, strict=True)]
    named = [column.label(name) for name, column in columns.items()]
    return select(literal(part.value).label("part"), *named, number.label("number"), *counted)


def in_order(
    duty: Subquery, order: StatusOrder = StatusOrder.NAME, *, of_teams: bool = False, snapshot: Snapshot = NOW
) -> Select[Any]:
    """Return the select of all that rows show of people, in order, with its columns as `queries` takes them.

    With `of_teams`, only those teams are named that whoever looks may see.
    """
    place, was_in = team_places(snapshot, of_people=True)
    named = (
        select(func.aggregate_strings(team_name(snapshot), BETWEEN))
        .select_from(place)
        .join(Team, Team.id == place.team_id, isouter=snapshot is THEN)
        .where(place.membership_id == duty.c.membership_id, was_in)
    )
    teams = (named.where(place.team_id.in_(SEEN_TEAMS)) if of_teams else named).scalar_subquery()
    rule = snapshot.rule
    query: Select[Any] = (
        select(
            duty.c.membership_id,
            duty.c.assignment_id,
            Membership.name,
            Membership.employee_number,
            Membership.job_title,
            teams,
            Membership.hired_on,
            duty.c.requirement_id,
            rule.title,
            duty.c.course,
            duty.c.status,
            duty.c.due_on,
            duty.c.completed_on,
            duty.c.serial,
            duty.c.minutes,
            rule.unapproved_state,
            case((duty.c.status == Status.WAIVED, waived_until(duty.c, snapshot))),
            duty.c.is_recorded,
            Membership.name_key,
        )
        .join(Membership, Membership.id == duty.c.membership_id)
        .join(rule, snapshot.rule_id == duty.c.requirement_id)
        .where(snapshot.is_rule)
        .order_by(
            *([duty.c.due_on] if order is StatusOrder.DUE else []),
            Membership.name_key,
            duty.c.membership_id,
            duty.c.assignment_id,
        )
    )
    return query
