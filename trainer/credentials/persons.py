"""What credentials tell of a person. They stay when one is forgotten: whoever was shown one must be able to check it.

Pages that the holder shared end.
"""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import select, update

from trainer.core.db import db
from trainer.core.persons import Told, tell_all
from trainer.credentials.models import Credential


def export_person(user_id: uuid.UUID) -> Told:
    """Return the credentials that a person earned, as they were issued."""
    query = select(Credential).where(Credential.user_id == user_id).order_by(Credential.issued_at, Credential.id)
    return {
        "credentials": tell_all(
            query,
            *("serial", "course", "cycle", "holder_name", "course_title", "course_version", "edition", "achievement"),
            *("scenes", "final", "minutes", "started_on", "is_attested", "is_paced", "is_tested_out"),
            *("unapproved_states", "issued_at", "valid_until", "is_local_trial", "revoked_at", "revocation_reason"),
            *("reissued_at", "sharing_key"),
        )
    }


def forget_person(user_id: uuid.UUID, _now: dt.datetime) -> None:
    """End the pages that a person shared; never commits."""
    db.session.execute(update(Credential).where(Credential.user_id == user_id).values(sharing_key=None))
