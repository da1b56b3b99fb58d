"""PostgreSQL or Redis goes away, comes back, or undoes what was begun: nothing is lost, and nothing is done twice."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import event, func, select

from tests import clusters
from tests.cast import answer_all, make_account, make_ready, sign_in_as, start_final
from tests.clusters import Cluster
from tests.conftest import POSTGRES_URL, make_settings
from tests.databases import migrate
from tests.forked import begin_command
from tests.live import serving
from tests.redis_server import RedisServer
from tests.redis_server import redis_server as redis_server
from tests.steady import Stream, steady
from tests.support import COURSE, Visitor
from trainer.app import create_app
from trainer.assessment.models import Attempt
from trainer.content.library import Library
from trainer.core.db import db, transaction
from trainer.core.limits import LimitCount
from trainer.core.settings import Settings
from trainer.credentials.models import Credential
from trainer.learning.models import Enrollment
from trainer.web.retry import MOST_TRIES

pytestmark = pytest.mark.slow

RECOVERS_WITHIN = 5.0


on_postgres = pytest.mark.skipif(not POSTGRES_URL, reason="needs a PostgreSQL server")
"""SQLite answers in the process itself, and lets one write at a time."""


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path, template_database: Path) -> str:
    """Return PostgreSQL's database for tests that are about it."""
    if "redis" not in request.node.name:
        return str(request.getfixturevalue("postgres_url"))
    shutil.copy(template_database, tmp_path / "trainer.db")
    return f"sqlite:///{tmp_path / 'trainer.db'}"


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """Make a server, which isn't running."""
    with clusters.cluster("outages") as made:
        yield made


def run_setup(settings: Settings) -> tuple[int | None, str]:
    """Return the exit code of `flask setup` and what it said of errors."""
    environ = {
        **os.environ,
        "TRAINER_INSTANCE": str(settings.instance),
        "TRAINER_DATABASE_URL": settings.database_url,
        "TRAINER_SECRET_KEY": settings.secret_key,
    }
    command = begin_command(environ, "setup")
    _out, errors = command.communicate()
    return command.returncode, errors


def recovers(stream: Stream) -> float:
    """Wait until twenty requests in a row are answered; return after how many seconds the last one before was not."""
    begun, bad, good = time.monotonic(), time.monotonic(), 0
    seen = Counter(stream.statuses)
    while good < 20:
        time.sleep(0.05)
        new = stream.statuses - seen
        seen = Counter(stream.statuses)
        if any(status != "200" for status in new):
            bad, good = time.monotonic(), 0
        else:
            good += new["200"]
        assert time.monotonic() < begun + 60, stream.statuses
    return bad - begun


@pytest.mark.check("T107")
def test_postgresql_is_away_at_the_start_and_in_between(cluster: Cluster, tmp_path: Path, shelf: Library) -> None:
    settings = make_settings(tmp_path, cluster.url)
    code, errors = run_setup(settings)
    assert code == 1
    assert errors.startswith("Error: The database can't be reached")
    assert errors.count("\n") == 1

    cluster.control("start")
    app = create_app(settings, shelf)
    with app.app_context():
        migrate()
        db.engine.dispose()
    cookie = sign_in_as(app, make_account(app)).cookie()
    with (
        serving(settings, is_web_alone=True) as address,
        steady([address], "/me", rate=30, cookie=cookie) as stream,
    ):
        assert recovers(stream) < 1
        assert set(stream.statuses) == {"200"}, stream.statuses
        cluster.control("stop", "-m", "immediate")
        time.sleep(float(os.environ.get("TRAINER_OUTAGE", "3")))
        cluster.control("start")
        assert recovers(stream) <= RECOVERS_WITHIN
        for _time in range(3):
            cluster.end_all()
            assert recovers(stream) <= RECOVERS_WITHIN
    assert set(stream.statuses) == {"200", "503"}, stream.statuses
    with app.app_context():
        db.engine.dispose()


@on_postgres
@pytest.mark.check("T107")
def test_a_connection_that_ends_after_the_last_statement_takes_no_answer_with_it(app: Flask) -> None:
    visitor, path = Visitor(app), "/verify/0"

    def end_connection(connection: Any, *_rest: object) -> None:
        own = connection.connection.dbapi_connection
        with psycopg.connect(str(POSTGRES_URL)) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [own.info.backend_pid])

    with app.app_context():
        engine = db.engine
        event.listen(engine, "after_cursor_execute", end_connection, once=True)
        db.session.execute(select(1))  # ends, and the context is left with an open transaction
    assert visitor.get(path).status_code == 404
    with app.app_context():
        assert db.session.scalar(select(1)) == 1


def ready_to_hand_in(app: Flask) -> tuple[Visitor, str]:
    """Return a learner and the final, all of whose scenes are answered."""
    leo = make_account(app, "leo@example.org")
    make_ready(app, leo)
    attempt = start_final(app, leo)
    answer_all(app, attempt)
    visitor = sign_in_as(app, leo)
    visitor.token()
    return visitor, f"/attempts/{attempt}/submission"


def count(app: Flask, record: Any, *conditions: Any) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(record).where(*conditions)) or 0


@on_postgres
@pytest.mark.check("T107")
def test_a_commit_whose_answer_is_lost_is_done_once_when_it_is_sent_again(app: Flask) -> None:
    with app.app_context():
        engine = db.engine
    visitor, path = ready_to_hand_in(app)
    lost: list[Any] = []

    def lose_answer(connection: Any) -> None:
        if connection.get_execution_options().get("trainer_writes") and not lost:
            lost.append(connection)
            own = connection.connection.dbapi_connection
            pid = own.info.backend_pid
            own.commit()  # the server has it
            with psycopg.connect(POSTGRES_URL) as other:
                other.execute("SELECT pg_terminate_backend(%s)", [pid])
            own.close()  # and its answer never comes

    event.listen(engine, "commit", lose_answer)
    first = visitor.post(path)
    event.remove(engine, "commit", lose_answer)
    assert lost
    assert first.status_code == 503
    assert first.headers["Retry-After"]
    assert visitor.post(path).status_code == 303
    assert count(app, Credential) == 1
    assert count(app, Attempt, Attempt.submitted_at.is_not(None)) == 1


class _Undoing:
    """Makes the server undo the first so many transactions that write to a table."""

    def __init__(self, table: str, code: str, times: int) -> None:
        self.table, self.code, self.left = table, code, times

    def __call__(self, cursor: Any, statement: str, _parameters: Any, _context: Any) -> None:
        if self.left and self.table in statement and statement.startswith(("INSERT", "UPDATE")):
            self.left -= 1
            cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'undone' USING ERRCODE = '{self.code}'; END $$")


@on_postgres
@pytest.mark.check("T108")
@pytest.mark.parametrize(
    ("table", "code", "times"),
    [
        ("credentials", "40P01", 1),
        ("attempts", "40001", MOST_TRIES - 1),
        ("credentials", "40001", MOST_TRIES),
    ],
)
def test_what_the_database_undid_is_done_again_a_few_times_and_once_in_all(
    app: Flask, table: str, code: str, times: int
) -> None:
    with app.app_context():
        engine = db.engine
    visitor, path = ready_to_hand_in(app)
    undoing = _Undoing(table, code, times)
    event.listen(engine, "do_execute", undoing)
    answer = visitor.post(path)
    event.remove(engine, "do_execute", undoing)
    assert undoing.left == 0
    assert answer.status_code == (303 if times < MOST_TRIES else 503)
    assert count(app, Credential) == (1 if times < MOST_TRIES else 0)
    assert answer.status_code == 303 or answer.headers["Retry-After"]
    assert visitor.post(path).status_code == 303
    assert count(app, Credential) == 1


@on_postgres
@pytest.mark.check("T108")
def test_nothing_is_done_again_once_something_was_kept(app: Flask) -> None:
    calls = []

    def in_two_parts() -> str:
        calls.append(1)
        with transaction() as session:
            session.execute(select(1))
        with transaction() as session:
            session.connection().exec_driver_sql("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40001'; END $$")
        return "done"

    view = app.view_functions["home.front"]
    in_two_parts.access = view.access  # type: ignore[union-attr, attr-defined]
    app.view_functions["home.front"] = in_two_parts
    assert Visitor(app).get("/").status_code == 503
    assert len(calls) == 1


@pytest.mark.check("T109")
@pytest.mark.parametrize("fault", ["killed", "paused", "stopped", "full", "emptied"])
def test_whatever_redis_does_people_go_on_and_limits_hold(
    app: Flask, settings: Settings, shelf: Library, redis_server: RedisServer, fault: str
) -> None:
    client = redis_server.begin()
    limited = create_app(replace(settings, limits_url=redis_server.url), shelf)
    make_account(app, "leo@example.org")
    _guess(limited, 3)
    assert client.dbsize() > 0
    assert count(app, LimitCount) == 0
    if fault == "killed":
        redis_server.tell(signal.SIGKILL)
    elif fault == "paused":
        client.client_pause(60_000, all=True)
    elif fault == "stopped":
        redis_server.tell(signal.SIGSTOP)
    elif fault == "full":
        client.config_set("maxmemory", "1")
    else:
        client.flushall()
    begun = time.monotonic()
    leo = Visitor(limited)
    assert leo.sign_in().status_code == 303
    leo.enroll()
    lesson = shelf.content.courses[COURSE].lessons[0]
    assert leo.get(f"/courses/{COURSE}/{lesson.id}").status_code == 200
    assert leo.get(f"{leo.start('practices')}/scenes/1").status_code == 200
    assert time.monotonic() - begun < 60
    assert count(app, Enrollment) == 1
    statuses = _guess(limited, 61)
    assert statuses[-1] == 429, Counter(statuses)
    with limited.app_context():
        db.engine.dispose()


def _guess(app: Flask, number: int) -> list[int]:
    """Try to sign in to accounts that there aren't."""
    visitor = Visitor(app)
    token = visitor.token()
    return [
        visitor.post("/sign-in", {"email": f"x{one}@example.org", "password": "y"}, token=token).status_code
        for one in range(number)
    ]
