"""The worker's loop: deliver mail, work for a slice, tidy up, wait, until it is told to stop."""

from __future__ import annotations

import datetime as dt
import logging
import signal
import threading
from types import FrameType

from sqlalchemy.exc import SQLAlchemyError

from trainer.compliance.packs import forget_packs
from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.jobs.delivery import deliver
from trainer.jobs.work import advance
from trainer.joining.operations import forget_guests

PAUSE = 1.0  # seconds between two looks into the outbox
TIDY_EVERY = dt.timedelta(hours=1)

log = logging.getLogger(__name__)


def run() -> None:
    """Work until SIGTERM or SIGINT; what is under way is finished."""
    stopped = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopped.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    tidy_at = now()
    while not stopped.is_set():
        busy = False
        try:
            busy = deliver() > 0
            busy |= advance()
            if now() >= tidy_at:
                tidy_at = now() + TIDY_EVERY
                with transaction():
                    forget_guests(now())
                forget_packs(now())
        except SQLAlchemyError as error:  # the database is away; the rows wait there
            log.error("the database can't be reached: %s", type(error).__name__)
            stopped.wait(10 * PAUSE)
        finally:
            db.session.remove()
        if not busy:
            stopped.wait(PAUSE)
