"""Keep content that was found in order, so that the next start needs no parsing.

The file is a pickle, which can run what it holds: so it carries a mark that only this installation's secret makes, and
nothing without it is unpickled. The mark covers a key over every byte of the content and of this package, and over the
versions of what reads and cleans it, so that what no longer fits isn't found. Anything else is loaded anew.
"""

from __future__ import annotations

import gc
import hashlib
import hmac
import os
import pickle
import platform
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Final

from trainer.content.complaints import Complaint
from trainer.content.objects import Content
from trainer.content.own_words import CATALOGS

BuiltContent = tuple[Content, tuple[Complaint, ...]]

NAME: Final = "content.cache"
READERS: Final = ("markdown-it-py", "markupsafe", "nh3", "pydantic", "pyyaml")  # another version may read otherwise
OURS: Final = (Path(__file__).parent, Path(__file__).parents[1] / "items")  # what reads content, and its items
_MARK: Final = 64  # characters of a mark


@dataclass(frozen=True, slots=True)
class Cache:
    """Where content is kept, and the secret that marks it as our own."""

    folder: Path
    secret: str
    name: str = NAME


def key_of(folder: Path, today: date) -> str:
    """Hash what the loaded content depends on. Dates count as well: with them come warnings."""
    return _hash(f"{code_key()} {today}", folder, "")


def code_key() -> str:
    """Hash the code that made what is kept, and must understand it."""
    versions = " ".join(f"{name} {version(name)}" for name in READERS)
    key = f"{platform.python_version()} {versions}"
    for folder in OURS:
        key = _hash(key, folder, ".py")
    return _hash(key, CATALOGS, ".mo")


def find(cache: Cache, key: str) -> BuiltContent | None:
    """Return the content cached under this key, or None."""
    try:
        raw = (cache.folder / cache.name).read_bytes()
    except OSError:
        return None
    return unseal(cache.secret, key, raw)


def keep(cache: Cache, key: str, content: Content, complaints: tuple[Complaint, ...]) -> None:
    """Write it aside and swap it in, so that another process never reads half. A full disk is no reason to fail."""
    sealed = seal(cache.secret, key, (content, complaints))
    with suppress(OSError):
        cache.folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=cache.folder, prefix=cache.name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(sealed)
            os.replace(name, cache.folder / cache.name)
        except BaseException:
            os.unlink(name)
            raise


def seal(secret: str, key: str, kept: BuiltContent) -> bytes:
    """Return content as bytes that `unseal` takes back, with a mark that only who has the secret can make."""
    data = pickle.dumps(kept, protocol=pickle.HIGHEST_PROTOCOL)
    return _mark(secret, key, data) + data


def unseal(secret: str, key: str, raw: bytes) -> BuiltContent | None:
    """Return the content sealed under this key, or None if the seal is wrong."""
    mark, data = raw[:_MARK], raw[_MARK:]
    if not hmac.compare_digest(mark, _mark(secret, key, data)):
        return None
    with no_collection():
        kept: BuiltContent = pickle.loads(data)  # noqa: S301 it carries our mark
    return kept


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


def _hash(begun: str, folder: Path, suffix: str) -> str:
    digest = hashlib.sha256(begun.encode())
    for path in sorted(_files(folder, suffix)):
        digest.update(f"\0{path.relative_to(folder)}\0".encode(errors="surrogateescape"))
        with suppress(OSError):  # whoever loads it says what is wrong
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _mark(secret: str, key: str, data: bytes) -> bytes:
    return hmac.new(f"{secret}\0{key}".encode(), data, hashlib.sha256).hexdigest().encode()


def _files(root: Path, suffix: str) -> Iterator[Path]:
    for folder, _folders, names in os.walk(root):
        for name in names:
            path = Path(folder, name)
            if name.endswith(suffix) and path.is_file():
                yield path
