"""What a firm's training statement says of its people."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from tests.assignments.firm import Firm
from trainer.assignments.models import EarlierTraining
from trainer.assignments.rules import Recorded
from trainer.core.db import db


def write_training(firm: Firm, membership_id: UUID, fact: Recorded, now: dt.datetime, **state: object) -> None:
    """Make the row of a training recorded by the firm."""
    db.session.add(
        EarlierTraining(
            organization_id=firm.id,
            membership_id=membership_id,
            title=fact.title_key,
            title_key=fact.title_key,
            issuer="i",
            completed_on=fact.completed_on,
            minutes=fact.minutes,
            created_at=now,
            created_by_id=firm.owner_id,
            **state,
        )
    )
