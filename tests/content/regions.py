"""A region over the tiny folder."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tests.content import small

BLOCK: Final = "::: region whom\nCall the county.\n:::\n\n"
LESSON: Final = f"regions/us-me/{small.LESSON_FILE}"
LINE: Final = """\
- id: intake
  name: Intake
  for_whom: Anyone
  needs: [trafficking]
  phone: 207-555-0101
  stands_in_for: [children]
  source: S1
  seen_on: 2026-11-01
"""


def add_region(folder: Path) -> Path:
    """Lay Maine over a folder, whose lesson has a block; the nation's line stands in for its own."""
    small.put(folder, "regions/us-me/region.yaml", "name: Maine\n")
    small.put(folder, "regions/us-me/help/us-me.yaml", LINE)
    small.edit(folder, "help/us.yaml", "  source:", "  stands_in_for: [children]\n  source:")
    small.edit(folder, small.LESSON_FILE, "::: recap", f"{BLOCK}::: recap")
    return folder


def fill(folder: Path, text: str) -> None:
    """Write what the region has in the place of the lesson."""
    small.put(folder, LESSON, text)
