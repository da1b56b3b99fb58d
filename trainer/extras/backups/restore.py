"""`flask restore`: replace what is there with a backup, completely or not at all."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Collection
from contextlib import closing
from dataclasses import replace as changed
from functools import partial
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from trainer.cli.migrating import in_use
from trainer.cli.upgrade import passphrase_option
from trainer.core.clock import now
from trainer.core.db import db, dispose_engines
from trainer.core.failures import reason_of
from trainer.core.feature import list_features
from trainer.core.issuer_keys import FILE as BADGE_KEYS
from trainer.core.issuer_keys import merge
from trainer.core.keys import CURRENT, OLDER, make_ring
from trainer.core.settings import VARIABLES, Settings
from trainer.core.variables import variable
from trainer.extras.backups import afterwards, files, postgres, sqlite
from trainer.extras.backups.backup import PARTIAL, check_database, check_hash
from trainer.extras.backups.key_files import (
    KeyFiles,
    check_needed,
    put_secret_keys,
    read_keys,
    read_listed_keys,
    ring_with,
)
from trainer.extras.backups.manifest import FILE, Manifest, check_revision, facts_of, read_manifest
from trainer.extras.backups.notes import ASIDE, ASIDE_SCHEMA
from trainer.extras.backups.progress import BackupProgress
from trainer.server.instance_lock import hold

_Ending = partial[list[str]]
"""Returns the statements that end what may not outlive a restore, given (tables, when the backup was made)."""


@click.command("restore")
@click.argument("backup", type=click.Path(path_type=Path, exists=True))
@click.option("--keys", type=click.Path(path_type=Path, exists=True, file_okay=False), help="Folder with its keys.")
@click.option(
    "--key",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Key file of the backup; older keys and badge keys in files beside it are used, too.",
)
@passphrase_option
@click.option("--replace", is_flag=True, help="Restore even if there is a database already; that one is set aside.")
@click.option("--other", is_flag=True, help="Restore even if the backup is of another installation.")
@click.option("--unsealed", is_flag=True, help="Restore even without the key that shows that nobody has changed it.")
@click.option(
    "--keep-access", is_flag=True, help="Keep API tokens, inspectors' links and site devices: none was revoked since."
)
@with_appcontext
def restore(
    backup: Path,
    keys: Path | None,
    key: Path | None,
    passphrase_file: Path | None,
    replace: bool,
    other: bool,
    unsealed: bool,
    keep_access: bool,
) -> None:
    """Restore a backup made by `flask backup`, or an SQLite file of your own. Stop the site first."""
    settings: Settings = current_app.config["SETTINGS"]
    passphrase = files.read_passphrase(passphrase_file)
    dispose_engines()
    lock = hold(settings.instance)
    access = [] if keep_access else [table for feature in list_features() for table in feature.opens_records]
    ending = partial(afterwards.statements, now=now(), opens_records=access)
    try:
        if (backup / FILE).is_file():
            where, needs_seal = _Keys(keys or backup, key), not unsealed
            _restore_folder(settings, backup, where, passphrase, replace, other, needs_seal, ending)
        else:
            _restore_file(settings, backup, _Keys(keys or backup, key), replace, ending)
    except (OSError, sqlite3.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise click.ClickException(f"The backup can't be restored: {reason}. What was there is unchanged.") from None
    except SQLAlchemyError as error:
        raise click.ClickException(f"The database can't be reached or changed: {reason_of(error)}") from None
    finally:
        dispose_engines()
        os.close(lock)


class _Keys:
    """Where the keys of a backup are: in a folder, or a file of any name with the others beside it."""

    def __init__(self, folder: Path, key: Path | None) -> None:
        self._folder, self._key = folder, key

    @property
    def has_file(self) -> bool:
        """Whether a key was named."""
        return self._key is not None

    def read(self, manifest: Manifest | None, passphrase: str | None) -> KeyFiles:
        """Read them. Raises ClickException."""
        if self._key is not None:
            beside = read_keys(self._key.parent, passphrase).contents
            return KeyFiles({**beside, CURRENT: self._key.read_bytes()})
        if manifest is not None:
            return read_listed_keys(self._folder, manifest, passphrase)
        return read_keys(self._folder if self._folder.is_dir() else self._folder.parent, passphrase)


def _restore_folder(
    settings: Settings,
    backup: Path,
    where: _Keys,
    passphrase: str | None,
    is_replacing: bool,
    is_other: bool,
    needs_seal: bool,
    ending: _Ending,
) -> None:
    manifest = read_manifest(backup)
    is_sqlite = db.engine.dialect.name == "sqlite"
    if manifest.database != db.engine.dialect.name:
        raise click.ClickException(
            f"This backup is of {manifest.database}, and {VARIABLES['database_url']} names another kind of database."
        )
    keys = where.read(manifest, passphrase)
    has_data = _check_target(settings, is_replacing)
    if not is_other:
        _check_installation(manifest)
    _check_has_key(keys, has_data)
    ring = ring_with(keys, settings)
    check_needed(manifest.needs_keys, ring)
    # A key that is a setting comes first, and the one that sealed the backup may be among its own.
    given = [keys.current] if keys.current is not None else []
    is_sealed = manifest.is_sealed_by(make_ring(settings.secret_key, [*given, *(key.secret for key in ring.keys)]))
    if is_sealed is False:
        raise click.ClickException(f"{backup / FILE} was changed since the backup was made.")
    if is_sealed is None and needs_seal:  # whoever changes a backup can name any key; a dump is a program
        raise click.ClickException(
            f"Nobody can tell whether {backup} was changed: the key {manifest.secret_keys[0]} that sealed it isn't "
            "here. Add --keys FOLDER, or --unsealed if that key is lost and only you can write to that folder."
        )
    database = check_hash(backup, manifest)
    if is_sqlite:
        target = Path(make_url(settings.database_url).database or "")
        new = target.with_name(target.name + ".restoring")
        _put_sqlite(database, new, target, manifest, passphrase, ending)
    else:
        _put_postgresql(settings, database, manifest, passphrase, ending)
    _put_keys(settings, keys)
    if lost := set(manifest.badge_keys) - {key.id for key in settings.issuer_keys.keys}:
        print(f"The badge key {min(lost)} is missing. Badges signed with it have to be downloaded again.")
    _tell(settings, backup, ending, had_data=has_data)


def _restore_file(settings: Settings, backup: Path, where: _Keys, is_replacing: bool, ending: _Ending) -> None:
    """Restore an SQLite file by itself, or the folder of a backup from before there was a list in it."""
    if backup.name.endswith(PARTIAL):
        raise click.ClickException(f"{backup} is a backup that was never finished. Use another one.")
    if db.engine.dialect.name != "sqlite":
        raise click.ClickException(f"{backup} has no {FILE}: it wasn't made by `flask backup`. Use pg_restore.")
    is_folder = backup.is_dir()
    database = backup / sqlite.FILE if is_folder else backup
    if not database.is_file():
        raise click.ClickException(f"{backup} has no {FILE} and no {sqlite.FILE}: it isn't a backup.")
    keys = where.read(None, None) if is_folder or where.has_file else KeyFiles({})
    has_data = _check_target(settings, is_replacing)
    _check_has_key(keys, has_data)
    target = Path(make_url(settings.database_url).database or "")
    new = target.with_name(target.name + ".restoring")
    new.unlink(missing_ok=True)
    try:
        sqlite.copy(database, new)
        facts = sqlite.facts_of_file(new)
        check_revision(facts.revision, "that version")
        check_needed(facts.needs_keys, ring_with(keys, settings))
        sqlite.prepare(new, lambda tables: ending(tables, None))
        sqlite.put_in_place(new, target)
    finally:
        new.unlink(missing_ok=True)
    _put_keys(settings, keys)
    _tell(settings, backup, ending, had_data=has_data)


def _check_target(settings: Settings, is_replacing: bool) -> bool:
    """Return whether there is a database already. Raises ClickException unless it may be replaced."""
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite":
        target = Path(url.database or "")
        if target.exists() and not is_replacing:
            raise click.ClickException(f"There is a database at {target}. Add --replace to move it aside.")
        if target.exists() and sqlite.is_open(target):
            raise click.ClickException(f"Another process is using {target}. Stop it first.")
        return target.exists()
    with db.engine.connect() as connection:
        if in_use(connection, postgres.NAME):
            raise click.ClickException(
                f"Other connections to the database {url.database} are open. Stop the site first."
            )
        has_data = bool(inspect(connection).get_table_names())
    if has_data and not is_replacing:
        raise click.ClickException(
            f"There are tables in the database {url.database}. Add --replace to move them into the schema "
            f"{ASIDE_SCHEMA}."
        )
    return has_data


def _check_installation(manifest: Manifest) -> None:
    """Raise ClickException if the database that is here has people in it and is another installation's."""
    path = make_url(str(db.engine.url.render_as_string(hide_password=False))).database or ""
    if db.engine.dialect.name == "sqlite" and not Path(path).exists():
        return
    try:
        if db.engine.dialect.name == "sqlite":
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as probe:
                probe.execute("SELECT count(*) FROM sqlite_master").fetchone()
        with db.engine.connect() as connection:
            facts = facts_of(connection)
    except (SQLAlchemyError, sqlite3.Error, click.ClickException):
        return  # what can't be read can't be compared
    if facts.counts["users"] and facts.installation and manifest.installation not in {None, facts.installation}:
        raise click.ClickException(
            f"This backup is of another installation ({manifest.installation}) than the database that is here "
            f"({facts.installation}). Add --other if you mean it."
        )


def _check_has_key(keys: KeyFiles, has_data: bool) -> None:
    has_setting = variable(VARIABLES["secret_key"]) is not None
    if keys.current is None and not has_setting and not has_data:
        raise click.ClickException(
            f"A backup needs the key it was made with: add --keys FOLDER, or --key FILE (a copy of {CURRENT}). "
            "Without it, everyone's second steps and emailed links stop working."
        )


def _put_sqlite(
    database: Path, new: Path, target: Path, manifest: Manifest, passphrase: str | None, ending: _Ending
) -> None:
    new.unlink(missing_ok=True)
    free = shutil.disk_usage(target.parent).free
    if free < database.stat().st_size:
        raise click.ClickException(f"{target.parent} has only {free / 1e6:,.0f} MB left. Nothing was changed.")
    try:
        files.decrypt_to(database, new, passphrase, BackupProgress("Restoring", database.stat().st_size))
        check_database(new, changed(manifest, is_encrypted=False), None, new.parent)
        made_at = manifest.made_on()
        sqlite.prepare(new, lambda tables: ending(tables, made_at))
        sqlite.put_in_place(new, target)
        files.sync(target.parent)
    finally:
        new.unlink(missing_ok=True)


def _put_postgresql(
    settings: Settings, database: Path, manifest: Manifest, passphrase: str | None, ending: _Ending
) -> None:
    made_at = manifest.made_on()

    def statements_for(tables: Collection[str]) -> list[str]:
        return ending(tables, made_at, zone="+00")

    progress = BackupProgress("Restoring", database.stat().st_size)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        script = postgres.read_script(lambda sink: files.read(database, sink, passphrase, progress))
        postgres.restore(make_url(settings.database_url), connection, script, statements_for)
        connection.execute(text("ANALYZE"))


def _put_keys(settings: Settings, keys: KeyFiles) -> None:
    """Put keys in place; those of badges are added, since what was signed with a key made since has to verify, too."""
    try:
        if keys.current is not None and variable(VARIABLES["secret_key"]) is None:
            put_secret_keys(keys, settings.instance)
        elif OLDER in keys.contents:
            put_secret_keys(KeyFiles({OLDER: keys.contents[OLDER]}), settings.instance)
        if BADGE_KEYS in keys.contents:
            merge(settings.instance, keys.contents[BADGE_KEYS].decode())
    except OSError as error:
        raise click.ClickException(
            f"The database was restored, but its keys can't be written: {error.strerror}. Run it again with --replace."
        ) from None
    except ValueError:
        raise click.ClickException(f"The database was restored, but the backup's {BADGE_KEYS} can't be read.") from None


def _tell(settings: Settings, backup: Path, ending: _Ending, *, had_data: bool) -> None:
    shown = make_url(settings.database_url)
    where = shown.database if shown.get_backend_name() == "sqlite" else shown.render_as_string(hide_password=True)
    aside = f"beside it, as *{ASIDE}" if shown.get_backend_name() == "sqlite" else f"in the schema {ASIDE_SCHEMA}"
    print(f"Restored {where} from {backup}.{f' What was there is kept {aside}.' if had_data else ''}")
    print("All sessions have ended: everyone has to sign in again. Badges get places in a new status list.")
    if ending.keywords["opens_records"]:
        print("API tokens, inspectors' links and site devices have ended. Firms have to create new ones.")
    print("Start the site again: it brings the database up to date.")
