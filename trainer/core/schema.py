"""Whether this code may serve on the database as it is: neither behind the code, nor too far ahead of it.

A migration that leaves everything in place that the code before it uses says so (`serves_older_code = True`). The
database keeps the revisions that may serve on it, since older code can't read a migration that it doesn't have.

The core's revisions are numbers ("0076"). Each extra with tables has its own migrations in its folder, a branch whose
revisions begin with the name of the extra ("notes_01"). Tables of an extra may stay when its folder is deleted. Then
the database states a revision of a branch that this code doesn't know.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

from click import ClickException
from sqlalchemy import Connection, String, inspect, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from trainer.core.damage import REMEDY, database_file, is_damage
from trainer.core.db import Base, db
from trainer.core.failures import reason_of
from trainer.core.settings import ROOT, SHIPPED

MIGRATIONS: Final = SHIPPED / "migrations"
BASELINE: Final = "0.9.0"
"""The version that the first migration is of. It can still upgrade the databases of earlier versions."""
CORE: Final = ""
"""The branch of the core."""
_REVISION: Final = re.compile(r'^revision = "(\w+)"$', re.MULTILINE)
_COLUMNS_OF_SQLITE: Final = text(
    "SELECT t.name, c.name FROM sqlite_master AS t JOIN pragma_table_info(t.name) AS c WHERE t.type = 'table'"
)
_COLUMNS_OF_POSTGRESQL: Final = text(
    "SELECT t.relname, c.attname FROM pg_class AS t JOIN pg_attribute AS c ON c.attrelid = t.oid "
    "WHERE t.relkind = 'r' AND t.relnamespace = current_schema()::regnamespace AND c.attnum > 0 AND NOT c.attisdropped"
)
_BEFORE: Final = re.compile(r'^down_revision = "(\w+)"$', re.MULTILINE)


class SchemaRevision(Base):
    """A revision whose code may serve on this database; migrating keeps these rows (`migrations/env.py`)."""

    __tablename__ = "schema_revisions"

    revision: Mapped[str] = mapped_column(String(32), primary_key=True)


class SchemaRefused(ClickException):
    """The database isn't one that this code can work on. One line: what it is, what to do; a command prints it."""


def check_schema() -> None:
    """Raise SchemaRefused unless this code may serve on the database."""
    path = database_file(db.engine.url)
    if path is not None and not path.exists():
        raise SchemaRefused(
            f"{path} is missing. Move it back, or run: flask restore BACKUP, or for a new site: flask setup"
        )
    try:
        _stand, refused = compare_schema()
    except SQLAlchemyError as error:
        remedy = (
            f". If it is damaged, {REMEDY[0].lower()}{REMEDY[1:]}" if is_damage(getattr(error, "orig", None)) else ""
        )
        raise SchemaRefused(f"The database can't be reached or read: {reason_of(error)}{remedy}") from None
    finally:
        db.session.rollback()
    if refused:
        raise SchemaRefused(refused)


def columns(connection: Connection) -> dict[str, set[str]]:
    """Return the names of the columns of each table that a database has."""
    is_sqlite = connection.dialect.name == "sqlite"
    tables: dict[str, set[str]] = {}
    for table, column in connection.execute(_COLUMNS_OF_SQLITE if is_sqlite else _COLUMNS_OF_POSTGRESQL):
        tables.setdefault(table, set()).add(column)
    return tables


def needs_migration() -> bool:
    """Return whether the database is behind this code, or empty. Raises SQLAlchemyError."""
    heads, known = revisions()
    stated = stated_revisions()
    db.session.rollback()
    if stated.get(CORE, heads[CORE]) not in known:
        return False  # too old, or of a newer version
    return any(stated.get(branch) in known - {head} | {None} for branch, head in heads.items())


class Stand(StrEnum):
    """How the database stands to this code."""

    FITS = "fits"
    EMPTY = "empty"
    BEHIND = "behind"
    AHEAD = "ahead"
    HALF = "half"
    """In a state that no migration leaves behind."""


def compare_schema() -> tuple[Stand, str | None]:
    """Return how the database stands to this code and, if that can't serve on it, in a line why, and what to do.

    Raises SQLAlchemyError.
    """
    heads, known = revisions()
    try:
        stated = stated_revisions()
    except SchemaRefused as refused:
        return Stand.HALF, refused.message
    revision = stated.get(CORE)
    if revision is None:
        if "users" in columns(db.session.connection()):
            return Stand.HALF, half_migrated("its tables are there, but not its revision")
        return Stand.EMPTY, "The database has no tables yet. Run: flask setup"
    if is_too_old(revision):
        return Stand.BEHIND, (
            f"The database is at revision {revision}, from before version {BASELINE}. "
            f"Upgrade it with version {BASELINE} first."
        )
    serving: set[str] = set()
    if _has(SchemaRevision.__tablename__):
        query = select(SchemaRevision.revision).where(SchemaRevision.revision.in_(heads.values()))
        serving.update(db.session.scalars(query))
    for branch, head in heads.items():
        revision = stated.get(branch)
        if revision == head or (revision not in known and head in serving):
            continue
        if revision is None:
            return Stand.BEHIND, f"The database lacks revision {head}, which this version needs. Run: flask setup"
        if revision in known:
            return Stand.BEHIND, (
                f"The database is at revision {revision}, and this version needs {head}. Run: flask setup"
            )
        return Stand.AHEAD, (
            f"The database is at revision {revision}, which this version (at {head}) doesn't know: "
            "a newer version was here. Start that one, or restore a backup."
        )
    lack = _lack()
    return (Stand.HALF, lack) if lack else (Stand.FITS, None)


def revision_of() -> str | None:
    """Return the core's revision of the database, or None if it has none. Raises SchemaRefused for several."""
    return stated_revisions().get(CORE)


def stated_revisions() -> dict[str, str]:
    """Return the revision of each branch that the database states. Raises SchemaRefused for several of one branch."""
    if not _has("alembic_version"):
        return {}
    return by_branch(db.session.scalars(text("SELECT version_num FROM alembic_version")))


def by_branch(stated: Iterable[str]) -> dict[str, str]:
    """Return revisions by their branches, the core's first. Raises SchemaRefused for several of one branch."""
    branches: dict[str, str] = {}
    for revision in sorted(stated):
        other = branches.setdefault(branch_of(revision), revision)
        if other != revision:
            raise SchemaRefused(half_migrated(f"it claims to be at {other} and at {revision}"))
    return branches


def branch_of(revision: str) -> str:
    """Return the name of the extra whose revision it is, or `CORE`."""
    return revision.rpartition("_")[0]


def is_too_old(revision: str) -> bool:
    """Return whether a revision of the core, a number of four digits, comes before all that this code knows."""
    return revision < min(revisions()[1])


def half_migrated(how: str) -> str:
    """Return what to say of a database in a state that no migration leaves behind."""
    return f"The database is half migrated: {how}. Restore a backup: flask restore"


def _lack() -> str | None:
    """Return what to say if anything that this code uses is missing. What a newer version added may be there."""
    there = columns(db.session.connection())
    for table in Base.metadata.sorted_tables:
        if table.name not in there:
            return half_migrated(f"the table {table.name} is missing")
        for column in table.columns:
            if column.name not in there[table.name]:
                return half_migrated(f"the table {table.name} has no column {column.name}")
    return None


def _has(table: str) -> bool:
    return inspect(db.session.connection()).has_table(table)


def list_version_folders(migrations: Path = MIGRATIONS) -> list[Path]:
    """Return the folders of migrations. Alembic begins with the last of them: extras refer to tables of the core."""
    return [*sorted((ROOT / "trainer" / "extras").glob("*/migrations")), migrations / "versions"]


@cache
def revisions() -> tuple[Mapping[str, str], frozenset[str]]:
    """Return the revision of each branch that this code is for, the core's first, and all that it knows."""
    # Read as texts: Alembic would be a tenth of what each process holds, and only migrating needs it.
    scripts = [path.read_text("utf-8") for folder in list_version_folders() for path in folder.glob("*.py")]
    known = frozenset(match[1] for text in scripts for match in _REVISION.finditer(text))
    return by_branch(known - {match[1] for text in scripts for match in _BEFORE.finditer(text)}), known
