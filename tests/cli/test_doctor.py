"""`flask doctor` says in a line each what is well, what to look at and what is broken, and what to do."""

from __future__ import annotations

import datetime as dt
import json
import socket
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import delete

from tests.cast import make_account
from tests.live import free_port
from tests.operating.conftest import well as well
from tests.redis_server import RedisServer
from tests.redis_server import redis_server as redis_server
from tests.support import TASKS
from trainer.app import create_app
from trainer.content.library import Library
from trainer.core import outbox
from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.core.heartbeat import note_ended, note_failed
from trainer.core.processes import Itself, ProcessRole, RunningProcess, note_seen
from trainer.core.releases import add_release
from trainer.core.settings import Settings
from trainer.operating import asking

pytestmark = pytest.mark.on_both


def diagnose(app: Flask) -> tuple[int, dict[str, tuple[str, str, str]]]:
    """Return the exit code and (level, word, remedy) of each finding."""
    ended = app.test_cli_runner().invoke(args=["doctor", "--json"])
    findings = json.loads(ended.stdout)
    return ended.exit_code, {one["name"]: (one["level"], one["word"], one["remedy"]) for one in findings}


@pytest.fixture
def cared_for(well: Flask, settings: Settings) -> Flask:
    """Return the app with tasks that have run and a backup of now."""
    with well.app_context(), transaction():
        for task in TASKS:
            note_ended(task.label, now(), now())
    note = {"made_at": now().isoformat(), "folder": "/backups/1"}
    (settings.instance / "last_backup.json").write_text(json.dumps(note))
    return well


def settings_of(app: Flask) -> Settings:
    settings: Settings = app.config["SETTINGS"]
    return settings


def change(app: Flask, **values: object) -> None:
    app.config["SETTINGS"] = replace(settings_of(app), **values)  # type: ignore[arg-type]


def use_other_site(app: Flask) -> None:
    change(app, base_url="https://training.example.org", smtp_url="smtp://127.0.0.1:1", smtp_plain=True)


def lose_badge_keys(app: Flask) -> None:
    change(app, badge_keys=None)


def lose_fonts(app: Flask) -> None:
    (settings_of(app).instance / "fonts").mkdir()
    change(app, fonts=settings_of(app).instance / "fonts")


def fail_task(app: Flask) -> None:
    with app.app_context(), transaction():
        note_failed("mail", now(), 3, "no")


def forget_task(app: Flask) -> None:
    with app.app_context(), transaction():
        note_ended("mail", now(), now() - dt.timedelta(minutes=4))


def give_up_mail(app: Flask) -> None:
    with app.app_context(), transaction():
        message = outbox.post("no-account", "bob@example.org", "en", {}, now())
        message.tries, message.dead_at, message.last_error = 20, now(), "no"


def lose_key_of_second_steps(app: Flask) -> None:
    user_id = make_account(app)
    with app.app_context(), transaction() as session:
        from trainer.accounts.models import User

        session.get_one(User, user_id).second_factor_key_id = "12345678"


def serve_other_content(app: Flask) -> None:
    with app.app_context(), transaction():
        note_seen(Itself(ProcessRole.WEB, machine="web2"), "d2")


def lose_web_server(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        session.execute(delete(RunningProcess).where(RunningProcess.role == ProcessRole.WEB))


def silence_web_server(app: Flask) -> None:
    change(app, port=free_port())
    with app.app_context(), transaction():
        note_seen(Itself(ProcessRole.WEB), "d1")


def go_wrong(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        from trainer.core.processes import list_processes

        for process in list_processes():
            session.merge(process).clock_ahead_ms = 90_000


FAULTS: list[tuple[Callable[[Flask], None], dict[str, tuple[str, str]]]] = [
    (use_other_site, {"settings": ("warning", "plain"), "mail": ("problem", "unreachable")}),
    (lose_badge_keys, {"badge keys": ("problem", "missing")}),
    (lose_fonts, {"fonts": ("warning", "empty")}),
    (fail_task, {"tasks": ("warning", "failing")}),
    (forget_task, {"tasks": ("warning", "late")}),
    (give_up_mail, {"undelivered": ("warning", "some")}),
    (lose_key_of_second_steps, {"second steps": ("problem", "key")}),
    (serve_other_content, {"versions": ("warning", "several")}),
    (lose_web_server, {"web": ("problem", "missing")}),
    (silence_web_server, {"web": ("problem", "silent")}),
    (go_wrong, {"clock": ("problem", "off")}),
]
WELL = {
    *("settings", "database", "schema", "disk", "queue", "worker", "key", "content", "second steps", "badge keys"),
    *("fonts", "mail", "limits", "replica", "web", "tasks", "undelivered", "clock", "versions"),
}


@pytest.mark.on_both(each_case=True)
@pytest.mark.parametrize(("fault", "words"), FAULTS, ids=lambda value: getattr(value, "__name__", ""))
def test_each_fault_is_found_with_what_to_do(
    cared_for: Flask, fault: Callable[[Flask], None], words: dict[str, tuple[str, str]]
) -> None:
    status, before = diagnose(cared_for)
    assert status == 0
    assert before.keys() >= WELL
    assert {name for name, (level, _word, _remedy) in before.items() if level != "ok"} == {"mail"}  # none is set
    fault(cared_for)
    status, after = diagnose(cared_for)
    changed = {name: found[:2] for name, found in after.items() if found != before[name]}
    assert changed == words
    assert all(after[name][2] for name in words)
    assert status == (1 if any(level == "problem" for level, _word in words.values()) else 0)


def test_a_web_server_that_takes_connections_and_answers_none_is_found(
    cared_for: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as hanging:
        change(cared_for, port=hanging.getsockname()[1])
        with cared_for.app_context(), transaction():
            note_seen(Itself(ProcessRole.WEB), "d1")
        status, findings = diagnose(cared_for)
    assert (status, findings["web"][:2]) == (1, ("problem", "silent"))


def test_a_redis_server_that_is_full_is_found(
    cared_for: Flask, settings: Settings, shelf: Library, redis_server: RedisServer
) -> None:
    client = redis_server.begin()
    limited = create_app(replace(settings, limits_url=redis_server.url), shelf)
    assert diagnose(limited)[1]["limits"][0] == "ok"
    client.config_set("maxmemory", "1")
    assert diagnose(limited)[1]["limits"][:2] == ("problem", "refused")
    with limited.app_context():
        db.engine.dispose()


def test_which_machine_serves_other_content_is_said_with_what_to_do(cared_for: Flask) -> None:
    with cared_for.app_context(), transaction():
        add_release("d2", b"files", b"built", "code", now())
        note_seen(Itself(ProcessRole.WEB, machine="web2"), "d2")
        note_seen(Itself(ProcessRole.WEB, machine="web3"), "d1")
    lines = cared_for.test_cli_runner().invoke(args=["doctor"]).output.splitlines()
    (line,) = [line for line in lines if line.split()[1] == "versions"]
    assert "versions of the content are being served" in line
    behind = line.partition("Not the newest, d2: ")[2].partition(". ")[0]
    assert "web3" in behind
    assert "web2" not in behind
    assert "flask content reload" in line


def test_each_line_begins_with_how_bad_it_is_and_ends_with_what_to_do(cared_for: Flask) -> None:
    lose_fonts(cared_for)
    lines = cared_for.test_cli_runner().invoke(args=["doctor"]).output.splitlines()
    assert len(lines) >= len(WELL)
    fonts = settings_of(cared_for).fonts
    assert f"warning  fonts         TRAINER_FONTS is {fonts}, which has no TTF or OTF fonts. Add some." in lines
    assert {line.split()[0] for line in lines} == {"ok", "warning"}


def test_a_mail_server_that_refuses_us_is_told_without_its_words_or_our_password(cared_for: Flask) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(60)
        change(cared_for, smtp_url=f"smtp://canary:secret-canary@127.0.0.1:{server.getsockname()[1]}")
        import threading

        def refuse() -> None:
            line, _address = server.accept()
            line.sendall(b"554 canary@example.org is not welcome\r\n")
            line.close()

        thread = threading.Thread(target=refuse)
        thread.start()
        output = cared_for.test_cli_runner().invoke(args=["doctor"]).output
        thread.join()
    assert "The mail server refused: 554." in output
    assert "canary" not in output


def test_it_says_what_it_can_where_there_is_no_database(settings: Settings, cared_for: Flask) -> None:
    with cared_for.app_context():
        db.session.remove()
        db.engine.dispose()
    away = create_app(replace(settings, database_url="postgresql+psycopg://u:canary@127.0.0.1:1/x"))
    ended = away.test_cli_runner().invoke(args=["doctor"])
    assert ended.exit_code == 1
    assert "Traceback" not in ended.output
    assert "canary" not in ended.output
    assert len(ended.output.splitlines()) >= len(WELL)
