"""What the worker does for people's data: copies, accounts to erase, and what has been kept as long as it may be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from trainer.core.clock import now
from trainer.core.db import empty_wal, transaction
from trainer.core.isolation import Isolation, one_by_one
from trainer.core.work import Job
from trainer.privacy import copies
from trainer.privacy.erasing import erase, list_due
from trainer.privacy.register import list_periods


def make_copy(job: Job, instant: dt.datetime) -> tuple[int, int]:
    """Work on the copy of someone's data for a slice, and tell them once it is there; return (steps done, all)."""
    done, total = copies.advance(job, instant)
    if done == total:
        with transaction():
            copies.tell_ready(job, instant)
    return done, total


def erase_accounts() -> Iterator[None]:
    """Erase the accounts whose owners asked for it a day ago."""
    return one_by_one("erasing account", list_due, erase)


def forget_all() -> Iterator[None]:
    """Delete what is past its time; between two sorts, the caller may do something else.

    One that fails holds up no other. Raises Incomplete at the end if there was one.
    """
    isolation = Isolation()
    for forget in dict.fromkeys(period.forget for period in list_periods()):
        with isolation.piece(forget.__name__), transaction():
            forget(now())
        yield
    empty_wal()
    isolation.finish()
