"""The lock on an instance folder: one site at a time serves from it, and says which key it uses."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import click

LOCK = "serve.lock"


def hold(instance: Path, key_id: str = "") -> int:
    """Take the instance folder for this process and return the open lock, which ends with the process.

    `key_id`: of the key that the site uses until it ends.

    Raises ClickException if another process has it.
    """
    try:
        lock = os.open(instance / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise click.ClickException(
            f"{instance / LOCK} can't be written: {error.strerror}. The user who runs the app has to own the folder."
        ) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        holder = os.read(lock, 20).decode().partition(" ")[0].strip() or "another one"
        os.close(lock)
        raise click.ClickException(
            f"{instance} is in use by process {holder}. Stop it first (kill {holder}), "
            "or set TRAINER_INSTANCE to another folder."
        ) from None
    os.ftruncate(lock, 0)
    os.write(lock, f"{os.getpid()} {key_id}\n".encode())
    return lock


def served_key_id(instance: Path) -> str | None:
    """Return the id of the key that the running site uses, or None if no site is running."""
    try:
        lock = os.open(instance / LOCK, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return os.read(lock, 40).decode().partition(" ")[2].strip()
    finally:
        os.close(lock)
    return None
