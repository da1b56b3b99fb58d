"""Reading what is known of someone, and where the copy of it stands."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import ColumnElement, or_, select

from trainer.core.db import db
from trainer.core.work import Job
from trainer.privacy.register import HOLDINGS, Holding, exports, holding_of
from trainer.privacy.rules import COPY_KEPT

COPY = "copy"
"""The kind of a job that makes a copy of someone's data."""


def count_records(user_id: uuid.UUID) -> list[tuple[Holding, int]]:
    """Return how many records of each holding are a person's."""
    counts = dict.fromkeys((holding.slug for holding in HOLDINGS), 0)
    for export in exports().values():
        for kind, rows in export(user_id).items():
            counts[holding_of(kind).slug] += len(rows)
    return [(holding, counts[holding.slug]) for holding in HOLDINGS]


def find_copy(user_id: uuid.UUID, now: dt.datetime) -> Job | None:
    """Return the copy of someone's data that is under way, couldn't be made, or can be downloaded; or None."""
    query = select(Job).where(Job.ordered_by_id == user_id, is_kept_copy(now)).order_by(Job.created_at.desc()).limit(1)
    return db.session.scalar(query)


def is_kept_copy(now: dt.datetime) -> ColumnElement[bool]:
    """Return the condition of copies whose time isn't over."""
    return (Job.kind == COPY) & or_(Job.finished_at > now - COPY_KEPT, Job.finished_at.is_(None))
