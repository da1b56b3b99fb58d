"""Certificates of an account that is joined to another count there at once. Part of the operations; never commits."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from sqlalchemy import select

from trainer.core.db import db
from trainer.credentials.models import Credential

_APART = 1_000
"""Cycles that nobody reaches: of certificates that can still be taken back, beside any that the holder earns now."""


def lend(owner_id: uuid.UUID, user_id: uuid.UUID) -> dict[str, int]:
    """Let certificates of one account count for another; return id -> cycle, with which `take_back` undoes it.

    What they state, and their pages, stay as they are.
    """
    query = select(Credential).where(Credential.user_id == owner_id).order_by(Credential.course, Credential.cycle)
    cycles = {}
    for number, credential in enumerate(db.session.scalars(query).all()):
        cycles[credential.id.hex] = credential.cycle
        credential.user_id, credential.cycle = user_id, _APART + number
    db.session.flush()
    return cycles


def take_back(owner_id: uuid.UUID, cycles: Mapping[str, int]) -> None:
    """Give an account the certificates back that `lend` took."""
    for number, cycle in cycles.items():
        credential = db.session.get_one(Credential, uuid.UUID(hex=number))
        credential.user_id, credential.cycle = owner_id, cycle
    db.session.flush()
