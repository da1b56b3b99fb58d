"""What credentials tell of a person. Nothing forgets them: whoever was shown one must be able to check it."""

from __future__ import annotations

import uuid

from sqlalchemy import select

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
            "reissued_at",
        )
    }
