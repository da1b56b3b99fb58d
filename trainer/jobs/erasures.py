"""Erase the accounts whose owners asked for it a day ago, each in a transaction of its own."""

from __future__ import annotations

from collections.abc import Iterator

from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.jobs.isolation import Isolation
from trainer.privacy.erasing import erase, list_due


def erase_accounts() -> Iterator[None]:
    """Erase all that are due; between two, the caller may do something else.

    One that can't be erased holds up no other, and is tried again. Raises Incomplete at the end if there was one.
    """
    isolation = Isolation()
    ids = list_due(now())
    db.session.rollback()
    for user_id in ids:
        with isolation.piece(f"erasing account {user_id.hex}"), transaction():
            erase(user_id, now())
        yield
    isolation.finish()
