"""Scenes as plain text, for counting."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

from trainer.content.objects import Content, Scenario
from trainer.content.quotes import straight
from trainer.content.schema import Pool
from trainer.content.subject import Truth

_TOKEN = re.compile(r"[a-z']+")


@dataclass(frozen=True, slots=True)
class TextPair:
    """Two scenes that differ in what decides them."""

    concern: Scenario
    innocent: Scenario

    @property
    def both(self) -> tuple[Scenario, Scenario]:
        """The concern first."""
        return self.concern, self.innocent


def pairs(content: Content, pool: Pool) -> list[TextPair]:
    """List the pairs of a pool that are in use."""
    return [TextPair(scene, content.twin(scene)) for scene in content.pool(pool) if scene.file.truth is Truth.CONCERN]


def text(scene: Scenario) -> str:
    """Return a narrative as plain text, each space once."""
    return " ".join(scene.html.striptags().split())


def undecided(scene: Scenario) -> str:
    """Return a narrative without the words that decide it."""
    left = text(scene)
    for words in scene.file.decides:
        left = left.replace(" ".join(words.split()), " ")
    return left


def tokens(written: str) -> list[str]:
    """List the words of a text in small letters."""
    return _TOKEN.findall(straight(written.lower()))


def place_of_decision(scene: Scenario) -> int:
    """Return in which third of the narrative the first deciding words stand: 0, 1 or 2."""
    whole = text(scene)
    first = min(whole.find(" ".join(words.split())) for words in scene.file.decides)
    return min(2, 3 * max(first, 0) // max(len(whole), 1))


def difference(pair: TextPair) -> tuple[int, int]:
    """Return in how many words twins differ, and in how many places."""
    first, second = (text(scene).split() for scene in pair.both)
    changes = [
        change for change in SequenceMatcher(a=first, b=second, autojunk=False).get_opcodes() if change[0] != "equal"
    ]
    return sum(max(a2 - a1, b2 - b1) for _tag, a1, a2, b1, b2 in changes), len(changes)


def share(scenes: Iterable[Scenario], is_so: Iterable[bool]) -> float:
    """Return the share of scenes of which something is so; 0 of none."""
    marks = [mark for _scene, mark in zip(scenes, is_so, strict=True)]
    return sum(marks) / len(marks) if marks else 0.0
