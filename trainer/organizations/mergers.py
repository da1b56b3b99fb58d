"""Joining two entries of one person on a roster, and separating them again: what the firm has on file. Never commits.

What belongs to the person moves elsewhere (`home.mergers`).
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, delete, func, or_, select, union_all, update
from sqlalchemy.orm import InstrumentedAttribute

from trainer.accounts.models import User
from trainer.core.db import db
from trainer.core.errors import Conflict, NotFound
from trainer.core.feature import ask
from trainer.core.privacy import plain
from trainer.core.rows import keep_row, put_back
from trainer.organizations.actor import Actor
from trainer.organizations.history import keep_stays
from trainer.organizations.invitations import is_taken, void_invitations
from trainer.organizations.models import Invitation, Membership, Merger, Organization, Team, TeamMembership, TeamStay
from trainer.organizations.queries import get_changeable, list_team_ids, seen_by
from trainer.organizations.rules import MergerOutcome, MergerSide, Obstacle, Role, fold, obstacle_to

CHOICES: Final = ("name", "employee_number", "job_title", "hired_on")
"""Facts of which the staff choose the one that wins where both entries have one. An address is the kept entry's."""
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


def side_of(person: Membership, *, is_known_elsewhere: bool) -> MergerSide:
    """Return what decides whether an entry can be joined away."""
    user_id = person.user_id
    is_own = user_id is not None and (is_known_elsewhere or is_own_account(user_id, person.organization_id))
    return MergerSide(user_id is not None, is_own, person.role == Role.MEMBER)


def is_own_account(user_id: uuid.UUID, organization_id: uuid.UUID) -> bool:
    """Return True for an account that has an address, or that another firm knows, too."""
    other_firm = select(Membership.id).where(
        Membership.user_id == user_id, Membership.organization_id != organization_id
    )
    has_address = select(User.id).where(User.id == user_id, User.email.is_not(None))
    return db.session.scalar(union_all(other_firm, has_address).limit(1)) is not None


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


def get_going(merger_id: uuid.UUID) -> Merger:
    """Return a merger that was done and isn't closed. Raises NotFound."""
    return _get(Merger.id == merger_id, *_IS_GOING)


def refuse_obstacle(kept: MergerSide, gone: MergerSide) -> None:
    """Raise Conflict where two entries can't be joined this way around."""
    obstacle = obstacle_to(kept, gone)
    if obstacle is Obstacle.OWN_ACCOUNTS:
        raise Conflict(
            _l(
                "Both sign in with an account of their own: an email address, or a PIN that also works elsewhere. Only "
                "they can decide about those. Ask which account they use, and mark the other entry as having left. "
                "Certificates stay valid in both."
            )
        )
    if obstacle is Obstacle.STAFF:
        raise Conflict(
            _l(
                "The entry that would stay has a role, and the other one signs in with a PIN. Nobody who runs the firm "
                "is given what is in someone’s account. Note for the other entry that the person has left. "
                "Certificates stay valid in both."
            )
        )
    if obstacle is not None:
        raise Conflict(_l("Someone who has a role is never joined into another entry. Change the role first."))


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


def lock(merger: Merger) -> None:
    """Wait for others who end it. Raises Conflict if someone did."""
    db.session.refresh(merger, with_for_update=True)
    if merger.closed_at is not None:
        raise Conflict(_l("Someone else got there first. Look at the page again."))


def close(merger: Merger, outcome: MergerOutcome, now: dt.datetime) -> None:
    """Note how joining two entries ended; what undoing would have taken is forgotten."""
    merger.closed_at, merger.outcome, merger.before = now, outcome, None
    db.session.flush()


def join_entries(actor: Actor, kept: Membership, gone: Membership, chosen: Sequence[str], now: dt.datetime) -> Any:
    """Make one entry of two; return what `part_entries` needs. Duties must have moved. The caller has locked the firm.

    Teams are those of both; on past days too, where only the entry that goes was ever in one. Links and slips that were
    given out for that entry no longer work.
    """
    void_invitations(actor, [gone.id], now)
    ask("void_slips", actor, [gone.id], now)
    facts = joined_facts(kept, gone, chosen)
    before: dict[str, Any] = {
        "gone": keep_row(gone),
        "teams": [team_id.hex for team_id in list_team_ids(gone.id)],
        "facts": {name: [plain(getattr(kept, name)), plain(value)] for name, value in facts.items()},
        "invitations": _move_invitations(gone.id, kept.id),
        "slips": ask("move_slips", gone.id, kept.id),
    }
    added = set(list_team_ids(gone.id)) - set(list_team_ids(kept.id))
    before["added"] = [team_id.hex for team_id in added]
    before["stays"] = [keep_row(stay) for stay in db.session.scalars(_stays_of(gone.id))]
    own = select(TeamStay.team_id).where(TeamStay.membership_id == kept.id)
    only_gones = update(TeamStay).where(
        TeamStay.membership_id == gone.id, TeamStay.team_id.not_in(own.scalar_subquery())
    )
    db.session.execute(only_gones.values(membership_id=kept.id).execution_options(synchronize_session=False))
    if kept.employee_number != facts["employee_number"]:
        ask("void_slips", actor, [kept.id], now)  # they are for the number before
    db.session.execute(delete(Membership).where(Membership.id == gone.id))
    db.session.expunge(gone)
    for name, value in facts.items():
        setattr(kept, name, value)
    db.session.add_all(TeamMembership(membership_id=kept.id, team_id=team_id) for team_id in added)
    db.session.flush()
    keep_stays([kept.id], now)
    return before


def joined_facts(kept: Membership, gone: Membership, chosen: Sequence[str]) -> dict[str, Any]:
    """Return what the joined entry says: the chosen values, and of each fact that only one entry has, that one."""
    facts = {
        name: getattr(gone if name in chosen else kept, name) or getattr(kept, name) or getattr(gone, name)
        for name in (*CHOICES, "email")
    }
    return {**facts, "email_key": facts["email"], "name_key": fold(facts["name"])}


def part_entries(before: Any, kept: Membership, now: dt.datetime, *, is_forced: bool = False) -> None:
    """Undo `join_entries`. What the firm changed since stays changed. Links and slips stay void.

    Raises Conflict if someone else has an address or number by now; `is_forced`: the entries go without them.
    """
    row = before["gone"]
    for name, (old, new) in before["facts"].items():
        is_number = name == "employee_number" and old != new
        if plain(getattr(kept, name)) == new and not (
            is_number and _is_lost(kept, Membership.employee_number, old, is_forced)
        ):
            setattr(kept, name, dt.date.fromisoformat(old) if name == "hired_on" and old else old)
    db.session.flush()
    for column, names in ((Membership.employee_number, ()), (Membership.email_key, ("email",))):
        if _is_lost(kept, column, row[column.key], is_forced):
            row = row | dict.fromkeys((column.key, *names))
    put_back(Membership, row)
    gone_id = uuid.UUID(hex=row["id"])
    moved = update(Invitation).where(Invitation.id.in_([uuid.UUID(hex=number) for number in before["invitations"]]))
    db.session.execute(moved.values(membership_id=gone_id).execution_options(synchronize_session=False))
    ask("put_back_slips", before["slips"], gone_id)
    there = set(db.session.scalars(_teams_of(kept.organization_id)))
    teams = [uuid.UUID(hex=number) for number in before["teams"]]
    db.session.add_all(TeamMembership(membership_id=gone_id, team_id=team) for team in teams if team in there)
    added = [uuid.UUID(hex=number) for number in before["added"]]
    left = delete(TeamMembership).where(TeamMembership.membership_id == kept.id, TeamMembership.team_id.in_(added))
    db.session.execute(left)
    db.session.flush()
    for row in before["stays"]:
        taken = delete(TeamStay).where(
            TeamStay.membership_id == kept.id,
            TeamStay.team_id == uuid.UUID(hex=row["team_id"]),
            TeamStay.began_at == dt.datetime.fromisoformat(row["began_at"]),
        )
        db.session.execute(taken.execution_options(synchronize_session=False))
        put_back(TeamStay, row)
    keep_stays([kept.id, gone_id], now)


def _is_lost(kept: Membership, column: InstrumentedAttribute[Any], value: str | None, is_forced: bool) -> bool:
    """Return True if someone on the roster has a number or address by now. Raises Conflict unless that is accepted."""
    if value is None or not is_taken(kept.organization_id, column == value):
        return False
    if not is_forced:
        raise Conflict(_l("Someone else on the roster has the address or number by now. Change that entry first."))
    return True


def _stays_of(membership_id: uuid.UUID) -> Select[TeamStay]:
    return select(TeamStay).where(TeamStay.membership_id == membership_id)


def take_over_entries(other_id: uuid.UUID, user_id: uuid.UUID) -> None:
    """Let former entries of an account lead to the one that stays."""
    former = update(Membership).where(Membership.user_id == other_id).values(user_id=user_id)
    db.session.execute(former.execution_options(synchronize_session=False))


def _get(*conditions: ColumnElement[bool]) -> Merger:
    merger = db.session.scalar(select(Merger).where(*conditions, Merger.closed_at.is_(None)))
    if merger is None:
        raise NotFound
    return merger


def _move_invitations(gone_id: uuid.UUID, kept_id: uuid.UUID) -> list[str]:
    ids = db.session.scalars(select(Invitation.id).where(Invitation.membership_id == gone_id)).all()
    moved = update(Invitation).where(Invitation.id.in_(ids)).values(membership_id=kept_id)
    db.session.execute(moved.execution_options(synchronize_session=False))
    return [number.hex for number in ids]


def _teams_of(organization_id: uuid.UUID) -> Select[uuid.UUID]:
    return select(Team.id).where(Team.organization_id == organization_id)
