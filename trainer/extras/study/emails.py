"""The one mail about the second form, on the day it opens, written when it is sent. It names no firm and no study."""

from __future__ import annotations

import datetime as dt
from typing import Final
from uuid import UUID

from flask import current_app
from sqlalchemy import select, update

from trainer.accounts.models import User
from trainer.content.serving import served
from trainer.core import outbox
from trainer.core.clock import now
from trainer.core.db import db
from trainer.core.errors import NotFound
from trainer.core.outbox import OutboxMessage
from trainer.extras.study.models import TrialPerson
from trainer.extras.study.queries import get_own
from trainer.extras.study.rules import WAIT, WINDOW, TrialStage
from trainer.web.emails import RenderedEmail, render_email
from trainer.web.language import mail_language

TEMPLATES = ("study-second",)
PORTION: Final = 200
"""People."""


def order_mails(at: dt.datetime) -> bool:
    """Order the mails of the next people for whom the second form has opened; return whether there may be more.

    Nothing goes to an address that nobody confirmed, and to nobody twice: that a mail was ordered is noted first.
    """
    begun = TrialPerson.agreed_at.between(at - WAIT - WINDOW, at - WAIT - dt.timedelta(days=1))
    rows = db.session.execute(
        select(TrialPerson, User.email, User.language, User.email_confirmed_at)
        .join(User, User.id == TrialPerson.user_id)
        .where(begun, TrialPerson.mailed_at.is_(None), TrialPerson.withdrew_at.is_(None))
        .order_by(TrialPerson.agreed_at, TrialPerson.user_id)
        .limit(PORTION)
    ).all()
    for person, email, language, confirmed_at in rows:
        theirs = (TrialPerson.trial_id == person.trial_id, TrialPerson.user_id == person.user_id)
        noted = db.session.execute(
            update(TrialPerson)
            .where(*theirs, TrialPerson.mailed_at.is_(None))
            .values(mailed_at=at)
            .execution_options(synchronize_session=False)
        )
        if noted.rowcount == 1 and email and confirmed_at:  # type: ignore[attr-defined]
            ids = {"trial": person.trial_id.hex, "user": person.user_id.hex}
            outbox.post("study-second", email, mail_language(language), ids, at)
    return len(rows) == PORTION


def write(message: OutboxMessage) -> RenderedEmail | None:
    """Return what the mail says, or None if the second form isn't open for its recipient anymore."""
    trial_id, user_id = (UUID(hex=message.ids[name]) for name in ("trial", "user"))
    try:
        own = get_own(user_id, trial_id, served(), now())
    except NotFound:
        return None
    if own.stage is not TrialStage.SECOND:
        return None
    url = f"{current_app.config['SETTINGS'].base_url}/studies/{trial_id}"
    return render_email("study/mail/study-second", last=own.days.second_until, url=url)
