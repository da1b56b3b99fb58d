"""The tiny content folder with a pretest of four scenes, and check-ins, in its course."""

from __future__ import annotations

from pathlib import Path

from tests.assessment import rich
from tests.content import small

SCENES = 4


def write(parent: Path, pairs: int = SCENES) -> Path:
    """Write the folder below `parent`, with so many pretest pairs."""
    folder = rich.write(parent)
    for number in range(1, pairs + 1):
        for letter, truth in (("a", "concern"), ("b", "no_concern")):
            name = f"pretest-{number}"
            small.put(folder, f"scenarios/{name}-{letter}.md", small.scene(truth, name, "pretest"))
    small.edit(
        folder, small.COURSE_FILE, "practice:\n", f"pretest:\n  scenes: {SCENES}\ncheck_ins:\n  scenes: 2\npractice:\n"
    )
    return folder
