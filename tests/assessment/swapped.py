"""Copies of the content folder that differ from it in one thing only."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from tests.conftest import CONTENT
from trainer.content.library import Library
from trainer.core import clock
from trainer.items.registry import MODELS


def copy_content(parent: Path) -> Path:
    """Copy the content folder."""
    return Path(shutil.copytree(CONTENT, parent / "content"))


def edit_scenes(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change the front matter of every scene."""
    for path in sorted((folder / "scenarios").glob("*.md")):
        edit_front(path, change)


def edit_front(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change the front matter of a file."""
    _, front, body = re.split(r"^---$", path.read_text(encoding="utf-8"), maxsplit=2, flags=re.MULTILINE)
    values = yaml.safe_load(front)
    change(values)
    text = yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=10_000)
    path.write_text(f"---\n{text}---{body}", encoding="utf-8")


def swap_key(scene: dict[str, Any]) -> None:
    """Make another harmless action the best, and exchange the reasons of the two and those of the verdicts.

    The checker holds the route 911 to a best action that calls 911, so these scenes keep theirs.
    """
    item = scene["items"][0]
    if str(scene["route"]) != "911":
        best = next(one for one in item["actions"] if one["grade"] == "best")
        for other in item["actions"]:
            if other["grade"] in ("fine", "wrong-route") and str(other["door"]) != "911":
                best["grade"], other["grade"] = other["grade"], best["grade"]
                best["why"], other["why"] = other["why"], best["why"]
                break
    verdicts = item["verdicts"]
    item["verdicts"] = dict(zip(verdicts, [*list(verdicts.values())[1:], next(iter(verdicts.values()))], strict=True))
    for further in scene["items"][1:]:
        _swap_further(further)


def _swap_further(item: dict[str, Any]) -> None:
    """Make a wrong option right and a right one wrong, with their reasons; of marks the signs; turn steps around."""
    if item["type"] == "order":
        item["steps"].reverse()
        return
    mark = "sign" if item["type"] == "marks" else "key"
    options = item["phrases"] if item["type"] == "marks" else item["options"]
    key = next((one for one in options if one.get(mark)), None)
    other = next((one for one in options if not one.get(mark)), None)
    if key and other:
        other[mark] = key.pop(mark)
        key["why"], other["why"] = other["why"], key["why"]


CANARY = "Zugvogel"


def mark_answers(scene: dict[str, Any]) -> None:
    """Put a word that stands nowhere else into every text that only an answer may show."""
    item = scene["items"][0]
    scene["title"] += f" {CANARY}"
    if "differs" in scene:  # a scene of a shift has no twin
        scene["differs"] = f"{CANARY} {scene['differs']}"
    scene["signs"] = {ref: f"{CANARY} {words}" for ref, words in scene.get("signs", {}).items()}
    scene["ordinary"] = [f"{CANARY} {text}" for text in scene.get("ordinary", [])]
    item["verdicts"] = {verdict: f"{CANARY} {why}" for verdict, why in item["verdicts"].items()}
    for action in item["actions"]:
        action["why"] = f"{CANARY} {action['why']}"
    for further in scene["items"][1:]:
        for choices in filter(lambda one: isinstance(one, list), further.values()):
            for choice in choices:
                choice["why"] = f"{CANARY} {choice['why']}"


def open_library(folder: Path) -> Library:
    """Load a folder."""
    return Library(folder, clock.today, MODELS)
