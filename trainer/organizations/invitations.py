"""Inviting people on the roster by mail: send, send again, revoke, find by its link, use up."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Row, and_, exists, func, select, update

from trainer.accounts.models import User
from trainer.core.audit import note
from trainer.core.db import db, insert_all
from trainer.core.errors import Conflict, Invalid, NotFound
from trainer.core.outbox import post_all
from trainer.organizations.actor import Actor
from trainer.organizations.invitation_links import digests_of, is_mailed, named_by
from trainer.organizations.models import Invitation, InvitationMail, Membership, Organization
from trainer.organizations.queries import firm_is_open, lock_organization
from trainer.organizations.rules import local_day, padded
from trainer.organizations.waiting import InvitationNeed, can_get_mail_now, got_lately, has_need, waits
from trainer.web.language import mail_language

LASTS = dt.timedelta(days=30)
USUAL_A_DAY = 1_000
"""Invitations that a firm can send in one of its days, until whoever runs the installation raises it."""


class InvitedCounts(NamedTuple):
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
                most=f"{most_a_day(actor.organization):,}",
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


def resend_all(actor: Actor, now: dt.datetime, need: InvitationNeed | None = None) -> InvitedCounts:
    """Invite everyone whom the actor sees and who hasn't joined, or only those who need attention for a reason.

    Left out are people invited within a day, and addresses to which mail was given up.
    """
    only = [can_get_mail_now(now)]
    if need is not None:
        only.append(has_need(actor.organization, now, need))
    sent = invite_all(actor, None, now, *only)
    if sent.invited:
        note("invitation.sent", now, actor_id=actor.user_id, organization_id=actor.organization_id, people=sent.invited)
    return sent


def count_left_today(organization: Organization, now: dt.datetime) -> int:
    """Return how many invitations and follow-ups the firm can still send on its day."""
    query = select(func.count()).where(
        InvitationMail.organization_id == organization.id,
        InvitationMail.skipped.is_(None),
        InvitationMail.created_at >= midnight(organization, now),
    )
    return max(most_a_day(organization) - (db.session.scalar(query) or 0), 0)


def midnight(organization: Organization, now: dt.datetime) -> dt.datetime:
    """Return when the firm's current day began."""
    zone = ZoneInfo(organization.time_zone)
    return dt.datetime.combine(local_day(organization.time_zone, now), dt.time(), zone).astimezone(dt.UTC)


def most_a_day(organization: Organization) -> int:
    """Return how many emails of one kind people in the firm can send in one of its days: invitations, reminders, or
    invitations to classes."""
    return organization.invitations_a_day or USUAL_A_DAY


def invite_all(
    actor: Actor, membership_ids: Sequence[uuid.UUID] | None, now: dt.datetime, *only: ColumnElement[bool]
) -> InvitedCounts:
    """Mail invitations to these people (None: all) who wait to come in, as many as the day allows; first to those who
    never got one. Writes no audit row."""
    lock_organization(actor)  # of two who press the button at once the second sees the first one's invitations
    ever = exists().where(Invitation.membership_id == Membership.id)
    query = (
        select(Membership.id, Membership.email_key, User.language)
        .outerjoin(User, User.email_key == Membership.email_key)
        .where(waits(actor), Membership.email_key.is_not(None), ~got_lately(now), *only)
        .order_by(ever, Membership.name_key, Membership.id)
    )
    if membership_ids is not None and len(membership_ids) == 1:
        query = query.where(Membership.id == membership_ids[0])
    ids_to_invite = None if membership_ids is None else set(membership_ids)
    people = [row for row in db.session.execute(query) if ids_to_invite is None or row[0] in ids_to_invite]
    rows = people[: count_left_today(actor.organization, now)]
    if rows:
        _send(actor, rows, now)
    return InvitedCounts(len(rows), len(people) - len(rows))


def _send(actor: Actor, rows: Sequence[Row[uuid.UUID, str | None, str | None]], now: dt.datetime) -> None:
    """Make and mail an invitation for each (person's id, folded address, remembered language)."""
    invitations: list[dict[str, Any]] = [_fresh(actor, row[0], str(row[1]), now) for row in rows]
    insert_all(Invitation, invitations)
    firm = actor.organization_id.hex
    numbers = post_all(
        "invitation",
        [
            (str(row[1]), mail_language(row[2]), {"invitation": invitation["id"].hex, "organization": firm})
            for row, invitation in zip(rows, invitations, strict=True)
        ],
        now,
    )
    mails = [
        {
            "id": number,
            "organization_id": actor.organization_id,
            "invitation_id": invitation["id"],
            "number": 0,
            "created_at": now,
            "message_id": number,
        }
        for number, invitation in zip(numbers, invitations, strict=True)
    ]
    insert_all(InvitationMail, mails)


def _fresh(actor: Actor, membership_id: uuid.UUID, key: str, now: dt.datetime) -> dict[str, Any]:
    invitation_id, nonce = uuid.uuid4(), secrets.token_urlsafe(16)
    return {
        "id": invitation_id,
        "organization_id": actor.organization_id,
        "membership_id": membership_id,
        "email_key": key,
        "nonce": nonce,
        **digests_of(invitation_id, nonce)._asdict(),
        "created_at": now,
        "created_by_id": actor.user_id,
        "expires_at": now + LASTS,
    }


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
    condition = named_by(token)
    if condition is None:
        return None
    row = db.session.execute(
        select(Invitation, Membership, Organization)
        .join(Membership, Membership.id == Invitation.membership_id)
        .join(Organization, Organization.id == Invitation.organization_id)
        .where(
            condition,
            _is_open(now),
            firm_is_open(),
            Invitation.email_key == Membership.email_key,
            Membership.ended_at.is_(None),
            Membership.user_id.is_(None),
        )
    ).first()
    if row is None:
        return None
    was_mailed = is_mailed(token, row[0])
    # Where mail goes out, only who got it comes in.
    if was_mailed is None or (not was_mailed and current_app.config["SETTINGS"].smtp_url):
        return None
    return Invited(row[0], row[1], row[2], was_mailed)


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


def is_number_taken(organization_id: uuid.UUID, number: str) -> bool:
    """Return True if someone on the firm's roster of today has a number, or it is one person's without its zeros."""
    numbers = select(Membership.employee_number).where(
        Membership.organization_id == organization_id,
        Membership.ended_at.is_(None),
        Membership.employee_number.in_(padded(number)),
    )
    taken = db.session.scalars(numbers).all()
    return number in taken or len(taken) == 1


def is_open(invitation: Invitation, now: dt.datetime) -> bool:
    """Return True while an invitation works."""
    return invitation.accepted_at is None and invitation.revoked_at is None and now < invitation.expires_at


def _is_open(now: dt.datetime) -> ColumnElement[bool]:
    return and_(Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None), Invitation.expires_at > now)
