"""What the processes of a site begin with: the web server with the app as it serves it, and the worker."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

from click import ClickException
from flask import Flask

from trainer.app import create_app
from trainer.cli.following import catch_up, follow
from trainer.cli.jobs import work
from trainer.compliance.views.earlier import most_bytes as most_bytes_of_proof
from trainer.content.serving import library
from trainer.core.db import dispose_engines
from trainer.core.processes import ProcessRole
from trainer.core.schema import check_schema
from trainer.core.settings import Settings
from trainer.core.skew import check_clock
from trainer.jobs.heartbeats import begin_heartbeats
from trainer.operating.metrics import begin_metrics
from trainer.roster.views import most_bytes
from trainer.server.asgi import Adapter
from trainer.server.supervisor import READY, end_with, name_process
from trainer.server.web import listen_again
from trainer.server.worker_pools import RequestSource
from trainer.web.access import takes_long
from trainer.web.language import known_languages, read_ahead
from trainer.web.limits import network_of

_preloaded: list[Flask] = []
"""The app of this process and of those that are forked from it, once it is there."""


def preload(app: Flask | None = None) -> None:
    """Build the app, unless it is given, in the web server's main process, which its workers are forked from.

    They hold little of their own. Nothing may start a thread or keep a connection open before that.
    """
    with _ending_in_one_line():
        _preloaded.append(_prepared(app or create_app()))


def create_server() -> Adapter:
    """Return the app for the server, with its content, in a process that ends with the web server's main one.

    Ends with one line on content or a database that it can't serve.
    """
    parent = multiprocessing.parent_process()
    if parent is not None and parent.pid is not None:
        end_with(parent.pid, signal.SIGKILL)
    with _ending_in_one_line():
        app = _preloaded[-1] if _preloaded else _prepared(create_app())
        with app.app_context():
            check_schema()  # again: this worker may replace one that ended days after the app was built
            catch_up(app)
            dispose_engines()  # as in _prepared: what may take a while is answered by a fork
    settings: Settings = app.config["SETTINGS"]
    begin = partial(_begin_offload, app, os.getpid()) if sys.platform == "linux" else None
    is_kept: Callable[[dict[str, Any]], bool] = app.extensions["is_kept"]
    threads = {} if settings.database_url.startswith("sqlite") else {"changing": 3, "reading": 2}
    source_of = partial(_source_of, settings.proxies)
    adapter = Adapter(
        app, lambda environ: _most_bytes(app, environ), is_kept, takes_long(app), begin, source_of, **threads
    )
    follow(app)  # a thread, as the beats: only now, since the adapter forks
    begin_heartbeats(app, ProcessRole.WEB)
    begin_metrics(app)
    listen_again()
    if READY in os.environ:
        with suppress(OSError):  # the supervisor no longer listens: this worker replaces an earlier one
            os.write(int(os.environ[READY]), b".")
    return adapter


def run_worker(app: Flask | None = None) -> None:
    """Build the app, unless it is given, and do its jobs until stopped."""
    app = app or create_app()
    with app.app_context():
        work(app)


def _begin_offload(app: Flask, server: int) -> None:
    name_process("trainer-long")
    end_with(server, signal.SIGKILL)
    follow(app)


def _source_of(proxies: int, environ: dict[str, Any]) -> RequestSource:
    """Return where a request comes from. What so many proxies of ours add is true, as for `ProxyFix`."""
    shown = environ.get("HTTP_X_FORWARDED_FOR", "").split(",")
    address = shown[-proxies].strip() if 0 < proxies <= len(shown) else environ["REMOTE_ADDR"]
    return RequestSource(network_of(address), environ.get("HTTP_COOKIE") or environ.get("HTTP_AUTHORIZATION", ""))


def _most_bytes(app: Flask, environ: dict[str, Any]) -> int:
    return max(most_bytes(app, environ), most_bytes_of_proof(app, environ))


def _prepared(app: Flask) -> Flask:
    with app.app_context():
        check_schema()
        check_clock()
        catch_up(app)
        library()
        read_ahead(known_languages())
        dispose_engines()  # a connection can't be shared by processes
    return app


@contextmanager
def _ending_in_one_line() -> Iterator[None]:
    try:
        yield
    except ClickException as refused:
        refused.show()
        raise SystemExit(1) from None
