"""Join codes: short, for a link and a poster. Make, revoke, find, use one up."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, not_, or_, select, update

from trainer.core.audit import note
from trainer.core.db import db
from trainer.core.errors import Conflict, Invalid, NotFound
from trainer.organizations.actor import Actor
from trainer.organizations.models import JoinCode, Membership, Organization
from trainer.organizations.queries import firm_is_open, lock_organization
from trainer.organizations.rules import May, Role
from trainer.organizations.team_queries import get_team, list_teams

LENGTH = 8
LONGEST = dt.timedelta(days=366)
MOST_USES = 10_000
MOST_AT_ONCE = 500
RUN_OUT = _l("That code has expired or been used up. Ask the person who gave it to you.")

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# As Crockford reads them: what looks like a one or a zero is one.
_READ_AS = str.maketrans({"I": "1", "L": "1", "O": "0"})


def read_code(given: str, length: int = LENGTH) -> str | None:
    """Return the code that someone typed: any case, blanks and hyphens anywhere, I and L for 1, O for 0."""
    compact = "".join(char for char in given.upper() if not char.isspace() and char not in "-–—._").translate(_READ_AS)
    return compact if len(compact) == length and all(char in _ALPHABET for char in compact) else None


def new_code(length: int = LENGTH) -> str:
    """Return a code of 40 random bits, or of 5 for each character."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def show_code(code: str) -> str:
    """Return a code as it is printed: ABCD-EFGH."""
    half = len(code) // 2
    return f"{code[:half]}-{code[half:]}"


def roles_by_code(actor: Actor) -> list[Role]:
    """Return the roles that a code of this person's can give. Whoever finds a poster must not get to see people."""
    return [Role.MEMBER, Role.INSTRUCTOR] if actor.may(May.SET_ROLES) else [Role.MEMBER]


def make_join_code(
    actor: Actor,
    role: Role,
    team_id: uuid.UUID | None,
    expires_at: dt.datetime,
    most_uses: int | None,
    now: dt.datetime,
) -> JoinCode:
    """Create a code. Raises Invalid for a role, team or time that it can't have."""
    if role not in roles_by_code(actor):
        raise Invalid(_l("Choose a role from the list."))
    if team_id is None and actor.team_ids is not None:
        raise Invalid(_l("Choose one of your teams."))
    if team_id is not None:
        get_team(actor, team_id)
    if not now < expires_at <= now + LONGEST:
        raise Invalid(_l("Choose a last day within a year."))
    if most_uses is not None and not 1 <= most_uses <= MOST_USES:
        raise Invalid(_l("Enter a number from 1 to %(most)s, or nothing.", most=f"{MOST_USES:,}"), field="most_uses")
    code = JoinCode(
        organization_id=actor.organization_id,
        code=new_code(),
        role=role,
        team_id=team_id,
        created_at=now,
        created_by_id=actor.user_id,
        expires_at=expires_at,
        most_uses=most_uses,
        uses=0,
    )
    db.session.add(code)
    db.session.flush()
    _note(actor, "join_code.made", code, now, role=role.value, until=expires_at.date().isoformat(), most_uses=most_uses)
    return code


def make_codes_for_teams(actor: Actor, expires_at: dt.datetime, now: dt.datetime) -> int:
    """Create a code for each of the actor's teams that has none; return how many. Raises Invalid for the time."""
    lock_organization(actor)  # asked for twice at once, a team still gets one
    have = teams_with_code(actor, now)
    teams = [team.id for team in list_teams(actor) if team.id not in have][:MOST_AT_ONCE]
    for team_id in teams:
        make_join_code(actor, Role.MEMBER, team_id, expires_at, None, now)
    return len(teams)


def codes_of_teams(actor: Actor, now: dt.datetime) -> Sequence[JoinCode]:
    """Return the newest good code for members of each team that the actor handles, at most 500 teams."""
    newest = {code.team_id: code for code in db.session.scalars(_for_teams(actor, now))}
    return list(newest.values())[:MOST_AT_ONCE]


def teams_with_code(actor: Actor, now: dt.datetime) -> set[uuid.UUID | None]:
    """Return the teams that have a good code for members."""
    return {code.team_id for code in db.session.scalars(_for_teams(actor, now))}


def has_code(actor: Actor) -> bool:
    """Return True if the actor's firm ever made a code, whatever became of it."""
    query = select(JoinCode.id).where(JoinCode.organization_id == actor.organization_id).limit(1)
    return db.session.scalar(query) is not None


def _for_teams(actor: Actor, now: dt.datetime) -> Select[JoinCode]:
    return (
        select(JoinCode)
        .where(
            _handled_by(actor),
            _is_in_time(now),
            _has_uses(),
            JoinCode.team_id.is_not(None),
            JoinCode.role == Role.MEMBER,
        )
        .order_by(JoinCode.created_at, JoinCode.id)
    )


def revoke_join_code(actor: Actor, code_id: uuid.UUID, now: dt.datetime) -> None:
    """Revoke a code, at once. Raises Conflict if it no longer works anyway."""
    code = get_code(actor, code_id)
    if code.revoked_at is not None:
        raise Conflict(_l("This code was already withdrawn."))
    code.revoked_at = now
    _note(actor, "join_code.revoked", code, now)


def list_codes(actor: Actor, now: dt.datetime, *, is_good: bool) -> Sequence[JoinCode]:
    """Return the codes that the actor may handle and that still work, or those that don't, the newest first."""
    good = and_(_is_in_time(now), _has_uses())
    query = (
        select(JoinCode)
        .where(_handled_by(actor), good if is_good else not_(good))
        .order_by(JoinCode.created_at.desc(), JoinCode.id)
        .limit(200)
    )
    return db.session.scalars(query).all()


def get_code(actor: Actor, code_id: uuid.UUID) -> JoinCode:
    """Return a code that the actor may handle. Raises NotFound."""
    code = db.session.scalar(select(JoinCode).where(JoinCode.id == code_id, _handled_by(actor)))
    if code is None:
        raise NotFound
    return code


def find_code(given: str, now: dt.datetime) -> tuple[JoinCode, Organization]:
    """Return a working code with its firm. Raises Conflict for one that is used up, NotFound for any other.

    Unknown, expired, revoked, and of a firm that is shut look the same.
    """
    row = db.session.execute(
        select(JoinCode, Organization, _has_uses())
        .join(Organization, Organization.id == JoinCode.organization_id)
        .where(JoinCode.code == (read_code(given) or ""), _is_in_time(now), firm_is_open())
    ).first()
    if row is None:
        raise NotFound
    code, organization, has_uses = row
    if not has_uses:
        raise Conflict(RUN_OUT)
    return code, organization


def count_use(code: JoinCode, now: dt.datetime) -> None:
    """Count a use of a code. Raises Conflict if it was used up in the meantime: the database does the counting."""
    counted = db.session.execute(
        update(JoinCode)
        .where(JoinCode.id == code.id, _is_in_time(now), _has_uses())
        .values(uses=JoinCode.uses + 1)
        .execution_options(synchronize_session=False)
    )
    if counted.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(RUN_OUT)


def find_waiting(organization_id: uuid.UUID, email_key: str) -> Membership | None:
    """Return the entry on a firm's roster that waits for the person with this address, or None."""
    return db.session.scalar(
        select(Membership).where(
            and_(
                Membership.organization_id == organization_id,
                Membership.email_key == email_key,
                Membership.user_id.is_(None),
                Membership.ended_at.is_(None),
            )
        )
    )


def _is_in_time(now: dt.datetime) -> ColumnElement[bool]:
    return and_(JoinCode.revoked_at.is_(None), JoinCode.expires_at > now)


def _has_uses() -> ColumnElement[bool]:
    return or_(JoinCode.most_uses.is_(None), JoinCode.uses < JoinCode.most_uses)


def _handled_by(actor: Actor) -> ColumnElement[bool]:
    """The firm's codes, of the actor's teams, with roles that the actor may give: whoever sees a code can use it."""
    codes = and_(JoinCode.organization_id == actor.organization_id, JoinCode.role.in_(roles_by_code(actor)))
    return codes if actor.team_ids is None else and_(codes, JoinCode.team_id.in_(actor.team_ids))


def _note(actor: Actor, act: str, code: JoinCode, now: dt.datetime, **details: str | int | None) -> None:
    note(act, now, actor_id=actor.user_id, organization_id=actor.organization_id, subject_id=code.id, **details)
