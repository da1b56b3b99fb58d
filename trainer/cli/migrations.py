"""`flask db`: the commands of Flask-Migrate, which are imported when one is asked for, and one that drops an extra."""

from __future__ import annotations

from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import Table, func, select
from sqlalchemy.exc import SQLAlchemyError

from trainer.cli.migrating import turn, undo
from trainer.cli.upgrade import refuse_running
from trainer.core.db import Base, db, dispose_engines
from trainer.core.failures import reason_of
from trainer.core.feature import list_features
from trainer.core.schema import CORE, check_schema, revisions, stated_revisions


class _Migrations(click.Command):
    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        from flask_migrate.cli import db

        db.add_command(drop)
        context: click.Context = db.make_context(info_name, args, parent, **extra)
        return context


migrations_cli = _Migrations("db", help="Perform database migrations.")


@click.command("drop")
@click.argument("extra")
@with_appcontext
def drop(extra: str) -> None:
    """Delete the tables of an extra, before its folder is deleted. Says what they hold, and asks."""
    check_schema()
    _refuse(extra)
    tables = _list_tables(extra)
    print(f"The extra {extra} has these tables:")
    for table in tables:
        print(f"  {table.name}  {db.session.scalar(select(func.count()).select_from(table))} row(s)")
    settings = current_app.config["SETTINGS"]
    dispose_engines()
    refuse_running(settings)
    click.confirm("Delete them with all that is in them? Only a backup brings it back.", abort=True)
    try:
        with turn(settings):
            undo(extra)
    except SQLAlchemyError as error:
        raise click.ClickException(f"The tables can't be deleted: {reason_of(error)}") from None
    print(f"Deleted. Now delete the folder of {extra}, too: until then, flask setup would create its tables again.")


def _refuse(extra: str) -> None:
    """Raise ClickException unless the tables of an extra are known here, and nothing else needs them."""
    with_tables = [branch for branch in revisions()[0] if branch != CORE]
    if extra not in with_tables:
        if extra != CORE and extra in stated_revisions():
            raise click.ClickException(
                f"The extra {extra} isn't installed, and only it knows which tables it has. Put its folder and its "
                "lines in trainer/app.py back, run this again, and then delete them."
            )
        raise click.ClickException(f"No extra {extra} has tables here. These have: {', '.join(with_tables)}")
    if needing := next((feature.name for feature in list_features() if extra in feature.needs), None):
        raise click.ClickException(f"The extra {needing} needs {extra}. Drop and delete {needing} first.")


def _list_tables(extra: str) -> list[Table]:
    """Return the tables of an extra, each after those it refers to."""
    classes = {mapper.local_table: mapper.class_ for mapper in Base.registry.mappers}
    prefix = f"trainer.extras.{extra}."
    return [table for table in Base.metadata.sorted_tables if classes[table].__module__.startswith(prefix)]
