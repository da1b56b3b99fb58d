"""The worker puts the content folder into service when it has changed, if a setting says so."""

from __future__ import annotations

import logging
import re
from copy import copy
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.assessment.swapped import copy_content
from trainer.cli import following, watching
from trainer.cli.following import catch_up, release_folder
from trainer.cli.watching import Watch
from trainer.content.serving import served
from trainer.core.db import db
from trainer.core.releases import ContentRelease
from trainer.core.settings import Settings

pytestmark = pytest.mark.on_both


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    return replace(settings, content=copy_content(tmp_path / "own"), watch_content=True)


@pytest.fixture
def app(app: Flask) -> Flask:
    """Return an app with content of its own, which is swapped: other tests share theirs."""
    app.extensions["library"] = copy(app.extensions["library"])
    return app


@pytest.fixture
def watch(app: Flask, settings: Settings) -> Watch:
    """Return what looks at the folder that is in service."""
    with app.app_context():
        release_folder(settings)
    return Watch(settings)


def write(settings: Settings, line: str) -> None:
    """Change what stands on every page."""
    page = settings.content / "site.yaml"
    page.write_text(re.sub("^name?: .*", line, page.read_text("utf-8"), flags=re.M), "utf-8")


def looked(app: Flask, watch: Watch) -> int:
    """Look once; return how many releases there have been."""
    with app.app_context():
        watch.look()
        return db.session.scalar(select(func.count()).select_from(ContentRelease)) or 0


def test_a_folder_that_has_changed_is_put_into_service_once_it_rests(
    app: Flask, watch: Watch, settings: Settings
) -> None:
    assert looked(app, watch) == 1
    write(settings, "name: One")
    assert looked(app, watch) == 1  # someone may be copying
    write(settings, "name: Number two")
    assert looked(app, watch) == 1
    assert looked(app, watch) == 2
    assert looked(app, watch) == 2
    with app.app_context():
        catch_up(app)
    with app.app_context():
        assert served().site.name == "Number two"


def test_a_file_that_was_saved_as_it_was_is_no_new_content(app: Flask, watch: Watch, settings: Settings) -> None:
    (settings.content / "site.yaml").touch()
    assert [looked(app, watch) for _look in range(3)] == [1, 1, 1]


def test_refused_content_leaves_the_old_one_in_service_and_is_logged_once(
    app: Flask, watch: Watch, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    write(settings, "nam: Oops")
    with caplog.at_level(logging.ERROR):
        assert [looked(app, watch) for _look in range(5)] == [1] * 5
    (line,) = [record.getMessage() for record in caplog.records]
    assert "site.yaml" in line
    assert "what is in service stays" in line
    write(settings, "nam: Oops again")
    with caplog.at_level(logging.ERROR):
        assert [looked(app, watch) for _look in range(3)] == [1] * 3
    assert len(caplog.records) == 2
    write(settings, "name: Right")
    assert [looked(app, watch) for _look in range(2)] == [1, 2]


class Over(Exception):
    """The thread has looked often enough."""


def test_the_thread_that_follows_releases_watches_too(
    app: Flask, watch: Watch, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    naps: list[float] = []

    def nap(seconds: float) -> None:
        naps.append(seconds)
        if len(naps) > 3:
            raise Over

    monkeypatch.setattr(following, "sleep", nap)
    monkeypatch.setattr(watching, "EVERY", 0.0)
    write(settings, "name: By itself")
    with pytest.raises(Over):
        following._follow(app, watch)
    with app.app_context():
        assert served().site.name == "By itself"
