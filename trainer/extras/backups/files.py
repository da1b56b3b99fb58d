"""Files of a backup: written whole, in plain or encrypted, and read back with their hashes checked."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import IO, Final

import click
from pyrage.x25519 import Identity

from trainer.extras.backups import age
from trainer.extras.backups.age import LEAST, NotDecrypted, Sink
from trainer.extras.backups.progress import BackupProgress, counting

ENCRYPTED: Final = ".age"
"""Ending of an encrypted file's name."""
IDENTITY: Final = "backup.key.age"
"""The file that decrypts the others beside it, and is itself decrypted with the passphrase. Backups of version 0.9.0
and earlier have none: each of their files was encrypted with the passphrase."""
_CHUNK: Final = 1 << 20


def read_passphrase(path: Path | None) -> str | None:
    """Return the passphrase in a file, without the line ending, or None without a file."""
    if path is None:
        return None
    try:
        passphrase = path.read_text("utf-8").strip("\r\n")
    except (OSError, UnicodeDecodeError):
        raise click.ClickException(f"{path} can't be read.") from None
    if len(passphrase) < LEAST:
        raise click.ClickException(f"The passphrase in {path} is too short. Use {LEAST} characters or more.")
    return passphrase


def write(folder: Path, name: str, chunks: Iterable[bytes], identity: Identity | None) -> tuple[str, str]:
    """Write a file that only its owner can read, encrypted if there is an identity; return its name and SHA-256."""
    name += ENCRYPTED if identity else ""
    digest = hashlib.sha256()
    with _create(folder / name) as file:

        def sink(raw: bytes) -> None:
            file.write(raw)
            digest.update(raw)

        if identity is None:
            for chunk in chunks:
                sink(chunk)
        else:
            age.encrypt(chunks, sink, identity)
    return name, digest.hexdigest()


def write_identity(folders: Iterable[Path], identity: Identity, passphrase: str) -> tuple[str, str]:
    """Write a backup's identity, encrypted with the passphrase, into its folders; return its name and SHA-256."""
    encrypted = age.encrypt_identity(identity, passphrase)
    for folder in folders:
        with _create(folder / IDENTITY) as file:
            file.write(encrypted)
    return IDENTITY, hashlib.sha256(encrypted).hexdigest()


def read(path: Path, sink: Sink, passphrase: str | None, progress: BackupProgress | None = None) -> None:
    """Read a file part by part, decrypted if its name says so. Raises ClickException."""
    chunks = stream(path) if progress is None else counting(stream(path), progress)
    if not path.name.endswith(ENCRYPTED):
        for chunk in chunks:
            sink(chunk)
        return
    if passphrase is None:
        raise click.ClickException(f"{path} is encrypted. Add --passphrase-file FILE.")
    with _refusing(path):
        if age.is_by_passphrase(next(stream(path), b"")):
            sink(age.decrypt_with_passphrase(b"".join(chunks), passphrase))
        else:
            age.decrypt(chunks, sink, _read_identity(path.with_name(IDENTITY), passphrase))


def decrypt_to(path: Path, target: Path, passphrase: str | None, progress: BackupProgress) -> None:
    """Write what a file of a backup holds into a new file in plain. Raises ClickException."""
    with _create(target) as file:
        read(path, file.write, passphrase, progress)


def stream(path: Path) -> Iterator[bytes]:
    """Yield the bytes of a file."""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def hash_of(path: Path) -> str:
    """Return the SHA-256 of a file as it is."""
    digest = hashlib.sha256()
    for chunk in stream(path):
        digest.update(chunk)
    return digest.hexdigest()


def sync(folder: Path) -> None:
    """Wait until the disk has what was created or renamed in a folder."""
    handle = os.open(folder, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)


@contextmanager
def _create(path: Path) -> Iterator[IO[bytes]]:
    """Give a new file that only its owner can read; at the end, the disk has it."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    """Raise ClickException for a file that can't be decrypted."""
    try:
        yield
    except NotDecrypted as refused:
        raise click.ClickException(f"{path} can't be decrypted: {refused}.") from None


def _read_identity(path: Path, passphrase: str) -> Identity:
    if not path.is_file():
        raise click.ClickException(f"{path} is missing: it belongs to this backup.")
    with _refusing(path):
        return _decrypt_identity(path.read_bytes(), passphrase)


@lru_cache(maxsize=1)  # one backup has several files, and each time takes a second
def _decrypt_identity(encrypted: bytes, passphrase: str) -> Identity:
    return age.decrypt_identity(encrypted, passphrase)
