"""What the short form is, which way its answers lean, and what may be told of many. Pure: content is an argument."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from trainer.assessment.measures.disclosure import FEWEST_PEOPLE
from trainer.assessment.rules import Tally
from trainer.content.objects import Content, Scenario
from trainer.content.schema import SECONDS_A_QUESTION, Pool, text_seconds
from trainer.content.subject import Truth, Verdict
from trainer.content.times import in_minutes

FEWEST_FOR_NORMS: Final = 100
"""From so many kept forms of one version on, norms are told."""
_BLOCK: Final = 4
_VERSION: Final = 12  # digits


@dataclass(frozen=True)
class ShortForm:
    """The scenes in their order, as written, and the version that a citation names."""

    version: str
    scenes: tuple[Scenario, ...]

    @property
    def of_each(self) -> int:
        """How many are to report, and how many aren't: as many."""
        return len(self.scenes) // 2

    @property
    def minutes(self) -> int:
        """How long it takes to read the scenes and say what one makes of them."""
        told = text_seconds(text for scene in self.scenes for text in (scene.file.setting, *scene.paragraphs))
        return in_minutes(told + len(self.scenes) * SECONDS_A_QUESTION)


class Leaning(StrEnum):
    """Which way the mistakes lean."""

    REPORTING = "reporting"
    WAITING = "waiting"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class Band:
    """People with a number of right answers from `low` to `high`: their share, and that of all up to there."""

    low: int
    high: int
    share: float
    share_up_to: float


def compose(content: Content, shown: Content) -> ShortForm | None:
    """Return the short form, or None where the content has no scenes for it. `shown`: the content as its reader has it.

    The order is always the same, and looks like chance. Each four scenes have two of each truth. A scene of which a
    word or the key changes makes another version, and so does another language.
    """
    scenes = sorted(content.pool(Pool.SHORT_FORM), key=_place)
    if not scenes:
        return None
    truths = ([scene for scene in scenes if scene.file.truth is truth] for truth in Truth)
    mixed = [scene for both in zip(*truths, strict=True) for scene in both]
    blocks = (sorted(mixed[start : start + _BLOCK], key=_place) for start in range(0, len(mixed), _BLOCK))
    ordered = tuple(scene for block in blocks for scene in block)
    told = [[scene.digest, *shown.scenarios.get(scene.id, scene).paragraphs] for scene in ordered]
    names = [words.name for words in shown.vocabulary.verdicts.values()]
    digest = hashlib.sha256(json.dumps([told, names]).encode()).hexdigest()
    return ShortForm(digest[:_VERSION], ordered)


def leaning(tally: Tally) -> Leaning:
    """Return which way the mistakes lean. One more of a kind could be chance."""
    if abs(tally.false_alarms - tally.misses) < 2:
        return Leaning.NEITHER
    return Leaning.REPORTING if tally.false_alarms > tally.misses else Leaning.WAITING


def bands(scores: Mapping[int, int]) -> list[Band]:
    """Return how scores are distributed, in bands of at least five people; none if all are in one band.

    `scores`: number of right answers → how many people had it.
    """
    groups: list[tuple[int, int, int]] = []
    for score in sorted(scores):
        if groups and groups[-1][2] < FEWEST_PEOPLE:
            low, _high, people = groups.pop()
            groups.append((low, score, people + scores[score]))
        else:
            groups.append((score, score, scores[score]))
    if len(groups) > 1 and groups[-1][2] < FEWEST_PEOPLE:
        _low, high, people = groups.pop()
        low, _high, before = groups.pop()
        groups.append((low, high, before + people))
    if len(groups) < 2:
        return []
    whole, up_to, told = sum(scores.values()), 0, []
    for low, high, people in groups:
        up_to += people
        told.append(Band(low, high, people / whole, up_to / whole))
    return told


def tellable(counts: Sequence[int]) -> list[int | None]:
    """Return the counts of a group's answers, or nothing if one of them is of fewer than five people."""
    return list(counts) if min(counts) >= FEWEST_PEOPLE else [None for _count in counts]


def count_scores(form: ShortForm, kept: Iterable[Sequence[str]]) -> dict[Truth, dict[int, int]]:
    """Return, by truth, number right → how many people. `kept`: each person's verdicts in the order of the form."""
    scores: dict[Truth, dict[int, int]] = {truth: {} for truth in Truth}
    for verdicts in kept:
        for truth, people in scores.items():
            right = sum(
                is_right(scene, verdict)
                for scene, verdict in zip(form.scenes, verdicts, strict=True)
                if scene.file.truth is truth
            )
            people[right] = people.get(right, 0) + 1
    return scores


def is_right(scene: Scenario, verdict: str) -> bool:
    """Return whether a verdict is a report of a scene to report, or none of another."""
    return (verdict == Verdict.REPORT_NOW) == (scene.file.truth is Truth.CONCERN)


def _place(scene: Scenario) -> str:
    return hashlib.sha256(scene.id.encode()).hexdigest()
