"""What API tokens tell of a person, and what is forgotten. Part of the operations; never commits."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Final

from sqlalchemy import and_, select, update

from trainer.core.db import db
from trainer.core.privacy import Held, Told, tell_all
from trainer.extras.api.models import ApiToken, PersonWrite
from trainer.organizations.models import Membership

HELD: Final = {
    "rosters": Held({"person_writes"}, ("written_by_other_systems",)),
    "work": Held({"api_tokens"}, ("api_tokens",)),
}
"""What it holds of people, by the sort of data that `trainer/privacy/register.py` tells of."""


def export_person(user_id: uuid.UUID) -> Told:
    """Return the tokens that a person made, without what would let anyone use them."""
    tokens = select(ApiToken).where(ApiToken.created_by_id == user_id).order_by(ApiToken.created_at, ApiToken.id)
    writes = (
        select(PersonWrite)
        .join(
            Membership,
            and_(
                Membership.organization_id == PersonWrite.organization_id,
                Membership.employee_number == PersonWrite.employee_number,
            ),
        )
        .where(Membership.user_id == user_id)
        .order_by(PersonWrite.written_at)
        .distinct()
    )
    return {
        "written_by_other_systems": tell_all(writes, "employee_number", "changed_at", "written_at"),
        "api_tokens": tell_all(tokens, "label", "scopes", "created_at", "expires_at", "last_used_at", "revoked_at"),
    }


def forget_person(user_id: uuid.UUID, now: dt.datetime) -> None:
    """Revoke the tokens that a person made.

    They stay in the firm's list: it must be able to see which of its systems stopped, and why. So does when another
    system last wrote about the person's employee number, for a year: the number is the firm's.
    """
    db.session.execute(
        update(ApiToken)
        .where(ApiToken.created_by_id == user_id, ApiToken.revoked_at.is_(None))
        .values(revoked_at=now)
        .execution_options(synchronize_session=False)
    )
