"""Copies of the content folder whose course decides by a rule written here, and answers with mistakes of a kind."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from tests.assessment.swapped import copy_content
from tests.support import COURSE, first_step, right_verdict

MISTAKES = ("verdict", "harm", "step")


def bounds(missed: int, over: int, harmful: int, no_911: int | None, good: int) -> dict[str, Any]:
    """Return what passes, under the names that a course has for it."""
    return {
        "missed_at_most": missed,
        "over_reported_at_most": over,
        "harmful_at_most": harmful,
        "danger_without_911_at_most": no_911,
        "good_first_steps_at_least": good,
    }


USUAL = {
    "stages": [{"scenes": 6, "danger_now": 1}, {"scenes": 4, "danger_now": 0}],
    "first_try": [bounds(0, 0, 1, 0, 4), bounds(2, 1, 2, 1, 7)],
    "later_tries": [bounds(0, 0, 0, 0, 4), bounds(1, 1, 1, 1, 7)],
}
STRICT = {
    "stages": [{"scenes": 6, "danger_now": 0}, {"scenes": 4, "danger_now": 0}],
    "first_try": [bounds(0, 0, 0, None, 4), bounds(1, 0, 0, None, 7)],
    "later_tries": [bounds(0, 0, 0, None, 4), bounds(0, 1, 0, None, 8)],
}
RULES: dict[str, dict[str, Any]] = {"usual": USUAL, "strict": STRICT}


def copy_ruled(parent: Path, rule: dict[str, Any]) -> Path:
    """Copy the content folder and let its course decide by a rule."""
    folder = copy_content(parent)
    stages = [
        {**stage, "first_try": first, "later_tries": later}
        for stage, first, later in zip(rule["stages"], rule["first_try"], rule["later_tries"], strict=True)
    ]
    path = folder / "courses" / COURSE / "course.yaml"
    line = f"  stages: {json.dumps(stages)}\n"  # JSON is YAML
    text = re.sub(r"  stages:\n.*?(?=  retry_rule:)", line, path.read_text("utf-8"), flags=re.DOTALL)
    path.write_text(text, "utf-8")
    return folder


def say(scene: dict[str, Any], mistake: str | None = None) -> dict[str, str]:
    """Return what someone says of a scene who makes this mistake, or none."""
    verdict = right_verdict(scene["truth"])
    if mistake == "verdict":
        verdict = "nothing-to-report" if verdict == "report-now" else "report-now"
    grade = {"harm": "harmful", "step": "wrong-route"}.get(mistake or "")
    steps = [one["id"] for one in scene["actions"] if one["grade"] == grade]
    return {"verdict": verdict, "confidence": "certain", "action": steps[0] if steps else first_step(scene, verdict)}
