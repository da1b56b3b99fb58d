"""The worker's loop: give each task its turn, until told to stop. A task that fails waits; the others go on."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from types import FrameType

from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from trainer.content.serving import serve_newest
from trainer.core import heartbeat
from trainer.core.clock import now
from trainer.core.damage import DatabaseDamaged
from trainer.core.db import db, is_outage, transaction
from trainer.core.errors import DomainError
from trainer.core.processes import ProcessRole
from trainer.jobs.beats import begin_beats
from trainer.jobs.check_ins import remind_of_check_ins
from trainer.jobs.class_figures import count_classes
from trainer.jobs.closing import delete_closed_firms
from trainer.jobs.counting import count_answers
from trainer.jobs.damage import check_database_file
from trainer.jobs.delivery import deliver
from trainer.jobs.erasures import erase_accounts
from trainer.jobs.isolation import Incomplete, describe
from trainer.jobs.mergers import settle_mergers
from trainer.jobs.pauses import tell_of_pauses
from trainer.jobs.renewals import remind_of_renewals
from trainer.jobs.retention import forget_all
from trainer.jobs.upkeep import keep_up_all, keep_up_changed
from trainer.jobs.webhooks import tell_all
from trainer.jobs.work import advance_all

PAUSE = 1.0  # seconds between two looks for work
TURN = 0.5  # seconds after which the next task has its turn
FIRST_WAIT = 10.0  # seconds after a task failed; then twice as long each time
LONGEST_WAIT = 300.0  # seconds, or as long as the task waits anyway
NOTED_EVERY = 60.0  # seconds; a task that runs each second isn't written down each time

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Task:
    """Something that the worker does again and again; `work` yields between two portions."""

    label: str
    every: float  # seconds
    work: Callable[[], Iterator[None]]


SECOND, MINUTE, HOUR = 1.0, 60.0, 3600.0
TASKS = (
    Task("follow changes", 2 * SECOND, keep_up_changed),  # before mail, which says what is required
    Task("mail", SECOND, deliver),
    Task("jobs", SECOND, advance_all),
    Task("webhooks", SECOND, tell_all),
    Task("remind of check-ins", HOUR, remind_of_check_ins),
    Task("remind of renewals", HOUR, remind_of_renewals),
    Task("count answers", HOUR, count_answers),
    Task("count classes", HOUR, count_classes),
    Task("erase accounts", HOUR, erase_accounts),
    Task("forget what has had its time", HOUR, forget_all),
    Task("check the database file", HOUR, check_database_file),
    Task("delete closed firms", HOUR, delete_closed_firms),
    Task("settle joined entries", HOUR, settle_mergers),
    Task("tell of wrong PINs", MINUTE, tell_of_pauses),
    Task("keep up requirements", HOUR, keep_up_all),
)


def run() -> None:
    """Work until SIGTERM or SIGINT; the portion under way is finished."""
    stopped = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopped.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    begin_beats(current_app._get_current_object(), ProcessRole.WORKER, stopped)  # type: ignore[attr-defined]
    rhythms = [Rhythm(task) for task in TASKS]
    while not stopped.is_set():
        is_busy = False
        for rhythm in rhythms:
            if not stopped.is_set():
                is_busy |= rhythm.take_turn(stopped)
        if not is_busy:
            stopped.wait(PAUSE)


class Rhythm:
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
