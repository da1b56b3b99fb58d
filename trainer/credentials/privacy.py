"""What credentials tell of a person. They stay when one is forgotten: whoever was shown one must be able to check it.

Pages that the holder shared end.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import fields
from typing import Final

from sqlalchemy import select, update

from trainer.core.db import db
from trainer.core.privacy import Held, Told, tell_all
from trainer.credentials.models import Credential, Facts

HELD: Final = {
    "certificates": Held({"credentials"}, ("credentials",)),
}
"""What it holds of people, by the sort of data that `trainer/privacy/register.py` tells of."""
NOBODY: Final[dict[str, str]] = {}
"""Tables that say nothing of a person by themselves, and why."""


def export_person(user_id: uuid.UUID) -> Told:
    """Return the credentials that a person earned, as they were issued."""
    query = select(Credential).where(Credential.user_id == user_id).order_by(Credential.issued_at, Credential.id)
    return {
        "credentials": tell_all(
            query,
            *("serial", "cycle", *(fact.name for fact in fields(Facts)), "final"),
            *("issued_at", "valid_until", "revoked_at", "revocation_reason", "reissued_at", "sharing_key"),
        )
    }


def forget_person(user_id: uuid.UUID, _now: dt.datetime) -> None:
    """End the pages that a person shared; never commits."""
    db.session.execute(update(Credential).where(Credential.user_id == user_id).values(sharing_key=None))
