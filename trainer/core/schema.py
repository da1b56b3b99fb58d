"""Whether this code may serve on the database as it is: neither behind the code, nor too far ahead of it.

A migration that leaves everything in place that the code before it uses says so (`serves_older_code = True`). The
database keeps the revisions that may serve on it, since older code can't read a migration that it doesn't have.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from click import ClickException
from sqlalchemy import String, inspect, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from trainer.core.db import Base, db, reason_of
from trainer.core.settings import ROOT

MIGRATIONS: Final = ROOT / "migrations"
_REVISION: Final = re.compile(r'^revision = "(\w+)"$', re.MULTILINE)
_BEFORE: Final = re.compile(r'^down_revision = "(\w+)"$', re.MULTILINE)


class SchemaRevision(Base):
    """A revision whose code may serve on this database; migrating keeps these rows (`migrations/env.py`)."""

    __tablename__ = "schema_revisions"

    revision: Mapped[str] = mapped_column(String(32), primary_key=True)


class SchemaRefused(ClickException):
    """The database isn't one that this code can work on. One line: what it is, what to do; a command prints it."""


def check_schema() -> None:
    """Raise SchemaRefused unless this code may serve on the database."""
    try:
        refused = _refusal()
    except SQLAlchemyError as error:
        raise SchemaRefused(f"The database can't be reached or read: {reason_of(error)}") from None
    finally:
        db.session.rollback()
    if refused:
        raise SchemaRefused(refused)


def needs_migration() -> bool:
    """Return whether the database is behind this code, or empty. Raises SQLAlchemyError."""
    head, known = revisions()
    revision = _found()
    db.session.rollback()
    return revision is None or (revision in known and revision != head)


def _refusal() -> str | None:
    head, known = revisions()
    revision = _found()
    if revision == head:
        return None
    if revision is None:
        return "The database has no tables yet. Run: flask setup"
    if revision in known:
        return f"The database is at revision {revision}, and this version needs {head}. Run: flask setup"
    if _has(SchemaRevision.__tablename__) and db.session.get(SchemaRevision, head) is not None:
        return None
    return (
        f"The database is at revision {revision}, which this version (at {head}) doesn't know: "
        "a newer version was here. Start that one, or restore a backup."
    )


def _found() -> str | None:
    """Return the revision of the database, or None if it has no tables."""
    return db.session.scalar(text("SELECT version_num FROM alembic_version")) if _has("alembic_version") else None


def _has(table: str) -> bool:
    return inspect(db.session.connection()).has_table(table)


@cache
def revisions() -> tuple[str, frozenset[str]]:
    """Return the revision that this code is for, and all that it knows."""
    # Read as texts: Alembic would be a tenth of what each process holds, and only migrating needs it.
    scripts = [path.read_text("utf-8") for path in (MIGRATIONS / "versions").glob("*.py")]
    known = frozenset(match[1] for text in scripts for match in _REVISION.finditer(text))
    (head,) = known - {match[1] for text in scripts for match in _BEFORE.finditer(text)}
    return head, known
