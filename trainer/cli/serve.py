"""`flask serve`: set everything up, then become the supervisor of web server and worker."""

from __future__ import annotations

import errno
import fcntl
import gc
import json
import os
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import NoReturn

import click
from flask import Flask
from flask.cli import ScriptInfo

from trainer.cli import supervisor, web, worker
from trainer.cli.setup import prepare
from trainer.cli.supervisor import Program
from trainer.content.serving import publish
from trainer.core.db import db
from trainer.core.keys import SERVED
from trainer.core.settings import ROOT, Settings

LOCK = "serve.lock"


@click.command("serve")
@click.pass_obj
def serve(info: ScriptInfo) -> None:
    """Migrate, check the content, and serve until stopped. Web server or worker is started again when it ends."""
    app = info.load_app()
    settings = app.config["SETTINGS"]
    with app.app_context():
        lock = hold(settings.instance, settings.keys.current.id)
        os.environ[SERVED] = settings.keys.current.id
        check_port(settings.host, settings.port)
        prepare()
        publish(settings)
        db.engine.dispose()  # a connection can't be shared by processes
    print("Stop it with Ctrl+C.", flush=True)
    os.chdir(ROOT)
    programs = {
        web.main: Program("web server", web_command(settings), signal.SIGKILL, is_vital=True),
        worker.main: Program("worker", _worker(), signal.SIGTERM, is_vital=False),
    }
    if sys.platform == "linux":  # elsewhere what system libraries hold may not survive a fork
        gc.collect()
        gc.freeze()  # else the collector would write to each page that the processes share
        programs = {main: replace(program, first=_fork(program, main, app, lock)) for main, program in programs.items()}
    os.set_inheritable(lock, True)  # the supervisor holds it on, its children don't
    plan = json.dumps([asdict(program) for program in programs.values()])
    os.execv(sys.executable, [sys.executable, "-I", supervisor.__file__, plan])  # noqa: S606 our own program


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
        "--workers-kill-timeout=10",  # a request that was begun and isn't sent on would hold up a stop for 30 seconds
        "trainer.app:create_server",
    ]


def hold(instance: Path, key_id: str = "") -> int:
    """Take the instance folder for this process and return the open lock, which ends with the process.

    `key_id`: of the key that the site uses until it ends.

    Raises ClickException if another process has it.
    """
    lock = os.open(instance / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
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


def check_port(host: str, port: int) -> None:
    """Raise ClickException unless the port is free. The web server itself would share it with another in silence."""
    try:
        places = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError:
        raise click.ClickException(f"HOST is {host}, which no address belongs to.") from None
    for family, kind, protocol, _name, address in places:
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # what has just ended is no obstacle
            if family == socket.AF_INET6:
                probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            try:
                probe.bind(address)
            except OSError as error:
                raise click.ClickException(_why_not(host, port, error)) from None


def _why_not(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} of {host} is in use. Stop what uses it, or choose another port: PORT={port % 65535 + 1}"
    if error.errno == errno.EACCES:
        return f"Port {port} is not for this user. Choose one above 1023, such as PORT=8000"
    return f"This machine can't listen on {host}, port {port}: {error.strerror}. Check HOST and PORT."


def _fork(program: Program, main: Callable[[Flask], None], app: Flask, lock: int) -> int:
    """Begin a program in a fork of this process, which has imported and built what each of them needs.

    Returns its process id. The supervisor, which this process is about to become, is then its parent.
    """
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        _become(program, main, app, lock, parent)
    return pid


def _become(program: Program, main: Callable[[Flask], None], app: Flask, lock: int, parent: int) -> NoReturn:
    os.setpgid(0, 0)
    os.close(lock)
    supervisor.end_with(parent, program.last_signal)
    sys.argv = program.command[2:]
    main(app)
    sys.exit()


def _worker() -> list[str]:
    return [sys.executable, "-m", "trainer.cli.worker", "trainer.app:create_app"]
