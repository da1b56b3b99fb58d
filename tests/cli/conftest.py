"""Fixtures of the commands' tests."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.sites import site, sites

__all__ = ["site", "sites"]


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Give a folder that other users can get to, unlike those of pytest."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)
