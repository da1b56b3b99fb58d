"""Databases that are made for a while, those of a PostgreSQL server dropped in the end."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask_migrate import downgrade, upgrade
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from trainer.core.db import db, transaction
from trainer.core.settings import ROOT

SINCE_0_9 = ("short_form_01", "panel_01", "study_01")
"""The newest migrations of extras that version 0.9.0 didn't have."""


def migrate() -> None:
    """Run all migrations in the current app's database; SQLite's file is made, which opening it never does."""
    if db.engine.dialect.name == "sqlite":
        file = Path(db.engine.url.database or "")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    upgrade(directory=str(ROOT / "migrations"), revision="heads")


def go_back_to_0_9() -> None:
    """Leave the current app's database as version 0.9.0 would, which had one row of migrations for all tables.

    Tables of extras that came after it stay, with the rows of their migrations.
    """
    folder = str(ROOT / "migrations")
    for revision in db.session.scalars(text("SELECT version_num FROM alembic_version")).all():
        name, _, number = revision.rpartition("_")
        if name and number != "01" and f"{name}_01" not in SINCE_0_9:
            db.session.rollback()
            downgrade(directory=folder, revision=f"{name}_01")
    downgrade(directory=folder, revision="0075")
    kept = ", ".join(f"'{revision}'" for revision in ("0075", *SINCE_0_9))
    with transaction() as session:
        session.execute(text(f"DELETE FROM alembic_version WHERE version_num NOT IN ({kept})"))
        session.execute(text(f"DELETE FROM schema_revisions WHERE revision NOT IN ({kept})"))


def statements_for_the_time(database: str) -> list[str]:
    """Return what makes a database as many seconds ahead as the processes of this run are (`tests/dates`)."""
    shift = float(os.environ.get("TRAINER_TEST_SHIFT", "0"))
    moved = f"SELECT pg_catalog.clock_timestamp() + interval '{shift} seconds'"
    return [
        "CREATE SCHEMA IF NOT EXISTS dates",
        f"CREATE OR REPLACE FUNCTION dates.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS $${moved}$$",
        f'ALTER DATABASE "{database}" SET search_path = public, dates, pg_catalog',
    ]


@contextmanager
def postgres_database(server_url: str, name: str, *, is_lasting: bool = True) -> Iterator[str]:
    """Create an empty database, yield its URL, and drop it.

    `is_lasting`: a commit waits until the disk has it, as in use. Most tests need no such thing.
    """
    server = make_url(server_url.replace("postgresql://", "postgresql+psycopg://", 1))
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
        if not is_lasting:
            connection.execute(text(f'ALTER DATABASE "{name}" SET synchronous_commit = off'))
    made = create_engine(server.set(database=name), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with made.connect() as connection:
        for statement in statements_for_the_time(name):
            connection.exec_driver_sql(statement)
    try:
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        admin.dispose()
