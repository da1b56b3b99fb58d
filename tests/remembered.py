"""What many tests begin with is made once in a test process and copied for each: on SQLite. Elsewhere each makes it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from flask import Flask

from trainer.core.db import db

T = TypeVar("T")

_made: dict[str, tuple[Path, object]] = {}
_folder = tempfile.TemporaryDirectory(prefix="remembered")


def remembered(name: str, app: Flask, make: Callable[[], T]) -> T:
    """Return what `make` returns: made now, or as it was made before, with the database of that moment."""
    with app.app_context():
        if db.engine.dialect.name != "sqlite":
            return make()
        own = Path(str(db.engine.url.database))
        if name not in _made:
            found = make()
            db.session.remove()
            with db.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            db.engine.dispose()  # closing a file gives up all locks that this process has on it, SQLite's too
            kept = Path(_folder.name) / f"{name}.db"
            shutil.copy(own, kept)
            _made[name] = (kept, found)
            return found
        kept, found = _made[name]  # type: ignore[assignment]
        db.session.remove()
        db.engine.dispose()
        for rest in ("-wal", "-shm"):
            own.with_name(own.name + rest).unlink(missing_ok=True)
        shutil.copy(kept, own)
        return found
