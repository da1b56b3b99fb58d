"""Help lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.content import small
from tests.content.checks.spoiling import told
from tests.content.small import edit, only, read


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("source: S1", "source: S9", '8: no source is called "S9"'),
        ("  source: S1", "  called_on: 2026-11-02\n  source: S1", '8: "called_on" and "called_by"'),
    ],
)
def test_a_help_line_has_its_source_and_who_called_it(folder: Path, old: str, new: str, complaint: str) -> None:
    edit(folder, "help/us-me.yaml", old, new)
    assert f"us-me.yaml:{complaint}" in told(folder)


def test_a_region_has_a_name(folder: Path) -> None:
    (folder / "help/us-nh.yaml").write_text(small.HELP.replace("id: hotline", "id: north"), encoding="utf-8")
    assert only(folder) == (
        'content/help/us-nh.yaml:1: the region "us-nh" has no name. '
        'Add it to "regions" in vocabulary.yaml: the help page shows its heading.'
    )
    edit(folder, "vocabulary.yaml", "regions:\n", "regions:\n  - {id: us-nh, name: North, heading: Up north}\n")
    assert read(folder).vocabulary.get_region("us-nh").heading == "Up north"
