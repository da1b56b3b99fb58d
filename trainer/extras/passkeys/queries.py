"""Reading passkeys."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from trainer.core.db import db
from trainer.core.errors import NotFound
from trainer.extras.passkeys.models import Passkey


def list_passkeys(user_id: uuid.UUID) -> Sequence[Passkey]:
    """Return someone's passkeys, the oldest first."""
    return db.session.scalars(
        select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.created_at, Passkey.id)
    ).all()


def get_passkey(user_id: uuid.UUID, passkey_id: uuid.UUID) -> Passkey:
    """Return one of someone's passkeys, locked for change. Raises NotFound for anybody else's."""
    query = select(Passkey).where(Passkey.id == passkey_id, Passkey.user_id == user_id).with_for_update()
    passkey = db.session.scalar(query)
    if passkey is None:
        raise NotFound
    return passkey
