"""Figures for Prometheus, on a port of their own: how requests go, and how the work behind them does. Nothing personal.

Each process counts in a file of its own in `instance/metrics`; whichever process of the machine has the port answers
for all. Without the setting, nothing here is loaded and no request does more than before.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING, Any, Final

from flask import Flask, Response, current_app, g, request, request_finished, request_started
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from trainer.assessment.models import Attempt
from trainer.core.clock import now
from trainer.core.db import db
from trainer.core.feature import ask_extra
from trainer.core.heartbeat import list_heartbeats
from trainer.core.processes import EVERY, list_processes
from trainer.core.replica import look_at_replica
from trainer.core.settings import Settings
from trainer.credentials.models import Credential
from trainer.operating.health import look_for_readiness
from trainer.operating.queries import list_queues
from trainer.operating.rules import Level

if TYPE_CHECKING:
    from prometheus_client.core import Metric

FOLDER: Final = "metrics"
NO_ROUTE: Final = "none"
"""The route of a request for an address that there isn't."""
BUCKETS: Final = (0.005, 0.02, 0.05, 0.1, 0.3, 1.0, 3.0, 10.0)  # seconds
LEVELS: Final = {Level.OK: 0, Level.WARNING: 1, Level.PROBLEM: 2}
COUNTED: Final[dict[type[Any], str]] = {Attempt: "attempts", Credential: "certificates"}
_TALLY: Final = "made_in_this_transaction"
_PATIENCE: Final = 5.0
"""Seconds that a process of ours may take to answer."""
log = logging.getLogger(__name__)


def clear_metrics(settings: Settings) -> None:
    """Forget what processes counted that have ended; call it before any of the new ones begins."""
    for path in (settings.instance / FOLDER).glob("*.db"):
        if not _is_running(int(path.stem.rpartition("_")[2])):
            path.unlink(missing_ok=True)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def is_answered(settings: Settings) -> bool:
    """Return whether a process of ours has the port, such as a worker that runs by itself on the same machine."""
    host = "127.0.0.1" if settings.metrics_host == "0.0.0.0" else settings.metrics_host  # noqa: S104 asked is this machine
    connection = HTTPConnection(host, settings.metrics_port, timeout=_PATIENCE)
    try:
        connection.request("GET", "/metrics")
        return b"\ntrainer_check{" in connection.getresponse().read()
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def init_metrics(app: Flask) -> None:
    """Count requests, attempts and certificates, if there is a port to ask for them."""
    settings: Settings = app.config["SETTINGS"]
    if not settings.metrics_port:
        return
    folder = settings.instance / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)  # before the library is loaded: it decides once
    from prometheus_client import Counter, Histogram

    requests = Counter(
        "trainer_http_requests", "Requests, by route, method and status.", ["route", "method", "status"], registry=None
    )
    seconds = Histogram(
        "trainer_http_request_seconds", "How long requests took.", ["route"], buckets=BUCKETS, registry=None
    )
    made = Counter("trainer_made", "Attempts begun and certificates issued.", ["what"], registry=None)
    for what in COUNTED.values():
        made.labels(what)  # none is a figure as well

    def begin(_app: Flask, **_rest: object) -> None:
        g.request_began = time.perf_counter()

    def end(_app: Flask, response: Response, **_rest: object) -> None:
        route = request.url_rule.rule if request.url_rule is not None else NO_ROUTE
        method = request.method if request.method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} else "other"
        requests.labels(route, method, str(response.status_code)).inc()
        if (began := g.get("request_began")) is not None:
            seconds.labels(route).observe(time.perf_counter() - began)

    def note(session: Session, _context: object) -> None:
        tally = session.info.setdefault(_TALLY, [])
        tally += [COUNTED[type(row)] for row in session.new if type(row) in COUNTED]

    def count(session: Session) -> None:
        for what in session.info.pop(_TALLY, ()):
            made.labels(what).inc()

    def forget(session: Session) -> None:
        session.info.pop(_TALLY, None)

    # The signals keep their receivers only as long as someone else does.
    app.extensions["metrics"] = (begin, end)
    request_started.connect(begin, app)
    request_finished.connect(end, app)
    for name, listener in (("after_flush", note), ("after_commit", count), ("after_rollback", forget)):
        event.listen(db.session, name, listener)


def begin_metrics(app: Flask) -> None:
    """Answer at the port for all processes of this machine, or wait until it is free. Call it after the last fork."""
    if app.config["SETTINGS"].metrics_port:
        threading.Thread(target=_answer, args=(app,), name="metrics", daemon=True).start()


def _answer(app: Flask) -> None:
    from prometheus_client import CollectorRegistry, start_http_server
    from prometheus_client.multiprocess import MultiProcessCollector

    settings: Settings = app.config["SETTINGS"]
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    registry.register(Looks(app))
    while True:
        try:
            start_http_server(settings.metrics_port, settings.metrics_host, registry)
        except OSError:  # another process of ours has it, and may end
            time.sleep(EVERY)
        else:
            return


class Looks:
    """What is looked up when someone asks: health, queues, tasks, processes, the last backup."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def describe(self) -> list[Metric]:
        """Return nothing: so that nothing is looked up when the server starts."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Yield the figures; those of a database that can't be asked are left out."""
        with self._app.app_context():
            yield from _checks()
            yield from _backup()
            try:
                figures = [*_queues(), *_tasks(), *_processes()]
            except SQLAlchemyError:
                figures = []
            finally:
                db.session.remove()
            yield from figures
            yield from _replica()


def _gauge(name: str, words: str, *labels: str) -> Any:
    from prometheus_client.core import GaugeMetricFamily

    return GaugeMetricFamily(name, words, labels=labels)


def _checks() -> Iterator[Metric]:
    levels = _gauge("trainer_check", "What /readyz says: 0 ok, 1 warning, 2 problem.", "check")
    for finding in look_for_readiness():
        levels.add_metric([finding.name], LEVELS[finding.level])
    yield levels


def _backup() -> Iterator[Metric]:
    made_at = ask_extra("read_last_backup")
    if made_at is not None:
        made = _gauge("trainer_backup_made_timestamp_seconds", "When the last backup was made; 0 if none is known.")
        made.add_metric([], made_at)
        yield made


def _replica() -> Iterator[Metric]:
    """Yield whether the replica can be read from; without one, nothing. Nobody waits for it here."""
    if "replica" not in current_app.extensions:
        return
    usable = _gauge("trainer_replica_usable", "Whether the replica answers and follows this database: 1 or 0.")
    behind = _gauge("trainer_replica_behind_bytes", "How much of the database's log the replica hasn't replayed.")
    try:
        standing = look_at_replica(0)
    except SQLAlchemyError:
        standing = None
    finally:
        db.session.remove()
    if standing is not None and standing.is_standby and standing.is_ours:
        usable.add_metric([], 1)
        behind.add_metric([], standing.bytes_behind)
    else:
        usable.add_metric([], 0)
    yield from (usable, behind)


def _queues() -> Iterator[Metric]:
    instant = now()
    age = _gauge("trainer_queue_oldest_seconds", "For how long the oldest due piece of work has been due.", "queue")
    waiting = _gauge("trainer_queue_waiting", "Pieces of work that wait, due or not.", "queue")
    dead = _gauge("trainer_queue_given_up", "Pieces of work that were given up and are still kept.", "queue")
    for queue in list_queues(instant):
        due_at = queue.oldest_due_at
        age.add_metric([queue.name], max(0.0, (instant - due_at).total_seconds()) if due_at else 0)
        waiting.add_metric([queue.name], queue.waiting)
        dead.add_metric([queue.name], queue.given_up)
    yield from (age, waiting, dead)


def _tasks() -> Iterator[Metric]:
    ended = _gauge("trainer_task_ended_timestamp_seconds", "When a task of the worker last ended well.", "task")
    failures = _gauge("trainer_task_failures", "How often in a row a task has failed.", "task")
    for beat in list_heartbeats():
        ended.add_metric([beat.task], beat.ended_at.timestamp() if beat.ended_at else 0)
        failures.add_metric([beat.task], beat.failures)
    yield from (ended, failures)


def _processes() -> Iterator[Metric]:
    running = _gauge("trainer_processes", "Running processes.", "machine", "role", "version", "content")
    ahead = _gauge("trainer_clock_ahead_seconds", "How far a machine's clock is ahead of the database's.", "machine")
    counts: dict[tuple[str, ...], int] = {}
    clocks: dict[str, float] = {}
    for process in list_processes():
        labels = (process.machine, str(process.role), process.version, process.content[:12])
        counts[labels] = counts.get(labels, 0) + 1
        clocks[process.machine] = process.clock_ahead_ms / 1000
    for names, number in counts.items():
        running.add_metric(names, number)
    for machine, seconds in clocks.items():
        ahead.add_metric([machine], seconds)
    yield from (running, ahead)
