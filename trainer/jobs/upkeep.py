"""Keep up what firms require, firm by firm, a portion and a transaction at a time."""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from collections.abc import Callable, Collection, Generator, Iterator

from trainer.assignments.upkeep import Step
from trainer.content.serving import served
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import Conflict
from trainer.core.feature import list_features
from trainer.core.isolation import Isolation
from trainer.jobs import due_firms
from trainer.organizations.models import Upkeep
from trainer.organizations.queries import find_open_firm

log = logging.getLogger(__name__)


def list_steps() -> tuple[Step, ...]:
    """Return the steps of a firm's upkeep, in the order of the features."""
    return tuple(step for feature in list_features() for step in feature.upkeep)


def keep_up_all() -> Iterator[None]:
    """Keep up the open firms in which something has changed, or whose time has come (`due_firms`), sharing them with
    other workers; between two portions the caller may do something else.

    A step that fails for one firm holds up nothing else. Raises Incomplete at the end if one did.
    """
    isolation, began_at = Isolation(), now()
    with transaction():
        due_firms.bring_forward(began_at)
    while (upkeep := _claim(began_at)) is not None:
        yield from _keep_up_claimed(upkeep, isolation)
    isolation.finish()


def keep_up_changed() -> Iterator[None]:
    """Keep up the firms that changed their people or what they require, seconds after they did.

    Raises Incomplete at the end if a step failed for one.
    """
    isolation, began_at = Isolation(), now()
    if firms := due_firms.list_changed(began_at):
        with transaction():
            due_firms.make_due(firms, began_at)
        while (upkeep := _claim(began_at, firms)) is not None:
            yield from _keep_up_claimed(upkeep, isolation)
    isolation.finish()


def keep_up(organization_id: uuid.UUID, clock: Callable[[], dt.datetime] = now) -> Iterator[None]:
    """Keep up one firm, by a clock."""
    for step in list_steps():
        yield from _take(step, organization_id, clock)


def _claim(began_at: dt.datetime, firms: Collection[uuid.UUID] | None = None) -> Upkeep | None:
    with transaction():
        return due_firms.claim(now(), began_at, firms)


def _keep_up_claimed(upkeep: Upkeep, isolation: Isolation) -> Iterator[None]:
    began_at, failures, is_done = now(), isolation.failures, True
    label = f"of firm {upkeep.organization_id.hex}"
    try:
        for step in list_steps():
            with isolation.piece(f"{step.__name__} {label}"):
                is_done &= yield from _take(step, upkeep.organization_id, now, upkeep)
    except GeneratorExit:  # this worker is told to end; whichever runs next needn't wait until the lease is over
        with transaction():
            due_firms.note_undone(upkeep, None, now())
        raise
    with isolation.piece(f"the next time {label}"), transaction():
        if is_done and isolation.failures == failures:
            due_firms.note_done(upkeep, began_at, now())
    if not is_done or isolation.failures > failures:
        with transaction():
            due_firms.note_undone(upkeep, isolation.last if isolation.failures > failures else None, now())


def _take(
    step: Step, organization_id: uuid.UUID, clock: Callable[[], dt.datetime], upkeep: Upkeep | None = None
) -> Generator[None, None, bool]:
    """Take a step, portion by portion; return False if the rest was put off."""
    after: uuid.UUID | None = None
    while True:
        try:
            after = _portion(organization_id, step, after, clock(), upkeep)
        except Conflict:  # someone changed the same people; the next run sees to it
            log.info("a portion of %s was put off", step.__name__)
            return False
        yield
        if after is None:
            return True


def _portion(
    organization_id: uuid.UUID, step: Step, after: uuid.UUID | None, instant: dt.datetime, upkeep: Upkeep | None
) -> uuid.UUID | None:
    with transaction() as session:
        if upkeep is not None and not due_firms.hold(upkeep, instant):
            return None  # this worker stood still for so long that another does it
        organization = find_open_firm(organization_id)  # it may have been shut since the portion before
        following = step(organization, served().courses, instant, after) if organization else None
    session.expunge_all()  # a long run would hold on to everyone
    return following
