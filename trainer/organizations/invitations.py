"""Inviting people on the roster by mail: send, send again, revoke, find by its link, use up."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, ScalarSelect, String, and_, case, cast, exists, func, select, update

from trainer.accounts.models import User
from trainer.core.audit import note
from trainer.core.db import db, insert_all
from trainer.core.errors import Conflict, Invalid, NotFound
from trainer.core.outbox import FAILED_FOR, OutboxMessage, has_failed, post_all
from trainer.core.paging import Page, read_page
from trainer.core.signing import is_sealed, seal
from trainer.organizations.actor import Actor
from trainer.organizations.models import Invitation, Membership, Organization
from trainer.organizations.queries import firm_is_open, lock_organization, seen_by
from trainer.organizations.rules import May, Role
from trainer.web.language import mail_language

LASTS = dt.timedelta(days=30)
PAUSE = dt.timedelta(days=1)
"""One person gets one invitation in this time at most, whoever presses the button."""
USUAL_A_DAY = 1_000
"""Invitations that a firm can send in one of its days, until whoever runs the installation raises it."""

_MAILED, _SHOWN = "invitation", "invitation-shown"


UNANSWERED_AFTER = dt.timedelta(days=7)
"""How long after the first invitation to an address someone has left it without an answer."""


class Waiting(StrEnum):
    """What became of inviting someone who hasn't joined."""

    NEW = "new"
    """There is an address, and nothing was sent to it."""
    UNANSWERED = "unanswered"
    """It was invited a week ago or longer, and not all of that was withdrawn."""
    FAILED = "failed"
    """What was sent last couldn't be delivered."""


class Sent(NamedTuple):
    """How many people were invited, and how many have to wait until tomorrow."""

    invited: int
    left: int


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation that works: who is invited where. `was_mailed`: only the address itself got this link."""

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
    """Mail an invitation to someone on the roster. Raises Conflict where none is needed or can be sent today."""
    if not actor.may_change(person):
        raise NotFound
    if person.ended_at is not None or person.user_id is not None:
        raise Conflict(_l("This person has joined, or is off the roster."))
    if person.email is None or person.email_key is None:
        raise Invalid(_l("There is no email address. Add one first."))
    sent = invite_all(actor, [person.id], now)
    if sent.left:
        raise Conflict(
            _l(
                "The firm has sent its %(most)s invitations for today. Invite this person tomorrow.",
                most=f"{_most(actor):,}",
            )
        )
    if sent.invited == 0:
        raise Conflict(_l("This person was invited less than a day ago. Wait until tomorrow."))
    note(
        "invitation.sent",
        now,
        actor_id=actor.user_id,
        organization_id=actor.organization_id,
        subject_id=person.id,
        name=person.name,
    )


def resend_all(actor: Actor, now: dt.datetime) -> Sent:
    """Invite everyone whom the actor sees and who hasn't joined, except those invited within a day."""
    sent = invite_all(actor, None, now)
    if sent.invited:
        note("invitation.sent", now, actor_id=actor.user_id, organization_id=actor.organization_id, people=sent.invited)
    return sent


def count_left_today(actor: Actor, now: dt.datetime) -> int:
    """Return how many invitations the firm can still send on its day."""
    zone = ZoneInfo(actor.organization.time_zone)
    midnight = dt.datetime.combine(actor.today(now), dt.time(), zone).astimezone(dt.UTC)
    query = select(func.count()).where(
        Invitation.organization_id == actor.organization_id, Invitation.created_at >= midnight
    )
    return max(_most(actor) - (db.session.scalar(query) or 0), 0)


def invite_all(actor: Actor, membership_ids: Sequence[uuid.UUID] | None, now: dt.datetime) -> Sent:
    """Mail invitations to these people (None: all) who wait to come in, as many as the day allows; first to those who
    never got one. Writes no audit row."""
    lock_organization(actor)  # of two who press the button at once the second sees the first one's invitations
    lately = exists().where(
        Invitation.membership_id == Membership.id,
        Invitation.email_key == Membership.email_key,
        Invitation.created_at > now - PAUSE,
    )
    ever = exists().where(Invitation.membership_id == Membership.id)
    query = (
        select(Membership.id, Membership.email_key, User.language)
        .outerjoin(User, User.email_key == Membership.email_key)
        .where(_waits(actor), Membership.email_key.is_not(None), ~lately)
        .order_by(ever, Membership.name_key, Membership.id)
    )
    if membership_ids is not None and len(membership_ids) == 1:
        query = query.where(Membership.id == membership_ids[0])
    ids_to_invite = None if membership_ids is None else set(membership_ids)
    people = [row for row in db.session.execute(query) if ids_to_invite is None or row[0] in ids_to_invite]
    rows = people[: count_left_today(actor, now)]
    if not rows:
        return Sent(0, len(people))
    invitations: list[dict[str, Any]] = [
        {
            "id": uuid.uuid4(),
            "organization_id": actor.organization_id,
            "membership_id": row[0],
            "email_key": row[1],
            "nonce": secrets.token_urlsafe(16),
            "created_at": now,
            "created_by_id": actor.user_id,
            "expires_at": now + LASTS,
        }
        for row in rows
    ]
    insert_all(Invitation, invitations)
    firm = actor.organization_id.hex
    post_all(
        "invitation",
        [
            (
                str(row[1]),
                mail_language(row[2]),
                {"invitation": invitation["id"].hex, "organization": firm},
            )
            for row, invitation in zip(rows, invitations, strict=True)
        ],
        now,
    )
    return Sent(len(rows), len(people) - len(rows))


def revoke_invitations(actor: Actor, person: Membership, now: dt.datetime) -> None:
    """Revoke all of a person's links that still work. Raises Conflict if there are none."""
    if not actor.may_change(person):
        raise NotFound
    if void_invitations(actor, [person.id], now) == 0:
        raise Conflict(_l("There is no valid invitation."))
    note(
        "invitation.revoked",
        now,
        actor_id=actor.user_id,
        organization_id=actor.organization_id,
        subject_id=person.id,
        name=person.name,
    )


def void_invitations(actor: Actor, membership_ids: Sequence[uuid.UUID], now: dt.datetime) -> int:
    """Revoke the links of these people that still work; return how many there were."""
    voided = db.session.execute(
        update(Invitation)
        .where(
            Invitation.organization_id == actor.organization_id,
            Invitation.membership_id.in_(membership_ids),
            _is_open(now),
        )
        .values(revoked_at=now)
        .execution_options(synchronize_session=False)
    )
    return int(voided.rowcount)  # type: ignore[attr-defined]


def find_invitation(token: str, now: dt.datetime) -> Invited | None:
    """Return an invitation that works by its link, or None: forged, used, revoked, too old, mailed to an old address,
    or of a firm that is shut."""
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


def find_inviter(invitation: Invitation) -> str | None:
    """Return the name, as the firm has written it, of who sent an invitation, or None if that isn't known anymore."""
    query = select(Membership.name).where(
        Membership.organization_id == invitation.organization_id, Membership.user_id == invitation.created_by_id
    )
    return db.session.scalar(query.order_by(Membership.created_at.desc()).limit(1))


def accept_invitation(invited: Invited, user: User, now: dt.datetime) -> Membership:
    """Let a user come in by an invitation to their address. Raises Conflict for another address, or if it was used."""
    if user.email_key != invited.invitation.email_key:
        raise Conflict(_l("This invitation is for another address. Nothing was changed."))
    if is_in(user.id, invited.organization.id):
        raise Conflict(_l("You’re already in this firm, under another entry. Tell the person who invited you."))
    used = db.session.execute(
        update(Invitation)
        .where(Invitation.id == invited.invitation.id, _is_open(now))
        .values(accepted_at=now)
        .execution_options(synchronize_session=False)
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(_l("This invitation was used or withdrawn a moment ago."))
    person = fill(invited.person.id, user.id, now)
    note("invitation.accepted", now, actor_id=user.id, organization_id=person.organization_id, subject_id=person.id)
    return person


def fill(membership_id: uuid.UUID, user_id: uuid.UUID, now: dt.datetime) -> Membership:
    """Make a user the person that an entry on the roster waits for. Raises Conflict if someone else came first."""
    filled = db.session.execute(
        update(Membership)
        .where(Membership.id == membership_id, Membership.user_id.is_(None), Membership.ended_at.is_(None))
        .values(user_id=user_id, joined_at=now)
        .execution_options(synchronize_session=False)
    )
    if filled.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(_l("Someone else got there first: this entry is taken."))
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


def list_waiting(
    actor: Actor, now: dt.datetime, state: Waiting | None = None, after: str | None = None, most: int = 50
) -> Page[tuple[Membership, Invitation | None]]:
    """Return a page of (person, newest invitation or None) of those who haven't come in, by name."""
    query = select(Membership, Invitation).outerjoin(Invitation, Invitation.id == _newest()).where(_waits(actor))
    if state is not None:
        query = query.where(_is_so(actor, now, state))
    return read_page(query, Membership.name_key, Membership.id, after=after, most=most)


def count_by_state(actor: Actor, now: dt.datetime) -> dict[Waiting, int]:
    """Return how many of the people whom the actor may invite stand so, in one statement; someone may count twice."""
    numbers = [func.coalesce(func.sum(case((_is_so(actor, now, state), 1), else_=0)), 0) for state in Waiting]
    row = db.session.execute(select(*numbers).where(_waits(actor), Membership.email_key.is_not(None))).one()
    return dict(zip(Waiting, row, strict=True))


def count_waiting(actor: Actor) -> tuple[int, int]:
    """Return how many people whom the actor may invite haven't come in, and how many of them have an address."""
    row = db.session.execute(
        select(func.count(), func.count(Membership.email_key)).select_from(Membership).where(_waits(actor))
    ).one()
    return row[0], row[1]


def is_open(invitation: Invitation, now: dt.datetime) -> bool:
    """Return True while an invitation works."""
    return invitation.accepted_at is None and invitation.revoked_at is None and now < invitation.expires_at


def _newest() -> ScalarSelect[uuid.UUID]:
    return (
        select(Invitation.id)
        .where(Invitation.membership_id == Membership.id)
        .order_by(Invitation.created_at.desc(), Invitation.id)
        .limit(1)
        .correlate(Membership)
        .scalar_subquery()
    )


def _is_so(actor: Actor, now: dt.datetime, state: Waiting) -> ColumnElement[bool]:
    """Return the condition of people on the roster who haven't joined and stand so."""
    sent = and_(Invitation.membership_id == Membership.id, Invitation.email_key == Membership.email_key)
    if state is Waiting.NEW:
        return and_(Membership.email_key.is_not(None), ~exists().where(sent).correlate(Membership))
    if state is Waiting.UNANSWERED:
        since = (Invitation.revoked_at.is_(None), Invitation.created_at <= now - UNANSWERED_AFTER)
        return exists().where(sent, *since).correlate(Membership)
    number = OutboxMessage.ids["invitation"].as_string()
    of_firm = OutboxMessage.ids["organization"].as_string() == actor.organization_id.hex
    failed = select(number).where(has_failed(now - FAILED_FOR), OutboxMessage.template == "invitation", of_firm)
    return func.replace(cast(_newest(), String), "-", "").in_(failed)


def _most(actor: Actor) -> int:
    return actor.organization.invitations_a_day or USUAL_A_DAY


def _waits(actor: Actor) -> ColumnElement[bool]:
    """The people whom the actor may invite.

    A link can give a role, so only those who may give roles invite people with one.
    """
    waits = and_(seen_by(actor), Membership.user_id.is_(None), Membership.ended_at.is_(None))
    return waits if actor.may(May.SET_ROLES) else and_(waits, Membership.role == Role.MEMBER)


def _is_open(now: dt.datetime) -> ColumnElement[bool]:
    return and_(Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None), Invitation.expires_at > now)
