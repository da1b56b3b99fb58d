"""Files of a backup: written whole, in plain or encrypted, and read back with their hashes checked."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import click

from trainer.cli.backups.age import LEAST, MOST, NotDecrypted, TooLarge, decrypt, encrypt

ENCRYPTED: Final = ".age"
"""Ending of an encrypted file's name."""
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


def write(folder: Path, name: str, chunks: Iterable[bytes], passphrase: str | None) -> tuple[str, str]:
    """Write a file that only its owner can read, encrypted if there is a passphrase; return its name and SHA-256.

    Raises ClickException if it is too large to be encrypted.
    """
    if passphrase is not None:
        try:
            name, chunks = name + ENCRYPTED, [encrypt(chunks, passphrase)]
        except TooLarge:
            raise click.ClickException(
                f"{name} is larger than {MOST >> 20:,} MB, the most that can be encrypted here. Make the backup "
                "without --passphrase-file, and encrypt its files with a program of their own, such as age."
            ) from None
    digest = hashlib.sha256()
    handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        for chunk in chunks:
            file.write(chunk)
            digest.update(chunk)
        file.flush()
        os.fsync(file.fileno())
    return name, digest.hexdigest()


def read(path: Path, passphrase: str | None) -> Iterator[bytes]:
    """Yield the content of a file, decrypted if its name says so. Raises ClickException."""
    if not path.name.endswith(ENCRYPTED):
        yield from stream(path)
        return
    if passphrase is None:
        raise click.ClickException(f"{path} is encrypted. Add --passphrase-file FILE.")
    try:
        yield decrypt(path.read_bytes(), passphrase)
    except NotDecrypted as refused:
        raise click.ClickException(f"{path} can't be decrypted: {refused}.") from None


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
