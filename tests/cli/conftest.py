"""Fixtures of the commands' tests."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pyrage
import pytest

from tests.cli import cheap_age
from tests.cli.sites import site, sites

__all__ = ["site", "sites"]


@pytest.fixture(scope="module", autouse=True)
def _cheap_passphrases() -> Iterator[None]:
    """Encrypt so that a passphrase is cheap to guess: what makes it costly, one test of `test_age.py` does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pyrage.passphrase, "encrypt", cheap_age.encrypt)
        yield


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Give a folder that other users can get to, unlike those of pytest."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)
