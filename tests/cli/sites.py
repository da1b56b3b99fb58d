"""Installations with folders and databases of their own, on both databases, and commands run in them."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from tests.conftest import CONTENT, DATABASES, POSTGRES_URL
from trainer.app import create_app
from trainer.content.library import Library
from trainer.core import clock
from trainer.core.db import db
from trainer.core.settings import read_settings
from trainer.core.variables import SettingsRefused
from trainer.items.registry import MODELS

SERVER = make_url(POSTGRES_URL.replace("postgresql://", "postgresql+psycopg://", 1)) if POSTGRES_URL else None
_numbers = itertools.count()
_shelf: list[Library] = []


@contextmanager
def app_of(environ: dict[str, str]) -> Iterator[Flask]:
    """Give the app with the settings of these variables. Raises SettingsRefused."""
    with patch.dict(os.environ, {**environ, "TRAINER_CONTENT": str(CONTENT)}):
        settings = read_settings()
        if not _shelf:
            _shelf.append(Library(CONTENT, clock.today, MODELS))
        app = create_app(settings, _shelf[0])
        try:
            yield app
        finally:
            with app.app_context():
                db.session.remove()
                db.engine.dispose()


def run(environ: dict[str, str], *command: str) -> tuple[int, str]:
    """Run a command; return (exit code, what it said)."""
    try:
        with app_of(environ) as app:
            ended = app.test_cli_runner().invoke(args=command)
    except SettingsRefused as refused:
        return 1, f"Error: {refused.message}\n"
    if ended.exception is not None and not isinstance(ended.exception, SystemExit):
        raise ended.exception
    return ended.exit_code, ended.output


@dataclass
class Site:
    """An installation: where it lies, and which database it has."""

    instance: Path
    url: str
    more: dict[str, str] = field(default_factory=dict)
    """Further variables."""

    @property
    def is_sqlite(self) -> bool:
        """Whether its database is a file."""
        return self.url.startswith("sqlite")

    @property
    def environ(self) -> dict[str, str]:
        """The variables that lead to it."""
        return {"TRAINER_INSTANCE": str(self.instance), "TRAINER_DATABASE_URL": self.url, **self.more}

    def flask(self, *command: str, **environ: str) -> tuple[int, str]:
        """Run a command; return (exit code, what it said)."""
        return run({**self.environ, **environ}, *command)

    def execute(self, *statements: str) -> list[Any]:
        """Run statements; return the rows of the last one."""
        engine = create_engine(self.url, poolclass=NullPool)
        with engine.begin() as connection:
            rows: list[Any] = []
            for statement in statements:
                result = connection.execute(text(statement))
                rows = list(result) if result.returns_rows else []
        return rows

    def add_user(self, name: str) -> None:
        """Add someone."""
        number = f"{abs(hash(name)):032x}"[-32:]
        self.execute(
            "INSERT INTO users (id, created_at, email, email_key, password_hash, second_factor_misses) "
            f"VALUES ('{number}', '2026-11-25 00:00:00', '{name}', '{name}', '-', 0)"
        )

    def users(self) -> set[str]:
        """Return who is there."""
        return {name for (name,) in self.execute("SELECT email FROM users")}


class Sites:
    """Makes installations on one kind of database, and drops their databases at the end."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.kind, self._folder = kind, folder
        self._prepared: Site | None = None
        self._databases: list[str] = []

    def empty(self, folder: Path, template: str | None = None) -> Site:
        """Return an installation whose database has no tables, or those of a template."""
        instance = folder / f"site{next(_numbers)}"
        if self.kind == "sqlite":
            return Site(instance, f"sqlite:///{instance / 'trainer.db'}")
        assert SERVER is not None
        name = f"trainer_site_{os.getpid()}_{next(_numbers)}"
        self._admin(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else ""))
        self._admin(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
        self._databases.append(name)
        return Site(instance, SERVER.set(database=name).render_as_string(hide_password=False))

    def prepared(self, folder: Path) -> Site:
        """Return an installation with all tables, a key of its own and one user, Leo."""
        if self._prepared is None:
            self._prepared = self.empty(self._folder)
            code, said = self._prepared.flask("setup")
            assert code == 0, said
            self._prepared.add_user("leo")
        site = self.empty(folder, make_url(self._prepared.url).database)
        shutil.copytree(self._prepared.instance, site.instance)
        return site

    def drop(self) -> None:
        """Drop what was made on the server."""
        for name in self._databases:
            self._admin(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    @staticmethod
    def _admin(statement: str) -> None:
        assert SERVER is not None
        engine = create_engine(SERVER, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with engine.connect() as connection:
            connection.execute(text(statement))


@pytest.fixture(scope="session", params=DATABASES)
def sites(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    """Give what makes installations, on each kind of database."""
    made = Sites(request.param, tmp_path_factory.mktemp("sites"))
    yield made
    made.drop()


@pytest.fixture
def site(sites: Sites, tmp_path: Path) -> Site:
    """Return an installation with all tables and one user."""
    return sites.prepared(tmp_path)
