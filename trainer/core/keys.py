"""The ring of secret keys: the current one makes what browsers and emails carry, the older ones still check it.

Each purpose has a digest of its own under each key, so nothing made for one can be used for another. A key's id is
derived from the key: it is the same on every machine, and whoever reads it learns nothing about the key. Keys that sign
for the public are `issuer_keys`.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import hmac
import json
import os
import secrets
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

CURRENT: Final = "secret_key"
"""File in the instance folder with the current key."""
OLDER: Final = "secret_keys_older"
"""File beside it with the keys that were replaced."""
SERVED: Final = "SERVED_KEY"
"""Variable, no setting: with it `flask serve` tells its own processes the id of the key that they all use."""


@dataclass(frozen=True)
class Key:
    """One secret key."""

    secret: str = field(repr=False)

    @cached_property
    def id(self) -> str:
        """Eight characters that name the key and don't reveal it."""
        return self.digest("key-id").hex()[:8]

    def digest(self, purpose: str, *parts: str) -> bytes:
        """Return 32 bytes over the parts, which nobody without the key can make, and which fit no other purpose."""
        # The purpose never contains a zero byte, so each (purpose, key) is an HMAC key of its own.
        own = f"{purpose}\0{self.secret}".encode()
        return hmac.new(own, "\0".join(parts).encode(), hashlib.sha256).digest()


@dataclass(frozen=True)
class Ring:
    """All keys of an installation, the newest first; the first is the current one."""

    keys: tuple[Key, ...]

    @property
    def current(self) -> Key:
        """The key with which everything is made."""
        return self.keys[0]

    @property
    def oldest(self) -> Key:
        """The key of what was made before keys had ids."""
        return self.keys[-1]

    @property
    def secrets(self) -> list[str]:
        """The keys themselves, the current one last, as `itsdangerous` expects them."""
        return [key.secret for key in reversed(self.keys)]

    def find(self, key_id: str | None) -> Key | None:
        """Return the key with this id, or None."""
        return next((key for key in self.keys if key.id == key_id), None)


@dataclass(frozen=True)
class OlderKey:
    """A key that was replaced, and when."""

    key: Key
    replaced_at: dt.datetime


def make_ring(current: str, older: Iterable[str]) -> Ring:
    """Return the ring of a current key and older ones, the newest first. A key that is listed twice counts once."""
    return Ring(tuple(Key(secret) for secret in dict.fromkeys([current, *older])))


def read_older(instance: Path) -> list[OlderKey]:
    """Return the older keys that the instance folder holds, the newest first. Raises ValueError for another file."""
    path = instance / OLDER
    if not path.exists():
        return []
    try:
        rows = json.loads(path.read_text())
        return [OlderKey(Key(row["key"]), dt.datetime.fromisoformat(row["replaced_at"])) for row in rows]
    except (KeyError, TypeError) as error:
        raise ValueError("not a list of keys") from error


def rotate(instance: Path, now: dt.datetime) -> Key:
    """Make a new current key in the instance folder, keep the one before as an older one, and return the new one.

    Killed at any moment, it leaves all keys that there were.
    """
    with alone(instance):
        before, fresh = Key((instance / CURRENT).read_text().strip()), Key(secrets.token_urlsafe(48))
        older = [kept for kept in read_older(instance) if kept.key != before]
        _write_older(instance, [OlderKey(before, now), *older])
        write_secret(instance / CURRENT, fresh.secret)
        return fresh


def drop(instance: Path, key: Key) -> bool:
    """Remove an older key from the instance folder. Return False if it isn't there."""
    with alone(instance):
        older = read_older(instance)
        left = [kept for kept in older if kept.key != key]
        if len(left) == len(older):
            return False
        _write_older(instance, left)
        return True


def _write_older(instance: Path, keys: Sequence[OlderKey]) -> None:
    rows = [{"key": key.key.secret, "replaced_at": key.replaced_at.isoformat()} for key in keys]
    write_secret(instance / OLDER, json.dumps(rows, indent=2) + "\n")


def write_secret(path: Path, text: str) -> None:
    """Write it aside and swap it in, so that there is no moment without a key. Only its owner can read it."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(handle, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(name, path)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


@contextmanager
def alone(instance: Path) -> Iterator[None]:
    """Have two who change the keys at once take turns. The folder's own lock, since the site holds `serve.lock`."""
    folder = os.open(instance, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)
