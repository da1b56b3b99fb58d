"""The disk that holds everything is full: nothing is said to be saved that isn't, and with space again all goes on."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from io import RawIOBase
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask

from tests.bench.neighbors import Browser
from tests.cast import (
    add_second_factor,
    answer_all,
    make_account,
    make_firm,
    make_ready,
    put_on_roster,
    sign_in_as,
    start_final,
    start_practice,
)
from tests.conftest import make_settings
from tests.forked import begin_command
from tests.live import serving
from tests.load.ledger import Ledger, complaints
from trainer.app import create_app
from trainer.content.library import Library
from trainer.core.db import db

MEGABYTES = 16


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk of 16 MB, which only root may."""
    if sys.platform != "linux" or os.getuid() != 0:
        pytest.skip("only root can mount a small disk")
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(disk)], check=False)
    if mounted.returncode:
        pytest.skip("this machine doesn't let root mount a small disk")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def fill(disk: Path) -> Path:
    """Fill a disk to its last byte; return what takes the room."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (65_536, 512, 1):
            while has_room_for(file, size):
                pass
    return filler


def has_room_for(file: RawIOBase, size: int) -> bool:
    """Write so many bytes; return False if the disk is full."""
    try:
        file.write(b"\0" * size)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        return False
    return True


def versions(database: Path, attempt: UUID) -> list[int]:
    """Return how often each answer of an attempt was saved."""
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("SELECT version FROM responses WHERE attempt_id = ? ORDER BY position", [attempt.hex])
        return [version for (version,) in rows]


@pytest.mark.check("T102")
def test_with_the_disk_full_nothing_is_said_to_be_saved_and_with_space_again_all_is(
    small_disk: Path, template_database: Path, shelf: Library
) -> None:
    database = small_disk / "trainer.db"
    shutil.copy(template_database, database)
    settings = make_settings(small_disk, f"sqlite:///{database}")
    app = create_app(settings, shelf)
    bob, leo, alice = (make_account(app, f"{name}@example.org") for name in ("bob", "leo", "alice"))
    practice = start_practice(app, leo)
    make_ready(app, bob)
    final = start_final(app, bob)
    answer_all(app, final)
    add_second_factor(app, alice)
    firm = make_firm(app, alice)
    put_on_roster(app, firm, None)
    with serving(settings, is_web_alone=True) as address:
        learner, finalist, owner = (Browser(address, sign_in_as(app, one)) for one in (leo, bob, alice))
        save, hand_in = f"/attempts/{practice}/scenes/1", f"/attempts/{final}/submission"
        roster = {"text": "name,email\n" + "".join(f"Guard {n},g{n}@example.org\n" for n in range(2_000))}
        assert learner.send(save, verdict="report-now", version=0, autosave=1)[0] == 303
        release(app)
        filler = fill(small_disk)
        acknowledged = 1
        for _again in range(3):
            # The log of SQLite may have room that it used before; once that is gone, nothing is saved.
            while learner.send(save, verdict="report-now", version=acknowledged, autosave=1)[0] == 303:
                acknowledged += 1
        for status, place, page in (
            learner.send(save, verdict="report-now", version=acknowledged, autosave=1),
            finalist.send(hand_in, scenes=0),
            owner.send(f"/organizations/{firm}/roster", **roster),
        ):
            assert status == 503, (place, page[-3000:])
            assert "Your saved answers are safe" in page
        assert learner.send(f"/attempts/{practice}")[0] == 303  # pages are read
        assert learner.send("/")[0] == 200
        code, errors = back_up(settings.instance, small_disk / "backup")
        assert code != 0
        assert len(errors.strip().splitlines()) == 1, errors
        assert versions(database, practice)[0] == acknowledged
        assert versions(database, practice)[1:] == [0] * (len(versions(database, practice)) - 1)
        filler.unlink()
        shutil.rmtree(small_disk / "backup", ignore_errors=True)
        assert learner.send(save, verdict="report-now", version=acknowledged, autosave=1)[0] == 303
        assert finalist.send(hand_in, scenes=0)[:2] == (303, f"/attempts/{final}/result")
        assert owner.send(f"/organizations/{firm}/roster", **roster)[0] == 303
        assert back_up(settings.instance, small_disk / "backup")[0] == 0
    ledger = Ledger({(practice, 1): (acknowledged + 1, {"verdict": "report-now"})}, {final: bob})
    assert complaints(app, ledger) == []
    release(app)


def release(app: Flask) -> None:
    """Let go of the database."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def back_up(instance: Path, folder: Path) -> tuple[int | None, str]:
    """Make a backup as an operator does; return the exit code and what was said of errors."""
    settings = make_settings(instance, f"sqlite:///{instance / 'trainer.db'}")
    environ = {
        **os.environ,
        "TRAINER_INSTANCE": str(instance),
        "TRAINER_DATABASE_URL": settings.database_url,
        "TRAINER_SECRET_KEY": settings.secret_key,
    }
    command = begin_command(environ, "backup", str(folder))
    _out, errors = command.communicate()
    return command.returncode, errors
