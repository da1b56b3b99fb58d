"""What mergers tell of a person, and what is forgotten. Part of the operations; never commits."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Final

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, or_, select

from trainer.core import audit
from trainer.core.db import db, delete_some
from trainer.core.errors import Conflict
from trainer.core.privacy import Held, Told, tell_all
from trainer.extras.mergers.models import Merger

HELD: Final = {
    "rosters": Held({"mergers"}, ("entries_joined",)),
    "work": Held(set(), ("entries_joined_of_others",)),
}
"""What it holds of people, by the sort of data that `trainer/privacy/register.py` tells of."""


def export_person(user_id: uuid.UUID) -> Told:
    """Return the entries that were joined to a person's, and those that the person joined for a firm."""
    joined = select(Merger).where(Merger.kept_user_id == user_id).order_by(Merger.asked_at, Merger.id)
    asked = select(Merger).where(Merger.asked_by_id == user_id).order_by(Merger.asked_at, Merger.id)
    return {
        "entries_joined": tell_all(
            joined,
            *("gone_name", "gone_number", "asked_at", "told_at", "joined_at", "seen_at", "closed_at", "outcome"),
        ),
        "entries_joined_of_others": tell_all(asked, "asked_at", "joined_at", "closed_at", "outcome"),
    }


def forget_person(user_id: uuid.UUID, _now: dt.datetime) -> None:
    """Forget which entries were a person's.

    Raises Conflict for a day after two were joined, while part of what is to be erased is in another account.
    """
    joined = or_(Merger.kept_user_id == user_id, Merger.gone_user_id == user_id)
    under_way = select(Merger.id).where(joined, Merger.closed_at.is_(None), Merger.joined_at.is_not(None))
    if db.session.scalar(under_way.limit(1)) is not None:
        raise Conflict(
            _l("Two entries of yours were joined less than a day ago. Undo that first, or come back tomorrow.")
        )
    audit.forget_names(audit.AuditEvent.subject_id.in_(select(Merger.gone_id).where(joined)))
    db.session.execute(delete(Merger).where(joined).execution_options(synchronize_session=False))
    db.session.expire_all()


def forget_firm(organization_id: uuid.UUID, most: int) -> int:
    """Delete at most so many of a firm's mergers; return how many."""
    return delete_some(most, (Merger, Merger.organization_id == organization_id))
