"""Each process says that it runs; a database that doesn't listen ends nothing, and is complained of once."""

from __future__ import annotations

import logging
import threading
import time

import pytest
from flask import Flask
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from trainer.content.library import Library
from trainer.core.db import db
from trainer.core.processes import Itself, ProcessRole, list_processes
from trainer.jobs.heartbeats import begin_heartbeats, say_so

pytestmark = pytest.mark.on_both


def test_a_process_says_so_itself_with_the_content_it_serves(app: Flask, shelf: Library) -> None:
    stopped = threading.Event()
    begin_heartbeats(app, ProcessRole.WEB, stopped)
    until = time.monotonic() + 60
    with app.app_context():
        while not (rows := list_processes()):
            assert time.monotonic() < until
            db.session.rollback()
            time.sleep(0.05)
        assert [(row.role, row.content) for row in rows] == [(ProcessRole.WEB, shelf.content.digest)]
    stopped.set()
    while any(thread.name == "beats" for thread in threading.enumerate()):
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_database_that_does_not_listen_ends_nothing(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    itself = Itself(ProcessRole.WORKER)
    with app.app_context():
        engine = db.engine

    def refuse(*_arguments: object) -> None:
        raise OperationalError("", None, OSError("no route to it"))

    event.listen(engine, "before_cursor_execute", refuse)
    try:
        with caplog.at_level(logging.WARNING):
            assert not say_so(app, itself)
            assert not say_so(app, itself, is_logged=False)
    finally:
        event.remove(engine, "before_cursor_execute", refuse)
    assert [record.message for record in caplog.records] == [
        "this process can't be recorded as running: no route to it"
    ]
    assert say_so(app, itself)
    with app.app_context():
        assert db.session.scalar(text("SELECT count(*) FROM running_processes")) == 1
