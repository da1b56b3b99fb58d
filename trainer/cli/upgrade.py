"""`flask upgrade`: bring the database to this version after a backup, or say what that would do."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from trainer.cli.migrating import APPLICATION, MigrationStep, in_use, list_steps, migrate, turn
from trainer.cli.setup import check_database, prepare
from trainer.core.db import db, dispose_engines
from trainer.core.failures import reason_of
from trainer.core.feature import ask_extra
from trainer.core.schema import CORE, check_schema, revision_of, revisions
from trainer.core.settings import Settings
from trainer.server.instance_lock import served_key_id

passphrase_option = click.option(
    "--passphrase-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="File with the passphrase of an encrypted backup.",
)


@click.command("upgrade")
@click.option("--check", is_flag=True, help="Only say what would happen.")
@click.option("--backup", "folder", type=click.Path(path_type=Path, file_okay=False), help="New folder for the backup.")
@click.option("--no-backup", is_flag=True, help="Make no backup, because you have one already.")
@passphrase_option
@with_appcontext
def upgrade(check: bool, folder: Path | None, no_backup: bool, passphrase_file: Path | None) -> None:
    """Back up and migrate the database. All migrations are run or none, so it can be run again after a failure."""
    settings: Settings = current_app.config["SETTINGS"]
    if folder is not None and no_backup:
        raise click.ClickException("Choose: --backup FOLDER or --no-backup.")
    try:
        if check:
            tell(list_steps())
            return
        check_database(settings)
        with turn(settings):
            steps = list_steps()
            tell(steps)
            if steps:
                _upgrade(settings, steps, folder, has_backup=no_backup, passphrase_file=passphrase_file)
    except SQLAlchemyError as error:
        raise click.ClickException(f"The database can't be reached or changed: {reason_of(error)}") from None
    prepare()


def tell(steps: list[MigrationStep]) -> None:
    """Say which migrations would run, and whether the code before them can keep serving."""
    head = revisions()[0][CORE]
    if not steps:
        print(f"The database is up to date with this version ({head}).")
        return
    before = revision_of() or "an empty database"
    print(f"{len(steps)} migration(s) {'of extras' if before == head else f'from {before} to {head}'}:")
    db.session.rollback()
    for step in steps:
        print(f"  {step.revision}  {step.purpose}{'' if step.serves_older_code else '  (stop older versions first)'}")
    if all(step.serves_older_code for step in steps):
        print("The previous version can keep serving on the new tables.")
    else:
        print("The previous version can't serve on the new tables: stop it on all machines first.", flush=True)


def _upgrade(
    settings: Settings,
    steps: list[MigrationStep],
    folder: Path | None,
    *,
    has_backup: bool,
    passphrase_file: Path | None,
) -> None:
    is_new = revision_of() is None
    dispose_engines()
    if not is_new and not all(step.serves_older_code for step in steps):
        refuse_running(settings)
    if not is_new and not has_backup:
        backup = ask_extra("back_up_before", revisions()[0][CORE], folder, passphrase_file)
        if backup is None:
            raise click.ClickException("This site makes no backups. Make one yourself, then add --no-backup.")
    migrate(lambda revision: print(f"  {revision} done", flush=True))
    check_schema()


def refuse_running(settings: Settings) -> None:
    """Raise ClickException if a site is running that couldn't serve on the tables as they will be."""
    if served_key_id(settings.instance) is not None:
        raise click.ClickException(f"The site in {settings.instance} is running. Stop it first.")
    if db.engine.dialect.name == "postgresql":
        engine = create_engine(settings.database_url, poolclass=NullPool)
        with engine.connect() as connection:
            if in_use(connection, APPLICATION):
                raise click.ClickException(
                    "Other connections to the database are open. Stop the site on all machines first."
                )
