"""`flask serve`: set everything up, then run web server and worker together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType

import click
from flask import current_app
from flask.cli import with_appcontext

from trainer.cli.setup import prepare
from trainer.core.settings import ROOT, Settings

PATIENCE = 20  # seconds until a child that was asked to end is made to


@click.command("serve")
@with_appcontext
def serve() -> None:
    """Migrate, check the content, and serve until stopped. If web server or worker ends, so does the other."""
    settings = current_app.config["SETTINGS"]
    prepare()
    print("Stop it with Ctrl+C.", flush=True)
    sys.exit(_supervise([web_command(settings), _worker()]))


def web_command(settings: Settings) -> list[str]:
    """Return the command of the web server alone."""
    return [
        str(Path(sys.executable).with_name("granian")),
        "--interface=wsgi",
        "--factory",
        f"--host={settings.host}",
        f"--port={settings.port}",
        f"--workers={settings.workers}",
        # One thread a worker: two processes write to SQLite evenly, threads don't.
        "--blocking-threads=1",
        "--log-level=warning",
        "--no-access-log",
        "--respawn-failed-workers",
        "trainer.app:create_server",
    ]


def _worker() -> list[str]:
    return [sys.executable, "-m", "flask", "--app", "trainer.app", "jobs", "run"]


def _supervise(commands: list[list[str]]) -> int:
    """Run the commands side by side, pass on what we are told, and end all when one ends."""
    # Each leads a group of its own, so that what it started can be ended with it.
    children = [subprocess.Popen(command, cwd=ROOT, process_group=0) for command in commands]  # noqa: S603 our own
    is_told = False

    def end(_signal: int, _frame: FrameType | None) -> None:
        nonlocal is_told
        is_told = True

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    while not is_told and all(child.poll() is None for child in children):
        time.sleep(0.2)
    for child in children:
        child.terminate()
    for child in children:
        with suppress(subprocess.TimeoutExpired):
            child.wait(PATIENCE)
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)  # a web server that was killed leaves its workers behind
        child.wait()
    return 0 if is_told else 1
