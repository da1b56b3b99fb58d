"""The signs and their groups."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.content.checks.spoiling import told
from tests.content.small import edit

DETAILS = """details:
      - {{id: owed, words: for weeks, strength: strong, evidence: expert, source: {}}}
      - {{id: owed, words: again, strength: weak, evidence: practice list}}
"""


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("letter: C", "letter: A", '"papers" and "freedom" have the same letter'),
        ("Low pay\n    category: papers", "Low pay\n    category: freedom", "C5 is in category"),
        ("Low pay\n    category: papers", "Low pay\n    category: pay", 'no category is called "pay"'),
        ("sources: [S1]", "sources: [S9]", 'no source is called "S9"'),
        (
            "strength: medium\n    about: labor",
            "strength: medium-strong\n    about: labor",
            "no detail makes C5 strong. ",
        ),
        ("about: labor", "counts_in: pay\n    about: labor", 'no category is called "pay"'),
        ("about: labor", f"{DETAILS.format('S9')}    about: labor", 'no source is called "S9"'),
        ("about: labor", f"{DETAILS.format('S1')}    about: labor", '"owed" is there twice. Give one another id.'),
        (
            "    told: People",
            f"    {DETAILS.format('S1')}    told: People",
            "C2 misleads, whatever the details. Take them out.",
        ),
        ("about: labor", "details: [{id: a, words: b}]\n    about: labor", '"evidence" is missing. Add it.'),
        ("    misleads: Most people leave them at home.\n", "", 'false cue C2 has no "misleads"'),
    ],
)
def test_signs_and_their_groups_must_agree(folder: Path, old: str, new: str, complaint: str) -> None:
    edit(folder, "indicators.yaml", old, new)
    assert complaint in told(folder)
