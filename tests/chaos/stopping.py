"""Stop a process for good at a named point of what it does, and kill it there.

`python -m tests.chaos.stopping` has imported the app and read its content, and forks a process for each line of its
input: to start Python anew for each point would take seconds.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import smtplib
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from flask import Flask
from flask.wrappers import Response
from sqlalchemy import event

from trainer.app import create_app
from trainer.content.library import Library
from trainer.core import clock
from trainer.core.db import db
from trainer.core.settings import ROOT, Settings
from trainer.credentials import certificate
from trainer.items.registry import MODELS
from trainer.server.supervisor import end_with

BEFORE_COMMIT: Final = "before the commit"
AFTER_COMMIT: Final = "after the commit"
AFTER_PDF: Final = "after the PDF"
AFTER_MAIL: Final = "after the mail"
BEFORE_ANSWER: Final = "before the answer"
"""Points beside those of statements, which are named by how a statement begins."""


def kill_at(point: str, act: Callable[..., None], settings: Settings, *arguments: str, times: int = 1) -> None:
    """Run an act, a function of a module that takes an app and texts, in a process that is killed at a point.

    `times`: on which of the times that it gets there. Fails if the process never gets there.
    """
    order = {
        "folder": str(settings.instance),
        "database": settings.database_url,
        "smtp_url": settings.smtp_url,
        "point": point,
        "times": times,
        "module": act.__module__,
        "act": act.__name__,
        "arguments": arguments,
    }
    process = _forking()
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(order) + "\n")
    process.stdin.flush()
    said = process.stdout.readline().split()
    assert said[:1] == ["stopped"], f"it never stopped {point}: {said}"
    os.kill(int(said[1]), signal.SIGKILL)
    assert process.stdout.readline() == "gone\n"


@cache
def _forking() -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.chaos.stopping"],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    atexit.register(process.kill)
    return process


def _main() -> None:
    from tests.conftest import CONTENT, make_settings

    # What each process would read, import and compile anew takes longer than what it is stopped in.
    shelf = Library(CONTENT, clock.today, MODELS)
    with tempfile.TemporaryDirectory() as folder:
        create_app(make_settings(Path(folder), f"sqlite:///{folder}/none.db"), shelf)
    for line in sys.stdin:
        order = json.loads(line)
        act = getattr(import_module(order["module"]), order["act"])
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            end_with(parent, signal.SIGKILL)
            settings = make_settings(Path(order["folder"]), order["database"], smtp_url=order["smtp_url"])
            app = create_app(settings, shelf)
            with app.app_context():
                _stop_at(app, order["point"], order["times"])
            act(app, *order["arguments"])
            os._exit(0)
        os.waitpid(pid, 0)
        print("gone", flush=True)


def _stop_at(app: Flask, point: str, times: int) -> None:
    passed = 0

    def pass_by(*_whatever: Any) -> None:
        nonlocal passed
        passed += 1
        if passed == times:
            print(f"stopped {os.getpid()}", flush=True)
            time.sleep(600)

    def answer(response: Response) -> Response:
        pass_by()
        return response

    def look(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith(point):
            pass_by()

    if point == BEFORE_COMMIT:
        event.listen(db.session, "before_commit", pass_by)
    elif point == AFTER_COMMIT:
        event.listen(db.session, "after_commit", pass_by)
    elif point == BEFORE_ANSWER:
        app.after_request(answer)
    elif point == AFTER_PDF:
        certificate.typeset = _then(certificate.typeset, pass_by)  # type: ignore[attr-defined]
    elif point == AFTER_MAIL:
        smtplib.SMTP.send_message = _then(smtplib.SMTP.send_message, pass_by)  # type: ignore[method-assign]
    else:
        event.listen(db.engine, "after_cursor_execute", look)


def _then(function: Callable[..., Any], pass_by: Callable[[], None]) -> Callable[..., Any]:
    def do(*arguments: Any, **options: Any) -> Any:
        result = function(*arguments, **options)
        pass_by()
        return result

    return do


if __name__ == "__main__":
    _main()
