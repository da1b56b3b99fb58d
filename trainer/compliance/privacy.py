"""What files that a person ordered tell of that person, and what is forgotten. Never commits."""

from __future__ import annotations

import datetime as dt
import shutil
import uuid
from typing import Final

from sqlalchemy import select

from trainer.compliance.orders import folder_of
from trainer.core.db import db
from trainer.core.privacy import Held, Told, tell_all
from trainer.core.work import Job

HELD: Final = {
    "work": Held(set(), ("packs",)),
}
"""What it holds of people, by the sort of data that `trainer/privacy/register.py` tells of."""


def export_person(user_id: uuid.UUID) -> Told:
    """Return the files that a person ordered."""
    packs = select(Job).where(Job.ordered_by_id == user_id).order_by(Job.created_at, Job.id)
    return {
        "packs": tell_all(packs, "kind", "created_at", "finished_at"),
    }


def forget_person(user_id: uuid.UUID, _now: dt.datetime) -> None:
    """Delete the files that a person ordered and that aren't finished: nobody could get them.

    Those that are finished are the firm's and run out on their own. Never commits.
    """
    for job in db.session.scalars(select(Job).where(Job.ordered_by_id == user_id, Job.finished_at.is_(None))):
        shutil.rmtree(folder_of(job.id), ignore_errors=True)
        db.session.delete(job)
    db.session.flush()
