"""The worker's loop: give each task its turn, until told to stop. A task that fails waits; the others go on."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from types import FrameType

from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from trainer.content.serving import serve_newest
from trainer.core import heartbeat
from trainer.core.clock import now
from trainer.core.damage import DatabaseDamaged
from trainer.core.db import db, transaction
from trainer.core.errors import DomainError
from trainer.core.failures import is_outage
from trainer.core.feature import Task, list_features
from trainer.core.isolation import Incomplete, describe
from trainer.core.processes import ProcessRole
from trainer.jobs.heartbeats import begin_heartbeats

PAUSE = 1.0  # seconds between two looks for work
LAST_BEAT = 10.0  # seconds that the thread beside this one may take to end
TURN = 0.5  # seconds after which the next task has its turn
FIRST_WAIT = 10.0  # seconds after a task failed; then twice as long each time
LONGEST_WAIT = 300.0  # seconds, or as long as the task waits anyway
NOTED_EVERY = 60.0  # seconds; a task that runs each second isn't written down each time

log = logging.getLogger(__name__)


def list_tasks() -> tuple[Task, ...]:
    """Return the worker's tasks, in the order of the features."""
    return tuple(task for feature in list_features() for task in feature.tasks)


def run() -> None:
    """Work until SIGTERM or SIGINT; the portion under way is finished."""
    stopped = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopped.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    beats = begin_heartbeats(current_app._get_current_object(), ProcessRole.WORKER, stopped)  # type: ignore[attr-defined]
    rhythms = [TaskRhythm(task) for task in list_tasks()]
    while not stopped.is_set():
        is_busy = False
        for rhythm in rhythms:
            if not stopped.is_set():
                is_busy |= rhythm.take_turn(stopped)
        if not is_busy:
            stopped.wait(PAUSE)
    beats.join(LAST_BEAT)  # what it has begun to write is written


class TaskRhythm:
    """One task's turns: when it is due, how far it is, how often it has failed."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._portions: Iterator[None] | None = None
        self._began_at = now()
        self._due = self._noted = float("-inf")  # by the clock that nobody moves
        self._failures = 0

    def take_turn(self, stopped: threading.Event) -> bool:
        """Work for a moment, if it is time; return whether it isn't done. No error of the task leaves here."""
        if self._portions is None and time.monotonic() < self._due:
            return False
        until = time.monotonic() + TURN
        serve_newest()
        try:
            if self._portions is None:
                self._begin()
            for _portion in self._portions or ():
                if stopped.is_set() or time.monotonic() >= until:
                    return True
            self._end(None)
        except Exception as error:
            self._end(error)
        finally:
            db.session.remove()
        return False

    def _begin(self) -> None:
        self._began_at = now()
        if self._task.every > NOTED_EVERY:
            with transaction():
                heartbeat.note_began(self._task.label, self._began_at)
        self._portions = self._task.work()

    def _end(self, error: Exception | None) -> None:
        self._portions = None
        is_news = error is not None or self._failures > 0 or self._task.every > NOTED_EVERY
        self._failures = self._failures + 1 if error else 0
        self._due = time.monotonic() + self._wait(error)
        if error is not None:
            log.error("%s failed: %s", self._task.label, describe(error))
        if is_news or time.monotonic() >= self._noted + NOTED_EVERY:
            self._note(error)

    def _wait(self, error: Exception | None) -> float:
        if error is None:
            return self._task.every
        if is_outage(error):
            return FIRST_WAIT
        return float(min(FIRST_WAIT * 2 ** min(self._failures - 1, 16), max(LONGEST_WAIT, self._task.every)))

    def _note(self, error: Exception | None) -> None:
        # A database that is down or damaged can't record this; the log has it.
        with suppress(SQLAlchemyError, DomainError, DatabaseDamaged), transaction():
            if error is None:
                heartbeat.note_ended(self._task.label, self._began_at, now())
            else:
                text = str(error) if isinstance(error, Incomplete) else f"{describe(error)}: {error}"
                heartbeat.note_failed(self._task.label, self._began_at, self._failures, text)
            self._noted = time.monotonic()
