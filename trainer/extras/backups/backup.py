"""`flask backup` and `flask verify-backup`: copy an installation's database and keys together, and check the copy."""

from __future__ import annotations

import re
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Final

import click
from flask import current_app
from flask.cli import with_appcontext
from pyrage.x25519 import Identity
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from trainer.cli.upgrade import passphrase_option
from trainer.core.clock import now
from trainer.core.db import db
from trainer.core.failures import reason_of
from trainer.core.keys import CURRENT, Ring
from trainer.core.settings import Settings
from trainer.core.version import describe_version
from trainer.extras.backups import files, postgres, sqlite
from trainer.extras.backups.key_files import check_needed, copy_keys, ids_of, read_listed_keys, ring_with
from trainer.extras.backups.manifest import (
    BackupFacts,
    Manifest,
    facts_of,
    read_manifest,
    write_manifest,
)
from trainer.extras.backups.notes import note_backup
from trainer.extras.backups.progress import BackupProgress, counting

PARTIAL: Final = ".partial"
"""Ending of a backup's folder while it is being made."""
_BEFORE_UPGRADES: Final = "backups"
"""Folder in the instance folder with the backups that were made before upgrades."""
_NAMED: Final = re.compile(r"\d{4}-\d\d-\d\dT\d{6}Z")


@click.command("backup")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--keys", type=click.Path(path_type=Path, file_okay=False), help="Another new folder for the keys.")
@click.option(
    "--keep", type=click.IntRange(1), help="Make it within FOLDER, named after the time, and keep this many of those."
)
@passphrase_option
@with_appcontext
def backup(folder: Path, keys: Path | None, keep: int | None, passphrase_file: Path | None) -> None:
    """Copy the database and the keys into a new folder, even while the site is running."""
    if keep is None:
        make_backup(folder, keys, passphrase_file)
        return
    name = f"{now():%Y-%m-%dT%H%M%SZ}"
    make_backup(folder / name, keys and keys / name, passphrase_file)
    for place in filter(None, (folder, keys)):
        _drop_older(place, keep)


def _drop_older(place: Path, keep: int) -> None:
    """Delete all but the newest backups that were named after the time; nothing else in that folder."""
    made = sorted(path for path in place.iterdir() if path.is_dir() and _NAMED.fullmatch(path.name))
    for path in made[:-keep]:
        try:
            shutil.rmtree(path)
        except OSError as error:
            raise click.ClickException(f"{path} is old and can't be deleted: {error.strerror}.") from None


def make_backup(folder: Path, keys: Path | None = None, passphrase_file: Path | None = None) -> Manifest:
    """Make a backup and say what it contains. Raises ClickException, and then leaves nothing behind."""
    settings: Settings = current_app.config["SETTINGS"]
    folder, keys = folder.absolute(), keys and keys.absolute()
    passphrase = files.read_passphrase(passphrase_file)
    for place in filter(None, (folder, keys)):
        if place.exists():
            raise click.ClickException(f"{place} already exists. Name a new folder.")
    with _unless_it_fails(folder, keys) as (new_folder, new_keys):
        manifest = _fill(settings, new_folder, new_keys, passphrase)
        if keys is not None:
            new_keys.rename(keys)
            files.sync(keys.parent)
        new_folder.rename(folder)
        files.sync(folder.parent)
    try:
        note_backup(settings.instance, manifest.made_at, folder)
    except OSError as error:
        click.echo(f"The backup is whole, but {settings.instance} can't take a note of it: {error.strerror}.", err=True)
    held = [*manifest.files, *(manifest.key_files if keys is None else ())]
    missing = (
        ""
        if CURRENT in {name.removesuffix(files.ENCRYPTED) for name in manifest.key_files}
        else (", whose key is a setting")
    )
    print(f"Backed up to {folder}: {', '.join(held)}{missing}")
    if keys is not None:
        print(
            f"Its keys are in {keys}: {', '.join(manifest.key_files) or 'none, since they are set in the environment'}"
        )
    return manifest


def back_up_before(revision: str, folder: Path | None, passphrase_file: Path | None) -> Manifest:
    """Make the backup that precedes an upgrade to a revision, in the instance folder if no other is named.

    Raises ClickException, and then leaves nothing behind.
    """
    settings: Settings = current_app.config["SETTINGS"]
    kept = settings.instance / _BEFORE_UPGRADES
    for partial in kept.glob(f"*{PARTIAL}"):
        shutil.rmtree(partial)  # of an upgrade that was killed
    return make_backup(folder or kept / f"before-{revision}-{now():%Y%m%d-%H%M%S}", None, passphrase_file)


@contextmanager
def _unless_it_fails(folder: Path, keys: Path | None) -> Iterator[tuple[Path, Path]]:
    """Give folders to fill, (of the database, of the keys), and remove them if that fails."""
    places = [place.with_name(place.name + PARTIAL) for place in (folder, keys) if place is not None]
    try:
        for place in places:
            shutil.rmtree(place, ignore_errors=True)  # left by a backup that was killed
            place.mkdir(mode=0o700, parents=True)
        yield places[0], places[-1]
    except (OSError, sqlite3.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise click.ClickException(f"The backup can't be written to {folder}: {reason}.") from None
    except SQLAlchemyError as error:
        raise click.ClickException(f"The database can't be reached or read: {reason_of(error)}") from None
    finally:
        for place in places:
            shutil.rmtree(place, ignore_errors=True)


def _fill(settings: Settings, folder: Path, keys: Path, passphrase: str | None) -> Manifest:
    made_at = now().isoformat(timespec="seconds")
    is_sqlite = db.engine.dialect.name == "sqlite"
    identity, both = None, {folder, keys}
    encrypted: list[tuple[str, str]] = []
    if passphrase is not None:
        identity = Identity.generate()
        encrypted.append(files.write_identity(both, identity, passphrase))
    facts, written = (_copy_sqlite if is_sqlite else _copy_postgresql)(settings, folder, identity)
    # After the database: if a key is changed in the meantime, the older key comes along with it.
    key_files = copy_keys(settings.instance, keys, identity)
    secret_keys, badge_keys = ids_of(settings)
    manifest = Manifest(
        **asdict(facts),
        app_version=describe_version(),
        made_at=made_at,
        database="sqlite" if is_sqlite else "postgresql",
        files=dict([written, *encrypted]),
        key_files=key_files,
        secret_keys=secret_keys,
        badge_keys=badge_keys,
        is_encrypted=passphrase is not None,
    ).sealed(settings.keys.current)
    write_manifest(folder, manifest)
    for place in both:
        files.sync(place)
    return manifest


def _copy_sqlite(settings: Settings, folder: Path, identity: Identity | None) -> tuple[BackupFacts, tuple[str, str]]:
    source = Path(make_url(settings.database_url).database or "")
    if not source.exists():
        raise click.ClickException(f"There is no database at {source} yet.")
    if identity is None:
        sqlite.copy(source, folder / sqlite.FILE)
        return sqlite.facts_of_file(folder / sqlite.FILE), (sqlite.FILE, files.hash_of(folder / sqlite.FILE))
    with tempfile.TemporaryDirectory(dir=source.parent, prefix="backup") as own:  # in plain only beside the original
        copy = Path(own) / sqlite.FILE
        sqlite.copy(source, copy)
        chunks = counting(files.stream(copy), BackupProgress("Encrypting", copy.stat().st_size))
        return sqlite.facts_of_file(copy), files.write(folder, sqlite.FILE, chunks, identity)


def _copy_postgresql(
    settings: Settings, folder: Path, identity: Identity | None
) -> tuple[BackupFacts, tuple[str, str]]:
    with db.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        snapshot = str(connection.scalar(text("SELECT pg_export_snapshot()")))
        facts = facts_of(connection)
        chunks = postgres.dump(make_url(settings.database_url), connection, snapshot)
        return facts, files.write(folder, postgres.FILE, counting(chunks, BackupProgress("Dumping")), identity)


@click.command("verify-backup")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--keys", type=click.Path(path_type=Path, exists=True, file_okay=False), help="Folder with its keys.")
@passphrase_option
@with_appcontext
def verify_backup(folder: Path, keys: Path | None, passphrase_file: Path | None) -> None:
    """Check that a backup is complete, can be read, and has its keys. Changes nothing; exits with 1 if not."""
    settings: Settings = current_app.config["SETTINGS"]
    passphrase = files.read_passphrase(passphrase_file)
    manifest = read_manifest(folder)
    key_files = read_listed_keys(keys or folder, manifest, passphrase)
    ring = ring_with(key_files, settings)
    check_needed(manifest.needs_keys, ring)
    check_seal(folder, manifest, ring)
    known = {key.id for key in (*key_files.badge_keys.keys, *settings.issuer_keys.keys)}
    if lost := set(manifest.badge_keys) - known:
        raise click.ClickException(f"The badge key {min(lost)} is missing. Add --keys FOLDER.")
    database = check_hash(folder, manifest)
    with tempfile.TemporaryDirectory(dir=settings.instance, prefix="verify") as own:
        check_database(database, manifest, passphrase, Path(own))
    counts = ", ".join(f"{count} {name}" for name, count in manifest.counts.items())
    made = f"{manifest.made_on():%Y-%m-%d %H:%M} UTC by version {manifest.app_version}"
    print(f"Sound: made {made}, {manifest.database} at revision {manifest.revision.split()[0]}, with {counts}.")
    print(f"Installation: {manifest.installation or 'unknown: the backup is from a version without IDs'}")


def check_seal(folder: Path, manifest: Manifest, ring: Ring) -> None:
    """Raise ClickException unless the list of a backup is as it was written."""
    if not manifest.is_sealed_by(ring):
        raise click.ClickException(
            f"The seal of {folder} can't be confirmed: its list was changed, or the key {manifest.secret_keys[0]} with "
            "which it was made isn't here. Add --keys FOLDER."
        )


def check_hash(folder: Path, manifest: Manifest) -> Path:
    """Return the file of the database. Raises ClickException unless it and what decrypts it are as they were."""
    for name, digest in manifest.files.items():
        path = folder / name
        if not path.is_file():
            raise click.ClickException(f"{path} is missing: it belongs to this backup.")
        if files.hash_of(path) != digest:
            raise click.ClickException(f"{path} is damaged: it has changed since it was made.")
    return folder / manifest.database_file()


def check_database(path: Path, manifest: Manifest, passphrase: str | None, folder: Path) -> None:
    """Raise ClickException unless a backup's database can be read and holds what its list says.

    `folder`: where an encrypted one may lie in plain until the end.
    """
    progress = BackupProgress("Reading", path.stat().st_size)
    if manifest.database == "postgresql":
        script = postgres.read_script(lambda sink: files.read(path, sink, passphrase, progress))
        counts, revision = postgres.count_rows(script)
        held = {name: counts.get(name) for name in manifest.counts}
    else:
        if manifest.is_encrypted:
            files.decrypt_to(path, folder / sqlite.FILE, passphrase, progress)
            path = folder / sqlite.FILE
        sqlite.check(path)
        facts = sqlite.facts_of_file(path)
        held, revision = dict(facts.counts), facts.revision
    if held != manifest.counts or revision != manifest.revision:
        raise click.ClickException(f"{path} doesn't match the counts in the backup's list.")
