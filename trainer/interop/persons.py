"""What API tokens and webhooks tell of a person, and what is forgotten. Part of the operations; never commits."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import select, update

from trainer.core.db import db
from trainer.core.persons import Told, tell
from trainer.interop.models import ApiToken, Webhook


def export_person(user_id: uuid.UUID) -> Told:
    """Return the tokens and webhooks that a person made, without what would let anyone use them."""
    tokens = select(ApiToken).where(ApiToken.created_by_id == user_id).order_by(ApiToken.created_at, ApiToken.id)
    webhooks = select(Webhook).where(Webhook.created_by_id == user_id).order_by(Webhook.created_at, Webhook.id)
    return {
        "webhooks": tell(db.session.scalars(webhooks), "url", "kinds", "created_at", "paused_at"),
        "api_tokens": tell(
            db.session.scalars(tokens), "label", "scopes", "created_at", "expires_at", "last_used_at", "revoked_at"
        ),
    }


def forget_person(user_id: uuid.UUID, now: dt.datetime) -> None:
    """Revoke the tokens and pause the webhooks that a person made; beside compliance, first of all features.

    They stay in the firm's list: it must be able to see which of its systems stopped, and why.
    """
    db.session.execute(
        update(ApiToken)
        .where(ApiToken.created_by_id == user_id, ApiToken.revoked_at.is_(None))
        .values(revoked_at=now)
        .execution_options(synchronize_session=False)
    )
    db.session.execute(
        update(Webhook)
        .where(Webhook.created_by_id == user_id, Webhook.paused_at.is_(None))
        .values(paused_at=now)
        .execution_options(synchronize_session=False)
    )
