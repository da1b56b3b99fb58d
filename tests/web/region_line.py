"""What a page of the tests says of its region."""

from __future__ import annotations

import re

from tests.support import COURSE

LESSON = f"/courses/{COURSE}/start/two-errors"


def shown(page: str) -> str:
    """Return the region whose numbers and laws a page says it shows."""
    said = re.search(r"Numbers and laws: ([^<]+)<", page)
    assert said is not None
    return said[1]
