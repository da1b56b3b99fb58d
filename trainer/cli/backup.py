"""`flask backup` and `flask restore`: an installation's database and keys, copied and put back as one."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.engine import make_url

from trainer.cli.serve import hold
from trainer.core.db import db
from trainer.core.issuer_keys import FILE as BADGE_KEYS
from trainer.core.issuer_keys import merge
from trainer.core.keys import CURRENT, OLDER, make_ring, read_older
from trainer.core.settings import VARIABLES, Settings

DATABASE = "trainer.db"
ASIDE = ".replaced"
_HEAD = b"SQLite format 3\0"


@click.command("backup")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@with_appcontext
def backup(folder: Path) -> None:
    """Copy the database and the keys into a new folder, even while the site is running. SQLite only."""
    settings = current_app.config["SETTINGS"]
    source = _database(settings, "pg_dump")
    if not source.exists():
        raise click.ClickException(f"There is no database at {source} yet.")
    try:
        folder.mkdir(mode=0o700, parents=True)
    except FileExistsError:
        raise click.ClickException(f"{folder} already exists. Name a new folder.") from None
    _copy(source, folder / DATABASE)
    copied = [name for name in (CURRENT, OLDER, BADGE_KEYS) if (settings.instance / name).exists()]
    for name in copied:
        _copy_key(settings.instance / name, folder / name)
    missing = "" if CURRENT in copied else ", whose key is a setting"
    print(f"Backed up to {folder}: {', '.join([DATABASE, *copied])}{missing}")


@click.command("restore")
@click.argument("backup", type=click.Path(path_type=Path, exists=True))
@click.option(
    "--key",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Key file of that backup; those of older keys and of badge keys beside it are used, too.",
)
@click.option("--replace", is_flag=True, help="Restore even if there is a database now; that one is moved aside.")
@with_appcontext
def restore(backup: Path, key: Path | None, replace: bool) -> None:
    """Restore a backup made by `flask backup`, or a copy of your own. Stop the site first. SQLite only."""
    settings = current_app.config["SETTINGS"]
    target = _database(settings, "pg_restore")
    older = key.with_name(OLDER) if key else None
    beside = key.parent if key else backup
    if backup.is_dir():
        key_file = backup / CURRENT
        older = older or backup / OLDER
        backup, key = backup / DATABASE, key or (key_file if key_file.exists() else None)
    db.engine.dispose()
    lock = _restore(settings, backup, target, key, older, is_replacing=replace)
    if (beside / BADGE_KEYS).is_file():
        _restore_badge_keys(settings, beside / BADGE_KEYS)
    os.close(lock)


def _restore(
    settings: Settings, backup: Path, target: Path, key: Path | None, older: Path | None, *, is_replacing: bool
) -> int:
    """Restore under the lock of the instance folder, and return the lock. Nothing is moved before the backup is
    checked.

    `older`: where the backup has its older keys, if it has any; None if it came without keys.
    """
    lock = hold(settings.instance)
    if target.exists() and not is_replacing:
        raise click.ClickException(f"There is a database at {target}. Add --replace to move it aside.")
    if target.exists() and _is_open(target):
        raise click.ClickException(f"Another process is using {target}. Stop it first.")
    has_setting = os.environ.get(VARIABLES["secret_key"]) is not None
    if key is None and not has_setting and not target.exists():
        raise click.ClickException(
            f"A backup needs the key it was made with: add --key FILE (a copy of {CURRENT}). "
            "Without it, everyone's second steps and emailed links stop working."
        )
    new = target.with_name(target.name + ".restoring")
    new.unlink(missing_ok=True)
    _copy(backup, new)
    key = None if has_setting else key
    _check_keys(new, settings, key, older)
    _move_aside(target)
    os.replace(new, target)
    if key is not None:
        _replace_key(key, settings.instance / CURRENT)
    if older is not None and (key is not None or older.exists()):
        _replace_key(older, settings.instance / OLDER)
    print(f"Restored {target} from {backup}. What was there is kept beside it, as *{ASIDE}.")
    print("Start the site again: it brings the database up to date.")
    return lock


def _restore_badge_keys(settings: Settings, badge_keys: Path) -> None:
    """Add them to those that are here: what was signed with a key made since has to verify, too."""
    try:
        merge(settings.instance, badge_keys)
    except ValueError:
        raise click.ClickException(f"The database was restored, but {badge_keys} can't be read.") from None


def _copy(source: Path, target: Path) -> None:
    """Copy a database with what is in its write-ahead log, as of one instant, and check the copy."""
    target.touch(mode=0o600)
    try:
        with (
            closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as old,
            closing(sqlite3.connect(target)) as new,
        ):
            old.backup(new)
            problem = _problem(new)
            new.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing beside it
    except sqlite3.DatabaseError as error:
        problem = str(error)
    if problem:
        target.unlink()
        raise click.ClickException(f"{source} can't be used: {problem}.")


def _check_keys(database: Path, settings: Settings, key: Path | None, older: Path | None) -> None:
    """Raise ClickException if second steps need a key that wouldn't be there."""
    listed = os.environ.get(VARIABLES["secret_keys_older"], "").split()
    try:
        kept = (
            [older_key.key.secret for older_key in read_older(older.parent)]
            if older
            else list(settings.secret_keys_older)
        )
    except ValueError:
        raise click.ClickException(f"{older} can't be read.") from None
    ring = make_ring(key.read_text().strip() if key else settings.secret_key, [*listed, *kept])
    with closing(sqlite3.connect(database)) as connection:
        if "second_factor_key_id" not in {row[1] for row in connection.execute("PRAGMA table_info(users)")}:
            return
        needed = connection.execute("SELECT second_factor_key_id FROM users WHERE second_factor_key_id IS NOT NULL")
        missing = {key_id for (key_id,) in needed} - {known.id for known in ring.keys}
    if missing:
        database.unlink()
        raise click.ClickException(
            f"This backup's second steps need the key {min(missing)}, which isn't here. Add --key FILE with the key "
            f"that the backup was made with, and its {OLDER} beside it."
        )


def _problem(database: sqlite3.Connection) -> str | None:
    (problem,) = database.execute("PRAGMA integrity_check(1)").fetchone()
    if problem != "ok":
        return str(problem)
    if database.execute("PRAGMA foreign_key_check").fetchone():
        return "rows refer to others that aren't there"
    tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return None if {"alembic_version", "users"} <= tables else "it isn't a database of this app"


def _is_open(database: Path) -> bool:
    """Return whether another process has the database open, such as a worker that was started alone."""
    with database.open("rb") as file:
        if file.read(len(_HEAD)) != _HEAD:  # SQLite would throw away the log of what it can't read
            return False
    try:
        with closing(sqlite3.connect(database, isolation_level=None, timeout=0)) as probe:
            probe.execute("PRAGMA locking_mode=EXCLUSIVE")
            probe.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        return "locked" in str(error)
    except sqlite3.DatabaseError:  # a damaged one is to be replaced all the more
        return False
    return False


def _move_aside(target: Path) -> None:
    """Rename database and log together. A log that stays would be replayed over the backup, which mixes the two."""
    aside = target.with_name(target.name + ASIDE)
    for ending in ("", "-wal", "-shm"):
        aside.with_name(aside.name + ending).unlink(missing_ok=True)
    for ending in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            target.with_name(target.name + ending).rename(aside.with_name(aside.name + ending))


def _replace_key(source: Path, target: Path) -> None:
    has_source = source.exists()  # a backup from before the key was ever changed has no older ones
    if target.exists() and not (has_source and (source.samefile(target) or source.read_bytes() == target.read_bytes())):
        target.replace(target.with_name(target.name + ASIDE))
    if has_source and not target.exists():
        _copy_key(source, target)


def _copy_key(source: Path, target: Path) -> None:
    target.touch(mode=0o600)
    shutil.copyfile(source, target)


def _database(settings: Settings, instead: str) -> Path:
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite" or url.database is None:
        raise click.ClickException(
            f"This is for SQLite. On PostgreSQL use {instead}, and keep {CURRENT}, {OLDER} and {BADGE_KEYS} with it."
        )
    return Path(url.database)
