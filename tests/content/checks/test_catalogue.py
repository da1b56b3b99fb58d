"""The signs and their groups."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.content.checks.spoiling import told
from tests.content.small import edit


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("letter: C", "letter: A", '"papers" and "freedom" have the same letter'),
        ("Low pay\n    category: papers", "Low pay\n    category: freedom", "C5 is in category"),
        ("Low pay\n    category: papers", "Low pay\n    category: pay", 'no category is called "pay"'),
        ("sources: [S1]", "sources: [S9]", 'no source is called "S9"'),
        ("    misleads: Most people leave them at home.\n", "", 'false cue C2 has no "misleads"'),
    ],
)
def test_signs_and_their_groups_must_agree(folder: Path, old: str, new: str, complaint: str) -> None:
    edit(folder, "indicators.yaml", old, new)
    assert complaint in told(folder)
