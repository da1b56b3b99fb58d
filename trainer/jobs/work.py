"""Do ordered work in slices, so that mail goes out in between. Which feature does which kind stands here."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable

from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from trainer.compliance import packs
from trainer.core import work
from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.core.errors import DomainError
from trainer.core.work import Job
from trainer.organizations.queries import find_open_firm

_KINDS: dict[str, Callable[[Job, dt.datetime], tuple[int, int]]] = {"evidence-pack": packs.advance}

log = logging.getLogger(__name__)


def advance() -> bool:
    """Work for a slice on what has waited longest; return False if nothing waits."""
    with transaction():
        job = work.claim(now())
    if job is None:
        return False
    if job.organization_id is not None and find_open_firm(job.organization_id) is None:
        with transaction():
            work.put_off(job.id, now())
        return True
    try:
        # What is written asks for the request's language: there is none.
        with current_app.test_request_context(base_url=current_app.config["SETTINGS"].base_url):
            done, total = _KINDS[job.kind](job, now())
    except SQLAlchemyError:
        raise  # the database is away; the row waits there
    except (DomainError, OSError, KeyError, ValueError) as error:
        db.session.rollback()
        log.warning("job %s: %s: %s", job.id.hex, type(error).__name__, error)
        with transaction():
            work.note_failed(job.id, str(error) or type(error).__name__, now())
        return True
    with transaction():
        work.note_progress(job.id, done, total, now())
        if done == total:
            work.note_finished(job.id, now())
    return True
