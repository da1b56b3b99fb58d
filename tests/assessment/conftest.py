"""An app that serves the tiny content with all that a course may have."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.assessment import rich
from tests.content_copies import Copy
from trainer.app import create_app
from trainer.content.library import Library
from trainer.core.db import db
from trainer.core.settings import Settings


@pytest.fixture(scope="session")
def rich_shelf(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Return the tiny content, loaded once."""
    return rich.open_library(rich.write(tmp_path_factory.mktemp("rich")))


@pytest.fixture
def rich_app(settings: Settings, rich_shelf: Library) -> Iterator[Flask]:
    """Return an app that serves it."""
    app = create_app(settings, rich_shelf)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    """Return a copy of the content folder, in which scenes can be changed."""
    return Copy(tmp_path)
