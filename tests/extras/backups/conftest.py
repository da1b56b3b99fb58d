"""Installations with folders and databases of their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cli.sites import site, sites
from trainer.extras.backups import age

__all__ = ["site", "sites"]


@pytest.fixture(scope="module", autouse=True)
def _cheap_passphrases() -> Iterator[None]:
    """Encrypt so that a passphrase is cheap to guess; `test_age.py` tests what it costs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(age, "_DOUBLINGS", 1)
        yield
