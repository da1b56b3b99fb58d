"""The variants of statements of training status, and the conditions of each."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Date, ScalarSelect, String, Uuid, and_, bindparam, case, func, or_, select, true
from sqlalchemy.orm import aliased

from trainer.accounts.models import User
from trainer.assignments.models import Waiver
from trainer.assignments.rules import Status
from trainer.assignments.snapshots import FIRM, NOW, THEN, Snapshot, held, on
from trainer.assignments.sql import Numbered, is_among, unindexed
from trainer.compliance.rules import GROUPS, End, StatusFilter, StatusOrder, Viewer
from trainer.core import paging
from trainer.core.paging import Place
from trainer.organizations.models import Membership, Team, TeamMembership, TeamStay
from trainer.organizations.rules import fold

SEEN_TEAMS = bindparam("teams", type_=Uuid(), expanding=True)
_ESCAPE = "/"


class QueryVariant(NamedTuple):
    """All that a statement differs by."""

    of_teams: bool
    in_team: bool
    of_requirement: bool
    words: int
    by_status: bool
    end: End | None
    from_day: bool
    to_day: bool
    of_owing: bool
    has_no_email: bool
    order: StatusOrder
    goes_on: bool
    is_past: bool

    @property
    def snapshot(self) -> Snapshot:
        """What it is read from."""
        return THEN if self.is_past else NOW


def variant_of(viewer: Viewer, status_filter: StatusFilter, place: Place | None = None) -> QueryVariant:
    """Return which variant of a statement these filters need."""
    return QueryVariant(
        of_teams=viewer.team_ids is not None,
        in_team=status_filter.team_id is not None,
        of_requirement=(viewer.requirement_id or status_filter.requirement_id) is not None,
        words=len(_words(status_filter)),
        by_status=status_filter.group is not None or status_filter.status is not None,
        end=status_filter.end,
        from_day=status_filter.from_on is not None,
        to_day=status_filter.to_on is not None,
        of_owing=status_filter.owing is not None,
        has_no_email=status_filter.has_no_email,
        order=status_filter.order,
        goes_on=place is not None,
        is_past=viewer.until is not None,
    )


def parameters(viewer: Viewer, status_filter: StatusFilter, place: Place | None = None) -> dict[str, Any]:
    """Return the parameters of a statement for these filters."""
    given = on(viewer.organization_id, viewer.today, viewer.until)
    if viewer.team_ids is not None:
        given["teams"] = list(viewer.team_ids)
    if status_filter.team_id is not None:
        given["team"] = status_filter.team_id
    if (requirement_id := viewer.requirement_id or status_filter.requirement_id) is not None:
        given["requirement"] = requirement_id
    for number, word in enumerate(_words(status_filter)):
        given[f"word{number}"] = _like(word)
    if status_filter.group is not None or status_filter.status is not None:
        groups = set(GROUPS[status_filter.group] if status_filter.group is not None else Status)
        given["statuses"] = [status for status in groups if status_filter.status in {None, status}]
    if status_filter.from_on is not None:
        given["from_on"] = status_filter.from_on
    if status_filter.to_on is not None:
        given["to_on"] = status_filter.to_on
    if status_filter.owing is not None:
        given["owing"] = json.dumps([duty.hex for duty in status_filter.owing])
    if place is not None:
        given |= paging.parameters(place)
    return given


def named(status_filter: StatusFilter) -> list[ColumnElement[bool]]:
    """Return the conditions of memberships whose name or number has the words of a filter."""
    return [
        or_(
            Membership.name_key.like(_like(word), escape=_ESCAPE),
            func.lower(Membership.employee_number).like(_like(word), escape=_ESCAPE),
        )
        for word in _words(status_filter)
    ]


def matching(variant: QueryVariant, person: Any) -> list[ColumnElement[bool]]:
    """Return the conditions of the duties that may be seen and match the filters; `person` is the column of their
    people."""
    conditions: list[ColumnElement[bool]] = []
    place, was_in = team_places(variant.snapshot)
    if variant.of_teams:
        conditions.append(person.in_(select(place.membership_id).where(place.team_id.in_(SEEN_TEAMS), was_in)))
    if variant.of_requirement:
        conditions.append(variant.snapshot.requirement_id == bindparam("requirement", type_=Uuid()))
    if variant.of_owing:
        conditions.append(is_among(variant.snapshot.id, bindparam("owing", type_=String())))
    if variant.has_no_email:
        silent = aliased(Membership)
        is_silent = and_(User.email.is_(None), or_(silent.user_id.is_not(None), silent.email.is_(None)))
        without = select(silent.id).outerjoin(User, User.id == silent.user_id)
        conditions.append(person.in_(without.where(silent.organization_id == FIRM, is_silent)))
    if variant.in_team:
        # That the team is the firm's own follows from the duties being that.
        in_team = select(place.membership_id).where(place.team_id == bindparam("team", type_=Uuid()), was_in)
        conditions.append(person.in_(in_team))
    if variant.words:
        named = [
            or_(
                Membership.name_key.like(bindparam(f"word{number}", type_=String()), escape=_ESCAPE),
                func.lower(Membership.employee_number).like(bindparam(f"word{number}", type_=String()), escape=_ESCAPE),
            )
            for number in range(variant.words)
        ]
        if person is Membership.id or variant.snapshot.needs_person:
            conditions += named
        else:
            conditions.append(person.in_(select(Membership.id).where(Membership.organization_id == FIRM, *named)))
    return conditions


def team_places(snapshot: Snapshot, *, of_people: bool = False) -> tuple[Any, ColumnElement[bool]]:
    """Return the table of team membership, and its condition. `of_people`: it is looked up by person, not by team;
    without statistics SQLite would read all of a firm's stays for each of them."""
    if snapshot is THEN:
        firm = unindexed(TeamStay.organization_id) if of_people else TeamStay.organization_id
        return TeamStay, and_(firm == FIRM, held(TeamStay.began_at, TeamStay.ended_at))
    return TeamMembership, true()


def team_name(snapshot: Snapshot) -> Any:
    return func.coalesce(Team.name, TeamStay.team_name) if snapshot is THEN else Team.name


def with_status(variant: QueryVariant, status: Any) -> list[ColumnElement[bool]]:
    return [status.in_(bindparam("statuses", type_=Numbered(), expanding=True))] if variant.by_status else []


def with_end(variant: QueryVariant, standing: Any) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if variant.end is not None:
        conditions.append(end_kind(standing) == variant.end.value)
    if variant.from_day:
        conditions.append(end_day(standing, variant.snapshot) >= bindparam("from_on", type_=Date()))
    if variant.to_day:
        conditions.append(end_day(standing, variant.snapshot) <= bindparam("to_on", type_=Date()))
    return conditions


def end_kind(standing: Any) -> ColumnElement[str]:
    """Return, as SQL, what happens on the day that a row shows: an `End`."""
    return case(
        (standing.status == Status.WAIVED, End.WAIVER.value),
        (standing.covers_until.is_not(None), End.CERTIFICATE.value),
        else_=End.FIRST.value,
    )


def end_day(standing: Any, snapshot: Snapshot) -> ColumnElement[dt.date]:
    """Return, as SQL, the day that a row shows."""
    return case((standing.status == Status.WAIVED, waived_until(standing, snapshot)), else_=standing.due_on)


def waived_until(standing: Any, snapshot: Snapshot) -> ScalarSelect[dt.date]:
    query = select(func.max(Waiver.until)).where(
        Waiver.assignment_id == standing.assignment_id, Waiver.organization_id == FIRM, snapshot.is_waived
    )
    return query.scalar_subquery()


def beyond(variant: QueryVariant, *place: Any) -> list[ColumnElement[bool]]:
    return [paging.beyond(*place)] if variant.goes_on else []


def _words(status_filter: StatusFilter) -> list[str]:
    return fold(status_filter.text).replace("\0", "").split()


def _like(word: str) -> str:
    for sign in (_ESCAPE, "%", "_"):
        word = word.replace(sign, _ESCAPE + sign)
    return f"%{word}%"
