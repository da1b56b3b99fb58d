"""Nothing works on a database that is behind the code, and on a newer one only where that lets it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from tests.conftest import DATABASES, POSTGRES_URL
from tests.forked import begin_command, begin_program
from trainer.app import create_app
from trainer.core.db import db, transaction
from trainer.core.schema import (
    CORE,
    SchemaRefused,
    SchemaRevision,
    branch_of,
    check_schema,
    list_version_folders,
    revisions,
)
from trainer.core.settings import ROOT, Settings

pytestmark = pytest.mark.on_both

FOLDER = str(ROOT / "migrations")


@pytest.fixture(params=DATABASES)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give a database without tables, of which the test makes what it likes."""
    if request.param == "sqlite":
        (tmp_path / "empty.db").touch()
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    name = f"trainer_empty_{os.getpid()}"
    server = make_url(POSTGRES_URL.replace("postgresql://", "postgresql+psycopg://", 1))
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    yield server.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    admin.dispose()


def environ_of(url: str, folder: Path) -> dict[str, str]:
    """Return what leads a command to a database."""
    return {
        **os.environ,
        "TRAINER_INSTANCE": str(folder),
        "TRAINER_DATABASE_URL": url,
        "TRAINER_SECRET_KEY": "t" * 40,
    }


@pytest.mark.slow
@pytest.mark.parametrize("number", [0, *(pytest.param(number, marks=pytest.mark.nightly) for number in (1, 2))])
def test_of_several_that_start_at_once_all_succeed(empty_url: str, tmp_path: Path, number: int) -> None:
    started = [begin_command(environ_of(empty_url, tmp_path), "setup") for _one in range(3)]
    said = ["".join(one.communicate(timeout=120)) for one in started]
    assert [one.returncode for one in started] == [0, 0, 0], "\n".join(said)
    assert all("up to date" in one for one in said)


def test_nothing_works_on_a_database_that_is_behind(app: Flask, settings: Settings, tmp_path: Path) -> None:
    with app.app_context():
        downgrade(directory=FOLDER, revision="0075")
        try:
            with pytest.raises(SchemaRefused, match="Run: flask setup"):
                check_schema()
            environ = environ_of(settings.database_url, tmp_path)
            server = begin_program(environ, "from trainer.serving import create_server; create_server()")
            said = "".join(server.communicate(timeout=60))
            assert server.returncode == 1
            assert said.startswith("Error: The database is at revision")
            assert said.count("\n") == 1
            worker = begin_command(environ, "jobs", "run")
            assert "Run: flask setup" in "".join(worker.communicate(timeout=60))
            assert worker.returncode == 1
        finally:
            upgrade(directory=FOLDER, revision="heads")
        check_schema()


@pytest.mark.on_both(each_case=True)
@pytest.mark.parametrize("lets_older_code_serve", [True, False])
def test_older_code_serves_on_a_newer_database_only_where_that_lets_it(
    app: Flask, settings: Settings, tmp_path: Path, lets_older_code_serve: bool
) -> None:
    newer = tmp_path / "migrations"
    shutil.copytree(FOLDER, newer)
    with app.app_context():
        head = revisions()[0][CORE]
        serving = db.session.execute(text("SELECT revision FROM schema_revisions ORDER BY 1")).scalars().all()
        assert head in serving
        db.session.rollback()
    (newer / "versions" / "9999_later.py").write_text(
        f'revision = "9999"\ndown_revision = "{head}"\nserves_older_code = {lets_older_code_serve}\n'
        "def upgrade():\n    pass\ndef downgrade():\n    pass\n"
    )
    with app.app_context():
        upgrade(directory=str(newer), revision="heads")
        try:
            if lets_older_code_serve:
                check_schema()
            else:
                with pytest.raises(SchemaRefused, match="a newer version was here"):
                    check_schema()
            ended = app.test_cli_runner().invoke(args=["setup"])
            assert ended.exit_code == (0 if lets_older_code_serve else 1), ended.output
            assert "Traceback" not in ended.output
        finally:
            downgrade(directory=str(newer), revision=str(head))
        check_schema()
        after = db.session.execute(text("SELECT revision FROM schema_revisions ORDER BY 1")).scalars().all()
        others = [one for one in serving if branch_of(one) != CORE]
        assert after == (serving if lets_older_code_serve else [head, *others])
        db.session.rollback()
        with transaction() as session:  # on PostgreSQL the next test has the same database
            session.add_all(SchemaRevision(revision=one) for one in serving if one not in after)


def test_every_command_says_in_one_line_that_there_are_no_tables(settings: Settings, empty_url: str) -> None:
    app = create_app(replace(settings, database_url=empty_url))
    number = "12345678-1234-1234-1234-123456789012"
    commands = [
        ["accounts", "remove-second-factor", "x@example.org"],
        ["accounts", "sign-out", "x@example.org"],
        ["accounts", "disable", "x@example.org"],
        ["accounts", "enable", "x@example.org"],
        ["admin", "approve-instructor", "x@example.org"],
        ["admin", "organizations"],
        ["admin", "raise-invitations", number, "5"],
        ["admin", "suspend-organization", number, "--reason", "x"],
        ["admin", "resume-organization", number],
        ["admin", "appoint-administrator", "x@example.org"],
        ["credentials", "revoke", "x", "--reason", "x"],
        ["guests", "forget"],
        ["jobs", "beats"],
        ["jobs", "give-up", number],
        ["jobs", "list"],
        ["jobs", "retry", number],
        ["jobs", "run"],
        ["mail", "give-up", number],
        ["mail", "list"],
        ["mail", "retry", number],
        ["mail", "show", number],
        ["mail", "test", "x@example.org"],
    ]
    left_out = {"accounts", "admin", "credentials", "guests", "jobs", "mail"}
    named = {(group, one) for group in left_out for one in app.cli.commands[group].commands}  # type: ignore[attr-defined]
    assert named == {(one[0], one[1]) for one in commands}
    for command in commands:
        ended = app.test_cli_runner().invoke(args=command)
        assert (ended.exit_code, ended.output) == (
            1,
            "Error: The database has no tables yet. Run: flask setup\n",
        ), command


def test_revisions_are_read_as_alembic_reads_them() -> None:
    scripts = ScriptDirectory(FOLDER, version_locations=[str(folder) for folder in list_version_folders()])
    heads, known = revisions()
    assert sorted(heads.values()) == sorted(scripts.get_heads())
    assert next(iter(heads)) == CORE
    assert known == {script.revision for script in scripts.walk_revisions()}
