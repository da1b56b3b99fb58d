"""Inviting people on the roster by mail: send, send again, revoke, find by its link, use up."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update

from trainer.accounts.models import User
from trainer.core.audit import note
from trainer.core.db import db, insert_all
from trainer.core.errors import Conflict, Invalid
from trainer.core.outbox import post_all
from trainer.core.signing import is_sealed, seal
from trainer.organizations.actor import Actor
from trainer.organizations.models import Invitation, Membership, Organization
from trainer.organizations.queries import Page, firm_is_open, lock_organization, seen_by

LASTS = dt.timedelta(days=30)
PAUSE = dt.timedelta(days=1)
"""One person gets one invitation in this time at most, whoever presses the button."""

_MAILED, _SHOWN = "invitation", "invitation-shown"


@dataclass(frozen=True, slots=True)
class Invited:
    """A good invitation: who is invited where. `was_mailed`: only the address itself got this link."""

    invitation: Invitation
    person: Membership
    organization: Organization
    was_mailed: bool


def token_of(invitation: Invitation) -> str:
    """Return what stands in the mailed address. Whoever has it has the address that it was mailed to."""
    return f"{invitation.id.hex}.{seal(_MAILED, invitation.id.hex, invitation.nonce)}"


def shown_token_of(invitation: Invitation) -> str:
    """Return what stands in a link that the firm hands on itself. It proves nothing about an address."""
    return f"{invitation.id.hex}.{seal(_SHOWN, invitation.id.hex, invitation.nonce)}"


def invite(actor: Actor, person: Membership, now: dt.datetime) -> None:
    """Mail an invitation to someone on the roster. Raises Conflict where none is needed or one was sent today."""
    if person.ended_at is not None or person.user_id is not None:
        raise Conflict("This person has come in, or is off the roster.")
    if person.email is None or person.email_key is None:
        raise Invalid("There is no e-mail address. Add one first.")
    if invite_all(actor, [person.id], now) == 0:
        raise Conflict("This person was invited within a day. Wait until tomorrow.")
    note(
        "invitation.sent",
        now,
        actor_id=actor.user_id,
        organization_id=actor.organization_id,
        subject_id=person.id,
        name=person.name,
    )


def resend_all(actor: Actor, now: dt.datetime) -> int:
    """Invite everyone whom the actor sees and who hasn't come in, but for those invited within a day."""
    count = invite_all(actor, None, now)
    if count:
        note("invitation.sent", now, actor_id=actor.user_id, organization_id=actor.organization_id, people=count)
    return count


def invite_all(actor: Actor, membership_ids: Sequence[uuid.UUID] | None, now: dt.datetime) -> int:
    """Mail invitations to these people (None: all) who wait to come in; return to how many. Writes no audit row."""
    lock_organization(actor)  # of two who press the button at once the second sees the first one's invitations
    lately = exists().where(
        Invitation.membership_id == Membership.id,
        Invitation.email_key == Membership.email_key,
        Invitation.created_at > now - PAUSE,
    )
    query = select(Membership.id, Membership.email, Membership.email_key).where(
        _waits(actor), Membership.email.is_not(None), ~lately
    )
    if membership_ids is not None and len(membership_ids) == 1:
        query = query.where(Membership.id == membership_ids[0])
    wanted = None if membership_ids is None else set(membership_ids)
    rows = [row for row in db.session.execute(query) if wanted is None or row[0] in wanted]
    if not rows:
        return 0
    invitations: list[dict[str, Any]] = [
        {
            "id": uuid.uuid4(),
            "organization_id": actor.organization_id,
            "membership_id": row[0],
            "email_key": row[2],
            "nonce": secrets.token_urlsafe(16),
            "created_at": now,
            "created_by_id": actor.user_id,
            "expires_at": now + LASTS,
        }
        for row in rows
    ]
    insert_all(Invitation, invitations)
    post_all(
        "invitation",
        [
            (str(row[1]), {"invitation": one["id"].hex, "organization": actor.organization_id.hex})
            for row, one in zip(rows, invitations, strict=True)
        ],
        now,
    )
    return len(rows)


def revoke_invitations(actor: Actor, person: Membership, now: dt.datetime) -> None:
    """Void all of a person's links that are good. Raises Conflict if there is none."""
    revoked = db.session.execute(
        update(Invitation)
        .where(Invitation.membership_id == person.id, _is_open(now))
        .values(revoked_at=now)
        .execution_options(synchronize_session=False)
    )
    if revoked.rowcount == 0:  # type: ignore[attr-defined]
        raise Conflict("There is no invitation that is good.")
    note(
        "invitation.revoked",
        now,
        actor_id=actor.user_id,
        organization_id=actor.organization_id,
        subject_id=person.id,
        name=person.name,
    )


def find_invitation(token: str, now: dt.datetime) -> Invited | None:
    """Return a good invitation by its link, or None: forged, used, revoked, too old, mailed to an old address, or of a
    firm that is shut."""
    number, _, code = token.partition(".")
    try:
        invitation_id = uuid.UUID(hex=number)
    except ValueError:
        return None
    row = db.session.execute(
        select(Invitation, Membership, Organization)
        .join(Membership, Membership.id == Invitation.membership_id)
        .join(Organization, Organization.id == Invitation.organization_id)
        .where(
            Invitation.id == invitation_id,
            _is_open(now),
            firm_is_open(),
            Invitation.email_key == Membership.email_key,
            Membership.ended_at.is_(None),
            Membership.user_id.is_(None),
        )
    ).first()
    if row is None:
        return None
    # Where mail goes out, only who got it comes in.
    purposes = (_MAILED,) if current_app.config["SETTINGS"].smtp_url else (_MAILED, _SHOWN)
    for purpose in purposes:
        if is_sealed(code, purpose, row[0].id.hex, row[0].nonce):
            return Invited(row[0], row[1], row[2], purpose == _MAILED)
    return None


def accept_invitation(invited: Invited, user: User, now: dt.datetime) -> Membership:
    """Let a user come in by an invitation to their address. Raises Conflict for another address, or if it was used."""
    if user.email_key != invited.invitation.email_key:
        raise Conflict("This invitation is for another address. Nothing was changed.")
    if is_in(user.id, invited.organization.id):
        raise Conflict("You’re in this firm already, under another entry. Tell the person who invited you.")
    used = db.session.execute(
        update(Invitation)
        .where(Invitation.id == invited.invitation.id, _is_open(now))
        .values(accepted_at=now)
        .execution_options(synchronize_session=False)
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("This invitation was used or taken back a moment ago.")
    person = fill(invited.person.id, user.id, now)
    note("invitation.accepted", now, actor_id=user.id, organization_id=person.organization_id, subject_id=person.id)
    return person


def fill(membership_id: uuid.UUID, user_id: uuid.UUID, now: dt.datetime) -> Membership:
    """Let a user be the person that an entry on the roster waits for. Raises Conflict for whoever comes second."""
    filled = db.session.execute(
        update(Membership)
        .where(Membership.id == membership_id, Membership.user_id.is_(None), Membership.ended_at.is_(None))
        .values(user_id=user_id, joined_at=now)
        .execution_options(synchronize_session=False)
    )
    if filled.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("Someone was faster: this entry is taken.")
    return db.session.scalars(
        select(Membership).where(Membership.id == membership_id).execution_options(populate_existing=True)
    ).one()


def is_in(user_id: uuid.UUID, organization_id: uuid.UUID) -> bool:
    """Return True if the user is in the firm now."""
    return is_taken(organization_id, Membership.user_id == user_id)


def is_taken(organization_id: uuid.UUID, condition: ColumnElement[bool]) -> bool:
    """Return True if an entry on the firm's roster of today fits the condition."""
    query = select(Membership.id).where(Membership.organization_id == organization_id, Membership.ended_at.is_(None))
    return db.session.scalar(query.where(condition).limit(1)) is not None


def list_waiting(actor: Actor, after: str | None = None, most: int = 50) -> Page:
    """Return a page of (person, newest invitation or None) of those who haven't come in, by name."""
    newest = (
        select(Invitation.id)
        .where(Invitation.membership_id == Membership.id)
        .order_by(Invitation.created_at.desc(), Invitation.id)
        .limit(1)
        .correlate(Membership)
        .scalar_subquery()
    )
    query = (
        select(Membership, Invitation)
        .outerjoin(Invitation, Invitation.id == newest)
        .where(_waits(actor))
        .order_by(Membership.name_key, Membership.id)
    )
    number, _, name_key = (after or "").partition(".")
    try:
        last = uuid.UUID(hex=number)
    except ValueError:
        last = None
    if last is not None:
        later = and_(Membership.name_key == name_key, Membership.id > last)
        query = query.where(or_(Membership.name_key > name_key, later))
    rows = [(row[0], row[1]) for row in db.session.execute(query.limit(most + 1))]
    last_shown: Membership | None = rows[most - 1][0] if len(rows) > most else None
    return Page(rows[:most], f"{last_shown.id.hex}.{last_shown.name_key}" if last_shown else None)


def count_waiting(actor: Actor) -> int:
    """Return how many people whom the actor sees haven't come in."""
    return db.session.scalar(select(func.count()).select_from(Membership).where(_waits(actor))) or 0


def is_open(invitation: Invitation, now: dt.datetime) -> bool:
    """Return True while an invitation is good."""
    return invitation.accepted_at is None and invitation.revoked_at is None and now < invitation.expires_at


def _waits(actor: Actor) -> ColumnElement[bool]:
    return and_(seen_by(actor), Membership.user_id.is_(None), Membership.ended_at.is_(None))


def _is_open(now: dt.datetime) -> ColumnElement[bool]:
    return and_(Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None), Invitation.expires_at > now)
