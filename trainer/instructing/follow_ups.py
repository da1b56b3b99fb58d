"""Unanswered invitations to classes go out again automatically, on the days of the firm's own invitations; a portion
at a time, each portion one transaction. Rows decide, so two workers at once send each once."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import func, select

from trainer.accounts.models import User
from trainer.core.db import db
from trainer.instructing.invitations import answer_case, mailed_lately, order_mails
from trainer.instructing.models import ClassInvitation, ClassInvitationMail, Cohort
from trainer.instructing.rules import Answer, is_follow_up_due
from trainer.organizations.models import Membership, Organization
from trainer.organizations.rules import FOLLOW_UPS, is_daytime, local_day
from trainer.organizations.waiting import follows_up

PORTION = 500


def follow_up_classes(
    organization: Organization, _courses: object, now: dt.datetime, after: uuid.UUID | None
) -> uuid.UUID | None:
    """Mail those who haven't answered an invitation to a class and are due for it, as many as the firm's day allows.

    Takes where the portion before ended, and returns where the next one begins, or None at the end.
    """
    if not follows_up(organization) or not is_daytime(now, organization.time_zone):
        return None
    db.session.execute(select(Organization.id).where(Organization.id == organization.id).with_for_update())
    today = local_day(organization.time_zone, now)
    newest = (
        select(func.max(ClassInvitationMail.created_at))
        .where(ClassInvitationMail.invitation_id == ClassInvitation.id)
        .scalar_subquery()
    )
    query = (
        select(ClassInvitation.id, User.email, User.language, ClassInvitation.invited_at, newest)
        .join(Cohort, Cohort.id == ClassInvitation.cohort_id)
        .join(Membership, Membership.id == ClassInvitation.membership_id)
        .join(User, User.id == Membership.user_id)
        .where(
            Cohort.organization_id == organization.id,
            Cohort.archived_at.is_(None),
            Cohort.ends_on >= today,
            Membership.organization_id == organization.id,
            Membership.ended_at.is_(None),
            User.email.is_not(None),
            ClassInvitation.invited_at <= now - dt.timedelta(days=FOLLOW_UPS[0] - 1),
            answer_case() == Answer.WAITING.value,
            ~mailed_lately(now),
        )
        .order_by(ClassInvitation.id)
        .limit(PORTION)
    )
    portion = db.session.execute(query if after is None else query.where(ClassInvitation.id > after)).all()

    def day_of(instant: dt.datetime | None) -> dt.date | None:
        return local_day(organization.time_zone, instant) if instant else None

    due = [
        (row[0], str(row[1]), row[2])
        for row in portion
        if is_follow_up_due(local_day(organization.time_zone, row[3]), day_of(row[4]), today)
    ]
    order_mails(organization, due, None, now)
    return portion[-1][0] if len(portion) == PORTION else None
