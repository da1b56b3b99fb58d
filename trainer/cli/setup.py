"""`flask setup`: bring the database up to date, check the content, and say what was done."""

from __future__ import annotations

import os
import sqlite3

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from trainer.cli.migrating import migrate, turn
from trainer.content.library import ContentRefused
from trainer.content.serving import library
from trainer.core import damage, issuer_keys
from trainer.core.clock import now
from trainer.core.damage import DatabaseDamaged
from trainer.core.db import db, pragmas, reason_of, transaction
from trainer.core.schema import check_schema, needs_migration
from trainer.core.settings import Settings
from trainer.joining.operations import forget_guests


@click.command("setup")
@with_appcontext
def setup() -> None:
    """Migrate the database and check the content."""
    prepare()


def prepare() -> None:
    """Migrate and check, and print what was done and where things lie."""
    settings = current_app.config["SETTINGS"]
    try:
        content = library().content  # refused before anything is changed
    except ContentRefused as refused:
        raise click.ClickException(f"The content can't be served.\n{refused}") from refused
    _check_file(settings)
    os.umask(0o077)  # what is made here, the database above all, is for this user only
    try:
        if needs_migration():
            with turn(settings):
                migrate()
    except SQLAlchemyError as error:
        raise click.ClickException(f"The database can't be reached or changed: {reason_of(error)}") from None
    check_schema()
    print(f"Database  {make_url(settings.database_url).render_as_string(hide_password=True)}, up to date")
    if db.engine.dialect.name == "sqlite":
        _check_sqlite()
    with transaction():
        gone = forget_guests(now())
    if gone:
        print(f"Guests    {gone} forgotten whose cookies have run out")
    if settings.badge_keys is None and (made := issuer_keys.make_first(settings.instance, now())):
        print(f"Badges    signed with a new key, {made.id}, in {settings.instance / issuer_keys.FILE}")
    lessons = sum(len(course.lessons) for course in content.courses.values())
    print(f"Content   {settings.content}: {lessons} lessons, {len(content.scenarios)} scenes")
    print(f"Instance  {settings.instance}: back this folder up")
    print(f"Address   {settings.base_url}{'  (local mode)' if settings.is_local else ''}", flush=True)


def _check_file(settings: Settings) -> None:
    """Raise DatabaseDamaged for an SQLite file that can't be trusted; what was noted of another one is over."""
    path = damage.database_file(settings.database_url)
    if path is None or not path.exists():
        return
    try:
        fault = damage.find_fault(settings.instance, path)
    except sqlite3.OperationalError as error:
        raise click.ClickException(f"The database can't be reached or changed: {error}") from None
    if fault is not None:
        damage.note_damage(settings.instance, fault)
        raise DatabaseDamaged(fault)
    damage.forget_damage(settings.instance)


def _check_sqlite() -> None:
    settings = pragmas(db.engine)
    if settings["journal_mode"] != "wal" or settings["synchronous"] != 2 or settings["foreign_keys"] != 1:
        raise click.ClickException(
            f"SQLite refuses the settings that keep answers safe: {settings}. Is the folder on a network drive?"
        )
