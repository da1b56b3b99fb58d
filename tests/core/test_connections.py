"""Connections to PostgreSQL: what reading sends, and what becomes of those that ended meanwhile."""

from __future__ import annotations

import psycopg
import pytest
from flask import Flask
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, func, select, text

from tests.conftest import POSTGRES_URL
from trainer.accounts.models import User
from trainer.core import clock
from trainer.core.connections import connect_args
from trainer.core.db import db, transaction

pytestmark = pytest.mark.skipif(not POSTGRES_URL, reason="needs a PostgreSQL server")


@pytest.fixture
def database_url(postgres_url: str) -> str:
    """Return PostgreSQL's database alone."""
    return postgres_url


def _state(connection: Connection) -> TransactionStatus:
    return TransactionStatus(connection.connection.dbapi_connection.info.transaction_status)  # type: ignore[union-attr]


def test_reading_begins_nothing_and_keeps_statements_prepared_which_writing_does_too(app: Flask) -> None:
    prepared = text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%users%'")
    for number in range(20):
        with app.app_context():
            assert db.session.scalar(select(func.count()).select_from(User)) == number
            assert _state(db.session.connection()) == TransactionStatus.IDLE
            with transaction() as session:
                session.add(User(created_at=clock.now()))
                session.flush()
                assert _state(session.connection()) == TransactionStatus.INTRANS
    with app.app_context():
        assert db.session.scalar(prepared) == 2


def test_a_server_that_is_gone_is_noticed_soon_and_sees_whose_connections_it_has(app: Flask) -> None:
    with app.app_context():
        info = db.session.connection().connection.dbapi_connection.info  # type: ignore[union-attr]
        assert db.session.scalar(text("SELECT current_setting('application_name')")) == "trainer"
        given = info.get_parameters()
        assert {name: given[name] for name in ("connect_timeout", "tcp_user_timeout", "keepalives_idle")} == {
            "connect_timeout": "3",
            "tcp_user_timeout": "15000",
            "keepalives_idle": "10",
        }
    assert "connect_timeout" not in connect_args("postgresql+psycopg://u@h/x?connect_timeout=60")
    assert connect_args("sqlite:////x/trainer.db") == {}


def test_a_connection_that_was_ended_is_replaced_before_it_is_used_however_soon(app: Flask) -> None:
    with app.app_context(), psycopg.connect(POSTGRES_URL) as other:
        for _time in range(3):
            ended = db.session.scalar(text("SELECT pg_backend_pid()"))
            db.session.remove()
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [ended])
            assert db.session.scalar(text("SELECT pg_backend_pid()")) not in (None, ended)


@pytest.mark.parametrize(("rested", "last"), [(0.0, ";"), (60.0, "SELECT 2")])
def test_a_connection_is_asked_whether_it_is_alive_only_after_a_rest(
    app: Flask, monkeypatch: pytest.MonkeyPatch, rested: float, last: str
) -> None:
    monkeypatch.setattr("trainer.core.connections.RESTED", rested)
    with app.app_context(), psycopg.connect(POSTGRES_URL) as other:
        db.session.scalar(text("SELECT 2"))
        db.session.remove()
        with db.engine.connect() as connection:
            own = connection.connection.dbapi_connection.info.backend_pid  # type: ignore[union-attr]
            sent = other.execute("SELECT query FROM pg_stat_activity WHERE pid = %s", [own]).fetchone()
    assert sent == (last,)
