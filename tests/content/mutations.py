"""Content with one thing changed, and what is said of it."""

from __future__ import annotations

import json
from pathlib import Path

from trainer.content.library import Content
from trainer.items.judge.payload import payload_of


def check_content(folder: Path, content: Content) -> None:
    """Nothing of the nation is left out, and scenes are ready to be drawn."""
    nation = content.regions[content.site.nation.id]
    for name, loaded in (
        ("scenarios", nation.scenarios),
        ("cards", nation.cards),
        ("requirements", nation.packs),
        ("statistics", nation.statistics),
    ):
        assert set(loaded) == {path.stem for path in (folder / name).glob("*.*")}
    lessons = sum(len(course.lessons) for course in nation.courses.values())
    assert lessons == len(list(folder.glob("courses/*/*/[0-9]*.md")))
    for scene in content.scenarios.values():
        for one in (scene, *([scene.other] if scene.other else [])):
            json.dumps([payload_of(one).kept(), [drill.payload for drill in one.drills]])
