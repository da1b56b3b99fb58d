"""What the worker does for firms: those that were closed are deleted.

What is left in the tables is all that says how far a deletion is, so whoever comes after a stop goes on from there.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator

from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.core.errors import Conflict
from trainer.core.feature import list_features
from trainer.core.isolation import Isolation
from trainer.organizations import closing

PORTION = 500

log = logging.getLogger(__name__)


def delete_closed_firms() -> Iterator[None]:
    """Delete the firms whose time is over; between two portions the caller may do something else.

    One that can't be deleted holds up no other. Raises Incomplete at the end if there was one.
    """
    isolation = Isolation()
    ids = closing.list_ids_to_delete(now())
    db.session.rollback()
    for organization_id in ids:
        with isolation.piece(f"deleting firm {organization_id.hex}"):
            yield from delete_firm(organization_id)
    isolation.finish()


def delete_firm(organization_id: uuid.UUID) -> Iterator[None]:
    """Delete one firm, unless it was opened again or suspended meanwhile."""
    try:
        while _portion(organization_id):
            yield
    except Conflict:  # something was written for it just now; the next hour sees to it
        log.info("a portion of a closed firm was put off")


def _portion(organization_id: uuid.UUID) -> bool:
    """Delete a portion, or at the end the firm itself; return True if something may be left."""
    with transaction():
        firm = closing.lock_to_delete(organization_id, now())  # two workers take turns
        if firm is None:
            return False
        # From the top down: what refers to other rows goes before them.
        if any(each.forget_firm(organization_id, PORTION) for each in reversed(list_features()) if each.forget_firm):
            return True
        closing.delete_organization(firm, now())
    return False
