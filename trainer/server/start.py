"""Starting a site: its port, how many connections it may hold, and its processes under a supervisor."""

from __future__ import annotations

import errno
import json
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable
from contextvars import Context
from dataclasses import asdict, replace
from typing import NoReturn

import click
from flask import Flask

from trainer.core.settings import ROOT, Settings
from trainer.server import supervisor, web, worker
from trainer.server.supervisor import BACKLOG, LISTENING, Program

_CONNECTIONS = 4096
"""How many a process of the web server holds open: those that stall cost it little, and leave room for the others."""
_OTHER_FILES = 256
"""What a process has open besides: databases, packages, temporary files."""


def allow_files() -> None:
    """Raise the number of files that this process and its children may have open, as far as this machine lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _CONNECTIONS + _OTHER_FILES
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def most_connections() -> int:
    """Return how many connections a process of the web server holds: a process out of files would answer nobody."""
    soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return _CONNECTIONS if soft == resource.RLIM_INFINITY else max(64, min(_CONNECTIONS, soft - _OTHER_FILES))


def listen(host: str, port: int, prefix: str = "") -> socket.socket:
    """Return the socket on which all web servers accept, one after another. Raises ClickException if there is none."""
    try:
        places = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError:
        raise click.ClickException(f"{prefix}HOST is {host}, which doesn't lead to an address.") from None
    family, kind, protocol, _name, address = min(places, key=lambda place: place[0] != socket.AF_INET)
    listener = socket.socket(family, kind, protocol)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a server that has just ended is no obstacle
    try:
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise click.ClickException(_why_not(host, port, error, prefix)) from None
    return listener


def _why_not(host: str, port: int, error: OSError, prefix: str) -> str:
    if error.errno == errno.EADDRINUSE:
        other = f"{prefix}PORT={port % 65535 + 1}"
        return f"Port {port} of {host} is in use. Stop what uses it, or choose another port: {other}"
    if error.errno == errno.EACCES:
        return f"Port {port} is reserved. Choose one above 1023, such as {prefix}PORT=8000"
    return f"This machine can't listen on {host}, port {port}: {error.strerror}. Check {prefix}HOST and {prefix}PORT."


def start(
    app: Flask, lock: int, listener: socket.socket, *, factory: str, work: str | None, reload: list[str]
) -> NoReturn:
    """Begin the web server and the worker with an app that is built, then become their supervisor.

    `factory` (MODULE:FUNCTION): makes what the web server serves. `work`: what the worker does; None runs no worker.
    `reload`: the command that puts the content folder into service.
    """
    settings: Settings = app.config["SETTINGS"]
    os.chdir(ROOT)
    os.environ[LISTENING] = str(listener.fileno())
    programs = {
        web.main: Program(
            "web server",
            web_command(settings, factory),
            signal.SIGKILL,
            is_vital=True,
            processes=settings.workers,
        ),
    }
    if work is not None:
        command = [sys.executable, "-m", "trainer.server.worker", work]
        programs[worker.main] = Program("worker", command, signal.SIGTERM, is_vital=False)
    if sys.platform == "linux":  # elsewhere what system libraries hold may not survive a fork
        web.settle()
        programs = {
            main: replace(program, first=_fork(program, main, app, lock, listener))
            for main, program in programs.items()
        }
    listener.set_inheritable(True)
    os.set_inheritable(lock, True)  # the supervisor holds it on, its children don't
    plan = json.dumps([asdict(program) for program in programs.values()])
    arguments = [sys.executable, "-I", supervisor.__file__, plan, json.dumps(reload)]
    os.execv(sys.executable, arguments)  # noqa: S606 our own program


def web_command(settings: Settings, factory: str) -> list[str]:
    """Return the command of the web server alone; `factory`, MODULE:FUNCTION, makes what it serves."""
    return [
        sys.executable,
        "-m",
        "trainer.server.web",
        # trainer.server.asgi: no thread waits for what a browser hasn't sent yet.
        "--interface=asginl",
        "--http=1",
        "--no-ws",
        "--factory",
        f"--host={settings.host}",
        f"--port={settings.port}",
        f"--workers={settings.workers}",
        "--log-level=warning",
        "--no-access-log",
        "--respawn-failed-workers",
        # The server's own default is a thousand for all processes: that many stalled ones would shut everyone out.
        f"--backpressure={most_connections()}",
        "--http1-header-read-timeout=15000",  # milliseconds: lines that say nothing make room for others
        "--workers-kill-timeout=10",  # a request that was begun and isn't sent on would hold up a stop for 30 seconds
        factory,
    ]


def _fork(program: Program, main: Callable[[Flask], None], app: Flask, lock: int, listener: socket.socket) -> int:
    """Begin a program in a fork of this process, which has imported and built what each of them needs.

    Returns its process id. The supervisor, which this process is about to become, is then its parent.
    """
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        _become(program, main, app, lock, listener, parent)
    return pid


def _become(
    program: Program,
    main: Callable[[Flask], None],
    app: Flask,
    lock: int,
    listener: socket.socket,
    parent: int,
) -> NoReturn:
    os.setpgid(0, 0)
    os.close(lock)
    if not program.processes:
        listener.close()
    supervisor.end_with(parent, program.last_signal)
    sys.argv = program.command[2:]
    # A new context: this command's includes the app's, in which requests wouldn't begin contexts of their own.
    Context().run(main, app)
    sys.exit()
