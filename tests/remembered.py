"""What many tests begin with is made once in a test process and put back for each, on both databases."""

from __future__ import annotations

import shutil
import tempfile
import zoneinfo
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from flask import Flask
from sqlalchemy import Connection, inspect, select, update

from tests.chances import own_chance
from trainer.core import clock
from trainer.core.db import Base, db
from trainer.core.installation import Installation
from trainer.core.schema import SchemaRevision

T = TypeVar("T")

_made: dict[tuple[str, str], object] = {}
_NEW_YORK = zoneinfo.ZoneInfo("America/New_York")
_folder = tempfile.TemporaryDirectory(prefix="remembered")

# As a replica: in any order, and what may never be changed goes too.
_INSTALLATION = select(Installation.__table__)
_installations: dict[str, tuple[object, ...]] = {}
_FREELY = "SET LOCAL session_replication_role = replica"


def _tables() -> list[str]:
    # These belong to the database itself, not to what is in it.
    own = {SchemaRevision.__tablename__, Installation.__tablename__}
    return [table for table in Base.metadata.tables if table not in own]


def remembered(name: str, app: Flask, make: Callable[[], T]) -> T:
    """Return what `make` returns: made now, or as it was made before on this day, with the database of that moment.

    A day begins at midnight UTC and in New York, where the firms of tests are: a firm that began yesterday
    has one more day to tell of than a test expects.
    """
    now = clock.now()
    name = f"{name}_{now:%d}_{now.astimezone(_NEW_YORK):%d}"
    with app.app_context():
        kind = db.engine.dialect.name
        is_made = (kind, name) in _made
        if not is_made:
            with own_chance(name):
                _made[kind, name] = make()
        db.session.remove()
        (_keep_on_sqlite if kind == "sqlite" else _keep_on_postgresql)(name, is_made)
    return _made[kind, name]  # type: ignore[return-value]


def empty(connection: Connection) -> None:
    """Delete all rows of a PostgreSQL database: faster than TRUNCATE where most tables are empty.

    The row of the installation is put back to what it was at first: rows that are kept refer to its status list.
    """
    connection.exec_driver_sql("; ".join([_FREELY, *(f"DELETE FROM {table}" for table in _tables())]))
    own = tuple(connection.execute(_INSTALLATION).one())
    first = _installations.setdefault(str(connection.engine.url.database), own)
    if own != first:
        names = [column.name for column in Installation.__table__.columns]
        connection.execute(update(Installation).values(dict(zip(names, first, strict=True))))


def _keep_on_sqlite(name: str, is_made: bool) -> None:
    own, kept = Path(str(db.engine.url.database)), Path(_folder.name) / f"{name}.db"
    if not is_made:
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    db.engine.dispose()  # closing a file gives up all locks that this process has on it, SQLite's too
    if not is_made:
        shutil.copy(own, kept)
        return
    for rest in ("-wal", "-shm"):
        own.with_name(own.name + rest).unlink(missing_ok=True)
    shutil.copy(kept, own)


def _keep_on_postgresql(name: str, is_made: bool) -> None:
    """Rows are kept in a schema of their own, in which tests don't look."""
    with db.engine.begin() as connection:
        if is_made:
            empty(connection)
            kept = inspect(connection).get_table_names(schema=name)
            rows = (f"INSERT INTO {table} SELECT * FROM {name}.{table}" for table in kept)
            connection.exec_driver_sql("; ".join(rows))
            return
        connection.exec_driver_sql(f"CREATE SCHEMA {name}")
        for table in _tables():
            if connection.exec_driver_sql(f"SELECT EXISTS (SELECT FROM {table})").scalar():
                connection.exec_driver_sql(f"CREATE TABLE {name}.{table} AS SELECT * FROM {table}")
