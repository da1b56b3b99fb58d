"""Who hasn't joined yet: what became of each invitation, who needs attention, and who would get an email now."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from flask import current_app
from sqlalchemy import ColumnElement, and_, case, exists, func, null, or_, select
from sqlalchemy.orm import aliased

from trainer.core.db import db
from trainer.core.outbox import OutboxMessage, has_failed
from trainer.core.paging import Page, read_page
from trainer.organizations.actor import Actor
from trainer.organizations.models import Invitation, InvitationMail, Membership, Organization
from trainer.organizations.queries import seen_by
from trainer.organizations.rules import EVENING, FOLLOW_UPS, May, Role, local_day, next_follow_up

PAUSE: Final = dt.timedelta(days=1)
"""One person gets one invitation in this time at most, whoever presses the button."""
UNANSWERED_AFTER: Final = dt.timedelta(days=7)
"""From then on an invitation has no answer where none is followed up."""
_OVER: Final = dt.timedelta(days=FOLLOW_UPS[-1] + 1)
"""From then on nothing more comes of an invitation that nobody followed up."""
# Made once: what is read through a new alias is put together anew on each page.
_EVERY, _RECENT = aliased(Invitation), aliased(Invitation)
_MAIL, _RECENT_MAIL, _LAST_MAIL = aliased(InvitationMail), aliased(InvitationMail), aliased(InvitationMail)


class InvitationNeed(StrEnum):
    """Why someone who hasn't joined needs attention."""

    NEW = "new"  # there is an address, and nothing was sent to it
    UNANSWERED = "unanswered"  # nothing more goes out automatically
    REFUSED = "refused"  # mail to the address was given up


@dataclass(frozen=True, slots=True)
class Waiting:
    """Someone who hasn't joined, the newest invitation if there is one, with its emails, the oldest first."""

    person: Membership
    invitation: Invitation | None
    mails: Sequence[tuple[InvitationMail, OutboxMessage | None]]
    need: InvitationNeed | None
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
    newest = (
        select(_EVERY.id)
        .where(_EVERY.membership_id == Membership.id)
        .order_by(_EVERY.created_at.desc(), _EVERY.id)
        .limit(1)
        .correlate(Membership)
        .scalar_subquery()
    )
    return Invitation.id == newest


def got_lately(now: dt.datetime) -> ColumnElement[bool]:
    """Return the condition of people to whose address an invitation or a follow-up went within a day."""
    every, mail = _RECENT, _RECENT_MAIL
    theirs = and_(every.membership_id == Membership.id, every.email_key == Membership.email_key)
    mailed = select(mail.id).where(
        mail.invitation_id == every.id, mail.skipped.is_(None), mail.created_at > now - PAUSE
    )
    return exists().where(theirs, or_(every.created_at > now - PAUSE, mailed.exists()))


def is_refused() -> ColumnElement[bool]:
    """Return the condition of invitations to an address to which mail was given up."""
    return exists().where(_MAIL.invitation_id == Invitation.id, OutboxMessage.id == _MAIL.message_id, has_failed())


def need_of(organization: Organization, now: dt.datetime) -> ColumnElement[str | None]:
    """Return, of a person and their newest invitation or none, why the person needs attention, or NULL."""
    last = exists().where(_LAST_MAIL.invitation_id == Invitation.id, _LAST_MAIL.number == len(FOLLOW_UPS))
    over = now - (_OVER if follows_up(organization) else UNANSWERED_AFTER)
    return case(
        (Membership.email_key.is_(None), null()),
        (or_(Invitation.id.is_(None), Invitation.email_key != Membership.email_key), InvitationNeed.NEW.value),
        (Invitation.revoked_at.is_not(None), null()),
        (is_refused(), InvitationNeed.REFUSED.value),
        (or_(last, Invitation.created_at <= over), InvitationNeed.UNANSWERED.value),
        else_=null(),
    )


def has_need(organization: Organization, now: dt.datetime, need: InvitationNeed) -> ColumnElement[bool]:
    """Return the condition of people who need attention for this reason."""
    people = (
        select(Membership.id)
        .outerjoin(Invitation, is_newest())
        .where(Membership.organization_id == organization.id, need_of(organization, now) == need.value)
    )
    return Membership.id.in_(people.correlate(None))


def list_waiting(
    actor: Actor, now: dt.datetime, need: InvitationNeed | None = None, after: str | None = None, most: int = 50
) -> Page[Waiting]:
    """Return a page of those who haven't joined, by name; `need`: only those who need attention for that reason."""
    reason = need_of(actor.organization, now)
    query = select(Membership, Invitation, reason).outerjoin(Invitation, is_newest()).where(waits(actor))
    if need is not None:
        query = query.where(reason == need.value)
    page = read_page(query, Membership.name_key, Membership.id, after=after, most=most)
    mails = list_mails(actor, [invitation.id for _person, invitation, _need in page.rows if invitation is not None])
    return Page(
        [
            Waiting(
                person,
                invitation,
                mails.get(invitation.id, ()) if invitation else (),
                InvitationNeed(why) if why else None,
                _next_on(actor, person, invitation, mails, now) if why is None else None,
            )
            for person, invitation, why in page.rows
        ],
        page.next_after,
    )


def count_by_need(actor: Actor, now: dt.datetime) -> Counter[InvitationNeed | None]:
    """Return how many of the people whom the actor may invite need attention, by reason; under None those who don't."""
    reason = need_of(actor.organization, now).label("reason")
    people = select(reason).select_from(Membership).outerjoin(Invitation, is_newest()).where(waits(actor)).subquery()
    rows = db.session.execute(select(people.c.reason, func.count()).group_by(people.c.reason))
    return Counter({InvitationNeed(row[0]) if row[0] else None: row[1] for row in rows})


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


def count_readiness(actor: Actor, now: dt.datetime, need: InvitationNeed | None = None) -> Readiness:
    """Return how many of those who wait, or of those who need attention for a reason, would get an email now."""
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
    if need is not None:
        query = query.where(has_need(actor.organization, now, need))
    return Readiness(*db.session.execute(query).one())


def can_get_mail_now(now: dt.datetime) -> ColumnElement[bool]:
    """Return the condition of people who would get an invitation, if everyone were sent one."""
    return and_(Membership.email_key.is_not(None), ~got_lately(now), ~_is_refused_newest())


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
