"""Commands and signals put new content and new code into service; what is refused leaves in service what is."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from tests.assessment.swapped import copy_content
from tests.cli.renaming import rename
from tests.cli.served import (
    Serve,
    children,
    is_running,
    wait_until,
)
from tests.cli.served import database_url as database_url
from tests.cli.served import serve as serve
from tests.forked import begin_command
from tests.steady import steady
from trainer.cli.following import release_folder
from trainer.core import releases
from trainer.core.db import transaction
from trainer.core.settings import Settings

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")

CODE_RELOADS = int(os.environ.get("TRAINER_CODE_RELOADS", "20"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a content folder that can be changed."""
    return copy_content(tmp_path / "own")


@pytest.fixture
def settings(settings: Settings, folder: Path) -> Settings:
    return replace(settings, content=folder)


def run(settings: Settings, *words: str) -> tuple[int | None, str, str]:
    """Run a command in an installation; return (exit code, what it said, what it said of errors)."""
    environ = {
        **os.environ,
        "TRAINER_INSTANCE": str(settings.instance),
        "TRAINER_DATABASE_URL": settings.database_url,
        "TRAINER_SECRET_KEY": settings.secret_key,
        "TRAINER_CONTENT": str(settings.content),
    }
    command = begin_command(environ, *words)
    out, err = command.communicate()
    return command.returncode, out, err


def test_a_refused_folder_leaves_in_service_what_is(app: Flask, settings: Settings, folder: Path) -> None:
    with app.app_context():
        release_folder(settings)
        before = releases.find_newest_number()
    (folder / "site.yaml").write_text("name: [\n", "utf-8")
    code, said, errors = run(settings, "content", "reload")
    assert code == 1
    assert said.startswith("content/site.yaml:2: ")
    assert said.endswith("Refused. What is in service stays.\n")
    assert errors == ""
    with app.app_context():
        assert releases.find_newest_number() == before


def test_the_command_releases_and_says_what(app: Flask, settings: Settings, folder: Path) -> None:
    rename(folder, 7)
    code, said, errors = run(settings, "content", "reload")
    assert code == 0, errors
    with app.app_context():
        newest = releases.find_newest()
    assert newest is not None
    assert said == f"Release {newest.number}, {newest.digest[:12]}, is in service.\n"
    assert "the same content as before" in run(settings, "content", "reload")[1]


REPLACED = "has taken the place of the old one"


@pytest.mark.check("T114")
@pytest.mark.parametrize("times", [1, pytest.param(CODE_RELOADS, marks=pytest.mark.nightly)])
def test_new_code_takes_the_place_of_old_code_under_load(serve: Serve, times: int) -> None:
    site = serve(workers=2)
    with steady([f"http://127.0.0.1:{site.port}"], "/courses") as stream:
        for number in range(1, times + 1):
            web, worker = site.child("web"), site.child("worker")
            site.process.send_signal(signal.SIGUSR2)
            wait_until(lambda number=number: site.said().count(REPLACED) == number, 400)  # type: ignore[misc]
            wait_until(lambda web=web: not is_running(web), 400)  # type: ignore[misc]
            wait_until(lambda worker=worker: site.child("worker") not in {0, worker}, 60)  # type: ignore[misc]
    assert stream.failed == 0, stream.statuses
    assert len(stream.seconds) > 50
    assert stream.repeated <= 2 * times
    assert max(stream.seconds) < 60
    assert site.said().count(REPLACED) == times
    told = f"{len(stream.seconds)} requests, {stream.failed} failed, {stream.repeated} sent again"
    print(f"{told}, longest {max(stream.seconds):.2f} s")


def test_code_that_cannot_start_leaves_the_old_serving(serve: Serve, app: Flask) -> None:
    site = serve()
    web = site.child("web")
    with app.app_context(), transaction() as session:
        session.connection().exec_driver_sql("DELETE FROM schema_revisions")
        session.connection().exec_driver_sql(
            "UPDATE alembic_version SET version_num = '9999' WHERE version_num LIKE '0%%'"
        )
    site.process.send_signal(signal.SIGUSR2)
    wait_until(lambda: "The old one goes on." in site.said(), 60)
    assert is_running(web), site.said()
    assert site.is_up()
    assert "which this version" in site.said()


def test_a_signal_puts_the_folder_into_service(serve: Serve, folder: Path) -> None:
    site = serve(TRAINER_CONTENT=str(folder))
    rename(folder, 8)
    site.process.send_signal(signal.SIGUSR1)
    wait_until(lambda: "School number 8" in site.get("/courses")[1], 60)
    before = children(site.child("web"))
    (folder / "site.yaml").write_text("name: [\n", "utf-8")
    site.process.send_signal(signal.SIGUSR1)
    wait_until(lambda: "Refused. What is in service stays." in site.said(), 60)
    page = site.get("/courses")[1]
    assert "School number 8" in page, page
    assert children(site.child("web")) == before
