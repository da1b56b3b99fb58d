"""`backup.json`: what a backup is of, what belongs to it, and how to tell that all of it is as it was."""

from __future__ import annotations

import datetime as dt
import hmac
import json
import uuid
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import click
from sqlalchemy import ColumnClause, Connection, column, inspect, null, select, table, text
from sqlalchemy import func as sql

from trainer.core.keys import Key, Ring
from trainer.core.schema import BASELINE, CORE, branch_of, by_branch, half_migrated, is_too_old, revisions
from trainer.extras.backups.files import IDENTITY

FILE: Final = "backup.json"
COUNTED: Final = ("users", "organizations", "attempts", "responses", "credentials", "audit_events")
"""Tables whose rows are counted: a backup that lacks any is no backup."""


@dataclass(frozen=True, kw_only=True)
class BackupFacts:
    """What a database says about itself at one moment."""

    revision: str
    """That of the core, then those of extras."""
    installation: str | None
    """None for a database from before installations had names."""
    counts: dict[str, int]
    needs_keys: list[str]
    """Ids of the secret keys on which second steps or PINs depend."""


@dataclass(frozen=True, kw_only=True)
class Manifest(BackupFacts):
    """What is kept in the file. Files have their hash as they lie there, keys their ids and never themselves."""

    app_version: str
    made_at: str
    database: str
    files: dict[str, str]
    key_files: dict[str, str] = field(default_factory=dict)
    secret_keys: list[str]
    badge_keys: list[str]
    is_encrypted: bool
    seal: str = ""

    def sealed(self, key: Key) -> Manifest:
        """Return it sealed with the secret key, so that nobody without that key can change it unnoticed."""
        return replace(self, seal=self._seal(key))

    def is_sealed_by(self, ring: Ring) -> bool | None:
        """Return whether the seal is right, or None if none of these keys is the one it was made with."""
        key = ring.find(self.secret_keys[0])
        return None if key is None else hmac.compare_digest(self.seal, self._seal(key))

    def made_on(self) -> dt.datetime:
        """Return when it was made."""
        return dt.datetime.fromisoformat(self.made_at)

    def database_file(self) -> str:
        """Return the name of the file that holds the database."""
        return next(name for name in self.files if name != IDENTITY)

    def _seal(self, key: Key) -> str:
        return key.digest("backup", json.dumps(asdict(replace(self, seal="")), sort_keys=True)).hex()


def facts_of(connection: Connection) -> BackupFacts:
    """Read what a database says of itself, in the transaction that is open. Raises ClickException for another one."""
    tables = set(inspect(connection).get_table_names())
    if not {"alembic_version", "users"} <= tables:
        raise click.ClickException("There are no tables to back up yet.")
    stated = by_branch(connection.scalars(text("SELECT version_num FROM alembic_version")))
    if CORE not in stated:
        raise click.ClickException(half_migrated("it has no revision"))
    installation = connection.scalar(text("SELECT id FROM installations")) if "installations" in tables else None
    columns = {each["name"] for each in inspect(connection).get_columns("users")}
    needed: set[str] = set()
    for name in {"second_factor_key_id", "pin_key_id"} & columns:
        key_id: ColumnClause[str] = column(name)
        needed |= set(connection.scalars(select(key_id).distinct().select_from(table("users")).where(key_id != null())))
    return BackupFacts(
        revision=" ".join(stated.values()),
        installation=str(uuid.UUID(str(installation))) if installation else None,
        counts={
            name: connection.scalar(select(sql.count()).select_from(table(name))) or 0
            for name in COUNTED
            if name in tables
        },
        needs_keys=sorted(needed),
    )


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write it into the folder of a backup."""
    path = folder / FILE
    path.touch(mode=0o600)
    path.write_text(json.dumps(asdict(manifest), indent=2) + "\n", "utf-8")


def read_manifest(folder: Path) -> Manifest:
    """Read it. Raises ClickException for what is none, and for a backup that another version has to restore."""
    path = folder / FILE
    if not path.is_file():
        raise click.ClickException(f"{folder} has no {FILE}: it isn't a backup, or it was never finished.")
    try:
        manifest = _read(json.loads(path.read_text("utf-8")))
    except (ValueError, TypeError, KeyError, AttributeError):
        raise click.ClickException(f"{path} can't be read: it is damaged, or a newer version wrote it.") from None
    check_revision(manifest.revision, f"{manifest.app_version} or later")
    return manifest


def check_revision(revision: str, newer: str) -> None:
    """Raise ClickException for a backup that this version can't upgrade; `newer` is what could."""
    heads, known = revisions()
    core, *of_extras = revision.split()
    if is_too_old(core):
        raise click.ClickException(
            f"This backup is at revision {core}, from before version {BASELINE}. Restore and upgrade it with "
            f"version {BASELINE} first, and make a new backup there."
        )
    for each in (core, *of_extras):
        if each not in known and branch_of(each) in heads:  # tables of a deleted extra stay as they are
            raise click.ClickException(
                f"A newer version made this backup: its database is at revision {each}, which this version doesn't "
                f"know. Install {newer}."
            )


def _read(given: dict[str, Any]) -> Manifest:
    manifest = Manifest(**given)
    manifest.made_on()
    names = [*manifest.files, *manifest.key_files]
    if (
        manifest.database not in {"sqlite", "postgresql"}
        or len(set(manifest.files) - {IDENTITY}) != 1
        or not manifest.secret_keys
        or any(Path(name).name != name for name in names)
        or not all(isinstance(value, int) for value in manifest.counts.values())
    ):
        raise ValueError("not what we write")
    return manifest
