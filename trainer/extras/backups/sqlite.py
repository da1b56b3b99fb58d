"""An SQLite database: copied while others write, checked, and put in the place of another."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Collection
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

import click
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from trainer.extras.backups.manifest import BackupFacts, facts_of
from trainer.extras.backups.notes import ASIDE
from trainer.extras.backups.progress import BackupProgress

FILE: Final = "trainer.db"
_HEAD: Final = b"SQLite format 3\0"
_PAGES: Final = 2_000
"""Pages that are copied between two looks at how far it is: 8 MB."""


def copy(source: Path, target: Path, what: str = "Copying") -> None:
    """Copy a database with what is in its write-ahead log, as of one instant, and check the copy.

    Raises ClickException; then there is no copy.
    """
    progress = BackupProgress(what)

    def tell(_status: int, remaining: int, total: int) -> None:
        progress.total = total
        progress.reach(total - remaining)

    target.touch(mode=0o600)
    try:
        with (
            closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True, isolation_level=None)) as old,
            closing(sqlite3.connect(target)) as new,
        ):
            # Without it, the copy would start over whenever someone wrote between two portions.
            old.execute("BEGIN")
            old.execute("SELECT count(*) FROM sqlite_master").fetchone()
            old.backup(new, pages=_PAGES, progress=tell)
            problem = problem_of(new)
            new.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing beside it
    except sqlite3.DatabaseError as error:
        problem = str(error)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    progress.end()
    if problem:
        target.unlink()
        raise click.ClickException(f"{source} can't be used: {problem}.")


def problem_of(database: sqlite3.Connection) -> str | None:
    """Return the problem with a database in a few words, or None."""
    (problem,) = database.execute("PRAGMA integrity_check(1)").fetchone()
    if problem != "ok":
        return str(problem)
    if database.execute("PRAGMA foreign_key_check").fetchone():
        return "rows refer to others that aren't there"
    return None if {"alembic_version", "users"} <= tables_of(database) else "it isn't a database of this app"


def check(database: Path) -> None:
    """Raise ClickException unless a file that nobody writes to is a sound database. Leaves nothing beside it."""
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro&immutable=1", uri=True)) as connection:
            problem = problem_of(connection)
    except sqlite3.DatabaseError as error:
        problem = str(error)
    if problem:
        raise click.ClickException(f"{database} can't be used: {problem}.")


def tables_of(database: sqlite3.Connection) -> set[str]:
    """Return the names of the tables."""
    return {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def facts_of_file(database: Path) -> BackupFacts:
    """Return the metadata of a file that nobody is writing to."""
    engine = create_engine(f"sqlite:///file:{database}?mode=ro&immutable=1&uri=true", poolclass=NullPool)
    with engine.connect() as connection:
        return facts_of(connection)


def prepare(database: Path, statements_for: Callable[[Collection[str]], list[str]]) -> None:
    """Run the statements that a restored database needs on a copy, before it is put in place."""
    with closing(sqlite3.connect(database)) as connection, connection:
        for statement in statements_for(tables_of(connection)):
            connection.execute(statement)


def is_open(database: Path) -> bool:
    """Return whether another process has the database open, such as a worker that was started alone."""
    with database.open("rb") as file:
        if file.read(len(_HEAD)) != _HEAD:  # SQLite would throw away the log of what it can't read
            return False
    try:
        with closing(sqlite3.connect(database, isolation_level=None, timeout=0)) as probe:
            probe.execute("PRAGMA locking_mode=EXCLUSIVE")
            probe.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        return "locked" in str(error)
    except sqlite3.DatabaseError:  # all the more reason to replace a damaged database
        return False
    return False


def put_in_place(new: Path, target: Path) -> None:
    """Put a checked copy in the place of what is there, which is renamed together with its log.

    A log that stays would be replayed over the backup, which mixes the two.
    """
    aside = target.with_name(target.name + ASIDE)
    for ending in ("", "-wal", "-shm"):
        aside.with_name(aside.name + ending).unlink(missing_ok=True)
    for ending in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            target.with_name(target.name + ending).rename(aside.with_name(aside.name + ending))
    os.replace(new, target)
