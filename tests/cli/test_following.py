"""New content comes into service on all machines while they are being read: nobody is refused, and nobody sees half."""

from __future__ import annotations

import io
import os
import re
import statistics
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update

from tests.assessment.swapped import copy_content
from tests.cli.renaming import rename
from tests.live import serving
from tests.steady import Stream, steady
from trainer.app import create_app
from trainer.cli.following import catch_up, put_into_service, release_folder
from trainer.content.releasing import archive_folder
from trainer.content.serving import served
from trainer.core import releases
from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.core.releases import ContentRelease
from trainer.core.settings import Settings

pytestmark = pytest.mark.on_both

RELOADS = int(os.environ.get("TRAINER_RELOADS", "100"))
WITHIN = 2.0
"""Seconds within which all processes serve what was released."""
_NAME = re.compile(rb"School number (\d+)")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a content folder that can be changed."""
    return copy_content(tmp_path / "own")


@pytest.fixture
def settings(settings: Settings, folder: Path) -> Settings:
    return replace(settings, content=folder)


@pytest.fixture
def beside(settings: Settings) -> Iterator[Flask]:
    """Return an app on the same database and content, which serves nobody."""
    app = create_app(settings)
    yield app
    with app.app_context():
        db.engine.dispose()


def number_on(body: bytes) -> int:
    """Return of which version of the content a page is, or 0. Raises AssertionError if it is of two."""
    numbers = {int(number) for number in _NAME.findall(body)}
    assert len(numbers) <= 1, numbers
    return numbers.pop() if numbers else 0


def release_many(beside: Flask, settings: Settings, times: int) -> dict[int, float]:
    """Put so many versions into service; return when each was."""
    released = {}
    for number in range(1, times + 1):
        rename(settings.content, number)
        with beside.app_context():
            release_folder(settings)
        released[number] = time.monotonic()
        time.sleep(0.6)
    return released


def check(stream: Stream, released: dict[int, float], slack: float) -> None:
    """Check that no request failed, that none was answered with half a page or with what was long replaced."""
    assert stream.failed == 0, stream.statuses
    seen = set()
    for asked_at, _address, body in stream.answers:
        assert body.rstrip().endswith(b"</html>")
        number = number_on(body)
        seen.add(number)
        due = max((old for old, at in released.items() if at + WITHIN + slack <= asked_at), default=0)
        assert number >= due, f"{number} was served when {due} was due"
    assert max(released) in seen


@pytest.mark.check("T126")
@pytest.mark.parametrize("times", [4, pytest.param(RELOADS, marks=pytest.mark.nightly)])
def test_content_is_swapped_on_all_machines_under_load(
    beside: Flask, settings: Settings, tmp_path: Path, times: int
) -> None:
    machines = [replace(settings, instance=tmp_path / name) for name in ("first", "second")]
    for machine in machines:
        machine.instance.mkdir()
    with (
        serving(machines[0], is_web_alone=True) as first,
        serving(machines[1], is_web_alone=True) as second,
        steady([first, second], "/courses", keeps=True) as stream,
    ):
        released = release_many(beside, settings, times)
        time.sleep(WITHIN + 1)
    check(stream, released, slack=float(os.environ.get("TRAINER_SLACK", "3")))
    print(
        f"{len(stream.seconds)} requests, {stream.failed} failed, median {statistics.median(stream.seconds):.3f} s, "
        f"longest {max(stream.seconds):.2f} s"
    )


def test_only_the_newest_release_keeps_its_files(beside: Flask, settings: Settings, folder: Path) -> None:
    for number in range(3):
        rename(folder, number)
        with beside.app_context():
            release_folder(settings)
    with beside.app_context():
        kept = [row.archive is not None for row in db.session.query(ContentRelease).order_by(ContentRelease.number)]
    assert kept == [False, False, True]


def test_a_request_is_served_one_version_from_beginning_to_end(beside: Flask, settings: Settings, folder: Path) -> None:
    with beside.app_context():
        release_folder(settings)
        catch_up(beside)
    rename(folder, 2)
    with beside.app_context():
        before = served()
        release_folder(settings)
        with beside.app_context():
            catch_up(beside)
            assert served().site.name == "School number 2"
        assert served() is before


def test_code_that_did_not_build_a_release_reads_its_files(beside: Flask, settings: Settings, folder: Path) -> None:
    rename(folder, 3)
    with beside.app_context():
        release_folder(settings)
        with transaction() as session:
            session.execute(update(ContentRelease).values(built_by="other code"))
        rename(folder, 4)
        catch_up(beside)
        assert served().site.name == "School number 3"


def test_what_another_key_sealed_is_never_unpickled(beside: Flask, settings: Settings, folder: Path) -> None:
    rename(folder, 3)
    with beside.app_context():
        release_folder(replace(settings, secret_key="another key, as long as one has to be"))
        (found,) = [release for release in [releases.find_newest()] if release]
        with transaction() as session:
            session.execute(update(ContentRelease).values(archive=None))
        catch_up(beside)
        assert served().site.name == "School number 3"  # from the folder: there was nothing else
        assert found.built is not None


def test_what_is_no_content_is_not_released(folder: Path) -> None:
    """What is in a release goes to every machine and into every backup."""
    (folder / ".git").mkdir()
    (folder / ".git" / "config").write_text("token = canary")
    Path(os.fsdecode(os.fsencode(folder) + b"/.\xff.swp")).touch()  # no name that a ZIP could hold
    with zipfile.ZipFile(io.BytesIO(archive_folder(folder))) as released:
        names = released.namelist()
    assert "site.yaml" in names
    assert not [name for name in names if "/." in f"/{name}"]


def test_a_release_that_this_version_cannot_read_changes_nothing(
    beside: Flask, settings: Settings, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    with beside.app_context():
        catch_up(beside)
        rename(folder, 5)
        release_folder(settings)
        catch_up(beside)
        assert caplog.text.count("is served now") == 1
        (folder / "site.yaml").write_text("name: [\n", "utf-8")
        with transaction():
            releases.add_release("f" * 64, archive_folder(folder), b"", "newer code", now())
        with beside.app_context():
            catch_up(beside)
            catch_up(beside)
            assert served().site.name == "School number 5"
    assert caplog.text.count("can't be served by this version") == 1


def test_a_folder_that_was_in_service_before_gives_way_where_machines_share_a_database(
    beside: Flask, settings: Settings, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in (1, 2):
        rename(folder, number)
        with beside.app_context():
            release_folder(settings)
    rename(folder, 1)
    late = create_app(settings)
    with late.app_context():
        put_into_service(late)
        is_shared = db.engine.dialect.name != "sqlite"
        name = served().site.name if not is_shared else late.extensions["library"].content.site.name
    assert name == f"School number {2 if is_shared else 1}"
    assert ("holds an older version" in capsys.readouterr().out) == is_shared
    rename(folder, 3)
    newer = create_app(settings)
    with newer.app_context():
        put_into_service(newer)
        assert releases.was_released(newer.extensions["library"].content.digest)
        db.engine.dispose()
