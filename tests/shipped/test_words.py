"""The pages have no phrase of the word list, either."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.shipped.conftest import SHIPPED
from tests.words import list_faults


@pytest.mark.parametrize("path", sorted((SHIPPED / "pages").glob("*.md")), ids=lambda path: path.name)
def test_no_page_has_a_phrase_of_the_list(path: Path) -> None:
    assert list_faults(path) == []
