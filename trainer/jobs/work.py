"""Do ordered work in slices, so that mail goes out between them. The features say who does which kind."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from flask import current_app
from flask_babel import force_locale

from trainer.core import work
from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.core.errors import DomainError
from trainer.core.failures import is_outage
from trainer.core.feature import Advance, list_features
from trainer.core.isolation import describe
from trainer.core.work import Job
from trainer.organizations.queries import find_open_firm

log = logging.getLogger(__name__)


def advance_all() -> Iterator[None]:
    """Work until nothing waits; between two slices the caller may do something else."""
    while advance():
        yield


def advance() -> bool:
    """Work for a slice on what has waited longest; return False if nothing waits."""
    with transaction():
        job = work.claim(now())
    if job is None:
        return False
    try:
        _advance(job)
    except Exception as error:  # whatever it was, other work goes on
        if is_outage(error):
            raise  # the database is away; the row waits there
        db.session.rollback()
        log.warning("job %s failed: %s", job.id.hex, describe(error))
        reason = error.message if isinstance(error, DomainError) else f"{describe(error)}: {error}"
        with transaction():
            work.note_failed(job, reason or describe(error), now())
    return True


def _advance(job: Job) -> None:
    if job.organization_id is not None and find_open_firm(job.organization_id) is None:
        with transaction():
            work.put_off(job, now())
        return
    # What is written asks for the request's language: there is none, so it was noted with the order.
    language, base_url = str(job.details.get("language", "en")), current_app.config["SETTINGS"].base_url
    with current_app.test_request_context(base_url=base_url), force_locale(language):
        done, total = _kinds()[job.kind](job, now())
    with transaction():
        if done == total:
            work.note_finished(job, total, now())
        else:
            work.note_progress(job, done, total, now())


def _kinds() -> dict[str, Advance]:
    return {kind: do for feature in reversed(list_features()) for kind, do in feature.works.items()}
