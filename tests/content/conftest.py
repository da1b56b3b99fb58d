"""The tiny content folder as a fixture."""

from pathlib import Path

import pytest

from tests.content import small


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small.write(tmp_path)
