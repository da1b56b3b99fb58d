"""Keep up what firms require, firm by firm, a portion and a transaction at a time."""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from collections.abc import Callable, Iterator

from trainer.assignments.upkeep import STEPS, Step
from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.core.errors import Conflict
from trainer.courses.current import content
from trainer.organizations.queries import find_open_firm, list_organization_ids

log = logging.getLogger(__name__)


def keep_up_all() -> Iterator[None]:
    """Keep up every open firm; between two portions the caller may do something else."""
    ids = list_organization_ids()
    db.session.rollback()
    for organization_id in ids:
        yield from keep_up(organization_id)


def keep_up(organization_id: uuid.UUID, clock: Callable[[], dt.datetime] = now) -> Iterator[None]:
    """Keep up one firm, by a clock."""
    for step in STEPS:
        after: uuid.UUID | None = None
        while True:
            try:
                after = _portion(organization_id, step, after, clock())
            except Conflict:  # someone changed the same people; the next hour sees to it
                log.info("a portion of %s was put off", step.__name__)
                break
            yield
            if after is None:
                break


def _portion(organization_id: uuid.UUID, step: Step, after: uuid.UUID | None, instant: dt.datetime) -> uuid.UUID | None:
    with transaction() as session:
        organization = find_open_firm(organization_id)  # it may have been shut since the portion before
        following = step(organization, content().courses, instant, after) if organization else None
    session.expunge_all()  # a long run would hold on to everyone
    return following
