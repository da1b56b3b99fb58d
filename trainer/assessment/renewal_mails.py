"""One mail on the day from which a certificate can be renewed, to holders who asked for it. Never commits."""

from __future__ import annotations

import datetime as dt
import uuid

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select, update

from trainer.accounts.models import User
from trainer.accounts.queries import get_user
from trainer.assessment.models import RenewalMail
from trainer.core import outbox
from trainer.core.db import db
from trainer.core.errors import NotFound
from trainer.credentials.models import Credential
from trainer.credentials.queries import find_credential
from trainer.learning.models import Enrollment
from trainer.learning.rules import RENEWAL_WINDOW
from trainer.web.language import mail_language

PORTION = 500


def wants_mail(credential: Credential) -> bool:
    """Return whether a certificate's holder asked for the mail, and it wasn't sent yet."""
    waiting = select(RenewalMail.enrollment_id).join(Enrollment, Enrollment.id == RenewalMail.enrollment_id)
    mine = waiting.where(Enrollment.credential_id == credential.id, RenewalMail.ordered_at.is_(None))
    return db.session.scalar(mine) is not None


def ask_for_mail(user_id: uuid.UUID, course: str, cycle: int, now: dt.datetime) -> None:
    """Send someone a mail once the certificate of a cycle can be renewed. Raises NotFound without one."""
    enrollment_id = _earned(user_id, course, cycle)
    if db.session.get(RenewalMail, enrollment_id) is None:
        db.session.add(RenewalMail(enrollment_id=enrollment_id, asked_at=now))
        db.session.flush()


def end_mail(user_id: uuid.UUID, course: str, cycle: int) -> None:
    """Send no such mail. What was ordered and not yet sent isn't sent, either."""
    db.session.execute(delete(RenewalMail).where(RenewalMail.enrollment_id == _earned(user_id, course, cycle)))


def order_mails(now: dt.datetime) -> bool:
    """Order the mails of some people whose certificate can be renewed by now; return whether there may be more.

    Nothing goes to an address that nobody confirmed. Each is noted in the same transaction, so none is ordered twice.
    """
    today = now.date()
    rows = db.session.execute(
        select(RenewalMail.enrollment_id, User.email, User.language)
        .join(Enrollment, Enrollment.id == RenewalMail.enrollment_id)
        .join(Credential, Credential.id == Enrollment.credential_id)
        .join(User, User.id == Enrollment.user_id)
        .where(
            RenewalMail.ordered_at.is_(None),
            Credential.valid_until.between(today, today + RENEWAL_WINDOW),
            Credential.revoked_at.is_(None),
            Credential.superseded_by_id.is_(None),
            User.email_confirmed_at.is_not(None),
        )
        .order_by(RenewalMail.enrollment_id)
        .limit(PORTION)
    ).all()
    for enrollment_id, address, language in rows:
        noted = db.session.execute(
            update(RenewalMail)
            .where(RenewalMail.enrollment_id == enrollment_id, RenewalMail.ordered_at.is_(None))
            .values(ordered_at=now)
            .execution_options(synchronize_session=False)
        )
        if noted.rowcount == 1 and address:  # type: ignore[attr-defined]
            ids = {"enrollment": enrollment_id.hex}
            outbox.post("renewal-open", address, mail_language(language), ids, now)
    return len(rows) == PORTION


def _earned(user_id: uuid.UUID, course: str, cycle: int) -> uuid.UUID:
    get_user(user_id)  # locks the row: asking twice at once asks once
    credential = find_credential(user_id, course, cycle)
    query = select(Enrollment.id).where(Enrollment.credential_id == credential.id) if credential else None
    enrollment_id = db.session.scalar(query) if query is not None else None
    if enrollment_id is None:
        raise NotFound(_l("You have no certificate for this course."))
    return enrollment_id
