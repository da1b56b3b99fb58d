"""Series of numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.content import small
from tests.content.checks.spoiling import SERIES, SERIES_FILE
from tests.content.small import edit, only


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("source: S1", "source: S9", '4: no source is called "S9"'),
        ("name: Texts", "name: Calls", "5: two rows have the same name"),
        ("value: 71", "value: -1", '7: "value" can\'t be "-1". It must be at least 0.'),
        ("value: 71", "value: 7.5", '7: "value" must be a whole number'),
        ("  - {name: Texts, value: 71}\n", "", '5: "rows" has too few or too many items. Give at least 2.'),
        ("caveats: [A signal is no case.]", "caveats: []", '8: "caveats" has too few'),
        ("title: What", "title: What a rescue", '1: "rescue" is a word that we do not use'),
    ],
)
def test_a_series_has_a_source_and_rows_that_can_be_told_apart(
    folder: Path, old: str, new: str, complaint: str
) -> None:
    small.put(folder, SERIES_FILE, SERIES)
    small.read(folder)
    edit(folder, SERIES_FILE, old, new)
    assert only(folder).startswith(f"content/{SERIES_FILE}:{complaint}")
