"""What a sent roster tells of its sender, and how it is forgotten. Part of the operations; never commits."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Final

from sqlalchemy import delete, select

from trainer.core.db import db
from trainer.core.privacy import Held, Told, tell_all
from trainer.roster.models import RosterDraft

HELD: Final = {"work": Held({"roster_drafts"}, ("rosters_sent",))}
"""What it holds of people, by the sort of data that `trainer/privacy/register.py` tells of."""
NOBODY: Final = {"roster_headings": "How a firm calls its columns."}
"""Tables that say nothing of a person by themselves, and why."""


def export_person(user_id: uuid.UUID) -> Told:
    """Return the rosters that a person sent, without what stands in them: that is about others."""
    drafts = select(RosterDraft).where(RosterDraft.created_by_id == user_id).order_by(RosterDraft.created_at)
    return {"rosters_sent": tell_all(drafts, "created_at", "applied_at")}


def forget_person(user_id: uuid.UUID, now: dt.datetime) -> None:
    """Delete the rosters that a person sent, confirmed or not."""
    db.session.execute(
        delete(RosterDraft).where(RosterDraft.created_by_id == user_id).execution_options(synchronize_session=False)
    )
