"""Migrating a database: one process at a time, from a state that a version left behind, all of it or nothing.

What migrates imports much that serving needs none of, so it is imported when it is used.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import click
from flask import current_app
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from trainer.core.db import Base, db
from trainer.core.schema import (
    MIGRATIONS,
    SchemaRefused,
    check_schema,
    columns,
    half_migrated,
    list_version_folders,
    needs_migration,
    revisions,
    stated_revisions,
)
from trainer.core.settings import Settings

APPLICATION: Final = "trainer-upgrade"
"""What connections that wait for their turn are called: they don't work on the database."""
_TURN: Final = 7_265_617  # a number of our own for PostgreSQL's advisory locks


@dataclass(frozen=True)
class MigrationStep:
    """A migration that is to be run: its revision, what it does, whether the code before it can keep serving."""

    revision: str
    purpose: str
    serves_older_code: bool


@contextmanager
def turn(settings: Settings) -> Iterator[None]:
    """Wait until no other process is migrating this database, and let no other start before the end of the block."""
    db.session.remove()
    with (_turn_in_folder if db.engine.dialect.name == "sqlite" else _turn_on_server)(settings):
        yield


@contextmanager
def _turn_in_folder(settings: Settings) -> Iterator[None]:
    folder = os.open(settings.instance, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            _say_that_we_wait()
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


@contextmanager
def _turn_on_server(settings: Settings) -> Iterator[None]:
    engine = create_engine(
        settings.database_url,
        poolclass=NullPool,
        connect_args={"application_name": APPLICATION},
    )
    # The lock is a transaction's, and ends with it however this process ends: behind PgBouncer one of a connection
    # would outlive us.
    with engine.connect() as connection:
        if not connection.scalar(text("SELECT pg_try_advisory_xact_lock(:turn)"), {"turn": _TURN}):
            _say_that_we_wait()
            connection.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": _TURN})
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))  # migrating may take long
        yield


def in_use(connection: Connection, own: str) -> bool:
    """Return whether anyone else is connected to a PostgreSQL database, such as the site on another machine.

    `own`: what connections call themselves that don't count.
    """
    query = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
        "AND backend_type = 'client backend' AND application_name <> :own"
    )
    return bool(connection.scalar(query, {"own": own}))


def _say_that_we_wait() -> None:
    click.echo("Another process is migrating this database. Waiting for it.", err=True)


def list_steps() -> list[MigrationStep]:
    """Return the migrations that the database lacks, in order.

    Raises SchemaRefused for a database that is half migrated, too old or too new.
    """
    if not needs_migration():
        check_schema()
        return []
    from alembic.script import ScriptDirectory

    stated = _stated()
    _refuse_half_states(stated)
    scripts = ScriptDirectory(str(MIGRATIONS), version_locations=[str(folder) for folder in list_version_folders()])
    lacking = scripts.iterate_revisions(tuple(revisions()[0].values()), stated or "base", implicit_base=True)
    return [
        MigrationStep(script.revision, script.doc, getattr(script.module, "serves_older_code", False))
        for script in reversed(list(lacking))
    ]


def _stated() -> tuple[str, ...]:
    """Return the revisions that the database states, but for extras that were deleted."""
    return tuple(revision for branch, revision in stated_revisions().items() if branch in revisions()[0])


def migrate(tell: Callable[[str], None] = lambda _revision: None) -> None:
    """Run all migrations that the database lacks, in one transaction; `tell` gets each revision that is reached.

    Raises SchemaRefused for a state that none of them left behind.
    """
    if needs_migration():  # another process may have done it in the meantime
        _refuse_half_states(_stated())
        _run("heads", tell=tell)


def undo(extra: str) -> None:
    """Undo all migrations of an extra, which drops its tables."""
    _run(f"{extra}@base", is_upgrade=False)


def _run(target: str | tuple[str, ...], *, is_upgrade: bool = True, **attributes: Any) -> None:
    from alembic import command
    from alembic.util import CommandError

    config = current_app.extensions["migrate"].migrate.get_config(str(MIGRATIONS))
    config.attributes.update(attributes)
    try:
        (command.upgrade if is_upgrade else command.downgrade)(config, target)  # type: ignore[arg-type]  # takes several
    except (CommandError, RuntimeError) as error:
        raise click.ClickException(f"The database can't be migrated and is unchanged: {error}") from None


def _refuse_half_states(stated: tuple[str, ...]) -> None:
    """Raise SchemaRefused if tables and columns aren't those of the revisions that the database says it is at.

    Tables of an extra whose revision it doesn't state are let be: version 0.9 made them.
    """
    there = columns(db.session.connection())
    db.session.rollback()
    if leftover := next((table for table in there if table.startswith("_alembic_tmp_")), None):
        raise SchemaRefused(half_migrated(f"the table {leftover} is left over"))
    if not stated and (tables := sorted(there.keys() & Base.metadata.tables)):
        raise SchemaRefused(half_migrated(f"at no revision, the table {tables[0]} already exists"))
    expected = _columns_at(stated) if stated else {}
    for table in sorted(expected):
        if table not in there:
            raise SchemaRefused(half_migrated(f"at {stated[0]}, the table {table} is missing"))
        if differing := sorted(expected[table] ^ there[table]):
            how = "has no column" if differing[0] in expected[table] else "already has the column"
            raise SchemaRefused(half_migrated(f"at {stated[0]}, the table {table} {how} {differing[0]}"))


@cache  # it says the same as long as this process has these migrations
def _columns_at(stated: tuple[str, ...]) -> dict[str, set[str]]:
    """Return the columns that exist at these revisions, by migrating a new database to them."""
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{folder}/new.db", poolclass=NullPool)
        _run(stated, engine=engine)
        with engine.connect() as connection:
            tables = columns(connection)
    return {table: names for table, names in tables.items() if table != "alembic_version"}
