"""Whether the SQLite file can be trusted. Once it can't, nothing is written to it anymore, by any process.

SQLite itself finds a damaged page only when it reads it, and takes a log that was cut off or deleted for one that never
had more in it. So whoever meets damage leaves a note beside the database (`DAMAGED`), and what was last known to be in
it is kept outside of it (`PULSE`).
"""

from __future__ import annotations

import json
import logging
import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Final
from urllib.parse import quote

from click import ClickException
from sqlalchemy.engine import URL, make_url

DAMAGED: Final = "damaged"
PULSE: Final = "pulse"
REMEDY: Final = "Stop the app and run: flask restore BACKUP --replace"
_CODES: Final = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_SHORT_READ: Final = 522
"""SQLITE_IOERR_SHORT_READ: the file ends where a page should be."""
log = logging.getLogger(__name__)


class DatabaseDamaged(ClickException):
    """The database can't be trusted. One line: what was found, what to do; a command prints it and ends."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The database is damaged: {reason}. Nothing is written to it. {REMEDY}")


def database_file(database_url: str | URL) -> Path | None:
    """Return the file of an SQLite database, or None for another one."""
    url = make_url(database_url)
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def is_damage(error: BaseException | None) -> bool:
    """Return whether an error says that the file isn't what SQLite wrote."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and (code & 0xFF in _CODES or code == _SHORT_READ)


def note_damage(instance: Path, reason: str) -> None:
    """Tell all processes about damage. The first reason stays."""
    log.critical("the database is damaged: %s. %s", reason, REMEDY)
    with suppress(OSError):  # if the disk can't be written to, this is the smaller problem
        (instance / DAMAGED).open("x").write(reason)


def find_damage(instance: Path) -> str | None:
    """Return what damage was noted, or None."""
    try:
        return (instance / DAMAGED).read_text(encoding="utf-8").strip() or "a process found it"
    except FileNotFoundError:
        return None
    except OSError as error:
        return f"its note can't be read ({error.strerror})"


def find_fault(instance: Path, database: Path) -> str | None:
    """Read all of an SQLite file, and return what is wrong with it, or None. A gigabyte takes a second or two."""
    try:
        with closing(sqlite3.connect(f"file:{quote(str(database))}?mode=ro", uri=True)) as connection:
            (fault,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            return _log_fault(instance, database, connection) if fault == "ok" else str(fault).replace("\n", " ")
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError) and not is_damage(error):
            raise
        return str(error)


def _log_fault(instance: Path, database: Path, connection: sqlite3.Connection) -> str | None:
    """Return what is lost if the log is shorter than it was, or gone."""
    known = read_pulse(instance, database)
    has_table = "SELECT 1 FROM sqlite_master WHERE name = 'running_processes'"
    if known is None or connection.execute(has_table).fetchone() is None:
        return None
    (last,) = connection.execute("SELECT max(seen_at) FROM running_processes").fetchone()
    if last is not None and last >= known:
        return None
    gone = f"what was written after {last or 'its beginning'} (UTC) is gone, with the log {database.name}-wal"
    return f"{gone}; the last was at {known}"


def forget_damage(instance: Path) -> None:
    """Remove the note of damage: the database was checked or replaced."""
    (instance / DAMAGED).unlink(missing_ok=True)


def check_trusted(instance: Path) -> None:
    """Raise DatabaseDamaged if damage was noted."""
    if os.path.exists(instance / DAMAGED):
        raise DatabaseDamaged(find_damage(instance) or "a process found it")


def keep_pulse(instance: Path, database: Path, instant: str) -> None:
    """Keep, outside of the database, an instant that was committed to it, so that a lost log is noticed."""
    new = instance / f"{PULSE}.{os.getpid()}"
    with suppress(OSError):
        new.write_text(json.dumps({"file": _identity(database), "at": instant}))
        new.replace(instance / PULSE)


def read_pulse(instance: Path, database: Path) -> str | None:
    """Return the newest such instant, or None if there is none for this very file: a restored one is another."""
    try:
        kept = json.loads((instance / PULSE).read_text())
        return str(kept["at"]) if kept["file"] == _identity(database) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _identity(database: Path) -> list[int]:
    status = database.stat()
    return [status.st_dev, status.st_ino]
