"""The content that is shipped, in place of the small one."""

from __future__ import annotations

import pytest

from trainer.content.library import Library
from trainer.core import clock
from trainer.core.settings import ROOT
from trainer.items.registry import MODELS

SHIPPED = ROOT / "content"


@pytest.fixture(scope="session")
def shelf() -> Library:
    """Return the shipped content, loaded once; an `app` of a test here serves it, too."""
    return Library(SHIPPED, clock.today, MODELS)
