"""Which places the status lists have, and which of them are off."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select

from trainer.core.db import db
from trainer.core.installation import LIST_NUMBERS, get_installation
from trainer.credentials.models import Credential
from trainer.credentials.rules import STATUS_PLACES


def has_status_list(number: int) -> bool:
    """Return whether there is a status list of this number: one that badges have places in, or get them in now."""
    begin = number * STATUS_PLACES
    has_places = Credential.status_index.between(begin, begin + STATUS_PLACES - 1)
    return number <= LIST_NUMBERS and (
        number == get_installation().status_list
        or db.session.scalar(select(Credential.id).where(has_places).limit(1)) is not None
    )


def list_off(number: int) -> Sequence[int]:
    """Return the places in a status list of what no longer counts: withdrawn, or replaced by a newer one."""
    begin = number * STATUS_PLACES
    return db.session.scalars(
        select(Credential.status_index).where(
            or_(Credential.revoked_at.is_not(None), Credential.superseded_by_id.is_not(None)),
            Credential.status_index.between(begin, begin + STATUS_PLACES - 1),
        )
    ).all()
