"""A database that isn't what was written is found at the start or soon after, never written to, and can be restored."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask

from tests.support import Visitor
from trainer.core import damage
from trainer.core.damage import DAMAGED, REMEDY, find_damage
from trainer.core.db import db
from trainer.core.processes import Itself, ProcessRole
from trainer.core.settings import Settings
from trainer.jobs.damage import check_database_file
from trainer.jobs.heartbeats import say_so


@pytest.fixture
def database_url(tmp_path: Path, template_database: Path) -> str:
    """Return an SQLite file: PostgreSQL looks after its own."""
    shutil.copy(template_database, tmp_path / "trainer.db")
    return f"sqlite:///{tmp_path / 'trainer.db'}"


@pytest.fixture
def used(app: Flask, settings: Settings, tmp_path: Path) -> Path:
    """Return the file of an installation that was backed up, used, and ended by a crash: its log is still there."""
    (tmp_path / "secret_key").write_text(settings.secret_key)
    (tmp_path / "secret_key").chmod(0o600)
    assert command(app, "backup", str(tmp_path / "backup"))[0] == 0
    Visitor(app).sign_up()
    assert say_so(app, Itself(ProcessRole.WEB))
    live, kept = tmp_path / "trainer.db", tmp_path / "kept"
    kept.mkdir()
    for ending in ("", "-wal"):
        shutil.copy(f"{live}{ending}", kept)
    close(app)
    for ending in ("", "-wal"):  # closing has emptied the log; the file stays the same one, as after a crash
        live.with_name(live.name + ending).write_bytes((kept / f"trainer.db{ending}").read_bytes())
    return live


def close(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def command(app: Flask, *words: str) -> tuple[int, str]:
    ended = app.test_cli_runner().invoke(args=list(words))
    close(app)
    return ended.exit_code, ended.output


def flip_head(path: Path) -> None:
    flip(path, 20, 60)


def flip_pages(path: Path) -> None:
    size = path.stat().st_size
    for start in range(8192, size, 8192):
        flip(path, start, start + 40)


def cut_file(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2 // 4096 * 4096)


def flip(path: Path, start: int, end: int) -> None:
    with path.open("r+b") as file:
        file.seek(start)
        old = file.read(end - start)
        file.seek(start)
        file.write(bytes(byte ^ 0xFF for byte in old))


def cut_log(path: Path) -> None:
    log = path.with_name(f"{path.name}-wal")
    with log.open("r+b") as file:
        file.truncate(log.stat().st_size // 4)


def lose_log(path: Path) -> None:
    path.with_name(f"{path.name}-wal").unlink()


@pytest.mark.check("T106")
@pytest.mark.parametrize("harm", [flip_head, flip_pages, cut_file, cut_log, lose_log])
def test_damage_is_found_at_the_start_and_a_restore_ends_it(
    app: Flask, used: Path, tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    if harm in {flip_head, flip_pages, cut_file}:  # else the log would mend what it holds anew
        with closing(sqlite3.connect(used)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    harm(used)
    before = used.read_bytes()
    for _start in range(2):
        status, said = command(app, "setup")
        assert (status, said.count("\n")) == (1, 1), said
        assert said.startswith("Error: The database is damaged: ")
        assert REMEDY in said
    assert used.read_bytes() == before
    assert (tmp_path / DAMAGED).exists()
    assert command(app, "restore", str(tmp_path / "backup"), "--replace")[0] == 0
    status, said = command(app, "setup")
    assert (status, "up to date" in said) == (0, True), said
    assert not (tmp_path / DAMAGED).exists()


@pytest.mark.check("T106")
def test_an_unharmed_file_with_its_log_starts(app: Flask, used: Path, tmp_path: Path) -> None:
    (tmp_path / DAMAGED).write_text("it was, and has been mended")
    assert command(app, "setup")[0] == 0
    assert not (tmp_path / DAMAGED).exists()
    with closing(sqlite3.connect(used)) as connection:
        assert connection.execute("SELECT count(*) FROM users").fetchone() == (1,)


@pytest.mark.check("T106")
def test_damage_met_while_it_runs_stops_writing_everywhere(app: Flask, used: Path, tmp_path: Path) -> None:
    visitor, other = Visitor(app), Visitor(app)
    other.sign_up("other@example.org")
    with closing(sqlite3.connect(used)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'users'").fetchone()
    close(app)
    flip(used, (page - 1) * 4096, (page - 1) * 4096 + 12)
    before = used.read_bytes()
    assert visitor.get("/").status_code == 200
    assert other.get("/me").status_code == 503  # it reads the page that was harmed
    assert find_damage(tmp_path)
    assert visitor.post("/guests", token="x").status_code in {400, 503}
    assert not say_so(app, Itself(ProcessRole.WEB))
    assert visitor.get("/readyz").json["checks"]["database"] == "damaged"  # type: ignore[index]
    close(app)
    assert used.read_bytes() == before


@pytest.mark.check("T106")
def test_the_worker_finds_what_nobody_has_read_yet(app: Flask, used: Path, tmp_path: Path) -> None:
    with app.app_context():
        list(check_database_file())
        assert find_damage(tmp_path) is None
        db.session.remove()
    with closing(sqlite3.connect(used)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'report_mails'").fetchone()
    close(app)
    flip(used, (page - 1) * 4096, (page - 1) * 4096 + 12)
    with app.app_context(), pytest.raises(damage.DatabaseDamaged, match="flask restore"):
        list(check_database_file())
    assert find_damage(tmp_path)
