"""Keep content that was found in order, so that the next start needs no parsing.

The file is a pickle: only what this user alone may write is read, and a key over every byte of the content, of this
package and of the Python it runs on decides whether it still fits. Anything else is loaded anew.
"""

from __future__ import annotations

import gc
import hashlib
import os
import pickle
import platform
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from trainer.courses.library import Content
    from trainer.courses.loader import Complaint

Kept = tuple["Content", tuple["Complaint", ...]]

NAME: Final = "content.cache"


def key_of(folder: Path, today: date) -> str:
    """Hash what the loaded content depends on. Dates count as well: with them come warnings."""
    digest = hashlib.sha256(f"{platform.python_version()} {version('pydantic')} {today}".encode())
    for root in (Path(__file__).parent, folder):
        for path in sorted(_files(root, ".py" if root != folder else "")):
            digest.update(f"\0{path.relative_to(root)}\0".encode(errors="surrogateescape"))
            with suppress(OSError):  # whoever loads it says what is wrong
                digest.update(path.read_bytes())
    return digest.hexdigest()


def find(cache: Path, key: str) -> Kept | None:
    """Return what was kept under this key, or None."""
    path = cache / NAME
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            if status.st_uid != os.geteuid() or status.st_mode & 0o022 or file.read(len(key)) != key.encode():
                return None
            with no_collection():
                return pickle.load(file)  # type: ignore[no-any-return]  # noqa: S301 written by `keep`, see above
    except (OSError, EOFError, pickle.UnpicklingError, AttributeError, ImportError, TypeError, ValueError, KeyError):
        return None


def keep(cache: Path, key: str, content: Content, complaints: tuple[Complaint, ...]) -> None:
    """Write it aside and swap it in, so that another process never reads half. A full disk is no reason to fail."""
    with suppress(OSError):
        cache.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=cache, prefix=NAME)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(key.encode())
                pickle.dump((content, complaints), file, protocol=pickle.HIGHEST_PROTOCOL)
            os.replace(name, cache / NAME)
        except BaseException:
            os.unlink(name)
            raise


@contextmanager
def no_collection() -> Iterator[None]:
    """Pause the garbage collector: many small objects are made and none of them is garbage."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _files(root: Path, suffix: str) -> Iterator[Path]:
    for folder, _folders, names in os.walk(root):
        for name in names:
            path = Path(folder, name)
            if name.endswith(suffix) and path.is_file():
                yield path
