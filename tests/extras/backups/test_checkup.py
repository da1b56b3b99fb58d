"""`flask doctor` says how old the last backup is, and what a restore set aside."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.operating.conftest import well as well
from trainer.core.clock import now
from trainer.core.db import db
from trainer.core.settings import Settings
from trainer.extras.backups.notes import ASIDE, ASIDE_SCHEMA, LAST


def diagnose(app: Flask) -> dict[str, tuple[str, str, bool]]:
    """Return (level, word, whether it says what to do) of what is said of backups."""
    findings = json.loads(app.test_cli_runner().invoke(args=["doctor", "--json"]).stdout)
    told = {one["name"]: (one["level"], one["word"], bool(one["remedy"])) for one in findings}
    return {name: told[name] for name in ("backup", "replaced")}


def note_backup(instance: Path, hours: int) -> None:
    made_at = now() - dt.timedelta(hours=hours)
    (instance / LAST).write_text(json.dumps({"made_at": made_at.isoformat(), "folder": "/backups/1"}))


@pytest.fixture
def postgres_schema(well: Flask) -> Iterator[None]:
    """Drop what a test sets aside."""
    yield
    with well.app_context():
        if db.engine.dialect.name == "postgresql":
            with db.engine.begin() as connection:
                connection.exec_driver_sql(f"DROP SCHEMA IF EXISTS {ASIDE_SCHEMA}")


def test_a_backup_is_fine_for_a_day(well: Flask, settings: Settings) -> None:
    assert diagnose(well) == {"backup": ("warning", "none", True), "replaced": ("ok", "ok", False)}
    note_backup(settings.instance, 25)
    assert diagnose(well)["backup"] == ("ok", "ok", False)
    note_backup(settings.instance, 31)
    assert diagnose(well)["backup"] == ("warning", "old", True)
    (settings.instance / LAST).write_text("{")
    assert diagnose(well)["backup"] == ("warning", "none", True)
    lines = well.test_cli_runner().invoke(args=["doctor"]).output.splitlines()
    assert "warning  backup        No backup has been recorded. Run: flask backup FOLDER" in lines


@pytest.mark.usefixtures("postgres_schema")
def test_what_a_restore_set_aside_is_told(well: Flask) -> None:
    with well.app_context():
        if db.engine.dialect.name == "postgresql":
            with db.engine.begin() as connection:
                connection.exec_driver_sql(f"CREATE SCHEMA {ASIDE_SCHEMA}")
        else:
            Path(f"{db.engine.url.database}{ASIDE}").touch()
    assert diagnose(well)["replaced"] == ("warning", "kept", True)
