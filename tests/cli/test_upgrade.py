"""A database is brought to this version after a backup, by one process at a time, all the way or not at all."""

from __future__ import annotations

import os
import signal

import pytest
from flask import Flask

from tests.cli.sites import Site, app_of
from tests.conftest import CONTENT
from tests.databases import SINCE_0_9, go_back_to_0_9
from tests.forked import begin_command, begin_program
from trainer.app import FEATURES
from trainer.cli.migrating import MigrationStep, turn
from trainer.cli.upgrade import tell
from trainer.core.schema import CORE, revisions
from trainer.server.instance_lock import hold

pytestmark = [pytest.mark.on_both, pytest.mark.slow]

HEAD = revisions()[0][CORE]
BEFORE = "0075"
"""The revision of version 0.9.0; its code can't serve on what comes after it."""

KILLED = """
import os, signal, sys
from trainer.app import create_app
from trainer.app import FEATURES
from trainer.cli.migrating import migrate
with create_app().app_context():
    migrate(lambda revision: os.kill(os.getpid(), signal.SIGKILL) if revision == sys.argv[1] else None)
"""


def go_back(site: Site) -> None:
    """Leave the database as version 0.9.0 would."""
    with app_of(site.environ) as app, app.app_context():
        go_back_to_0_9()


def revision(site: Site) -> str:
    """Return the core's revision of the database."""
    return str(min(number for (number,) in site.execute("SELECT version_num FROM alembic_version")))


def environ_of(site: Site) -> dict[str, str]:
    """Return what leads a process to an installation."""
    return {**os.environ, **site.environ, "TRAINER_CONTENT": str(CONTENT)}


def test_where_older_code_can_serve_on_each_migration_nothing_need_be_stopped(
    app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    with app.app_context():
        tell([MigrationStep("0073", "Indexes", serves_older_code=True)])
        assert "can keep serving" in capsys.readouterr().out
        tell(
            [
                MigrationStep("0073", "Indexes", serves_older_code=True),
                MigrationStep("0075", "Limits", serves_older_code=False),
            ]
        )
        assert "can't serve" in capsys.readouterr().out


@pytest.mark.check("T119")
def test_an_upgrade_says_what_it_will_do_backs_up_and_migrates(site: Site) -> None:
    go_back(site)
    code, said = site.flask("upgrade", "--check")
    assert code == 0, said
    assert f" migration(s) from {BEFORE} to {HEAD}" in said
    assert ("can't serve on the new tables" in said) == ("stop older versions first" in said)
    assert revision(site) == BEFORE
    assert not (site.instance / "backups").exists()
    code, said = site.flask("upgrade")
    assert code == 0, said
    assert revision(site) == HEAD
    (backup,) = (site.instance / "backups").iterdir()
    code, said = site.flask("verify-backup", str(backup))
    assert code == 0, said
    assert f"revision {BEFORE}" in said
    code, said = site.flask("upgrade")
    assert code == 0, said
    assert "up to date" in said
    assert len(list((site.instance / "backups").iterdir())) == 1
    assert site.flask("restore", str(backup), "--replace")[0] == 0  # the way back
    assert revision(site) == BEFORE
    assert site.flask("upgrade", "--no-backup")[0] == 0
    assert site.users() == {"leo"}


def test_what_an_extra_that_was_deleted_left_behind_stays(site: Site) -> None:
    go_back(site)
    site.execute("INSERT INTO alembic_version (version_num) VALUES ('gone_02')", "CREATE TABLE gone (id INTEGER)")
    assert site.flask("jobs", "list")[0] == 1
    code, said = site.flask("upgrade")
    assert code == 0, said
    assert site.flask("jobs", "list") == (0, "0 job(s).\n")
    assert site.execute("SELECT * FROM alembic_version WHERE version_num = 'gone_02'")
    code, said = site.flask("db", "drop", "gone")
    assert (code, "isn't installed, and only it knows which tables it has" in said) == (1, True), said
    (backup,) = (site.instance / "backups").iterdir()
    code, said = site.flask("restore", str(backup), "--replace")
    assert code == 0, said
    assert site.execute("SELECT count(*) FROM gone") == [(0,)]


@pytest.mark.check("T119")
def test_a_database_from_before_the_first_migration_is_refused_in_a_line_and_unchanged(site: Site) -> None:
    go_back(site)
    site.execute("UPDATE alembic_version SET version_num = '0074' WHERE version_num LIKE '0%'")
    for command in (["upgrade"], ["upgrade", "--check"], ["upgrade", "--no-backup"], ["setup"], ["jobs", "list"]):
        code, said = site.flask(*command)
        assert (code, said) == (
            1,
            "Error: The database is at revision 0074, from before version 0.9.0. "
            "Upgrade it with version 0.9.0 first.\n",
        ), command
    code, said = site.flask("doctor")
    assert (code, "Upgrade it with version 0.9.0 first." in said) == (1, True), said
    assert revision(site) == "0074"
    assert site.users() == {"leo"}
    assert not (site.instance / "backups").exists()
    site.execute(
        "UPDATE alembic_version SET version_num = '0075' WHERE version_num LIKE '0%'"
    )  # no table of it was touched
    assert site.flask("upgrade")[0] == 0


HALF = {
    "a column is missing": ("ALTER TABLE users DROP COLUMN language", "the table users has no column language"),
    "a table is missing": ("DROP TABLE heartbeats", "the table heartbeats is missing"),
    "a column is there already": (
        "ALTER TABLE users ADD COLUMN walk_ins JSON",
        "the table users already has the column walk_ins",
    ),
    "a table is left over": ("CREATE TABLE _alembic_tmp_users (id INTEGER)", "_alembic_tmp_users is left over"),
    "two revisions": ("INSERT INTO alembic_version (version_num) VALUES ('0074')", "at 0074 and at 0075"),
    "no revision": ("DELETE FROM alembic_version", "already exists"),
}
UNDONE = {
    "a column is missing": "ALTER TABLE users ADD COLUMN language VARCHAR(10)",
    "a table is missing": "CREATE TABLE heartbeats (task VARCHAR(60), began_at TIMESTAMP, ended_at TIMESTAMP, "
    "failures INTEGER, last_error VARCHAR(300))",
    "a column is there already": "ALTER TABLE users DROP COLUMN walk_ins",
    "a table is left over": "DROP TABLE _alembic_tmp_users",
    "two revisions": "DELETE FROM alembic_version WHERE version_num = '0074'",
    "no revision": "INSERT INTO alembic_version (version_num) VALUES "
    + ", ".join(f"('{revision}')" for revision in ("0075", *SINCE_0_9)),
}


@pytest.mark.check("T119")
def test_a_half_migrated_database_is_refused_in_a_line(site: Site) -> None:
    go_back(site)
    for name, (statement, why) in HALF.items():
        site.execute(statement)
        for command in ("upgrade", "setup"):
            code, said = site.flask(command)
            assert (code, said.count("\n")) == (1, 1), (name, said)
            assert "half migrated" in said
            assert why in said
        site.execute(UNDONE[name])
    assert site.flask("upgrade", "--no-backup")[0] == 0
    for name in ("a column is missing", "a table is missing", "two revisions", "no revision"):
        site.execute(HALF[name][0])
        for command_line in (["upgrade"], ["setup"], ["jobs", "list"]):
            code, said = site.flask(*command_line)
            assert (code, "half migrated" in said) == (1, True), (name, said)
        site.execute(UNDONE[name].replace(BEFORE, HEAD))


@pytest.mark.check("T119")
def test_killed_midway_it_leaves_the_database_as_it_was_and_goes_on_when_run_again(site: Site) -> None:
    go_back(site)
    killed = begin_program(environ_of(site), KILLED, HEAD)
    assert killed.wait() == -signal.SIGKILL, killed.said()
    assert revision(site) == BEFORE
    lock = hold(site.instance)
    code, said = site.flask("upgrade")
    os.close(lock)
    assert (code, "is running. Stop it first" in said) == (1, True), said
    assert revision(site) == BEFORE
    (site.instance / "backups" / "before.partial").mkdir(parents=True)
    code, said = site.flask("upgrade")
    assert code == 0, said
    assert "stop it on all machines first" in said
    assert revision(site) == HEAD
    assert [path.suffix for path in (site.instance / "backups").iterdir()] == [""]
    assert site.users() == {"leo"}


@pytest.mark.check("T119")
def test_of_two_upgrades_one_waits(site: Site) -> None:
    go_back(site)
    with app_of(site.environ) as app, app.app_context():
        with turn(app.config["SETTINGS"]):
            other = begin_command(environ_of(site), "upgrade", "--no-backup")
            other.hear("Waiting for it")
            assert revision(site) == BEFORE
        assert other.wait() == 0, other.said()
    assert revision(site) == HEAD


def test_where_no_backup_can_be_made_an_upgrade_says_so_and_changes_nothing(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_back(site)
    monkeypatch.setattr("trainer.app.FEATURES", [one for one in FEATURES if "back_up_before" not in one.answers])
    code, said = site.flask("upgrade")
    assert (code, "makes no backups" in said) == (1, True), said
    assert revision(site) == BEFORE
    assert site.flask("upgrade", "--no-backup")[0] == 0
    assert revision(site) == HEAD


def test_an_upgrade_without_room_for_its_backup_changes_nothing(site: Site) -> None:
    go_back(site)
    (site.instance / "backups").write_text("a file where the folder should be")
    code, said = site.flask("upgrade")
    assert code == 1
    assert "The backup can't be written" in said
    assert revision(site) == BEFORE
