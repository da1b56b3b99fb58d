"""Who hasn't joined yet: what became of each invitation, who needs attention, and who would get an email now."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from flask import current_app
from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from trainer.core.db import db
from trainer.core.outbox import NO_LONGER_NEEDED, OutboxMessage
from trainer.core.paging import Page, read_page
from trainer.organizations.actor import Actor
from trainer.organizations.models import Invitation, InvitationMail, Membership, Organization
from trainer.organizations.queries import seen_by
from trainer.organizations.rules import EVENING, FOLLOW_UPS, May, Role, local_day, next_follow_up

PAUSE: Final = dt.timedelta(days=1)
"""One person gets one invitation in this time at most, whoever presses the button."""
_OVER: Final = dt.timedelta(days=FOLLOW_UPS[-1] + 1)
"""From then on nothing more comes of an invitation that nobody followed up."""


class Need(StrEnum):
    """Why someone who hasn't joined needs attention."""

    REFUSED = "refused"  # mail to the address was given up
    UNANSWERED = "unanswered"  # nothing more goes out automatically


@dataclass(frozen=True, slots=True)
class Waiting:
    """Someone who hasn't joined, the newest invitation if there is one, with its emails, the oldest first."""

    person: Membership
    invitation: Invitation | None
    mails: Sequence[tuple[InvitationMail, OutboxMessage | None]]
    need: Need | None
    next_on: dt.date | None
    """When it goes out again automatically."""


class Readiness(NamedTuple):
    """Of those who wait, how many would get an email now, and how many wouldn't, by reason."""

    ready: int
    without_address: int
    lately: int
    """Got one less than a day ago."""
    refused: int
    """Mail to their address was given up."""


def waits(actor: Actor) -> ColumnElement[bool]:
    """Return the condition of the people whom the actor may invite.

    A link can give a role, so only those who may give roles invite people with one.
    """
    waiting = and_(seen_by(actor), Membership.user_id.is_(None), Membership.ended_at.is_(None))
    return waiting if actor.may(May.SET_ROLES) else and_(waiting, Membership.role == Role.MEMBER)


def is_newest() -> ColumnElement[bool]:
    """Return the condition that joins a person's newest invitation."""
    every = aliased(Invitation)
    newest = (
        select(every.id)
        .where(every.membership_id == Membership.id)
        .order_by(every.created_at.desc(), every.id)
        .limit(1)
        .correlate(Membership)
        .scalar_subquery()
    )
    return Invitation.id == newest


def got_lately(now: dt.datetime) -> ColumnElement[bool]:
    """Return the condition of people to whose address an invitation or a follow-up went within a day."""
    every, mail = aliased(Invitation), aliased(InvitationMail)
    theirs = and_(every.membership_id == Membership.id, every.email_key == Membership.email_key)
    mailed = select(mail.id).where(
        mail.invitation_id == every.id, mail.skipped.is_(None), mail.created_at > now - PAUSE
    )
    return exists().where(theirs, or_(every.created_at > now - PAUSE, mailed.exists()))


def is_refused() -> ColumnElement[bool]:
    """Return the condition of invitations to an address to which mail was given up."""
    mail, message = aliased(InvitationMail), aliased(OutboxMessage)
    given_up = and_(message.dead_at.is_not(None), func.coalesce(message.last_error, "") != NO_LONGER_NEEDED)
    return exists().where(mail.invitation_id == Invitation.id, message.id == mail.message_id, given_up)


def need(now: dt.datetime) -> ColumnElement[str]:
    """Return, of a person's newest invitation, why the person needs attention, or NULL."""
    mail = aliased(InvitationMail)
    last = exists().where(mail.invitation_id == Invitation.id, mail.number == len(FOLLOW_UPS))
    is_valid = Invitation.revoked_at.is_(None)
    return case(
        (and_(is_valid, Invitation.email_key == Membership.email_key, is_refused()), Need.REFUSED.value),
        (and_(is_valid, or_(last, Invitation.created_at <= now - _OVER)), Need.UNANSWERED.value),
        else_=None,
    )


def list_waiting(
    actor: Actor, now: dt.datetime, *, needs_attention: bool = False, after: str | None = None, most: int = 50
) -> Page[Waiting]:
    """Return a page of those who haven't joined, by name; `needs_attention`: only those who do."""
    query = select(Membership, Invitation, need(now)).outerjoin(Invitation, is_newest()).where(waits(actor))
    if needs_attention:
        query = query.where(need(now).is_not(None))
    page = read_page(query, Membership.name_key, Membership.id, after=after, most=most)
    mails = list_mails(actor, [invitation.id for _person, invitation, _need in page.rows if invitation is not None])
    return Page(
        [
            Waiting(
                person,
                invitation,
                mails.get(invitation.id, ()) if invitation else (),
                Need(reason) if reason else None,
                _next_on(actor, person, invitation, mails, now) if reason is None else None,
            )
            for person, invitation, reason in page.rows
        ],
        page.next_after,
    )


def list_mails(
    actor: Actor, invitation_ids: Sequence[uuid.UUID]
) -> Mapping[uuid.UUID, Sequence[tuple[InvitationMail, OutboxMessage | None]]]:
    """Return invitation id -> its emails, each with what the outbox keeps of it."""
    rows = db.session.execute(
        select(InvitationMail, OutboxMessage)
        .outerjoin(OutboxMessage, OutboxMessage.id == InvitationMail.message_id)
        .where(
            InvitationMail.organization_id == actor.organization_id, InvitationMail.invitation_id.in_(invitation_ids)
        )
        .order_by(InvitationMail.number)
    )
    mails: dict[uuid.UUID, list[tuple[InvitationMail, OutboxMessage | None]]] = {}
    for mail, message in rows:
        mails.setdefault(mail.invitation_id, []).append((mail, message))
    return mails


def count_readiness(actor: Actor, now: dt.datetime, *, needs_attention: bool = False) -> Readiness:
    """Return how many of those who wait would get an email now."""
    has_address, lately, refused = Membership.email_key.is_not(None), got_lately(now), _is_refused_newest()
    query = (
        select(
            func.count().filter(has_address, ~lately, ~refused),
            func.count().filter(~has_address),
            func.count().filter(has_address, lately),
            func.count().filter(has_address, ~lately, refused),
        )
        .select_from(Membership)
        .where(waits(actor))
    )
    if needs_attention:
        query = query.where(exists().where(is_newest(), need(now).is_not(None)).correlate(Membership))
    return Readiness(*db.session.execute(query).one())


def can_get_mail_now(now: dt.datetime) -> ColumnElement[bool]:
    """Return the condition of people who would get an invitation, if everyone were sent one."""
    return and_(Membership.email_key.is_not(None), ~got_lately(now), ~_is_refused_newest())


def count_unanswered(actor: Actor, now: dt.datetime) -> int:
    """Return how many of the people whom the actor may invite need attention: no answer, or an address refused."""
    query = select(func.count()).select_from(Membership).join(Invitation, is_newest())
    return db.session.scalar(query.where(waits(actor), need(now).is_not(None))) or 0


def follows_up(organization: Organization) -> bool:
    """Return True if unanswered invitations of a firm go out again automatically."""
    return organization.follows_up and current_app.config["SETTINGS"].smtp_url is not None


def _is_refused_newest() -> ColumnElement[bool]:
    is_same_address = Invitation.email_key == Membership.email_key
    return exists().where(is_newest(), is_same_address, is_refused()).correlate(Membership)


def _next_on(
    actor: Actor,
    person: Membership,
    invitation: Invitation | None,
    mails: Mapping[uuid.UUID, Sequence[tuple[InvitationMail, OutboxMessage | None]]],
    now: dt.datetime,
) -> dt.date | None:
    firm = actor.organization
    if invitation is None or person.email_key != invitation.email_key or not follows_up(firm):
        return None
    if invitation.revoked_at is not None or now >= invitation.expires_at:
        return None
    sent = max((mail.number for mail, _message in mails.get(invitation.id, ())), default=0)
    # In the evening, the next day on which any go out is tomorrow.
    next_day = local_day(firm.time_zone, now + EVENING)
    following = next_follow_up(local_day(firm.time_zone, invitation.created_at), sent, next_day)
    return None if following is None else following[1]
