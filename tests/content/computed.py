"""What was computed of the finals of a content folder, made up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.content import small
from trainer.content.instrument import NAME, instrument_digest
from trainer.content.schema import Pool

CHANCES: dict[str, Any] = {
    "people": 40_000,
    "tries": 3,
    "steps": [{"good": 1.0, "harmful": 0.0}, {"good": 0.95, "harmful": 0.01}, {"good": 0.85, "harmful": 0.045}],
    "learners": [
        {"hit": 0.9, "false_alarm": 0.1, "in_one": [0.881, 0.873, 0.612], "in_round": [0.9951, 0.992, 0.907]},
        {"hit": 0.95, "false_alarm": 0.25, "in_one": [0.192, 0.19, 0.003], "in_round": [0.354, 0.351, 0.004]},
        {"hit": 1.0, "false_alarm": 1.0, "in_one": [0.0, 0.0, 0.0], "in_round": [0.0, 0.0, 0.0]},
    ],
    "populations": [
        {"population": "those of a test", "kappa": 0.551, "error": 0.004, "same": 0.784, "scenes": 46.2},
        {"population": "others", "kappa": 0.377, "error": 0.005, "same": 0.691, "scenes": 47.5},
    ],
}


def put_chances(folder: Path) -> None:
    """Write into a folder of content the same chances for each course, computed for its final as it is."""
    content = small.read(folder)
    reserved = [scene.file for scene in content.pool(Pool.RESERVED)]
    courses = {
        slug: {
            "digest": instrument_digest(course.file.final, reserved, content.vocabulary),
            "draw": {"stages": []},
            "chances": CHANCES,
        }
        for slug, course in content.courses.items()
    }
    small.put(folder, NAME, json.dumps({"courses": courses}))
