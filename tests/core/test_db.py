"""What every connection promises, and what a transaction does."""

from __future__ import annotations

import datetime as dt
import gc
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import DateTime, Executable, Select, bindparam, delete, insert, inspect, select, text, update
from sqlalchemy.exc import StatementError

from tests.forked import begin_program
from trainer.accounts.models import User
from trainer.core import clock
from trainer.core.connections import BUSY_TIMEOUT_MS, pragmas
from trainer.core.db import (
    Base,
    UTCDateTime,
    _compiled,
    db,
    dispose_engines,
    in_portions,
    insert_missing,
    read,
    transaction,
)
from trainer.core.errors import Conflict
from trainer.core.settings import Settings

pytestmark = pytest.mark.on_both

PROMISED = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": BUSY_TIMEOUT_MS}


@pytest.mark.check("T105")
def test_every_sqlite_connection_is_set_up(app: Flask) -> None:
    with app.app_context():
        if db.engine.dialect.name != "sqlite":
            pytest.skip("SQLite only")
        connections = [db.engine.connect() for _ in range(4)]
        for connection in connections:
            found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in PROMISED}
            assert found == PROMISED
            connection.close()
        db.engine.dispose()
        assert pragmas(db.engine) == PROMISED


@pytest.mark.check("T105")
def test_a_command_has_the_same_connection(settings: Settings) -> None:
    if not settings.database_url.startswith("sqlite"):
        pytest.skip("SQLite only")
    code = (
        "from trainer.app import create_app\nfrom trainer.core.connections import pragmas\n"
        "from trainer.core.db import db\n"
        "app = create_app()\nwith app.app_context(): print(pragmas(db.engine))"
    )
    environ = {
        "TRAINER_DATABASE_URL": settings.database_url,
        "TRAINER_INSTANCE": str(settings.instance),
        "TRAINER_CONTENT": str(settings.content),
    }
    out, err = begin_program(environ, code).communicate()
    assert out.strip() == str(PROMISED), err


def test_before_a_fork_what_was_read_with_is_closed_and_what_is_in_use_refuses_it(app: Flask) -> None:
    gc.disable()  # which would close what is left over, sooner or later
    try:
        with app.app_context():
            opened = db.session.connection().connection.dbapi_connection
            dispose_engines()
            with pytest.raises(db.engine.dialect.loaded_dbapi.Error, match="closed"):
                opened.cursor().execute("SELECT 1")  # type: ignore[union-attr]
            with db.engine.connect(), pytest.raises(RuntimeError, match="in use"):
                dispose_engines()
    finally:
        gc.enable()


def test_a_foreign_key_to_nobody_is_refused(app: Flask) -> None:
    with pytest.raises(Conflict), app.app_context(), transaction() as session:
        session.execute(
            text(
                "INSERT INTO enrollments (id, user_id, course, cycle, course_title, course_version, course_digest, "
                "conditions, started_at, active_seconds) VALUES (:id, :user, 'c', 1, 't', '1', 'd', '{}', :at, 0)"
            ),
            {"id": uuid4().hex, "user": uuid4().hex, "at": clock.now().isoformat()},
        )


@pytest.mark.asvs("16.2.2")
@pytest.mark.check("T117")
def test_every_instant_in_the_database_is_aware(app: Flask) -> None:
    columns = [column for table in Base.metadata.tables.values() for column in table.columns]
    instants = [one for one in columns if isinstance(one.type, DateTime | UTCDateTime)]
    assert len(instants) > 10
    assert [str(one) for one in instants if not isinstance(one.type, UTCDateTime)] == []
    with app.app_context():
        found = {
            (name, column["name"]): getattr(column["type"], "timezone", None)
            for name in Base.metadata.tables
            for column in inspect(db.engine).get_columns(name)
            if isinstance(column["type"], DateTime)
        }
        assert len(found) == len(instants)
        if db.engine.dialect.name == "postgresql":
            assert set(found.values()) == {True}


@pytest.mark.check("T117")
def test_a_naive_instant_is_refused_and_another_zone_becomes_utc(app: Flask) -> None:
    east = dt.timezone(dt.timedelta(hours=5))
    with app.app_context():
        with transaction() as session:
            session.add(User(id=(bob := uuid4()), created_at=dt.datetime(2026, 11, 24, 17, tzinfo=east)))
        db.session.expire_all()
        assert db.session.get_one(User, bob).created_at.isoformat() == "2026-11-24T12:00:00+00:00"
        with pytest.raises(StatementError, match="naive"), transaction() as session:
            session.add(User(created_at=dt.datetime(2026, 11, 24, 12)))


@pytest.mark.asvs("2.3.3", "16.5.3")
def test_a_transaction_that_fails_leaves_nothing(app: Flask) -> None:
    with app.app_context():
        with pytest.raises(ZeroDivisionError):
            _add_someone_and_fail()
        assert db.session.query(User).count() == 0


def test_what_is_changed_outside_of_a_transaction_is_refused_and_not_kept(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        session.add(User(created_at=clock.now(), certificate_name="Ann"))
    with app.app_context():
        db.session.scalars(select(User)).one().certificate_name = "Zoe"
        with pytest.raises(RuntimeError, match="outside of a transaction"):
            db.session.scalar(select(User.certificate_name))
    with app.app_context():
        assert db.session.scalar(select(User.certificate_name)) == "Ann"


@pytest.mark.parametrize(
    "statement",
    [
        update(User).values(certificate_name="Zoe"),
        delete(User),
        insert(User).values(created_at=dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)),
    ],
    ids=["update", "delete", "insert"],
)
def test_so_is_what_a_statement_would_change(app: Flask, statement: Executable) -> None:
    with app.app_context(), transaction() as session:
        session.add(User(created_at=clock.now(), certificate_name="Ann"))
    with app.app_context(), pytest.raises(RuntimeError, match="outside of a transaction"):
        db.session.execute(statement)
    with app.app_context():
        assert db.session.scalars(select(User.certificate_name)).all() == ["Ann"]


def test_rows_come_in_portions_and_what_was_loaded_before_stays_as_it_is(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        session.add_all([User(created_at=clock.now(), certificate_name=f"Guard {number}") for number in range(10)])
    with app.app_context():
        known = db.session.scalars(select(User).limit(1)).one()
        assert set(inspect(known).unloaded) == set(inspect(User).relationships.keys())
        names = db.session.scalars(
            in_portions(select(User.certificate_name).order_by(User.certificate_name), 3)
        ).partitions()
        assert next(names) == ["Guard 0", "Guard 1", "Guard 2"]
        # Another query may come in between, one in portions too.
        assert len(db.session.scalars(in_portions(select(User.id), 4)).all()) == 10
        assert [len(portion) for portion in names] == [3, 3, 1]
        assert not inspect(known).expired


def _add_someone_and_fail() -> None:
    with transaction() as session:
        session.add(User(created_at=clock.now()))
        session.flush()
        raise ZeroDivisionError


def test_what_was_there_already_is_no_conflict_when_missing_rows_are_inserted(app: Flask) -> None:
    row = {"id": uuid4(), "created_at": clock.now()}
    with app.app_context():
        for _time in range(2):
            with transaction():
                insert_missing(User, [row])
        insert_missing(User, [])
        assert db.session.query(User).count() == 1


def test_of_statements_that_were_built_once_each_keeps_its_own_rows(app: Flask) -> None:
    statements: list[Select[Any]] = [select(bindparam("a") + number) for number in range(3)]
    with app.app_context():
        _compiled.clear()
        for value in (10, 20):
            assert [read(one, {"a": value})[0][0] for one in statements] == [value, value + 1, value + 2]
        assert len(_compiled) == 3


def test_statements_that_are_built_each_time_are_told_apart_and_not_kept_forever(app: Flask) -> None:
    with app.app_context():
        for number in range(200):
            assert read(select(bindparam("a") + number), {"a": 0}) == [(number,)]
    assert len(_compiled) <= 100


@pytest.mark.asvs("16.5.1")
def test_an_error_of_the_database_does_not_repeat_what_people_typed(app: Flask) -> None:
    with app.app_context(), pytest.raises(Exception, match="hidden due to hide_parameters") as failed:
        db.session.execute(text("SELECT * FROM nowhere WHERE email = :email"), {"email": "leo@example.org"})
    assert "leo@example.org" not in str(failed.value)
