"""Migrations run up and down on tables that hold rows, and end where the records are."""

from __future__ import annotations

import pytest
import time_machine
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import func, inspect, select

from tests.cast import add_second_factor, certify, make_account
from tests.support import Visitor, make_ready, take_final
from trainer.core import clock
from trainer.core.db import Base, db, transaction
from trainer.core.errors import Conflict
from trainer.core.settings import ROOT
from trainer.courses.library import Library
from trainer.learning.models import Enrollment
from trainer.learning.operations import attest, enroll

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
    add_second_factor(app, make_account(app))
    with app.app_context():
        assert all(rows().values())
        downgrade(directory=FOLDER, revision="base")
        assert set(inspect(db.engine).get_table_names()) == {"alembic_version"}
        upgrade(directory=FOLDER)
        assert rows().keys() == Base.metadata.tables.keys()
        assert not any(rows().values())


def enrollments() -> list[dict[str, object]]:
    """Return all that is kept of each enrollment."""
    table = Enrollment.__table__
    there = {column["name"] for column in inspect(db.engine).get_columns(table.name)}
    columns = [column for column in table.columns if column.name in there]
    found = [dict(row) for row in db.session.execute(select(*columns).order_by("started_at")).mappings()]
    db.session.rollback()
    return found


def test_signatures_come_and_go_and_everything_else_stays(app: Flask, shelf: Library) -> None:
    bob = make_account(app)
    certify(app, bob)
    signing = next(course for course in shelf.content.courses.values() if course.file.attestation)
    with app.app_context(), transaction():
        attest(enroll(bob, signing, clock.now()), "Bob Builder", clock.now())
    with app.app_context():
        counts, before = rows(), enrollments()
        assert {one["attested_as"] for one in before} == {None, "Bob Builder"}
        downgrade(directory=FOLDER, revision="0001")
        assert "attested_as" not in enrollments()[0]
        upgrade(directory=FOLDER)
        # Sessions and mail came later and went with their tables; everybody signs in again.
        later = {"sessions", "links", "outbox_messages", "audit_events", "recovery_codes"}
        assert {name: 0 if name in later else number for name, number in counts.items()} == rows()
        after = enrollments()
    gone = {"attested_at": None, "attested_as": None}
    assert after == [{**one, **gone} for one in before]
    # Constraints came along as well.
    with app.app_context(), pytest.raises(Conflict), transaction():
        db.session.get_one(Enrollment, after[0]["id"]).cycle = 0
