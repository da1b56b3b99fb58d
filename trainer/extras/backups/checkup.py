"""What `flask doctor` says of backups, and of what a restore set aside."""

from __future__ import annotations

import datetime as dt
from typing import Final

from flask import current_app
from sqlalchemy import text

from trainer.core import damage
from trainer.core.clock import now
from trainer.core.db import db
from trainer.extras.backups.notes import ASIDE, ASIDE_SCHEMA, LAST, find_last_backup
from trainer.operating.health import ask
from trainer.operating.rules import Finding, fine, in_words, warn

_OLD: Final = dt.timedelta(hours=26)
"""A day, and some time for the backup itself."""


def look_at_backup() -> Finding:
    """Look how old the last backup is that was made from this folder."""
    instance = current_app.config["SETTINGS"].instance
    try:
        backup = find_last_backup(instance)
    except OSError as error:
        return warn("backup", "unreadable", f"{instance / LAST} can't be read: {error.strerror}.", "Make it readable.")
    if backup is None:
        return warn("backup", "none", "No backup has been recorded.", "Run: flask backup FOLDER")
    says = f"The last one was made {in_words(now() - backup.made_at)} ago, in {backup.folder}."
    if now() - backup.made_at > _OLD:
        return warn("backup", "old", says, "Run: flask backup FOLDER, every day.")
    return fine("backup", says)


def look_at_replaced() -> Finding:
    """Look for what a restore set aside, which holds people who were erased since."""
    return ask("replaced", _look_at_replaced)


def read_last_backup() -> float:
    """Return when the last backup was made, in seconds since 1970; 0 if none is known."""
    try:
        backup = find_last_backup(current_app.config["SETTINGS"].instance)
    except OSError:
        backup = None
    return backup.made_at.timestamp() if backup else 0.0


def _look_at_replaced() -> Finding:
    path = damage.database_file(current_app.config["SETTINGS"].database_url)
    if path is None:
        has_schema = db.session.scalar(
            text("SELECT 1 FROM information_schema.schemata WHERE schema_name = :name"), {"name": ASIDE_SCHEMA}
        )
        kept = f"schema {ASIDE_SCHEMA}" if has_schema else None
        remedy = f"Run: DROP SCHEMA {ASIDE_SCHEMA} CASCADE"
    else:
        aside = path.with_name(path.name + ASIDE)
        kept, remedy = (str(aside) if aside.exists() else None), "Delete it."
    if kept is None:
        return fine("replaced", "Nothing is left of a database that a restore replaced.")
    says = f"What a restore replaced is still here, with everyone who was erased since: {kept}."
    return warn("replaced", "kept", says, f"Once you’re sure that nobody needs it: {remedy}")
