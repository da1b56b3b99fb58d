"""Migrations run up and down on tables that hold rows, and end where the records are."""

from __future__ import annotations

import time_machine
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import func, inspect, select

from tests.support import Visitor, make_ready, take_final
from trainer.core.db import Base, db
from trainer.core.settings import ROOT
from trainer.courses.library import Library

FOLDER = str(ROOT / "migrations")


def rows() -> dict[str, int]:
    """Return how many rows each table holds."""
    counts = {
        name: db.session.scalar(select(func.count()).select_from(table)) or 0
        for name, table in Base.metadata.tables.items()
    }
    db.session.rollback()
    return counts


def test_there_is_one_head() -> None:
    config = Config()
    config.set_main_option("script_location", FOLDER)
    assert len(ScriptDirectory.from_config(config).get_heads()) == 1


def test_the_tables_are_as_the_records_say(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_full_tables_go_down_and_up_again(app: Flask, visitor: Visitor, shelf: Library) -> None:
    with time_machine.travel("2026-11-24T12:00:00Z") as clock:
        visitor.sign_up()
        make_ready(visitor, shelf, clock)
        take_final(visitor)
    with app.app_context():
        assert all(rows().values())
        downgrade(directory=FOLDER, revision="base")
        assert set(inspect(db.engine).get_table_names()) == {"alembic_version"}
        upgrade(directory=FOLDER)
        assert rows().keys() == Base.metadata.tables.keys()
        assert not any(rows().values())
