"""Mergers, and entries on a roster that could be joined."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from typing import Final

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, func, or_, select, union_all

from trainer.accounts.models import User
from trainer.core.db import db
from trainer.core.errors import Conflict, NotFound
from trainer.extras.mergers.models import Merger
from trainer.extras.mergers.rules import MERGER_ASKED_LASTS, MERGER_UNDO_LASTS, MergerSide
from trainer.instructing.models import Cohort, CohortMember
from trainer.organizations.actor import Actor
from trainer.organizations.models import Membership, Organization
from trainer.organizations.queries import get_changeable, seen_by
from trainer.organizations.rules import Role
from trainer.organizations.team_queries import list_team_ids

_MOST_LIKELY = 10
_IS_GOING: Final = (Merger.joined_at.is_not(None), Merger.closed_at.is_(None))


def list_likely(actor: Actor, person: Membership) -> Sequence[Membership]:
    """Return entries that may be the same person's: of the same name, or the same number but for zeros before it."""
    same: list[ColumnElement[bool]] = [Membership.name_key == person.name_key]
    number = (person.employee_number or "").lower().lstrip("0")
    if number:
        same.append(func.ltrim(func.lower(Membership.employee_number), "0") == number)
    query = select(Membership).where(
        seen_by(actor), Membership.ended_at.is_(None), Membership.id != person.id, or_(*same)
    )
    people = db.session.scalars(query.order_by(Membership.name_key, Membership.id).limit(_MOST_LIKELY))
    return [entry for entry in people if actor.may_change(entry)]


def get_pair(actor: Actor, kept_id: uuid.UUID, gone_id: uuid.UUID) -> tuple[Membership, Membership]:
    """Return two entries that the actor may join. Raises NotFound; Conflict where one has left, or isn't all theirs."""
    kept, gone = get_changeable(actor, kept_id), get_changeable(actor, gone_id)
    if kept.id == gone.id:
        raise NotFound
    if kept.ended_at is not None or gone.ended_at is not None:
        raise Conflict(_l("One of them has left. Only people on the roster can be joined."))
    if not sees_all_of(actor, kept, gone):
        raise Conflict(_l("One of them is also in a team that isn’t yours. Ask an owner or a manager of all teams."))
    if find_open(kept) is not None or find_open(gone) is not None:
        raise Conflict(_l("One of them is being joined already, or was less than a day ago. Undo that first, or wait."))
    return kept, gone


def sees_all_of(actor: Actor, kept: Membership, gone: Membership) -> bool:
    """Return True if two entries are in no team whose people the actor doesn't see."""
    return actor.team_ids is None or actor.team_ids.issuperset([*list_team_ids(kept.id), *list_team_ids(gone.id)])


def side_of(person: Membership) -> MergerSide:
    """Return the facts that decide whether an entry can be merged into another."""
    user_id = person.user_id
    is_own = user_id is not None and is_own_account(user_id, person.organization_id)
    return MergerSide(user_id is not None, is_own, person.role == Role.MEMBER)


def is_own_account(user_id: uuid.UUID, organization_id: uuid.UUID) -> bool:
    """Return True for an account that has an address, or that another firm, a public class or another firm's knows."""
    other_firm = select(Membership.id).where(
        Membership.user_id == user_id, Membership.organization_id != organization_id
    )
    other_class = (
        select(CohortMember.id)
        .join(Cohort, Cohort.id == CohortMember.cohort_id)
        .where(
            CohortMember.user_id == user_id,
            or_(Cohort.organization_id.is_(None), Cohort.organization_id != organization_id),
        )
    )
    has_address = select(User.id).where(User.id == user_id, User.email.is_not(None))
    return db.session.scalar(union_all(other_firm, other_class, has_address).limit(1)) is not None


def find_merger_of(user_id: uuid.UUID) -> uuid.UUID | None:
    """Return the merger of an account that was joined to another one and isn't empty yet."""
    return db.session.scalar(select(Merger.id).where(Merger.gone_user_id == user_id, *_IS_GOING).limit(1))


def find_going(firm_code: str, numbers: Collection[str], likely: Collection[str]) -> uuid.UUID | None:
    """Return the account, joined to another one and not empty yet, that came in with one of a firm's numbers.

    Of several, the one that goes first: no entry that a firm adds and joins later hides it. `likely`: which numbers go
    before the others.
    """
    query = select(Merger.gone_user_id).join(Organization, Organization.id == Merger.organization_id)
    query = query.where(Organization.code == firm_code, Merger.gone_number.in_(numbers), *_IS_GOING)
    query = query.where(Merger.gone_user_id.is_not(None))
    return db.session.scalar(query.order_by(Merger.gone_number.in_(likely).desc(), Merger.joined_at).limit(1))


def list_going_users(organization_id: uuid.UUID) -> Sequence[uuid.UUID]:
    """Return the accounts of a firm's people that were joined to another one and aren't empty yet."""
    going = select(Merger.gone_user_id).where(Merger.organization_id == organization_id, *_IS_GOING)
    return [user_id for user_id in db.session.scalars(going) if user_id is not None]


def list_kept_proofs(organization_id: uuid.UUID) -> set[uuid.UUID]:
    """Return the proof files that come back with a training if a merger of the firm is undone."""
    joined = select(Merger.before).where(Merger.organization_id == organization_id, *_IS_GOING)
    rows = [
        row
        for before in db.session.scalars(joined)
        for row in (before or {}).get("duties", {}).get("trainings", {}).get("twice", ())
    ]
    return {uuid.UUID(hex=row["proof_id"]) for row in rows if row["proof_id"]}


def get_going(merger_id: uuid.UUID) -> Merger:
    """Return a merger that was done and isn't closed. Raises NotFound."""
    return _get(Merger.id == merger_id, *_IS_GOING)


def find_open(person: Membership) -> Merger | None:
    """Return the merger of an entry that is asked for, or that can still be undone."""
    is_of = or_(Merger.kept_id == person.id, Merger.gone_id == person.id)
    of_firm = Merger.organization_id == person.organization_id
    return db.session.scalar(select(Merger).where(of_firm, is_of, Merger.closed_at.is_(None)))


def list_open_of_user(user_id: uuid.UUID) -> Sequence[tuple[Merger, Organization]]:
    """Return mergers that someone was asked about, or that were done and they haven't seen."""
    query = (
        select(Merger, Organization)
        .join(Organization, Organization.id == Merger.organization_id)
        .where(Merger.kept_user_id == user_id, Merger.closed_at.is_(None), Merger.seen_at.is_(None))
        .order_by(Merger.asked_at, Merger.id)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def get_own_merger(user_id: uuid.UUID, merger_id: uuid.UUID) -> Merger:
    """Return an open merger into someone's account. Raises NotFound."""
    return _get(Merger.id == merger_id, Merger.kept_user_id == user_id)


def get_merger(actor: Actor, merger_id: uuid.UUID) -> Merger:
    """Return an open merger of people whom the actor may change. Raises NotFound."""
    merger = _get(Merger.id == merger_id, Merger.organization_id == actor.organization_id)
    get_changeable(actor, merger.kept_id)
    if merger.joined_at is None:
        get_changeable(actor, merger.gone_id)
    return merger


def list_to_settle(now: dt.datetime) -> Sequence[uuid.UUID]:
    """Return mergers whose time is over: those that can't be undone anymore, and those that nobody agreed to."""
    return db.session.scalars(select(Merger.id).where(is_over(now)).order_by(Merger.asked_at, Merger.id)).all()


def is_over(now: dt.datetime) -> ColumnElement[bool]:
    return and_(
        Merger.closed_at.is_(None),
        or_(
            Merger.joined_at <= now - MERGER_UNDO_LASTS,
            and_(Merger.joined_at.is_(None), Merger.asked_at <= now - MERGER_ASKED_LASTS),
        ),
    )


def _get(*conditions: ColumnElement[bool]) -> Merger:
    merger = db.session.scalar(select(Merger).where(*conditions, Merger.closed_at.is_(None)))
    if merger is None:
        raise NotFound
    return merger
