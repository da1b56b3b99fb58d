"""A backup put back is that one state and no other; nothing there is lost by it, and no key is made in silence."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import time_machine

from tests.cli.sites import run
from trainer import __version__
from trainer.core.keys import Key
from trainer.core.settings import ROOT, read_settings
from trainer.core.variables import SettingsRefused
from trainer.core.version import describe_version
from trainer.extras.backups.notes import find_last_backup
from trainer.server.instance_lock import hold

pytestmark = [pytest.mark.on_both, pytest.mark.slow]

INSERT = (
    "INSERT INTO users (id, created_at, email, email_key, password_hash, second_factor_misses) "
    "VALUES (lower(hex(randomblob(16))), '2026-11-25', ?, ?, '-', 0)"
)


def flask(instance: Path, *command: str, **environ: str) -> tuple[int, str]:
    """Run a command in an installation with SQLite; return (exit code, what it said)."""
    return run({"TRAINER_INSTANCE": str(instance), **environ}, *command)


def add(database: Path, *names: str, is_left_open: bool = False) -> sqlite3.Connection:
    """Add users."""
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    for name in names:
        connection.execute(INSERT, (name, name))
    if not is_left_open:
        connection.close()
    return connection


def users(database: Path) -> set[str]:
    """Return who is in a database."""
    with closing(sqlite3.connect(database)) as connection:
        return {name for (name,) in connection.execute("SELECT email FROM users")}


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of an installation with one user, to be copied."""
    folder = tmp_path_factory.mktemp("prepared") / "instance"
    assert flask(folder, "setup")[0] == 0
    add(folder / "trainer.db", "leo")
    return folder


@pytest.fixture
def instance(tmp_path: Path, prepared: Path) -> Path:
    """Return the folder of an installation with one user."""
    return shutil.copytree(prepared, tmp_path / "instance")


@pytest.mark.check("T120")
def test_what_was_written_after_the_backup_is_not_mixed_into_it(instance: Path, tmp_path: Path) -> None:
    database, backup = instance / "trainer.db", tmp_path / "backup"
    running = add(database, "bob", is_left_open=True)
    assert flask(instance, "backup", str(backup))[0] == 0
    running.close()
    crashed = "import os, sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None); "
    crashed += "c.execute(sys.argv[2], ('mallory', 'mallory')); os._exit(9)"
    subprocess.run([sys.executable, "-c", crashed, str(database), INSERT], check=False)
    assert (instance / "trainer.db-wal").stat().st_size > 0
    code, said = flask(instance, "restore", str(backup))
    assert code == 1
    assert "--replace" in said
    code, said = flask(instance, "restore", str(backup), "--replace")
    assert code == 0, said
    assert not (instance / "trainer.db-wal").exists()
    assert users(database) == {"leo", "bob"}
    assert users(instance / "trainer.db.replaced") == {"leo", "bob", "mallory"}  # nothing is lost
    assert flask(instance, "setup")[0] == 0


@pytest.mark.check("T120")
def test_on_a_new_machine_the_key_comes_along(instance: Path, tmp_path: Path) -> None:
    backup, new = tmp_path / "backup", tmp_path / "new"
    assert flask(instance, "backup", str(backup))[0] == 0
    assert flask(instance, "backup", str(backup))[0] == 1  # it overwrites nothing
    code, said = flask(new, "restore", str(backup / "trainer.db"))
    assert code == 1
    assert "--key FILE" in said
    assert not (new / "trainer.db").exists()
    code, said = flask(new, "restore", str(backup / "trainer.db"), "--key", str(backup / "secret_key"))
    assert code == 0, said
    assert (new / "secret_key").read_text() == (instance / "secret_key").read_text()
    assert (new / "secret_key").stat().st_mode & 0o077 == 0
    assert users(new / "trainer.db") == {"leo"}
    assert flask(new, "setup")[0] == 0


def test_what_is_no_backup_changes_nothing(instance: Path, tmp_path: Path) -> None:
    database = instance / "trainer.db"
    torn, other = tmp_path / "torn.db", tmp_path / "other.db"
    torn.write_bytes(database.read_bytes()[:50_000])
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE x (y)")
    for wrong in (torn, other, ROOT / "README.md"):
        code, said = flask(instance, "restore", str(wrong), "--replace")
        assert code == 1
        assert "can't be used" in said
        assert users(database) == {"leo"}
    assert {path.name for path in instance.iterdir()} == {"trainer.db", "secret_key", "badge_keys", "serve.lock"}


def test_backups_that_are_named_after_the_time_make_way_for_newer_ones(instance: Path, tmp_path: Path) -> None:
    backups, keys = tmp_path / "backups", tmp_path / "keys"
    (backups / "before-the-move").mkdir(parents=True)
    (backups / "2020-01-01").mkdir()
    for day in range(1, 5):
        with time_machine.travel(dt.datetime(2026, 11, day, 3, 4, 5, tzinfo=dt.UTC), tick=False):
            status, said = flask(instance, "backup", str(backups), "--keys", str(keys), "--keep", "2")
        assert status == 0, said
    named = ["2026-11-03T030405Z", "2026-11-04T030405Z"]
    assert sorted(path.name for path in keys.iterdir()) == named
    assert sorted(path.name for path in backups.iterdir()) == ["2020-01-01", *named, "before-the-move"]
    newest = backups / named[-1]
    assert flask(instance, "verify-backup", str(newest), "--keys", str(keys / named[-1]))[0] == 0
    assert find_last_backup(instance).folder == str(newest)  # type: ignore[union-attr]


def test_a_backup_that_nobody_can_take_a_note_of_is_whole_all_the_same(instance: Path, tmp_path: Path) -> None:
    (instance / "last_backup.json").mkdir()
    code, said = flask(instance, "backup", str(tmp_path / "backup"))
    assert code == 0
    assert "The backup is whole, but" in said
    assert flask(instance, "verify-backup", str(tmp_path / "backup"))[0] == 0


def test_a_served_folder_is_left_alone(instance: Path, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    assert flask(instance, "backup", str(backup))[0] == 0
    lock = hold(instance)
    code, said = flask(instance, "restore", str(backup), "--replace")
    os.close(lock)
    assert code == 1
    assert f"in use by process {os.getpid()}" in said
    reading = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); print(c.execute('SELECT email FROM users').fetchall()"
    )
    reading += ", flush=True); input()"
    # In a process of its own: whoever closes a file gives up all locks that the process has on it.
    with subprocess.Popen(
        [sys.executable, "-c", reading, str(instance / "trainer.db")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as worker:
        assert worker.stdout is not None
        assert b"leo" in worker.stdout.readline()
        code, said = flask(instance, "restore", str(backup), "--replace")
        worker.communicate(b"\n")
    assert code == 1
    assert "Another process is using" in said
    assert flask(instance, "restore", str(backup), "--replace")[0] == 0


def test_a_damaged_database_goes_with_its_log(instance: Path, tmp_path: Path) -> None:
    backup, database = tmp_path / "backup", instance / "trainer.db"
    assert flask(instance, "backup", str(backup))[0] == 0
    for ending in ("", "-wal", "-shm"):
        Path(f"{database}{ending}").write_text("damaged" + ending)
    assert flask(instance, "restore", str(backup), "--replace")[0] == 0
    assert users(database) == {"leo"}
    assert [Path(f"{database}.replaced{ending}").read_text() for ending in ("", "-wal")] == ["damaged", "damaged-wal"]


def test_a_restore_without_its_key_says_so_and_makes_none(instance: Path) -> None:
    key = instance / "secret_key"
    key.unlink()
    code, said = flask(instance, "setup")
    assert code == 1
    assert said.startswith(f"Error: {key} is missing, and the database has users")
    assert said.count("\n") == 1
    assert not key.exists()
    assert flask(instance, "setup", TRAINER_SECRET_KEY="k" * 40)[0] == 0
    with closing(sqlite3.connect(instance / "trainer.db", isolation_level=None)) as connection:
        connection.execute("DELETE FROM users")
    assert flask(instance, "setup")[0] == 0  # there is nobody whom a new key could lock out
    assert key.exists()


def test_the_way_on_with_a_lost_key_works_as_the_paper_for_operators_says(instance: Path) -> None:
    key = instance / "secret_key"
    key.unlink()
    paper = (ROOT / "docs/operate.md").read_text(encoding="utf-8")
    command = re.search(r"```\n(umask .*secret_key.*)\n```", paper)
    assert command is not None
    subprocess.run(command[1].replace("instance/", f"{instance}/"), shell=True, check=True)
    assert flask(instance, "setup")[0] == 0


def test_a_missing_key_asks_a_postgresql_database_too(database_url: str, tmp_path: Path) -> None:
    environ = {"TRAINER_INSTANCE": str(tmp_path / "fresh"), "TRAINER_DATABASE_URL": database_url}
    read_settings(environ)  # nobody is there
    with pytest.raises(SettingsRefused, match="can't be reached"):
        read_settings({**environ, "TRAINER_DATABASE_URL": "postgresql://u:hidden@127.0.0.1:1/x"})


def test_older_keys_come_along_and_a_backup_that_lacks_one_is_refused(instance: Path, tmp_path: Path) -> None:
    old = Key((instance / "secret_key").read_text())
    backup, new = tmp_path / "backup", tmp_path / "new"
    assert flask(instance, "keys", "rotate")[0] == 0
    with closing(sqlite3.connect(instance / "trainer.db", isolation_level=None)) as connection:
        connection.execute("UPDATE users SET second_factor_nonce = 'n', second_factor_key_id = ?", (old.id,))
    assert flask(instance, "backup", str(backup))[0] == 0
    (backup / "secret_keys_older").rename(backup / "elsewhere")
    code, said = flask(new, "restore", str(backup))
    assert code == 1
    assert "secret_keys_older is missing" in said
    (backup / "backup.json").rename(backup / "list")  # as backups were before they had a list
    code, said = flask(new, "restore", str(backup))
    assert code == 1
    assert f"need the key {old.id}" in said
    (backup / "list").rename(backup / "backup.json")
    assert not {"trainer.db", "trainer.db.restoring"} & {path.name for path in new.iterdir()}
    (backup / "elsewhere").rename(backup / "secret_keys_older")
    code, said = flask(new, "restore", str(backup / "trainer.db"), "--key", str(backup / "secret_key"))
    assert code == 0, said
    for name in ("secret_key", "secret_keys_older"):
        assert (new / name).read_bytes() == (instance / name).read_bytes()
        assert (new / name).stat().st_mode & 0o077 == 0
    assert flask(new, "restore", str(backup), "--replace", TRAINER_SECRET_KEY="e" * 40)[0] == 0


@pytest.mark.check("T120")
def test_keys_of_badges_lie_beside_the_database_and_none_is_lost(instance: Path, tmp_path: Path) -> None:
    backup, new = tmp_path / "backup", tmp_path / "new"
    assert flask(instance, "backup", str(backup))[0] == 0
    secret = json.loads((backup / "badge_keys").read_text())[0]["key"]["d"]
    assert (backup / "badge_keys").stat().st_mode & 0o077 == 0
    assert secret.encode() not in (backup / "trainer.db").read_bytes()
    assert flask(instance, "keys", "rotate", "--badges")[0] == 0
    newest = json.loads((instance / "badge_keys").read_text())
    assert flask(instance, "restore", str(backup), "--replace")[0] == 0
    assert json.loads((instance / "badge_keys").read_text()) == newest  # what it signed since has to verify
    code, said = flask(new, "restore", str(backup / "trainer.db"), "--key", str(backup / "secret_key"))
    assert code == 0, said
    assert json.loads((new / "badge_keys").read_text()) == json.loads((backup / "badge_keys").read_text())
    assert (new / "badge_keys").stat().st_mode & 0o077 == 0


def test_a_backup_and_the_version_name_the_commit_of_the_app(instance: Path, tmp_path: Path) -> None:
    def git(*words: str) -> str:
        run = ["git", "-C", str(tmp_path / "checkout"), "-c", "user.name=x", "-c", "user.email=x@x", *words]
        return subprocess.run(run, check=True, capture_output=True, text=True).stdout.strip()

    (tmp_path / "checkout").mkdir()
    assert describe_version(tmp_path / "checkout") == __version__
    git("init", "--quiet")
    git("commit", "--quiet", "--allow-empty", "--message", "x")
    commit = git("rev-parse", "HEAD")[:12]
    for change in (["status"], ["pack-refs", "--all"], ["checkout", "--quiet", "--detach"]):
        git(*change)
        assert describe_version(tmp_path / "checkout") == f"{__version__}+{commit}"
    assert flask(instance, "backup", str(tmp_path / "backup"))[0] == 0
    said = json.loads((tmp_path / "backup" / "backup.json").read_text())["app_version"]
    shown = subprocess.run([sys.executable, "-m", "trainer", "--version"], check=True, capture_output=True, text=True)
    assert said == shown.stdout.strip() == describe_version()
