"""`flask setup`: bring the database up to date, check the content, and say what was done."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import cast

import click
from flask import Flask, current_app, render_template
from flask.cli import with_appcontext
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from trainer.cli.following import fall_back
from trainer.cli.migrating import migrate, turn
from trainer.content.library import Content, ContentRefused
from trainer.content.serving import find_refused, library, note_refused
from trainer.core import damage, issuer_keys
from trainer.core.clock import now
from trainer.core.connections import pragmas
from trainer.core.damage import DatabaseDamaged
from trainer.core.db import db, transaction
from trainer.core.failures import reason_of
from trainer.core.feature import ask_extra
from trainer.core.keys import CURRENT, alone, write_secret
from trainer.core.schema import Stand, check_schema, compare_schema, needs_migration
from trainer.core.settings import VARIABLES, Settings
from trainer.core.variables import variable
from trainer.core.whole_files import write_whole
from trainer.joining.operations import forget_guests
from trainer.web.language import language_tag, text_direction


@click.command("setup")
@click.option("--new", "is_new", is_flag=True, help="Begin a new, empty site even where another one was.")
@with_appcontext
def setup(is_new: bool) -> None:
    """Migrate the database and check the content."""
    prepare(is_new=is_new)


def prepare(*, is_new: bool = False) -> None:
    """Migrate and check, and print what was done and where things lie.

    `is_new`: make tables in an empty database even if the instance folder shows that there was one that wasn't.
    """
    settings = current_app.config["SETTINGS"]
    try:
        content = _find_content(settings)  # refused before anything is changed
    except ContentRefused as refused:
        raise click.ClickException(f"The content can't be served.\n{refused}") from refused
    os.umask(0o077)  # what is made here, the database above all, is for this user only
    try:
        check_database(settings, is_new=is_new)
        if needs_migration():
            with turn(settings):
                migrate()
    except SQLAlchemyError as error:
        raise click.ClickException(f"The database can't be reached or changed: {reason_of(error)}") from None
    check_schema()
    _keep_key(settings)
    print(f"Database  {make_url(settings.database_url).render_as_string(hide_password=True)}, up to date")
    if db.engine.dialect.name == "sqlite":
        _check_sqlite()
    with transaction():
        gone = forget_guests(now())
    if gone:
        print(f"Guests    {gone} forgotten whose cookies have run out")
    if settings.badge_keys is None and (made := issuer_keys.make_first(settings.instance, now())):
        print(f"Badges    signed with a new key, {made.id}, in {settings.instance / issuer_keys.FILE}")
    if settings.down_page is not None:
        _write_down_page(settings.down_page)
    lessons = sum(len(course.lessons) for course in content.courses.values())
    where = "what was in service before" if find_refused(settings.instance) else settings.content
    print(f"Content   {where}: {lessons} lessons, {len(content.scenarios)} scenes")
    print(f"Instance  {settings.instance}: back this folder up")
    print(f"Address   {settings.base_url}{'  (local mode)' if settings.is_local else ''}", flush=True)


def _find_content(settings: Settings) -> Content:
    """Return the folder's content or, where that is refused, what is in service. Raises ContentRefused."""
    try:
        content = library().content
    except ContentRefused as refused:
        return fall_back(cast(Flask, current_app._get_current_object()), refused)  # type: ignore[attr-defined]
    note_refused(settings.instance, None)
    return content


def _write_down_page(path: Path) -> None:
    """Write the page that a proxy shows while the app is down, readable by the proxy's user."""
    tag = language_tag()
    page = render_template("web/down.html", language=tag, direction=text_direction())
    try:
        write_whole(path, [page.encode()])
        path.chmod(0o644)
    except OSError as error:
        click.echo(f"Warning: {path} can't be written: {error.strerror}. Check TRAINER_DOWN_PAGE.", err=True)


def check_database(settings: Settings, *, is_new: bool = False) -> None:
    """Make the file of a new SQLite database, if there is none.

    Raises DatabaseDamaged for a file that can't be trusted, SQLAlchemyError, and ClickException for an empty database
    where there was another one, unless that `is_new`.
    """
    path = damage.database_file(settings.database_url)
    if path is not None:
        if not path.exists():
            _make_file(settings, path, is_new=is_new)
        _check_file(settings, path)
    elif not db.session.scalar(text("SELECT current_setting('server_encoding') = 'UTF8'")):
        raise click.ClickException("The database isn't in UTF-8. Create one with: CREATE DATABASE … ENCODING 'UTF8'")
    if not is_new and compare_schema()[0] is Stand.EMPTY:
        _refuse_traces(settings, "The database has no tables")


def _make_file(settings: Settings, path: Path, *, is_new: bool) -> None:
    if not is_new:
        _refuse_traces(settings, f"{path} is missing")
    log = path.with_name(f"{path.name}-wal")
    if log.exists():  # SQLite would take it for the new file's
        raise click.ClickException(f"{path} is missing, but its log {log} is there. Put both in one place first.")
    path.touch(mode=0o600)


def _refuse_traces(settings: Settings, what: str) -> None:
    """Raise ClickException if the instance folder is that of a site: an empty one in its place would hide the loss."""
    for name in (damage.DAMAGED, *(ask_extra("list_traces") or ()), CURRENT):
        if (settings.instance / name).exists():
            raise click.ClickException(
                f"{what}, but {settings.instance / name} shows that a site was here. Put its database back, or run: "
                "flask restore BACKUP. For a new, empty site: flask setup --new"
            )


def _keep_key(settings: Settings) -> None:
    """Write the key that was made for a new installation, now that there is a database that needs it."""
    path = settings.instance / CURRENT
    if variable(VARIABLES["secret_key"]) is not None:
        return
    with alone(settings.instance):
        if not path.exists():
            write_secret(path, settings.secret_key)
        elif path.read_text().strip() not in settings.keys.secrets:
            raise click.ClickException(f"Another process has just made {path}. Run this again.")


def _check_file(settings: Settings, path: Path) -> None:
    """Raise DatabaseDamaged for an SQLite file that can't be trusted; what was noted of another one is over."""
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
