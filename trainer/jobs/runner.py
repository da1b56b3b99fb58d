"""The worker's loop: deliver mail, do ordered work and keep firms up by slices, tidy up, until told to stop."""

from __future__ import annotations

import datetime as dt
import logging
import signal
import threading
from collections.abc import Iterator
from itertools import chain
from types import FrameType

from sqlalchemy.exc import SQLAlchemyError

from trainer.accounts.operations import forget_links
from trainer.compliance.packs import forget_packs
from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.jobs.closing import delete_closed_firms
from trainer.jobs.delivery import deliver
from trainer.jobs.upkeep import keep_up_all
from trainer.jobs.work import advance
from trainer.joining.importing import forget_drafts
from trainer.joining.operations import forget_guests

PAUSE = 1.0  # seconds between two looks into the outbox
TIDY_EVERY = dt.timedelta(hours=1)
_DONE = object()

log = logging.getLogger(__name__)


def run() -> None:
    """Work until SIGTERM or SIGINT; what is under way is finished."""
    stopped = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopped.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    tidy_at = now()
    upkeep: Iterator[None] = iter(())
    while not stopped.is_set():
        busy = False
        try:
            busy = deliver() > 0
            busy |= advance()
            if now() >= tidy_at:
                tidy_at = now() + TIDY_EVERY
                with transaction():
                    forget_guests(now())
                    forget_drafts(now())
                    forget_links(now())
                forget_packs(now())
                upkeep = chain(delete_closed_firms(), keep_up_all())
            # One portion at a time: a mail that someone waits for goes out between two of them.
            busy |= next(upkeep, _DONE) is None
        except SQLAlchemyError as error:  # the database is away; the rows wait there
            upkeep = iter(())
            log.error("the database can't be reached: %s", type(error).__name__)
            stopped.wait(10 * PAUSE)
        finally:
            db.session.remove()
        if not busy:
            stopped.wait(PAUSE)
