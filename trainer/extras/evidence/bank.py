"""What the scenes that are being served show of themselves: how many, and whether their words give them away."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import log
from typing import Final

from trainer.assessment.measures.shares import wilson
from trainer.content.library import Content, Scenario
from trainer.content.schema import Pool
from trainer.content.subject import Truth

_WORD: Final = re.compile(r"[a-z']+")
_Score = Callable[[Scenario], float]


@dataclass(frozen=True, slots=True)
class Guess:
    """In how many pairs of scenes a simple program takes the right one for the one to report; a tie counts half."""

    right: float
    pairs: int

    @property
    def is_as_a_coin(self) -> bool:
        """True if a coin may well do as much."""
        low, high = wilson(round(self.right), self.pairs)
        return low <= 0.5 <= high


@dataclass(frozen=True, slots=True)
class BankGuesses:
    """The scenes that are kept for finals, in pairs: one to report, and one that is innocent."""

    pairs: int
    by_words: Guess
    """By a program that has learned the words of all open scenes."""
    by_length: Guess
    """By one that takes the longer scene."""


def describe(content: Content) -> BankGuesses:
    """Return what the scenes that are kept for finals show of themselves."""
    pairs = [
        (concern, content.twin(concern))
        for concern in content.pool(Pool.RESERVED)
        if concern.file.truth is Truth.CONCERN
    ]
    by_words, by_length = _learn(content.pool(Pool.OPEN)), lambda scene: len(_text(scene))
    return BankGuesses(len(pairs), _guess(pairs, by_words), _guess(pairs, by_length))


def _guess(pairs: Iterable[tuple[Scenario, Scenario]], score: _Score) -> Guess:
    scores = [(score(concern), score(innocent)) for concern, innocent in pairs]
    return Guess(sum((mine > other) + (mine == other) / 2 for mine, other in scores), len(scores))


def _learn(scenes: Iterable[Scenario]) -> _Score:
    """Return what scores a scene by its words: naive Bayes over which words occur, each seen once more in either truth.

    M. E. Maron, "Automatic indexing: an experimental inquiry", Journal of the ACM 8 (1961), 404–417.
    """
    number: Counter[Truth] = Counter()
    times: dict[Truth, Counter[str]] = {truth: Counter() for truth in Truth}
    for scene in scenes:
        number[scene.file.truth] += 1
        times[scene.file.truth].update(_words(scene))

    def weight(word: str) -> float:
        concern, innocent = (
            (times[truth][word] + 1) / (number[truth] + 2) for truth in (Truth.CONCERN, Truth.NO_CONCERN)
        )
        return log(concern / innocent)

    return lambda scene: sum(map(weight, sorted(_words(scene))))


def _text(scene: Scenario) -> str:
    return " ".join(scene.paragraphs)


def _words(scene: Scenario) -> set[str]:
    return set(_WORD.findall(_text(scene).lower().replace("’", "'")))
