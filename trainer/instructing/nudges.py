"""Nudges: a short mail to someone who is stuck, at most one in three days."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from trainer.accounts.models import User
from trainer.core import outbox
from trainer.core.audit import note
from trainer.core.db import db, insert_new
from trainer.core.errors import Conflict
from trainer.instructing.models import CohortMember, Nudge
from trainer.instructing.queries import TeachingContext, list_last_nudges, lock_cohort, present
from trainer.instructing.rules import bucket, may_nudge
from trainer.web.language import mail_language


def nudge(context: TeachingContext, member_ids: Collection[uuid.UUID], now: dt.datetime) -> int:
    """Send a mail to each of the members who got none for three days; return to how many."""
    cohort = lock_cohort(context.cohort.id)
    if cohort.archived_at is not None:
        raise Conflict(_l("This class is archived. No more emails are sent."))
    last = list_last_nudges(cohort)
    rows = db.session.execute(
        select(User.id, User.email, User.language)
        .join(CohortMember, CohortMember.user_id == User.id)
        .where(present(cohort), CohortMember.id.in_(member_ids), User.email.is_not(None))
    )
    people = {uuid.uuid4(): row for row in rows if may_nudge(last.get(row[0]), now)}
    new = insert_new(
        Nudge,
        [
            {
                "id": number,
                "cohort_id": cohort.id,
                "user_id": row[0],
                "bucket": bucket(now),
                "created_at": now,
                "created_by_id": context.user_id,
            }
            for number, row in people.items()
        ],
    )
    for number in new:
        _user_id, address, language = people[number]
        outbox.post("class-nudge", str(address), mail_language(language), {"nudge": number.hex}, now, number)
    if new:
        note(
            "nudge.sent",
            now,
            actor_id=context.user_id,
            organization_id=context.organization_id,
            subject_id=cohort.id,
            people=len(new),
        )
    return len(new)
