"""What passkeys tell of a person, and how they are forgotten. Never commits."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Final

from sqlalchemy import select

from trainer.core.privacy import Held, Told, tell_all
from trainer.extras.passkeys.models import Passkey
from trainer.extras.passkeys.operations import forget_passkeys

HELD: Final = {"account": Held({"passkeys"}, ("passkeys",))}
"""What it holds of people, by the sort of data that `trainer/privacy/register.py` tells of."""


def export_person(user_id: uuid.UUID) -> Told:
    """Return a person's passkeys, without their keys."""
    passkeys = select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.created_at)
    return {"passkeys": tell_all(passkeys, "name", "created_at", "used_at")}


def forget_person(user_id: uuid.UUID, _now: dt.datetime) -> None:
    """Delete a person's passkeys."""
    forget_passkeys(user_id)
