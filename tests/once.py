"""What is made once for all processes of a test run, by whichever needs it first."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

_NAME: Final = "TRAINER_TEST_FOLDER"
_own: list[tempfile.TemporaryDirectory[str]] = []


def once(name: str, make: Callable[[Path], object]) -> Path:
    """Return the folder that `make` fills, in one process while the others wait."""
    if _NAME not in os.environ:  # xdist's processes begin with the variables of the one that starts them
        _own.append(tempfile.TemporaryDirectory(prefix="once"))
        os.environ[_NAME] = _own[0].name
    whole = Path(os.environ[_NAME])
    folder = whole / name
    with (whole / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            begun = Path(tempfile.mkdtemp(dir=whole))
            make(begun)
            begun.rename(folder)
    return folder
