"""Finish joining entries that can't be separated anymore, one merger and one transaction at a time."""

from __future__ import annotations

from collections.abc import Iterator

from trainer.content.serving import served
from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.home.mergers import list_to_settle, settle
from trainer.jobs.isolation import Isolation


def settle_mergers() -> Iterator[None]:
    """Settle all whose time is over. One that fails holds up no other; raises Incomplete at the end if one did."""
    isolation = Isolation()
    ids = list_to_settle(now())
    db.session.rollback()
    for merger_id in ids:
        with isolation.piece(f"settling merger {merger_id.hex}"), transaction():
            settle(merger_id, served().courses, now())
        yield
    isolation.finish()
