"""Files that are there as a whole or not at all, even where two write the same one or a write is cut off."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final
from uuid import uuid4

_ENDING: Final = ".part"


def write_whole(path: Path, portions: Iterable[bytes]) -> None:
    """Write a file, and its folder if there is none yet. Raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = part_of(path)
    with part.open("wb") as file:
        file.writelines(portions)
    put_whole(part, path)


def put_whole(part: Path, path: Path) -> None:
    """Put a file that was written aside in its place, and wait until the disk has both: after a power loss, a file that
    was only renamed would be there and be empty. Raises OSError."""
    _sync(part)
    part.replace(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def has_content(path: Path) -> bool:
    """Return whether a file is there and isn't empty, as one may be after a power loss."""
    try:
        return path.stat().st_size > 0
    except FileNotFoundError:
        return False


def part_of(path: Path) -> Path:
    """Return where a file is written until it is whole: not where a worker writes that lost its lease meanwhile."""
    return path.with_name(f"{path.name}.{uuid4().hex}{_ENDING}")


def is_part(path: Path) -> bool:
    """Return whether a file isn't whole yet, or never became so."""
    return path.suffix == _ENDING


def drop_parts(folder: Path) -> None:
    """Delete what was begun in a folder and cut off."""
    for path in folder.glob(f"*{_ENDING}"):
        path.unlink(missing_ok=True)
