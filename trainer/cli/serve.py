"""`flask serve`: set everything up, then become the supervisor of web server and worker."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable
from contextvars import Context
from dataclasses import asdict, replace
from pathlib import Path
from typing import NoReturn

import click
from flask import Flask
from flask.cli import ScriptInfo

from trainer.cli import supervisor, web, worker
from trainer.cli.following import put_into_service
from trainer.cli.setup import prepare
from trainer.cli.supervisor import BACKLOG, LISTENING, Program
from trainer.core.db import dispose_engines
from trainer.core.keys import SERVED
from trainer.core.settings import ROOT, VARIABLES, Settings
from trainer.operating.metrics import clear_metrics, is_answered

LOCK = "serve.lock"
_CONNECTIONS = 4096
"""How many a process of the web server holds open: those that stall cost it little, and leave room for the others."""
_OTHER_FILES = 256
"""What a process has open besides: databases, packages, temporary files."""


@click.command("serve")
@click.option("--web-only", is_flag=True, help="Run no worker, because `flask jobs run` runs one elsewhere.")
@click.pass_obj
def serve(info: ScriptInfo, web_only: bool) -> None:
    """Migrate, check the content, and serve until stopped. Web server or worker is started again when it ends."""
    for number in (signal.SIGUSR1, signal.SIGUSR2):
        signal.signal(number, signal.SIG_IGN)  # nothing can be reloaded before the supervisor runs
    allow_files()
    app = info.load_app()
    settings = app.config["SETTINGS"]
    with app.app_context():
        lock = hold(settings.instance, settings.keys.current.id)
        os.environ[SERVED] = settings.keys.current.id
        listener = listen(settings.host, settings.port)
        if settings.metrics_port:
            _check_metrics_port(settings)
            clear_metrics(settings)
        prepare()
        put_into_service(app)
        dispose_engines()  # a connection can't be shared by processes
    print("Stop it with Ctrl+C.", flush=True)
    os.chdir(ROOT)
    os.environ[LISTENING] = str(listener.fileno())
    programs = {
        web.main: Program(
            "web server", web_command(settings), signal.SIGKILL, is_vital=True, processes=settings.workers
        ),
    }
    if not web_only:
        programs[worker.main] = Program("worker", _worker(), signal.SIGTERM, is_vital=False)
    if sys.platform == "linux":  # elsewhere what system libraries hold may not survive a fork
        web.settle()
        programs = {
            main: replace(program, first=_fork(program, main, app, lock, listener))
            for main, program in programs.items()
        }
    listener.set_inheritable(True)
    os.set_inheritable(lock, True)  # the supervisor holds it on, its children don't
    plan = json.dumps([asdict(program) for program in programs.values()])
    reload = json.dumps([sys.executable, "-m", "flask", "--app", "trainer.app", "content", "reload"])
    os.execv(sys.executable, [sys.executable, "-I", supervisor.__file__, plan, reload])  # noqa: S606 our own program


def web_command(settings: Settings) -> list[str]:
    """Return the command of the web server alone."""
    return [
        sys.executable,
        "-m",
        "trainer.cli.web",
        # trainer.web.asgi: no thread waits for what a browser hasn't sent yet.
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
        "trainer.app:create_server",
    ]


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


def hold(instance: Path, key_id: str = "") -> int:
    """Take the instance folder for this process and return the open lock, which ends with the process.

    `key_id`: of the key that the site uses until it ends.

    Raises ClickException if another process has it.
    """
    try:
        lock = os.open(instance / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise click.ClickException(
            f"{instance / LOCK} can't be written: {error.strerror}. The user who runs the app has to own the folder."
        ) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        holder = os.read(lock, 20).decode().partition(" ")[0].strip() or "another one"
        os.close(lock)
        raise click.ClickException(
            f"{instance} is in use by process {holder}. Stop it first (kill {holder}), "
            "or set TRAINER_INSTANCE to another folder."
        ) from None
    os.ftruncate(lock, 0)
    os.write(lock, f"{os.getpid()} {key_id}\n".encode())
    return lock


def served_key_id(instance: Path) -> str | None:
    """Return the id of the key that the running site uses, or None if no site is running."""
    try:
        lock = os.open(instance / LOCK, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return os.read(lock, 40).decode().partition(" ")[2].strip()
    finally:
        os.close(lock)
    return None


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


def _check_metrics_port(settings: Settings) -> None:
    """Raise ClickException if something else has the port; a worker of ours may, and leaves it to us when it ends."""
    try:
        listen(settings.metrics_host, settings.metrics_port, VARIABLES["metrics_port"].removesuffix("PORT")).close()
    except click.ClickException:
        if not is_answered(settings):
            raise


def _why_not(host: str, port: int, error: OSError, prefix: str) -> str:
    if error.errno == errno.EADDRINUSE:
        other = f"{prefix}PORT={port % 65535 + 1}"
        return f"Port {port} of {host} is in use. Stop what uses it, or choose another port: {other}"
    if error.errno == errno.EACCES:
        return f"Port {port} is reserved. Choose one above 1023, such as {prefix}PORT=8000"
    return f"This machine can't listen on {host}, port {port}: {error.strerror}. Check {prefix}HOST and {prefix}PORT."


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


def _worker() -> list[str]:
    return [sys.executable, "-m", "trainer.cli.worker", "trainer.app:create_app"]
