"""`/healthz` and `/readyz` tell what watches the site the truth, in a word each, whatever is broken."""

from __future__ import annotations

import datetime as dt
import shutil
import socket
import sqlite3
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from tests.support import Visitor
from trainer.app import create_app
from trainer.core import outbox
from trainer.core.clock import now
from trainer.core.damage import DAMAGED, database_file
from trainer.core.db import db, transaction
from trainer.core.settings import Settings, read_settings
from trainer.operating import rules
from trainer.operating.health import look_for_readiness

pytestmark = pytest.mark.on_both

ALL_WELL = dict.fromkeys(["database", "schema", "disk", "queue", "worker", "key", "content"], "ok")


def settings_of(app: Flask) -> Settings:
    settings: Settings = app.config["SETTINGS"]
    return settings


def change(app: Flask, **values: object) -> None:
    app.config["SETTINGS"] = replace(settings_of(app), **values)  # type: ignore[arg-type]


def execute(app: Flask, *statements: str) -> None:
    with app.app_context(), transaction() as session:
        for statement in statements:
            session.execute(text(statement))


def file_of(app: Flask) -> Path:
    path = database_file(settings_of(app).database_url)
    assert path is not None
    return path


def lose_file(app: Flask) -> None:
    file_of(app).unlink()


def overwrite_head(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    with file_of(app).open("r+b") as file:
        file.write(b"\xff" * 100)


def lose_log(app: Flask) -> None:
    file_of(app).with_name("trainer.db-wal").unlink()


def go_behind(app: Flask) -> None:
    execute(app, "UPDATE alembic_version SET version_num = '0075' WHERE version_num LIKE '0%'")


def go_far_behind(app: Flask) -> None:
    execute(app, "UPDATE alembic_version SET version_num = '0074' WHERE version_num LIKE '0%'")


def go_ahead(app: Flask) -> None:
    execute(
        app,
        "UPDATE alembic_version SET version_num = '9999' WHERE version_num LIKE '0%'",
        "DELETE FROM schema_revisions",
    )


def lose_revision(app: Flask) -> None:
    execute(app, "DELETE FROM alembic_version")


def lose_folder(app: Flask) -> None:
    (settings_of(app).instance / "moved").mkdir()
    (settings_of(app).instance / "moved" / "secret_key").touch()
    change(app, instance=settings_of(app).instance / "gone")


def lose_key(app: Flask) -> None:
    (settings_of(app).instance / "secret_key").unlink()


def expose_key(app: Flask) -> None:
    (settings_of(app).instance / "secret_key").chmod(0o644)


def change_key(app: Flask) -> None:
    (settings_of(app).instance / "secret_key").write_text("u" * 40)


def lose_content(app: Flask) -> None:
    empty = settings_of(app).instance / "empty"
    empty.mkdir()
    change(app, content=empty)
    del app.extensions["library"]


def keep_mail_waiting(app: Flask) -> None:
    change(app, smtp_url="smtp://127.0.0.1:1")
    with app.app_context(), transaction():
        outbox.post("no-account", "bob@example.org", "en", {}, now() - dt.timedelta(minutes=11))


def lose_worker(app: Flask) -> None:
    execute(app, "DELETE FROM running_processes")


FAULTS: list[tuple[Callable[[Flask], None], int, dict[str, str]]] = [
    (lose_file, 503, {"database": "missing"}),
    (overwrite_head, 503, {"database": "damaged", "schema": "damaged", "queue": "damaged", "worker": "damaged"}),
    (lose_log, 503, {"database": "damaged"}),
    (lose_revision, 503, {"schema": "half"}),
    (go_behind, 503, {"schema": "behind"}),
    (go_far_behind, 503, {"schema": "behind"}),
    (go_ahead, 503, {"schema": "ahead"}),
    (lose_folder, 503, {"disk": "missing", "key": "missing"}),
    (lose_key, 503, {"key": "missing"}),
    (expose_key, 503, {"key": "exposed"}),
    (change_key, 200, {"key": "changed"}),
    (lose_content, 503, {"content": "refused"}),
    (keep_mail_waiting, 200, {"queue": "late"}),
    (lose_worker, 200, {"worker": "missing"}),
]
OF_A_FILE = {lose_file, overwrite_head, lose_log}


@pytest.mark.check("T121")
@pytest.mark.parametrize(("fault", "status", "words"), FAULTS, ids=lambda value: getattr(value, "__name__", ""))
def test_each_fault_has_its_code_and_word(
    well: Flask, fault: Callable[[Flask], None], status: int, words: dict[str, str]
) -> None:
    client = well.test_client()
    assert asked(client) == (200, ALL_WELL)
    if fault in OF_A_FILE and not settings_of(well).database_url.startswith("sqlite"):
        pytest.skip("of SQLite's file")
    fault(well)
    if fault is lose_file:  # nothing can be asked of it anymore, and no new file may appear in its place
        assert asked(client)[1]["database"] == "missing"
        assert client.get("/readyz").status_code == 503
        assert not file_of(well).exists()
    else:
        assert asked(client) == (status, ALL_WELL | words)
    assert client.get("/healthz").json == {"status": "alive"}
    if fault is not lose_content:  # a server doesn't start without content; here it is read again each time
        assert quickest(client) < 0.05


def asked(client: FlaskClient) -> tuple[int, dict[str, str]]:
    answer = client.get("/readyz")
    assert answer.json is not None
    assert answer.json["status"] == ("ready" if answer.status_code == 200 else "broken")
    return answer.status_code, answer.json["checks"]


def quickest(client: FlaskClient) -> float:
    """Return how long it takes this process at best: the machine may be busy with others."""
    times = []
    for _time in range(8):
        begun = time.process_time()
        client.get("/readyz")
        times.append(time.process_time() - begun)
    return min(times)


@pytest.mark.parametrize("place", ["sqlite:///{}/linked.db", "sqlite:///trainer.db"])
def test_a_file_behind_a_link_or_a_relative_path_is_no_damage(
    place: str, template_database: Path, tmp_path: Path
) -> None:
    """SQLite keeps its log beside the file itself, and a relative path begins in the instance folder."""
    instance, disk = tmp_path / "instance", tmp_path / "disk"
    for folder in (instance, disk):
        folder.mkdir()
    shutil.copy(template_database, disk / "trainer.db" if "linked" in place else instance / "trainer.db")
    (instance / "linked.db").symlink_to(disk / "trainer.db")
    environ = {
        "TRAINER_INSTANCE": str(instance),
        "TRAINER_SECRET_KEY": "t" * 40,
        "TRAINER_DATABASE_URL": place.format(instance),
    }
    app = create_app(read_settings(environ))
    assert asked(app.test_client())[1]["database"] == "ok"
    assert not (instance / DAMAGED).exists()


def test_a_database_server_that_is_silent_is_not_waited_for(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}/x?connect_timeout=60"
        app = create_app(replace(settings, database_url=f"postgresql+psycopg://u@{address}"))
        for _time in range(2):  # the second time, the first look still waits
            assert asked(app.test_client())[1]["database"] == "unreachable"
            with app.app_context():
                assert "hasn't answered within 2 s" in look_for_readiness()[0].says


@pytest.mark.check("T121")
def test_a_database_server_that_is_away_is_said_at_once(settings: Settings, tmp_path: Path) -> None:
    key = tmp_path / "secret_key"
    key.write_text(settings.secret_key)
    key.chmod(0o600)
    app = create_app(replace(settings, database_url="postgresql+psycopg://u:canary@127.0.0.1:1/x"))
    status, checks = asked(app.test_client())
    assert status == 503
    assert checks == ALL_WELL | dict.fromkeys(["database", "schema", "queue", "worker"], "unreachable")
    assert "canary" not in app.test_client().get("/readyz").text
    assert app.test_client().get("/healthz").status_code == 200


@pytest.mark.check("T121")
@pytest.mark.parametrize(("least", "status", "word"), [(2**80, 503, "full"), (0, 200, "low")])
def test_a_disk_that_fills_up_is_warned_of_before_it_is_full(
    well: Flask, monkeypatch: pytest.MonkeyPatch, least: int, status: int, word: str
) -> None:
    monkeypatch.setattr(rules, "LEAST_FREE", least)
    monkeypatch.setattr(rules, "LITTLE_FREE", 2**80)
    assert asked(well.test_client()) == (status, ALL_WELL | {"disk": word})


@pytest.mark.check("T121")
def test_a_folder_that_nobody_can_write_to_is_said(well: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRAINER_SECRET_KEY", "t" * 40)
    change(well, instance=Path("/sys"))  # not even root can
    status, checks = asked(well.test_client())
    assert (status, checks["disk"]) == (503, "readonly")


def test_probes_ask_under_any_name_and_leave_no_trace(well: Flask) -> None:
    visitor = Visitor(well)
    visitor.sign_up()
    before = visitor.cookie()
    counted = "SELECT (SELECT count(*) FROM limit_counts) + (SELECT count(*) FROM audit_events)"
    with well.app_context():
        rows = db.session.execute(text(counted)).scalar()
    for path in ("/healthz", "/readyz"):
        for client in (visitor.client, well.test_client()):
            answer = client.get(path, base_url="http://10.0.0.7:8000", headers={"X-Forwarded-Host": "evil.example"})
            assert answer.status_code == 200
            assert "Set-Cookie" not in answer.headers
            assert answer.headers["Cache-Control"] == "no-store"
    assert visitor.cookie() == before
    with well.app_context():
        assert db.session.execute(text(counted)).scalar() == rows


def test_nothing_is_written_to_a_file_that_was_found_damaged(well: Flask) -> None:
    if not settings_of(well).database_url.startswith("sqlite"):
        pytest.skip("of SQLite's file")
    (settings_of(well).instance / DAMAGED).write_text("page 7 isn't what it was")
    visitor = Visitor(well)
    assert visitor.get("/verify").status_code == 200
    assert visitor.post("/guests").status_code == 503
    assert asked(visitor.client)[1]["database"] == "damaged"
    with sqlite3.connect(file_of(well)) as connection:
        assert connection.execute("SELECT count(*) FROM users").fetchone() == (0,)
