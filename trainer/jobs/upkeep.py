"""Keep up what firms require, firm by firm, a portion and a transaction at a time."""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from collections.abc import Callable, Iterator

from trainer.assignments import upkeep
from trainer.assignments.upkeep import Step
from trainer.compliance.reports import order_reports
from trainer.content.serving import served
from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.core.errors import Conflict
from trainer.instructing.follow_ups import follow_up_classes
from trainer.instructing.handing_in import delete_notes_of_former
from trainer.instructing.operations import end_views_that_lapsed
from trainer.interop.telling import note_overdue
from trainer.jobs.isolation import Isolation
from trainer.organizations.follow_ups import follow_up
from trainer.organizations.queries import find_open_firm, list_organization_ids

STEPS = (
    *upkeep.STEPS,
    follow_up,
    follow_up_classes,
    end_views_that_lapsed,
    delete_notes_of_former,
    note_overdue,
    order_reports,
)

log = logging.getLogger(__name__)


def keep_up_all() -> Iterator[None]:
    """Keep up every open firm; between two portions the caller may do something else.

    A step that fails for one firm holds up nothing else. Raises Incomplete at the end if one did.
    """
    isolation = Isolation()
    ids = list_organization_ids()
    db.session.rollback()
    for organization_id in ids:
        for step in STEPS:
            with isolation.piece(f"{step.__name__} of firm {organization_id.hex}"):
                yield from _take(step, organization_id, now)
    isolation.finish()


def keep_up(organization_id: uuid.UUID, clock: Callable[[], dt.datetime] = now) -> Iterator[None]:
    """Keep up one firm, by a clock."""
    for step in STEPS:
        yield from _take(step, organization_id, clock)


def _take(step: Step, organization_id: uuid.UUID, clock: Callable[[], dt.datetime]) -> Iterator[None]:
    after: uuid.UUID | None = None
    while True:
        try:
            after = _portion(organization_id, step, after, clock())
        except Conflict:  # someone changed the same people; the next hour sees to it
            log.info("a portion of %s was put off", step.__name__)
            return
        yield
        if after is None:
            return


def _portion(organization_id: uuid.UUID, step: Step, after: uuid.UUID | None, instant: dt.datetime) -> uuid.UUID | None:
    with transaction() as session:
        organization = find_open_firm(organization_id)  # it may have been shut since the portion before
        following = step(organization, served().courses, instant, after) if organization else None
    session.expunge_all()  # a long run would hold on to everyone
    return following
