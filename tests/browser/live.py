"""The real app behind a real server on a fresh database, and a second site next to it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.error import URLError

from flask import Flask
from werkzeug.serving import make_server

from tests.browser.fixed import SERVER, promise_mail
from tests.live import free_port
from trainer.accounts.models import User
from trainer.accounts.operations import open_session
from trainer.app import create_app
from trainer.content.library import Library
from trainer.core import clock
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.settings import ROOT, read_settings
from trainer.items.registry import MODELS
from trainer.server.start import web_command

_KEY = "b" * 40


@dataclass
class Elsewhere:
    """Another site: where the exit leads, and where an attacker's pages lie."""

    port: int
    pages: dict[str, str] = field(default_factory=dict)

    @property
    def same_site(self) -> str:
        """Its address as another port of the app's host: same site, other origin."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def cross_site(self) -> str:
        """Its address under another host name."""
        return f"http://localhost:{self.port}"


@dataclass
class Live:
    """A running installation. `app` is the same app in this process, on the same database and key."""

    url: str
    app: Flask
    content: Path
    elsewhere: Elsewhere

    def cookie(self, user: User) -> dict[str, str]:
        """Return the session cookie of someone who signed in, for a browser context."""
        serializer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        with self.app.app_context(), transaction():
            token = open_session(user.id, "A browser", now()).hex
        value = serializer.dumps({"_user_id": token, "_fresh": True, "_permanent": True})
        return {"name": self.app.config["SESSION_COOKIE_NAME"], "value": value, "url": self.url}


@contextmanager
def serve(folder: Path, database: Path) -> Iterator[Live]:
    """Serve the real content from a copy of `database`, with granian and two workers, until the block ends.

    Some of the content differs: no least minutes, so that a journey need not wait; the exit leads to a page of ours,
    so that no test asks the network for anything; and the refresher has a pretest of two scenes.
    """
    shutil.copy(database, folder / "trainer.db")
    with _elsewhere() as elsewhere:
        content = _content(folder, elsewhere)
        port = free_port()
        environ = {
            "TRAINER_INSTANCE": str(folder / "instance"),
            "TRAINER_DATABASE_URL": f"sqlite:///{folder / 'trainer.db'}",
            "TRAINER_SECRET_KEY": _KEY,
            "TRAINER_CONTENT": str(content),
            "PORT": str(port),
        }
        url = f"http://127.0.0.1:{port}"
        with _server(port, environ, folder / "server.log"):
            settings = replace(read_settings(environ), content=content)
            app = create_app(settings, Library(content, clock.today, MODELS))
            promise_mail(app)
            yield Live(url, app, content, elsewhere)


@contextmanager
def serve_here(folder: Path, database: Path, **settings: Any) -> Iterator[Live]:
    """Serve from a thread of this process, so that time-machine moves the clock of all pages. Else as `serve` does.

    `settings`: those that differ.
    """
    shutil.copy(database, folder / "trainer.db")
    with _elsewhere() as elsewhere:
        content, port = _content(folder, elsewhere), free_port()
        environ = {
            "TRAINER_INSTANCE": str(folder / "instance"),
            "TRAINER_DATABASE_URL": f"sqlite:///{folder / 'trainer.db'}",
            "TRAINER_SECRET_KEY": _KEY,
            "TRAINER_CONTENT": str(content),
            "PORT": str(port),
        }
        app = create_app(
            replace(read_settings(environ), content=content, **settings), Library(content, clock.today, MODELS)
        )
        promise_mail(app)
        server = make_server("127.0.0.1", port, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield Live(f"http://127.0.0.1:{port}", app, content, elsewhere)
        finally:
            server.shutdown()
            server.server_close()
            thread.join(60)


@contextmanager
def _server(port: int, environ: dict[str, str], log: Path) -> Iterator[None]:
    command = web_command(read_settings(environ), SERVER)
    with log.open("w") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **environ}, stdout=out, stderr=subprocess.STDOUT
        )
        try:
            _wait(f"http://127.0.0.1:{port}/", process, log)
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(60)


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _try in range(900):  # a busy machine takes half a minute
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=60):
                return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise AssertionError(f"the server did not come up:\n{log.read_text()[-3000:]}")


def _content(folder: Path, elsewhere: Elsewhere) -> Path:
    copy = Path(shutil.copytree(ROOT / "content", folder / "content"))
    for course in copy.glob("courses/*/course.yaml"):
        _put(course, "least_minutes:", "least_minutes: 0")
    _put(copy / "site.yaml", "exit_target:", f"exit_target: {elsewhere.same_site}/weather")
    _move_pretest(copy)
    return copy


def _move_pretest(content: Path) -> None:
    """Ask for a short pretest in the refresher alone: else it would be the first step of everyone who begins."""
    for course in content.glob("courses/*/course.yaml"):
        text = re.sub(r"^pretest:\n(  .*\n)+", "", course.read_text(), flags=re.MULTILINE)
        course.write_text(text)
    asked = "pretest:\n  scenes: 2\n  knows: {right: 2, harmful_at_most: 0}\npractice:"
    _put(content / "courses/refresher/course.yaml", "practice:", asked)


def _put(path: Path, start: str, line: str) -> None:
    lines = path.read_text().splitlines()
    assert any(one.startswith(start) for one in lines), f"{path} has no {start}"
    path.write_text("\n".join(line if one.startswith(start) else one for one in lines) + "\n")


@contextmanager
def _elsewhere() -> Iterator[Elsewhere]:
    site = Elsewhere(0, {"/weather": "<!doctype html><title>Weather</title><h1>Fair and dry</h1>"})

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = site.pages.get(self.path.split("?")[0])
            body = (page or "").encode()
            self.send_response(200 if page else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join(60)
