"""Delete what has been kept as long as it may be, sort by sort."""

from __future__ import annotations

from collections.abc import Iterator

from trainer.core.clock import now
from trainer.core.db import empty_wal, transaction
from trainer.jobs.isolation import Isolation
from trainer.privacy.retention import PERIODS


def forget_all() -> Iterator[None]:
    """Delete what is past its time; between two sorts, the caller may do something else.

    One that fails holds up no other. Raises Incomplete at the end if there was one.
    """
    isolation = Isolation()
    for forget in dict.fromkeys(period.forget for period in PERIODS):
        with isolation.piece(forget.__name__), transaction():
            forget(now())
        yield
    empty_wal()
    isolation.finish()
