"""Connections to the database: how each is made, prepared, begun and looked at before it is used again."""

from __future__ import annotations

import sqlite3
import time
from functools import partial
from pathlib import Path
from select import POLLIN, poll
from typing import Any, Final
from urllib.parse import quote

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor, Dialect, ExceptionContext
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

from trainer.core.damage import find_damage, is_damage, note_damage

BUSY_TIMEOUT_MS = 10_000
RESTED = 1.0
"""Seconds after which a connection to PostgreSQL is asked whether it is still alive before it is used again."""
_CONNECTING: Final = {
    # Without them, a server whose machine or network is gone is waited for until the kernel gives up: minutes.
    "connect_timeout": 3,  # seconds
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,  # milliseconds
    "application_name": "trainer",
    "client_encoding": "utf8",  # of a database without an encoding nothing could be read, not even that it has none
}
_USED_AT = "used at"


def connect_args(database_url: str) -> dict[str, Any]:
    """Return how to connect to PostgreSQL, but for what the address says itself; nothing for SQLite."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        return {}
    return {name: value for name, value in _CONNECTING.items() if name not in url.query}


def prepare_connections(engine: Engine, instance: Path) -> None:
    """Set up every connection that an engine will make. `instance` keeps note of a damaged file."""
    if engine.dialect.name == "sqlite":
        engine.update_execution_options(trainer_instance=instance)
        event.listen(engine, "handle_error", partial(_note_damage, instance))
        event.listen(engine, "do_connect", _open_existing)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "connect", _note_use)
        event.listen(engine, "checkin", _note_use)
        event.listen(engine, "checkout", partial(_check_rested, engine.dialect))


def _open_existing(dialect: Dialect, _record: object, places: list[Any], options: dict[str, Any]) -> DBAPIConnection:
    """Connect to a file that is there: only `flask setup` makes one, or a lost one would become an empty site."""
    place = str(places[0])
    uri = place if place.startswith("file:") else f"file:{quote(place)}?mode=rw"
    connection: DBAPIConnection = dialect.loaded_dbapi.connect(uri, **{**options, "uri": True})
    return connection


def _prepare_sqlite(connection: DBAPIConnection, _record: object) -> None:
    connection.isolation_level = None  # we begin ourselves
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    _use_wal(cursor)
    for pragma in (
        # NORMAL may lose the last commits at power loss, which no kill -9 can show.
        "synchronous=FULL",
        # KiB. Where ten thousand people stand is 5 MB of indexes, which the usual 2 MB would read anew on each page.
        "cache_size=-16000",
        "foreign_keys=ON",
        # What was deleted is overwritten, so that no copy of the file has it.
        "secure_delete=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _use_wal(cursor: DBAPICursor) -> None:
    # Of several that open a new file at once, SQLite lets all but one fail instead of wait.
    until = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() >= until:
                raise
            time.sleep(0.05)
        else:
            return


def _note_use(connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
    if connection is not None:
        record.info[_USED_AT] = time.monotonic()


def _check_rested(dialect: Dialect, connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: object) -> None:
    # `pool_pre_ping` would ask before each use, which under load is a fifth of all that is sent. Nothing comes unasked
    # from a server that is alive: what does is a farewell.
    try:
        if time.monotonic() >= record.info[_USED_AT] + RESTED or _is_readable(connection.fileno()):
            dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error as error:
        raise DisconnectionError from error  # the pool makes another


def _is_readable(file: int) -> bool:
    watch = poll()
    watch.register(file, POLLIN)
    return bool(watch.poll(0))


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("trainer_reads_once"):
        return  # one statement sees one state of the database anyway
    writes = options.get("trainer_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _note_damage(instance: Path, context: ExceptionContext) -> None:
    error = context.original_exception
    if is_damage(error) and find_damage(instance) is None:
        note_damage(instance, str(error))


def pragmas(engine: Engine) -> dict[str, Any]:
    """Return the SQLite settings of a fresh connection, for the start-up check and its test."""
    with engine.connect() as connection:
        return {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
