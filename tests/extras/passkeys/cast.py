"""A passkey that nothing holds."""

from __future__ import annotations

from uuid import UUID, uuid4

from flask import Flask

from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.extras.passkeys.models import Passkey


def put_passkey(user_id: UUID, name: str = "My phone") -> UUID:
    """Put it into someone's account; return its id."""
    key = Passkey(user_id=user_id, credential_id=uuid4().bytes, public_key=b"k", sign_count=0, name=name)
    key.created_at = clock.now()
    db.session.add(key)
    db.session.flush()
    return key.id


def make_passkey(app: Flask, user_id: UUID) -> UUID:
    """Do so in a transaction."""
    with app.app_context(), transaction():
        return put_passkey(user_id)
