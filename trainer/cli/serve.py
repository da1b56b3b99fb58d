"""`flask serve`: set everything up and serve with a production server."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from trainer.cli.setup import prepare


@click.command("serve")
@with_appcontext
def serve() -> None:
    """Migrate, check the content, and serve until stopped."""
    settings = current_app.config["SETTINGS"]
    prepare()
    print("Stop it with Ctrl+C.", flush=True)
    granian = Path(sys.executable).with_name("granian")
    arguments = [
        str(granian),
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
    os.execv(granian, arguments)  # noqa: S606 our own program with our own arguments
