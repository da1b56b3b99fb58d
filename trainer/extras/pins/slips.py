"""PIN slips: printed codes that let people without an address sign in once and choose a PIN. Print, find, use up.

Only people without a role get one, and only from whoever may invite them: a slip opens the account of its person. The
codes are 40 random bits, held as keyed digests as recovery codes are: a slow hash guards what people choose, not what
is drawn, and 400 are printed in one go.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Row, Select, and_, case, exists, func, or_, select, update
from sqlalchemy.orm import aliased

from trainer.accounts.models import User
from trainer.core.audit import note
from trainer.core.db import db, insert_all
from trainer.core.errors import Conflict, Invalid, NotFound
from trainer.core.paging import Page, read_page
from trainer.core.signing import is_sealed, seal
from trainer.extras.pins.models import PinSlip
from trainer.extras.pins.rules import MOST_SLIP_MISSES
from trainer.organizations.actor import Actor
from trainer.organizations.codes import new_code, read_code, show_code
from trainer.organizations.models import Membership, Organization, TeamMembership
from trainer.organizations.queries import firm_is_open, lock_organization, seen_by
from trainer.organizations.rules import Role, fold
from trainer.organizations.team_queries import get_team, team_names

LASTS = dt.timedelta(days=14)
ENDS_SOON = dt.timedelta(days=3)
FIRM_CODE_LENGTH = 6
MOST = 800
"""Slips in one file: a hundred pages."""
MOST_BADGES = 200
"""Badges in one file: each has a QR code of its own, which takes time to draw."""
USED = _l("This slip was already used, or a newer one was printed. Ask your site manager for a new one.")
_PURPOSE = "pin-slip"


class Slip(NamedTuple):
    """What is printed for one person, and nowhere else."""

    name: str
    employee_number: str
    code: str
    site: str = ""
    """The person's teams."""


class SlipState(NamedTuple):
    """Someone who can get a slip: whether they have a PIN, and their newest slip, if any."""

    person: Membership
    has_pin: bool
    slip: PinSlip | None


def has_slip_shape(given: str) -> bool:
    """Return True if this could be the code of a slip; no PIN could: a code has a letter."""
    code = read_code(given)
    return code is not None and not code.isdigit()


class MissingSlip(StrEnum):
    """Why someone who has no PIN yet may soon have no way in."""

    NONE = "none"
    """No slip was ever printed."""
    ENDING = "ending"
    """The last one has ended, or ends within three days."""


def list_slip_states(
    actor: Actor,
    team_id: uuid.UUID | None,
    now: dt.datetime,
    state: MissingSlip | None = None,
    after: str | None = None,
    most: int = 50,
) -> Page[SlipState]:
    """Return a page of people without an address who can get a slip, by name. Raises NotFound for another team."""
    newest = (
        select(PinSlip.id)
        .where(PinSlip.membership_id == Membership.id)
        .order_by(PinSlip.created_at.desc(), PinSlip.id)
        .limit(1)
        .correlate(Membership)
        .scalar_subquery()
    )
    query = (
        select(Membership, User.pin_hash.is_not(None), PinSlip)
        .outerjoin(User, User.id == Membership.user_id)
        .outerjoin(PinSlip, PinSlip.id == newest)
        .where(_without_address(actor, team_id))
    )
    if state is not None:
        query = query.where(_is_so(now, state))
    page = read_page(query, Membership.name_key, Membership.id, after=after, most=most)
    return Page([SlipState(*row) for row in page.rows], page.next_after)


def count_slips(actor: Actor, team_id: uuid.UUID | None) -> tuple[int, int]:
    """Return how many people without an address can get a slip, and how many of them haven't joined."""
    row = db.session.execute(
        select(func.count(), func.count().filter(Membership.user_id.is_(None)))
        .select_from(Membership)
        .outerjoin(User, User.id == Membership.user_id)
        .where(_without_address(actor, team_id))
    ).one()
    return row[0], row[1]


def count_by_state(actor: Actor, now: dt.datetime) -> dict[MissingSlip, int]:
    """Return how many people without an address stand so, in one statement."""
    numbers = [func.coalesce(func.sum(case((_is_so(now, state), 1), else_=0)), 0) for state in MissingSlip]
    query = select(*numbers).select_from(Membership).outerjoin(User, User.id == Membership.user_id)
    row = db.session.execute(query.where(_without_address(actor, None), Membership.user_id.is_(None))).one()
    return dict(zip(MissingSlip, row, strict=True))


def count_slipless(actor: Actor, now: dt.datetime) -> int:
    """Return how many people without an address haven't joined and were never given a slip."""
    return count_by_state(actor, now)[MissingSlip.NONE]


def print_slips(actor: Actor, team_id: uuid.UUID | None, now: dt.datetime) -> list[Slip]:
    """Make slips for the people without an address who haven't joined: all that the actor sees, or one team.

    Their earlier slips are void. Raises Conflict where nobody needs one or too many do.
    """
    people = db.session.execute(
        _people().where(_without_address(actor, team_id), Membership.user_id.is_(None)).limit(MOST + 1)
    ).all()
    if not people:
        raise Conflict(_l("Nobody here needs a slip: everyone without an email address has chosen a PIN."))
    if len(people) > MOST:
        raise Conflict(_l("These are more than %(most)s people. Print them team by team.", most=MOST))
    team = get_team(actor, team_id).name if team_id else None
    made = _make(actor, people, now)
    _note(actor, now, None, people=len(made), teams=team)
    return made


def print_slip(actor: Actor, person: Membership, now: dt.datetime) -> Slip:
    """Make a slip for one person, also for one who has forgotten the PIN; it stays good until the slip is used.

    Raises Conflict for someone who doesn't sign in with a PIN, Invalid without an employee number.
    """
    if not actor.may_change(person):
        raise NotFound
    if person.employee_number is None:
        raise Invalid(_l("Add an employee number first: this person signs in with it."))
    rows = db.session.execute(_people().where(seen_by(actor), Membership.id == person.id, can_have_slip())).all()
    if not rows:
        raise Conflict(
            _l(
                "This person has a role, an account with an email address, or a PIN from another firm, and signs in "
                "with that."
            )
        )
    made = _make(actor, rows, now)
    _note(actor, now, person.id, name=person.name)
    return made[0]


def can_have_slip() -> ColumnElement[bool]:
    """Return the condition of people (with `User` joined if there is one) whom a slip lets in: no role, no password.

    Someone who has a PIN already gets another one only from the firm they were in first: whoever prints the slip could
    sign in with it.
    """
    earlier = aliased(Membership)
    was_elsewhere = (
        select(earlier.id)
        .where(
            earlier.user_id == Membership.user_id,
            earlier.organization_id != Membership.organization_id,
            earlier.joined_at < Membership.joined_at,
        )
        .correlate(Membership)
        .exists()
    )
    return and_(
        Membership.ended_at.is_(None),
        Membership.role == Role.MEMBER,
        Membership.employee_number.is_not(None),
        or_(Membership.user_id.is_(None), and_(User.pin_hash.is_not(None), ~was_elsewhere)),
    )


def list_badges(actor: Actor, team_id: uuid.UUID | None) -> list[Slip]:
    """Return the badges of people without an address. Raises Conflict if there are none or too many."""
    people = db.session.execute(_people().where(_without_address(actor, team_id)).limit(MOST_BADGES + 1)).all()
    if not people or actor.organization.code is None:
        raise Conflict(_l("Nobody here needs a badge yet. Print PIN slips first."))
    if len(people) > MOST_BADGES:
        raise Conflict(_l("These are more than %(most)s people. Print them team by team.", most=MOST_BADGES))
    return [Slip(name, str(number), "") for _id, name, number in people]


def may_have_slip(person: Membership) -> bool:
    """Return True if a slip can be printed for someone."""
    query = select(Membership.id).outerjoin(User, User.id == Membership.user_id)
    is_them = and_(Membership.organization_id == person.organization_id, Membership.id == person.id)
    return db.session.scalar(query.where(is_them, can_have_slip())) is not None


def is_good(now: dt.datetime) -> ColumnElement[bool]:
    """Return the condition of slips that can be used."""
    return and_(
        PinSlip.used_at.is_(None),
        PinSlip.revoked_at.is_(None),
        PinSlip.expires_at > now,
        PinSlip.misses < MOST_SLIP_MISSES,
    )


def find_slip(membership_id: uuid.UUID, now: dt.datetime) -> PinSlip | None:
    """Return a person's good slip, or None: used, void, too old, or of a firm that is shut."""
    return db.session.scalar(
        select(PinSlip)
        .join(Organization, Organization.id == PinSlip.organization_id)
        .join(Membership, Membership.id == PinSlip.membership_id)
        .outerjoin(User, User.id == Membership.user_id)
        .where(PinSlip.membership_id == membership_id, is_good(now), firm_is_open(), can_have_slip())
        .order_by(PinSlip.created_at.desc())
        .limit(1)
    )


def is_code_of(slip: PinSlip, given: str) -> bool:
    """Return True if this is what was printed on the slip."""
    return is_sealed(slip.seal, _PURPOSE, slip.id.hex, read_code(given) or "")


def count_miss(slip_id: uuid.UUID) -> None:
    """Count a wrong code, if there is such a slip."""
    db.session.execute(
        update(PinSlip)
        .where(PinSlip.id == slip_id)
        .values(misses=PinSlip.misses + 1)
        .execution_options(synchronize_session=False)
    )


def use_slip(slip_id: uuid.UUID, now: dt.datetime) -> None:
    """Use a slip up. Raises Conflict if it was used already, or is no longer good."""
    used = db.session.execute(
        update(PinSlip)
        .where(PinSlip.id == slip_id, is_good(now))
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(USED)


def void_slips(actor: Actor, membership_ids: Sequence[uuid.UUID], now: dt.datetime) -> None:
    """Void what was printed for these people and is still good."""
    db.session.execute(
        update(PinSlip)
        .where(
            PinSlip.organization_id == actor.organization_id, PinSlip.membership_id.in_(membership_ids), is_good(now)
        )
        .values(revoked_at=now)
        .execution_options(synchronize_session=False)
    )


def _is_so(now: dt.datetime, state: MissingSlip) -> ColumnElement[bool]:
    theirs = PinSlip.membership_id == Membership.id
    printed = exists().where(theirs).correlate(Membership)
    if state is MissingSlip.NONE:
        return and_(Membership.user_id.is_(None), ~printed)
    lasting = exists().where(theirs, is_good(now), PinSlip.expires_at > now + ENDS_SOON).correlate(Membership)
    return and_(Membership.user_id.is_(None), printed, ~lasting)


def _people() -> Select[uuid.UUID, str, str | None]:
    return (
        select(Membership.id, Membership.name, Membership.employee_number)
        .outerjoin(User, User.id == Membership.user_id)
        .order_by(Membership.name_key, Membership.id)
    )


def _make(actor: Actor, people: Sequence[Row[uuid.UUID, str, str | None]], now: dt.datetime) -> list[Slip]:
    organization = lock_organization(actor)  # if two people print at once, the second print voids the first
    organization.code = organization.code or new_code(FIRM_CODE_LENGTH)
    for start in range(0, len(people), 500):
        void_slips(actor, [row[0] for row in people[start : start + 500]], now)
    slips, rows, sites = [], [], team_names(actor, [row[0] for row in people])
    for membership_id, name, number in people:
        code, slip_id = _code_with_letter(), uuid.uuid4()
        slips.append(Slip(name, str(number), show_code(code), ", ".join(sites.get(membership_id, []))))
        rows.append(
            {
                "id": slip_id,
                "organization_id": actor.organization_id,
                "membership_id": membership_id,
                "seal": seal(_PURPOSE, slip_id.hex, code),
                "misses": 0,
                "created_at": now,
                "created_by_id": actor.user_id,
                "expires_at": now + LASTS,
            }
        )
    insert_all(PinSlip, rows)
    return sorted(slips, key=lambda slip: (not slip.site, fold(slip.site)))  # handed out site by site, each by name


def _code_with_letter() -> str:
    while (code := new_code()).isdigit():
        pass  # once in ten thousand times
    return code


def _without_address(actor: Actor, team_id: uuid.UUID | None) -> ColumnElement[bool]:
    """Return the condition of people whom slips are for: no address at the firm, and only a PIN to sign in with."""
    has_no_address = and_(seen_by(actor), can_have_slip(), Membership.email_key.is_(None))
    if team_id is None:
        return has_no_address
    in_team = select(TeamMembership.membership_id).where(TeamMembership.team_id == get_team(actor, team_id).id)
    return and_(has_no_address, Membership.id.in_(in_team))


def _note(actor: Actor, now: dt.datetime, subject_id: uuid.UUID | None, **details: str | int | None) -> None:
    note(
        "pin_slip.printed",
        now,
        actor_id=actor.user_id,
        organization_id=actor.organization_id,
        subject_id=subject_id,
        **details,
    )
