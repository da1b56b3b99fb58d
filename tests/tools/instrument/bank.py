"""A bank of small pairs that a test makes as leaky as it needs."""

from __future__ import annotations

import random
from pathlib import Path

from tests.content import small
from trainer.content.library import Content

_FILLER = ["lamp", "rain", "desk", "truck", "coffee", "paper", "window", "boots", "radio", "cart", "street", "gate"]


def write(parent: Path, pairs: int = 12, concern: str = "", innocent: str = "") -> Path:
    """Write a folder with `pairs` pairs in each pool; the twins of a pair share their words but for those given."""
    folder = small.write(parent)
    rng = random.Random(1)
    for pool in ("open", "reserved"):
        for number in range(1, pairs + 1):
            filler = " ".join(rng.sample(_FILLER, 6))
            for letter, truth, told in (("a", "concern", concern), ("b", "no_concern", innocent)):
                text = small.scene(truth, f"{pool}-{number}", pool)
                text = text.replace("You stand at the desk.", f"You stand at the desk. {told} {filler}.")
                small.put(folder, f"scenarios/{pool}-{number}-{letter}.md", text)
    return folder


def read(parent: Path, pairs: int = 12, concern: str = "", innocent: str = "") -> Content:
    """Read such a folder."""
    return small.read(write(parent, pairs, concern, innocent))
