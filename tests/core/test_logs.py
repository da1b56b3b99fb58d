"""A line of the log says when, in UTC, and stays one line."""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, text

from tests.support import Visitor
from trainer.accounts.models import User
from trainer.core.db import db, transaction
from trainer.core.logs import JsonLine, log_handler, log_requests, log_slow_statements
from trainer.core.settings import read_settings
from trainer.core.variables import SettingsRefused

pytestmark = pytest.mark.on_both

AT = dt.datetime(2026, 11, 1, 5, 59, 7, 250_000, tzinfo=dt.UTC)


def line(message: str, *values: object) -> str:
    with time_machine.travel(AT, tick=False):
        record = logging.LogRecord("trainer.web", logging.WARNING, "", 1, message, values, None)
    return log_handler().format(record)


@pytest.mark.asvs("16.2.1", "16.2.2")
def test_the_time_is_utc_wherever_the_server_is(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        assert line("away for %s s", 3) == "2026-11-01T05:59:07.250Z WARNING trainer.web: away for 3 s"
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.asvs("16.4.1")
@pytest.mark.parametrize("control", ["\n", "\r\n", "\x00", "\x1b[2J", "\x85", "\u2028"])
def test_nothing_that_was_put_into_it_begins_another_line(control: str) -> None:
    written = line("refused: %s", f"a{control}2026-11-01T05:59:07.250Z INFO trainer: all is well")
    assert len(written.splitlines()) == 1
    assert not re.search("[\x00-\x1f\x7f-\x9f]", written)
    assert line("“Zoë” owns %s", "🦉").endswith("“Zoë” owns 🦉")


class Kept(logging.Handler):
    """Keeps the lines as they would be written."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(JsonLine())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def kept() -> Iterator[Kept]:
    """Return all that is logged, down to the smallest thing."""
    handler, root = Kept(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler
    root.removeHandler(handler)
    root.setLevel(level)


CANARIES = ("canary@example.org", "seven purple lamps", "Canary Person", "203.0.113.77", "canary-query", "CANARYTOKEN")


@pytest.mark.asvs("16.2.5")
def test_no_line_of_a_journey_holds_what_is_someones(app: Flask, kept: Kept) -> None:
    log_requests(app)
    with app.app_context():
        log_slow_statements(db.engine, 0.0)  # all of them
    visitor = Visitor(app)
    address, password, name, source, query, token = CANARIES
    options: dict[str, Any] = {"environ_overrides": {"REMOTE_ADDR": source}}
    visitor.sign_up(address, password)
    visitor.enroll()
    visitor.post("/courses/recognize/name", {"certificate_name": name}, **options)
    for path in (f"/verify?number={query}", f"/verify/{token}", f"/i/{token}", f"/{query}", "/me", "/account"):
        visitor.get(path, **options)
    visitor.client.open(f"/search?q={query}", method="PROPFIND", base_url=visitor.base_url)
    for shown in (password, "eight purple lamps"):
        Visitor(app).post("/sign-in", {"email": address, "password": shown}, **options)
    with app.app_context(), suppress(RuntimeError), transaction() as session:
        session.execute(text("SELECT id FROM users WHERE email = :address"), {"address": address})
        logging.getLogger("trainer").exception("it failed", exc_info=KeyError("id"))
        raise RuntimeError
    lines = [json.loads(line) for line in kept.lines]
    whole = "\n".join(kept.lines)
    assert [word for word in (*CANARIES, visitor.cookie().partition("=")[2]) if word in whole] == []
    messages = [line["message"] for line in lines]
    assert any(re.fullmatch(r"request \w{12}: GET /verify/<\w+> 404, \d+ ms", message) for message in messages)
    assert any(re.match(r"request \w{12}: a statement took \d+ ms: SELECT .* FROM users", words) for words in messages)
    assert {line["request_id"] for line in lines if "request_id" in line}
    assert all("\n" not in line for line in kept.lines)
    assert all(line["at"].endswith("Z") for line in lines)


def test_a_traceback_is_in_its_line_of_json() -> None:
    try:
        raise ValueError("no\nsecond line")
    except ValueError:
        record = logging.LogRecord("trainer", logging.ERROR, "", 1, "failed", (), sys.exc_info())
    written = JsonLine().format(record)
    assert len(written.splitlines()) == 1
    assert "test_logs.py" in json.loads(written)["traceback"]


def test_quick_statements_are_not_logged(app: Flask, kept: Kept) -> None:
    with app.app_context():
        log_slow_statements(db.engine, 60.0)
    assert Visitor(app).get("/healthz").status_code == 200
    Visitor(app).sign_up()
    assert not any("a statement took" in line for line in kept.lines)


def test_of_a_list_of_values_a_slow_statement_says_how_long_it_is(app: Flask, kept: Kept) -> None:
    with app.app_context():
        log_slow_statements(db.engine, 0.0)
        ids = [uuid4() for _number in range(2_000)]
        db.session.scalars(select(User.id).where(User.id.in_(ids), User.email == "a").order_by(User.id)).all()
    *_begin, said = [line["message"] for line in map(json.loads, kept.lines) if "a statement took" in line["message"]]
    assert " IN (2,000 values) AND users.email = " in said
    assert said.endswith("ORDER BY users.id")


@pytest.mark.parametrize(("name", "value"), [("TRAINER_LOG_FORMAT", "xml"), ("TRAINER_LOG_LEVEL", "loud")])
def test_a_setting_that_is_none_of_the_choices_is_refused_in_a_line(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingsRefused, match=f"{name} is '{value}'. It must be one of "):
        read_settings({"TRAINER_INSTANCE": str(tmp_path), "TRAINER_SECRET_KEY": "t" * 40, name: value})
