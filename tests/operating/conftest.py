"""An installation with which all is well."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import text

from trainer.core.db import transaction
from trainer.core.processes import Itself, ProcessRole, note_seen
from trainer.core.settings import Settings


@pytest.fixture
def well(app: Flask, settings: Settings) -> Iterator[Flask]:
    """Return the app with its key in a file and a worker and a web server that were seen just now."""
    key = settings.instance / "secret_key"
    key.write_text(settings.secret_key)
    key.chmod(0o600)
    with app.app_context(), transaction() as session:
        note_seen(Itself(ProcessRole.WORKER), "d1")
        note_seen(Itself(ProcessRole.WEB, machine="web1"), "d1")
        before = session.scalars(text("SELECT version_num FROM alembic_version")).all()
        serving = session.scalars(text("SELECT revision FROM schema_revisions")).all()
    yield app
    if settings.database_url.startswith("sqlite"):  # a file of its own, which some spoil
        return
    app.config["SETTINGS"] = settings
    with app.app_context(), transaction() as session:
        for table, column, kept in (
            ("alembic_version", "version_num", before),
            ("schema_revisions", "revision", serving),
        ):
            session.execute(text(f"DELETE FROM {table}"))
            session.execute(text(f"INSERT INTO {table} ({column}) VALUES (:kept)"), [{"kept": each} for each in kept])
