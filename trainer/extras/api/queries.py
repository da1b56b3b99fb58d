"""Reading tokens, and what they open a page at a time: the rows of the pages that people look at."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from trainer.assignments.models import Assignment, EarlierTraining
from trainer.assignments.queries import get_requirement, required_of
from trainer.assignments.rules import Status
from trainer.compliance.queries import list_person_rows, list_rows
from trainer.compliance.rules import Row, StatusFilter, Viewer
from trainer.compliance.sent import SentMail, list_sent, place_of
from trainer.content.serving import served
from trainer.core.db import db
from trainer.core.errors import NotFound
from trainer.core.paging import Page, read_page, write_place
from trainer.credentials.models import Credential
from trainer.credentials.queries import in_name_until, list_named_at
from trainer.credentials.rules import read_serial
from trainer.extras.api.models import ApiToken
from trainer.extras.api.rules import TokenState, digest, state
from trainer.learning.top_ups import HeldCredential, asking_courses, top_ups_due
from trainer.organizations.actor import Actor
from trainer.organizations.models import Membership
from trainer.organizations.queries import (
    PeopleFilter,
    find_actor,
    get_person,
    list_owner_ids,
    list_people,
    names_of,
    seen_by,
)
from trainer.organizations.rules import May, was_here
from trainer.organizations.team_queries import team_names

_FOR_EVER = dt.date.max


@dataclass(frozen=True, slots=True)
class TokenLine:
    """A token as it is listed, with who made it."""

    token: ApiToken
    maker: str | None
    state: TokenState


def list_tokens(actor: Actor, now: dt.datetime, most: int = 50) -> Sequence[TokenLine]:
    """Return the firm's tokens, the newest first."""
    tokens = db.session.scalars(
        select(ApiToken)
        .where(ApiToken.organization_id == actor.organization_id)
        .order_by(ApiToken.created_at.desc(), ApiToken.id)
        .limit(most)
    ).all()
    names = names_of(actor, {token.created_by_id for token in tokens})
    owners = list_owner_ids(actor.organization_id)
    return [
        TokenLine(
            token,
            names.get(token.created_by_id),
            state(
                revoked_at=token.revoked_at,
                expires_at=token.expires_at,
                has_owner=token.created_by_id in owners,
                now=now,
            ),
        )
        for token in tokens
    ]


def get_token(actor: Actor, token_id: uuid.UUID, *, for_change: bool = False) -> ApiToken:
    """Return a token of the actor's firm. Raises NotFound."""
    query = select(ApiToken).where(ApiToken.id == token_id, ApiToken.organization_id == actor.organization_id)
    token = db.session.scalar(query.with_for_update() if for_change else query)
    if token is None:
        raise NotFound
    return token


def find_bearer(secret: str, now: dt.datetime) -> tuple[ApiToken, Actor] | None:
    """Return a token with whoever it acts for, or None if it isn't ours or doesn't work now."""
    token = db.session.scalar(select(ApiToken).where(ApiToken.secret_hash == digest(secret)))
    if token is None:
        return None
    actor = find_actor(token.created_by_id, token.organization_id)
    has_owner = actor is not None and actor.may(May.SET_FIRM)
    token_state = state(revoked_at=token.revoked_at, expires_at=token.expires_at, has_owner=has_owner, now=now)
    return (token, actor) if actor is not None and token_state is TokenState.GOOD else None


def page_of_people(actor: Actor, which: str, after: uuid.UUID | None, most: int) -> Page[tuple[Membership, list[str]]]:
    """Return people, by name as on the page, each with the names of their teams.

    Raises NotFound for an unknown place.
    """
    place = None
    if after is not None:
        name_key = db.session.scalar(select(Membership.name_key).where(Membership.id == after, seen_by(actor)))
        if name_key is None:
            raise NotFound
        place = write_place(name_key, after)
    page = list_people(actor, PeopleFilter(state=which), place, most)
    teams = team_names(actor, [person.id for person in page.rows])
    rows = [(person, teams.get(person.id, [])) for person in page.rows]
    return Page(rows, page.rows[-1].id.hex if page.next_after else None)


def get_numbered(actor: Actor, employee_number: str) -> Membership:
    """Return who has an employee number, or else who had it last. Raises NotFound."""
    person_id = list_numbered(actor, [employee_number]).get(employee_number)
    if person_id is None:
        raise NotFound
    return get_person(actor, person_id)


def list_numbered(actor: Actor, employee_numbers: Collection[str]) -> dict[str, uuid.UUID]:
    """Return the ids of the people who have these employee numbers, or else of those who had them last."""
    query = (
        select(Membership.employee_number, Membership.id)
        .where(seen_by(actor), Membership.employee_number.in_(employee_numbers))
        .order_by(Membership.ended_at.is_(None), Membership.ended_at, Membership.created_at)
    )
    return {str(number): person_id for number, person_id in db.session.execute(query)}


def page_of_assignments(
    actor: Actor,
    status: Status | None,
    requirement_id: uuid.UUID | None,
    after: uuid.UUID | None,
    most: int,
    viewer: Viewer,
) -> Page[Row]:
    """Return duties with where people stand, or stood on a past day: the rows of training status, in its order.

    Raises NotFound for an unknown requirement or place.
    """
    if requirement_id is not None:
        get_requirement(actor, requirement_id)
    place = None
    if after is not None:
        query = select(Membership.id, Membership.name_key).join(Assignment, Assignment.membership_id == Membership.id)
        row = db.session.execute(query.where(Assignment.id == after, seen_by(actor))).first()
        if row is None:
            raise NotFound
        place = write_place(row[1], row[0], after)
    status_filter = StatusFilter(requirement_id=requirement_id, status=status)
    page = list_rows(viewer, status_filter, place, most)
    return Page(page.rows, page.rows[-1].assignment_id.hex if page.next_after else None)


def page_of_emails(actor: Actor, after: uuid.UUID | None, most: int) -> Page[SentMail]:
    """Return the emails sent to people with their outcomes, as on the page. Raises NotFound for an unknown place."""
    page = list_sent(actor, after=None if after is None else place_of(actor, after), most=most)
    return Page(page.rows, page.rows[-1].id.hex if page.next_after else None)


def get_assignment(actor: Actor, assignment_id: uuid.UUID, today: dt.date) -> Row:
    """Return one duty that hasn't ended, with where the person stands. Raises NotFound."""
    query = select(Assignment.membership_id).where(
        Assignment.id == assignment_id, Assignment.organization_id == actor.organization_id
    )
    membership_id = db.session.scalar(query)
    viewer = Viewer(actor.organization_id, actor.team_ids, today)
    rows = list_person_rows(actor, membership_id, viewer) if membership_id is not None else ()
    row = next((row for row in rows if row.assignment_id == assignment_id), None)
    if row is None:
        raise NotFound
    return row


def get_given_credential(actor: Actor, serial: str) -> Credential:
    """Return a credential behind a completion, by its serial as we gave it. Raises NotFound."""
    last_day = func.max(case((Membership.ended_on.is_(None), _FOR_EVER), else_=Membership.ended_on))
    query = _completions(actor, Credential.id, last_day).where(Credential.serial == (read_serial(serial) or "-"))
    row = db.session.execute(query.group_by(Credential.id)).first()
    credential = db.session.get_one(Credential, row[0]) if row is not None else None
    if row is None or credential is None:
        raise NotFound
    named_at = list_named_at([credential.id]).get(credential.id, credential.issued_at)
    if not was_here(actor.organization.time_zone, row[1], named_at):
        raise NotFound
    return credential


def page_of_completions(
    actor: Actor, since: dt.datetime | None, after: str, most: int
) -> Page[tuple[Membership, Credential]]:
    """Return (person, credential) of courses ever required of a person, earned before leaving, in the name of then.

    `since`: only those completed then or later.
    """
    query = _completions(actor, Membership, Credential).where(in_name_until(Membership.ended_at))
    if since is not None:
        query = query.where(Credential.issued_at >= since)
    page = read_page(query, Membership.id, Credential.id, after=after, most=most)
    rows = [
        (person, credential)
        for person, credential in page.rows
        if was_here(actor.organization.time_zone, person.ended_on, credential.issued_at)
    ]
    return Page(rows, page.next_after)


def page_of_credentials(actor: Actor, since: dt.datetime | None, after: str, most: int) -> Page[Credential]:
    """Return the credentials behind all completions, each once: where someone was hired again, with the first entry.

    `since`: only those issued, replaced or withdrawn then or later.
    """
    entry = aliased(Membership)
    entries = (entry.user_id == Membership.user_id, entry.organization_id == actor.organization_id, required_of(entry))
    last_day = select(func.max(case((entry.ended_on.is_(None), _FOR_EVER), else_=entry.ended_on))).where(*entries)
    query = _completions(actor, Credential, last_day.correlate(Membership, Credential).scalar_subquery())
    query = query.where(~exists().where(*entries, entry.id < Membership.id).correlate(Membership, Credential))
    if since is not None:
        newer, older = aliased(Credential), aliased(Credential)
        replaced = select(newer.id).where(newer.id == Credential.superseded_by_id, newer.issued_at >= since).exists()
        in_this_name = select(older.id).where(older.superseded_by_id == Credential.id, older.reissued_at >= since)
        moments = (Credential.issued_at, Credential.revoked_at, Credential.reissued_at)
        query = query.where(or_(*(moment >= since for moment in moments), replaced, in_this_name.exists()))
    page = read_page(query, Membership.id, Credential.id, after=after, most=most)
    zone, named_at = actor.organization.time_zone, list_named_at([earned.id for earned, _last_day in page.rows])
    rows = [
        earned for earned, last_day in page.rows if was_here(zone, last_day, named_at.get(earned.id, earned.issued_at))
    ]
    return Page(rows, page.next_after)


def list_top_ups(actor: Actor, credentials: Sequence[Credential], today: dt.date) -> dict[uuid.UUID, dt.date]:
    """Return, by id, by when changed lessons are to be read, of the certificates of people who are still here."""
    asking = asking_courses(served().courses)
    holders = {credential.user_id for credential in credentials if credential.course in asking}
    if not holders:
        return {}
    query = select(Membership.user_id).where(
        Membership.organization_id == actor.organization_id,
        Membership.user_id.in_(holders),
        Membership.ended_at.is_(None),
    )
    staff = set(db.session.scalars(query))
    theirs = [HeldCredential.of(credential) for credential in credentials if credential.user_id in staff]
    return top_ups_due(theirs, served().courses, today)


def page_of_trainings(
    actor: Actor, since: dt.datetime | None, after: str, most: int
) -> Page[tuple[Membership, EarlierTraining]]:
    """Return (person, training) of the trainings elsewhere that were approved, those withdrawn since included.

    `since`: only those approved or withdrawn then or later.
    """
    query = _trainings(actor)
    if since is not None:
        query = query.where(or_(EarlierTraining.approved_at >= since, EarlierTraining.ended_at >= since))
    return read_page(query, Membership.id, EarlierTraining.id, after=after, most=most)


def get_given_training(actor: Actor, training_id: uuid.UUID) -> tuple[Membership, EarlierTraining]:
    """Return (person, training) of a training elsewhere that was approved. Raises NotFound."""
    row = db.session.execute(_trainings(actor).where(EarlierTraining.id == training_id)).first()
    if row is None:
        raise NotFound
    return row[0], row[1]


def _trainings(actor: Actor) -> Select[Membership, EarlierTraining]:
    return (
        select(Membership, EarlierTraining)
        .join(EarlierTraining, EarlierTraining.membership_id == Membership.id)
        .where(seen_by(actor), EarlierTraining.approved_at.is_not(None))
    )


def _completions(actor: Actor, *columns: Any) -> Any:
    """Return a select over people and their credentials of courses that the firm has ever required of them."""
    return (
        select(*columns)
        .select_from(Membership)
        .join(Credential, Credential.user_id == Membership.user_id)
        .where(seen_by(actor), required_of(Membership))
    )
