"""Installations for commands that aren't tests: a folder and a database of their own, gone in the end."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from flask import Flask

from tests.databases import migrate, postgres_database
from trainer.app import create_app
from trainer.core.db import db
from trainer.core.settings import ROOT, Settings, read_settings

POSTGRES_URL: Final = os.environ.get("TRAINER_TEST_POSTGRES_URL", "")
DATABASES: Final = ("SQLite", "PostgreSQL")


@contextmanager
def installed(database: str, content: Path = ROOT / "content") -> Iterator[tuple[Flask, Settings]]:
    """Set up an installation on one of `DATABASES`; yield its app and its settings."""
    with tempfile.TemporaryDirectory() as name:
        environ = {"TRAINER_INSTANCE": name, "TRAINER_SECRET_KEY": "b" * 40, "TRAINER_CONTENT": str(content)}
        settings = read_settings(environ)
        if database == "SQLite":
            yield _set_up(settings), settings
            return
        with postgres_database(POSTGRES_URL, f"trainer_{os.getpid()}") as url:
            settings = replace(settings, database_url=url)
            app = _set_up(settings)
            yield app, settings
            with app.app_context():
                db.engine.dispose()


def is_missing(database: str) -> bool:
    """Return whether there is no server for it, and say so."""
    if database == "PostgreSQL" and not POSTGRES_URL:
        print("PostgreSQL: not run; TRAINER_TEST_POSTGRES_URL names no server", flush=True)
        return True
    return False


def _set_up(settings: Settings) -> Flask:
    app = create_app(settings)
    with app.app_context():
        migrate()
    return app
