"""Pieces of a task that can't stop each other: one that fails is noted, and the next one has its turn."""

from __future__ import annotations

import datetime as dt
import logging
import traceback
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.core.failures import is_outage

_PACKAGE = str(Path(__file__).parents[1])

log = logging.getLogger(__name__)


class Incomplete(Exception):
    """Some pieces of a task failed; all others were done."""


class Isolation:
    """Counts the pieces of one run of a task that failed."""

    def __init__(self) -> None:
        self._failed: list[str] = []

    @contextmanager
    def piece(self, label: str) -> Iterator[None]:
        """Do one piece. An error ends this piece alone, unless the database is away, which is nobody's own fault."""
        try:
            yield
        except Exception as error:
            if is_outage(error):
                raise
            db.session.rollback()
            log.error("%s failed: %s", label, describe(error))
            self._failed.append(f"{label}: {describe(error)}")

    @property
    def failures(self) -> int:
        """How many pieces have failed so far."""
        return len(self._failed)

    @property
    def last(self) -> str:
        """Which piece failed last, and how; nothing if none did."""
        return self._failed[-1] if self._failed else ""

    def finish(self) -> None:
        """Raise Incomplete if a piece failed."""
        if self._failed:
            raise Incomplete(f"{len(self._failed)} failed, the last of them {self._failed[-1]}")


def one_by_one(
    label: str,
    list_ids: Callable[[dt.datetime], Iterable[uuid.UUID]],
    act: Callable[[uuid.UUID, dt.datetime], object],
) -> Iterator[None]:
    """Do what is due for each id, in a transaction of its own; between two, the caller may do something else.

    One that fails holds up no other, and is tried again. Raises Incomplete at the end if there was one.
    """
    isolation = Isolation()
    ids = list_ids(now())
    db.session.rollback()
    for number in ids:
        with isolation.piece(f"{label} {number.hex}"), transaction():
            act(number, now())
        yield
    isolation.finish()


def describe(error: BaseException) -> str:
    """Return what kind of error it is and where in our code, but not its text: that may name a person."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(_PACKAGE)]
    if not frames:
        return type(error).__name__
    last = frames[-1]
    return f"{type(error).__name__} at {Path(last.filename).relative_to(Path(_PACKAGE).parent)}:{last.lineno}"
