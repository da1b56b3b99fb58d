"""Series of numbers that charts show."""

from __future__ import annotations

from trainer.content.checks.bodies import check_source
from trainer.content.folder import Folder


def check_statistics(folder: Folder) -> None:
    """Check that each series has its source, and rows that can be told apart."""
    for entry in folder.statistics.values():
        check_source(folder, entry, ("source",), entry.value.source)
        names = [row.name for row in entry.value.rows]
        if len(set(names)) < len(names):
            entry.refuse("rows", "two rows have the same name", "Give each its own.")
