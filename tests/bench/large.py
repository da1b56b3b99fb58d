"""A content folder as large as a firm's could grow, made by copying the real one's lessons and pairs of scenes."""

from __future__ import annotations

import re
import shutil
from itertools import count
from pathlib import Path

LESSONS, SCENES = 500, 5_000


def make_large(source: Path, target: Path, lessons: int = LESSONS, scenes: int = SCENES) -> None:
    """Copy a folder and let it grow to at least so many lessons and scenes."""
    shutil.copytree(source, target)
    (target / "CHANGELOG.md").unlink(missing_ok=True)
    pairs = [path for path in (source / "scenarios").glob("*.md") if "\npool: shift" not in path.read_text("utf-8")]
    have = len(list((target / "scenarios").iterdir()))
    for copy in count(1):
        if have >= scenes:
            break
        for path in pairs:
            text = re.sub(r"^(pair: .*)$", rf"\1-{copy}", path.read_text("utf-8"), flags=re.MULTILINE)
            name = f"{path.stem[:-2]}-{copy}{path.stem[-2:]}"
            (target / "scenarios" / f"{name}.md").write_text(text, "utf-8")
            have += 1
    have = len(list((target / "courses").glob("*/*/[0-9][0-9]-*.md")))
    for copy in count(1):
        for path in sorted((source / "courses").glob("*/*/[0-9][0-9]-*.md")):
            if have >= lessons:
                return
            module = target / path.parent.relative_to(source)
            number = len(list(module.glob("[0-9][0-9]-*.md"))) + 1
            # A copy came from nothing: each earlier lesson stands for one.
            text = re.sub(r"^was:.*\n(?:[ -].*\n)*", "", path.read_text("utf-8"), count=1, flags=re.MULTILINE)
            (module / f"{number:02}-{path.stem[3:]}-{copy}.md").write_text(text, "utf-8")
            have += 1
