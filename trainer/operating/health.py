"""Look at each thing that a running site needs. `/readyz`, `flask doctor` and the operator's page show what is found.

No look raises: what can't be looked at is a finding as well. `/readyz` fails only for problems that another machine may
not have: if late mail made it fail, an outage of the mail server would take the whole site down.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import socket
import stat
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, cast

from flask import Flask, current_app
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from trainer.content.library import ContentRefused
from trainer.content.serving import find_refused, library
from trainer.core import damage, releases
from trainer.core.clock import now
from trainer.core.db import db
from trainer.core.failures import reason_of
from trainer.core.feature import WorkQueue, list_features
from trainer.core.http import ALIVE
from trainer.core.keys import CURRENT
from trainer.core.leases import oldest_due
from trainer.core.processes import ProcessRole, list_processes
from trainer.core.schema import Stand, compare_schema, revision_of
from trainer.core.settings import VARIABLES, Settings
from trainer.core.variables import variable
from trainer.operating import asking
from trainer.operating.rules import Finding, Level, fine, in_number, in_words, is_late, judge_space, problem, warn

PATIENCE: Final = 2.0
"""Seconds for which the database may be silent: what asks whether a machine is ready doesn't wait for long."""
_LOOKING: Final = threading.Lock()


def look_for_readiness() -> list[Finding]:
    """Return what decides whether visitors may be sent to this process, and what is late."""
    of_database = {
        "database": look_at_database,
        "schema": look_at_schema,
        "queue": look_at_queue,
        "worker": look_at_worker,
    }
    database, schema, *work = _look_in_time(of_database)
    return [database, schema, look_at_disk(), *work, look_at_key(), look_at_content()]


def _look_in_time(looks: Mapping[str, Callable[[], Finding]]) -> list[Finding]:
    """Return what looks at the database find. Whoever asks gets an answer even if its server gives none."""
    if db.engine.dialect.name == "sqlite":
        return [look() for look in looks.values()]
    app, findings = cast(Flask, current_app._get_current_object()), list[Finding]()  # type: ignore[attr-defined]
    until = time.monotonic() + PATIENCE

    def look_at_all() -> None:
        try:
            with app.app_context():
                findings.extend(look() for look in looks.values())
        finally:
            _LOOKING.release()

    if _LOOKING.acquire(timeout=PATIENCE):  # at most one of a process waits for a server that is silent
        looking = threading.Thread(target=look_at_all, name="looking", daemon=True)
        looking.start()
        looking.join(max(0.0, until - time.monotonic()))
    says = f"The database hasn't answered within {PATIENCE:.0f} s."
    late = [problem(name, "unreachable", says, "Is its server running? Is the network up?") for name in looks]
    return [*findings, *late[len(findings) :]]


def look_at_database() -> Finding:
    """Check that the database answers and is still the same file."""
    settings = _settings()
    path = damage.database_file(settings.database_url)
    if path is not None and (lost := _find_lost(settings, path)):
        return lost
    return ask("database", lambda: _answer_of(path))


def look_at_schema() -> Finding:
    """Check whether the database is at the revision that this code needs."""
    return ask("schema", _compare)


def look_at_disk() -> Finding:
    """Check whether the folders that are written to can be, and whether there is room."""
    settings = _settings()
    database = damage.database_file(settings.database_url)
    folders = {settings.instance, *([database.parent] if database else [])}
    return max((_look_at_folder(folder) for folder in folders), key=lambda finding: list(Level).index(finding.level))


def look_at_queue() -> Finding:
    """Look since when mail, jobs and webhooks have been due."""
    return ask("queue", _look_at_queues)


def look_at_worker() -> Finding:
    """Check whether a worker runs anywhere."""
    return ask("worker", _look_for_worker)


def look_at_web() -> Finding:
    """Check whether a web server runs anywhere and, if one does on this machine, whether it answers."""
    return ask("web", _look_for_web)


def look_at_key() -> Finding:
    """Check whether this machine could start again with the key that it uses."""
    settings = _settings()
    if variable(VARIABLES["secret_key"]) is not None:
        return fine("key", f"{VARIABLES['secret_key']} is set.")
    path = settings.instance / CURRENT
    try:
        mode, secret = path.stat().st_mode, path.read_text("utf-8").strip()
    except FileNotFoundError:
        return problem("key", "missing", f"{path} is gone; the app can't start again.", "Restore your copy of it.")
    except OSError as error:
        return problem(
            "key", "unreadable", f"{path} can't be read: {error.strerror}.", "Make the app's user its owner."
        )
    except UnicodeDecodeError:
        return problem("key", "unreadable", f"{path} isn't a key.", "Restore your copy of it.")
    if stat.S_IMODE(mode) & 0o077:
        return problem("key", "exposed", f"{path} can be read by others.", f"Run: chmod 600 {path}")
    if secret not in settings.keys.secrets:
        return warn(
            "key", "changed", f"{path} was changed after the app started.", "Restart the app, or restore the old key."
        )
    return fine("key", "The secret key is in place.")


def look_at_content() -> Finding:
    """Check whether there is content to serve."""
    try:
        content = library().content
    except ContentRefused as refused:
        first = str(refused).strip().splitlines()[0]
        if _is_in_service():  # this is a command, which reads the folder: the site serves what it did before
            return _keep_old(first)
        return problem("content", "refused", f"The content can't be served: {first}", "Run: flask content check")
    if reason := find_refused(_settings().instance):
        return _keep_old(reason)
    lessons = sum(len(course.lessons) for course in content.courses.values())
    return fine("content", f"{lessons} lessons and {len(content.scenarios)} scenes, version {content.digest[:12]}.")


def _keep_old(reason: str) -> Finding:
    says = f"The content folder can't be served, so what was in service before is: {reason}"
    return warn("content", "refused", says, "Put it right, and run: flask content reload")


def _is_in_service() -> bool:
    try:
        return releases.find_newest_number() is not None
    except SQLAlchemyError:
        return False


def ask(name: str, look: Callable[[], Finding]) -> Finding:
    """Return what a look at the database finds, or that it can't be asked."""
    try:
        return look()
    except SQLAlchemyError as error:
        path = damage.database_file(_settings().database_url)
        if damage.is_damage(getattr(error, "orig", None)):
            return problem(name, "damaged", f"The database is damaged: {reason_of(error)}.", damage.REMEDY)
        remedy = f"Can the app's user read {path}?" if path else "Is the server running? Check TRAINER_DATABASE_URL."
        return problem(name, "unreachable", f"The database can't be reached or read: {reason_of(error)}.", remedy)
    finally:
        db.session.remove()


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def _find_lost(settings: Settings, path: Path) -> Finding | None:
    """Return what was noted of the file, or that it isn't there: connecting would create another one."""
    if not os.path.exists(path):
        remedy = "Move it back, or run: flask restore BACKUP"
        return problem("database", "missing", f"{path} is missing, or this user can't reach it.", remedy)
    noted = damage.find_damage(settings.instance)
    if noted is not None:
        return problem("database", "damaged", f"The database is damaged: {noted}.", damage.REMEDY)
    return None


def _answer_of(path: Path | None) -> Finding:
    name = db.engine.dialect.name
    db.session.execute(text("SELECT 1 FROM alembic_version"))
    if path is None:
        return fine("database", f"{name} answers.")
    log = path.with_name(f"{path.name}-wal")
    if not log.exists():  # with this connection open it has to be there
        damage.note_damage(_settings().instance, f"{log.name} was deleted while the app was running")
        return problem("database", "damaged", f"{log} was deleted while the app was running.", damage.REMEDY)
    return fine("database", f"{path} answers.")


def _compare() -> Finding:
    stand, refused = compare_schema()
    if refused is None:
        return fine("schema", f"The database is at revision {revision_of()}.")
    if stand is Stand.AHEAD:
        return problem("schema", stand.value, refused, "Start the newer version, or restore a backup.")
    if stand is Stand.HALF:
        return problem("schema", stand.value, refused, "Restore a backup: flask restore")
    says, _, remedy = refused.partition(". ")
    return problem("schema", stand.value, f"{says}.", remedy)


def _look_at_folder(folder: Path) -> Finding:
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"\0")
        free = shutil.disk_usage(folder).free
    except FileNotFoundError:
        return problem("disk", "missing", f"There is no folder {folder}.", "Restore it from a backup.")
    except OSError as error:
        word = "full" if error.errno in _FULL else "readonly"
        return problem("disk", word, f"{folder} can't be written to: {error.strerror}.", _REMEDIES[word])
    level = judge_space(free)
    says = f"{folder} has {free / 2**30:.1f} GB free."
    if level is Level.OK:
        return fine("disk", says)
    word = "full" if level is Level.PROBLEM else "low"
    return Finding("disk", level, word, says, _REMEDIES["full"])


_FULL = {28, 122}  # ENOSPC, EDQUOT
_REMEDIES = {
    "full": "Make room on that disk.",
    "readonly": "Is it mounted read-only, or owned by another user?",
}


def _look_at_queues() -> Finding:
    instant, ages = now(), {}
    for queue in list_queues():
        due_at = find_oldest(queue, instant)
        if due_at is not None and is_late(due_at, instant):
            ages[queue.name] = instant - due_at
    if not ages:
        return fine("queue", "Nothing has been due for too long.")
    waits = ", ".join(f"{name} for {in_words(age)}" for name, age in ages.items())
    return warn("queue", "late", f"Work has been due for too long: {waits}.", "Run: flask jobs beats")


def list_queues() -> list[WorkQueue]:
    """Return what waits for the worker."""
    return [queue for feature in list_features() for queue in feature.queues]


def find_oldest(queue: WorkQueue, instant: dt.datetime) -> dt.datetime | None:
    """Return since when a queue has had work due. Mail waits for a mail server, if there is none."""
    return None if queue.name == "mail" and _settings().smtp_url is None else oldest_due(queue.record, instant)


def _look_for_worker() -> Finding:
    workers = [process for process in list_processes() if process.role == ProcessRole.WORKER]
    if not workers:
        return warn(
            "worker", "missing", "No worker has reported for a minute.", "Start one: flask serve or flask jobs run"
        )
    machines = ", ".join(sorted({worker.machine for worker in workers}))
    return fine("worker", f"{len(workers)} running, on {machines}.")


def _look_for_web() -> Finding:
    servers = [process for process in list_processes() if process.role == ProcessRole.WEB]
    if not servers:
        return problem("web", "missing", "No web server has reported for a minute.", "Start one: flask serve")
    settings = _settings()
    if socket.gethostname()[:100] in {server.machine for server in servers}:
        answers, says = asking.ask(ALIVE, settings.host, settings.port)
        if not answers:
            return problem("web", "silent", f"The web server doesn't answer: {says}.", "Restart it; its log says more.")
    machines = ", ".join(sorted({server.machine for server in servers}))
    return fine("web", f"{in_number(len(servers), 'process', 'processes')} running, on {machines}.")
