"""What webhooks tell of a person, and what is forgotten. Part of the operations; never commits."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Final

from sqlalchemy import select, update

from trainer.core.db import db
from trainer.core.privacy import Held, Told, tell_all
from trainer.extras.webhooks.models import Webhook

HELD: Final = {"work": Held({"webhooks"}, ("webhooks",))}
"""What it holds of people, by the sort of data that `trainer/privacy/register.py` tells of."""
NOBODY: Final = {
    "webhook_deliveries": "Ids of what a firm's system was told.",
}
"""Tables that say nothing of a person by themselves, and why."""


def export_person(user_id: uuid.UUID) -> Told:
    """Return the webhooks that a person made, without what would let anyone use them."""
    webhooks = select(Webhook).where(Webhook.created_by_id == user_id).order_by(Webhook.created_at, Webhook.id)
    return {"webhooks": tell_all(webhooks, "url", "kinds", "created_at", "paused_at")}


def forget_person(user_id: uuid.UUID, now: dt.datetime) -> None:
    """Pause the webhooks that a person made.

    They stay in the firm's list: it must be able to see which of its systems stopped, and why.
    """
    db.session.execute(
        update(Webhook)
        .where(Webhook.created_by_id == user_id, Webhook.paused_at.is_(None))
        .values(paused_at=now)
        .execution_options(synchronize_session=False)
    )
