"""What many tests begin with is made once in a test process and put back for each, on both databases."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from flask import Flask
from sqlalchemy import Connection, inspect

from trainer.core.db import Base, db
from trainer.core.schema import SchemaRevision

T = TypeVar("T")

_made: dict[tuple[str, str], object] = {}
_folder = tempfile.TemporaryDirectory(prefix="remembered")

# As a replica: in any order, and what may never be changed goes too.
_FREELY = "SET LOCAL session_replication_role = replica"


def _tables() -> list[str]:
    # The revisions belong to the tables, not to what is in them.
    return [table for table in Base.metadata.tables if table != SchemaRevision.__tablename__]


def remembered(name: str, app: Flask, make: Callable[[], T]) -> T:
    """Return what `make` returns: made now, or as it was made before, with the database of that moment."""
    with app.app_context():
        kind = db.engine.dialect.name
        is_made = (kind, name) in _made
        if not is_made:
            _made[kind, name] = make()
        db.session.remove()
        (_keep_on_sqlite if kind == "sqlite" else _keep_on_postgresql)(name, is_made)
    return _made[kind, name]  # type: ignore[return-value]


def empty(connection: Connection) -> None:
    """Delete all rows of a PostgreSQL database: faster than TRUNCATE where most tables are empty."""
    connection.exec_driver_sql("; ".join([_FREELY, *(f"DELETE FROM {table}" for table in _tables())]))


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
