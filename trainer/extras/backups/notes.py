"""When the last backup was made, and where it is, by a note that `flask backup` leaves in the instance folder; and what
`flask restore` set aside."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from trainer.core.clock import read_instant

LAST: Final = "last_backup.json"
ASIDE: Final = ".replaced"
"""How the name of a file ends that a restore replaced, until the next restore."""
ASIDE_SCHEMA: Final = "replaced"
"""PostgreSQL's schema with the tables that a restore replaced."""


@dataclass(frozen=True)
class Backup:
    """A backup that was made and checked."""

    made_at: dt.datetime
    folder: str


def note_backup(instance: Path, made_at: str, folder: Path) -> None:
    """Leave the note of a backup that was made. Raises OSError."""
    path = instance / LAST
    new = path.with_name(f"{LAST}.new")
    new.write_text(json.dumps({"made_at": made_at, "folder": str(folder)}) + "\n", encoding="utf-8")
    new.replace(path)


def find_last_backup(instance: Path) -> Backup | None:
    """Return the newest backup that was made from this folder, or None if none is known. Raises OSError."""
    try:
        kept = json.loads((instance / LAST).read_text(encoding="utf-8"))
        made_at, folder = read_instant(kept["made_at"]), str(kept["folder"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
    return Backup(made_at, folder) if made_at else None
