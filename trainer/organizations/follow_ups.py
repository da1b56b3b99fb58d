"""Unanswered invitations go out again automatically, a few times; a portion at a time, each portion one transaction.

Two workers at once, or one that runs twice, send each follow-up once: the firm's row is locked, and unique rows decide.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import Row, and_, exists, func, select, update
from sqlalchemy.orm import aliased

from trainer.accounts.models import User
from trainer.core import outbox
from trainer.core.db import db, insert_new
from trainer.organizations.invitation_links import digests_of
from trainer.organizations.invitations import LASTS, count_left_today
from trainer.organizations.models import Invitation, InvitationMail, Membership, Organization
from trainer.organizations.rules import FOLLOW_UPS, is_daytime, local_day, next_follow_up
from trainer.organizations.waiting import PAUSE, follows_up, is_newest, is_refused
from trainer.web.language import mail_language

PORTION = 500
REFUSED = "refused"
"""Why a follow-up isn't sent: the mail server refused the address before. It is the invitation's last row then."""


def follow_up(
    organization: Organization, _courses: object, now: dt.datetime, after: uuid.UUID | None
) -> uuid.UUID | None:
    """Send unanswered invitations again that are due for it, as many as the firm's day allows; record refusals.

    Takes where the portion before ended, and returns where the next one begins, or None at the end.
    """
    if not follows_up(organization) or not is_daytime(now, organization.time_zone):
        return None
    db.session.execute(select(Organization.id).where(Organization.id == organization.id).with_for_update())
    portion = _unanswered(organization, now, after)
    due = [(row, number) for row in portion if (number := _due(organization, row, now)) is not None]
    refused = [(row, number) for row, number in due if row.is_refused]
    ready = [(row, number) for row, number in due if not row.is_refused][: count_left_today(organization, now)]
    insert_new(InvitationMail, [_mail(organization, row, number, now, REFUSED) for row, number in refused])
    mails = {mail["id"]: (mail, row) for row, number in ready for mail in [_mail(organization, row, number, now, None)]}
    for mail_id in insert_new(InvitationMail, [mail for mail, _row in mails.values()]):
        mail, row = mails[mail_id]
        ids = {"invitation": row.id.hex, "organization": organization.id.hex, "number": mail["number"]}
        outbox.post("invitation-again", row.email_key, mail_language(row.language), ids, now, number=mail_id)
        _renew(row, now)
    return portion[-1].membership_id if len(portion) == PORTION else None


def _unanswered(organization: Organization, now: dt.datetime, after: uuid.UUID | None) -> list[Row[Any]]:
    """Return the newest invitations of people who still wait at the address that it went to, with what was sent."""
    mail = aliased(InvitationMail)
    of_it = mail.invitation_id == Invitation.id
    query = (
        select(
            Membership.id.label("membership_id"),
            Invitation.id,
            Invitation.email_key,
            Invitation.nonce,
            Invitation.mailed_digest,
            Invitation.created_at,
            User.language,
            select(func.max(mail.number)).where(of_it).scalar_subquery().label("sent"),
            select(func.max(mail.created_at)).where(of_it).scalar_subquery().label("sent_at"),
            is_refused().label("is_refused"),
        )
        .select_from(Membership)
        .join(Invitation, is_newest())
        .outerjoin(User, User.email_key == Membership.email_key)
        .where(
            Membership.organization_id == organization.id,
            Membership.user_id.is_(None),
            Membership.ended_at.is_(None),
            Invitation.email_key == Membership.email_key,
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
            Invitation.expires_at > now,
            Invitation.created_at <= now - dt.timedelta(days=FOLLOW_UPS[0] - 1),
            ~exists().where(and_(of_it, mail.skipped == REFUSED)),
            ~exists().where(and_(of_it, mail.number == len(FOLLOW_UPS))),
        )
        .order_by(Membership.id)
        .limit(PORTION)
    )
    return list(db.session.execute(query if after is None else query.where(Membership.id > after)))


def _due(organization: Organization, row: Row[Any], now: dt.datetime) -> int | None:
    """Return the number of the follow-up that is due now, or None."""
    today = local_day(organization.time_zone, now)
    following = next_follow_up(local_day(organization.time_zone, row.created_at), row.sent or 0, today)
    if following is None or following[1] > today or (row.sent_at is not None and now - row.sent_at < PAUSE):
        return None
    return following[0]


def _mail(
    organization: Organization, row: Row[Any], number: int, now: dt.datetime, skipped: str | None
) -> dict[str, Any]:
    mail_id = uuid.uuid4()
    return {
        "id": mail_id,
        "organization_id": organization.id,
        "invitation_id": row.id,
        "number": number,
        "created_at": now,
        "message_id": None if skipped else mail_id,
        "skipped": skipped,
    }


def _renew(row: Row[Any], now: dt.datetime) -> None:
    """Let the link work as long as a new one would; it stays the same, so that the earlier mail works, too."""
    values: dict[str, Any] = {"expires_at": now + LASTS}
    if row.mailed_digest is None:  # of an earlier version, with a longer link
        values |= digests_of(row.id, row.nonce)._asdict()
    db.session.execute(
        update(Invitation).where(Invitation.id == row.id).values(**values).execution_options(synchronize_session=False)
    )
