"""How consistently a final measures, and would give the same verdict again."""

from __future__ import annotations

import random
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import atanh, sqrt, tanh
from statistics import NormalDist, StatisticsError, correlation, mean
from typing import Final

SPLITS: Final = 100
_Z: Final = NormalDist().inv_cdf(0.975)
_NEARLY_ONE: Final = 1 - 1e-9
"""What a full agreement counts as, so that its interval has ends."""


@dataclass(frozen=True, slots=True)
class Scored:
    """One scene of someone's final. `likeness`: what it has in common with others, such as its truth and difficulty."""

    likeness: tuple[str | int, ...]
    is_right: bool


@dataclass(frozen=True, slots=True)
class Reliability:
    """The share of the differences between people's results that would come back, with its 95 % interval."""

    value: float
    low: float
    high: float


def cohen(both: float, first_only: float, second_only: float, neither: float) -> float:
    """Return Cohen's κ = (pₒ − pₑ)/(1 − pₑ) of two verdicts, from counts or shares of passed both times, once, never.

    J. Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological Measurement 20 (1960),
    37–46, equation 1. Raises ValueError where all passed, or nobody: then there is nothing to agree on.
    """
    total = both + first_only + second_only + neither
    if not total:
        raise ValueError("there are no verdicts")
    first, second = (both + first_only) / total, (both + second_only) / total
    by_chance = first * second + (1 - first) * (1 - second)
    if by_chance >= 1:
        raise ValueError("all verdicts are the same")
    return ((both + neither) / total - by_chance) / (1 - by_chance)


def spearman_brown(halves: float) -> float:
    """Return what the correlation of two halves says of the whole: 2r/(1 + r).

    C. Spearman, "Correlation calculated from faulty data", and W. Brown, "Some experimental results in the correlation
    of mental abilities", British Journal of Psychology 3 (1910), 271–295 and 296–322. Raises ValueError unless r is
    above −1 and at most 1.
    """
    if not -1 < halves <= 1:
        raise ValueError(f"not the correlation of two halves: {halves}")
    return 2 * halves / (1 + halves)


def split_half(finals: Sequence[Sequence[Scored]], rng: random.Random, splits: int = SPLITS) -> Reliability | None:
    """Return the reliability of the number of right answers in a final, or None where it doesn't vary.

    It needs four finals or more.

    Within each final, alike scenes are taken two by two, and chance puts one of each two into either half: matched
    random halves, as in H. Gulliksen, Theory of Mental Tests (1950), chapter 15. (No two people have the same scenes,
    so the halves can't be the same for all.) The correlation is averaged over many splits, then stepped up by Spearman
    and Brown. A scene without a fellow is left out. The interval is that of R. A. Fisher for the correlation, "On the
    'probable error' of a coefficient of correlation deduced from a small sample", Metron 1 (1921), 3–32, its ends
    stepped up likewise.
    """
    if len(finals) < 4:
        return None
    coupled = [_couples(final) for final in finals]
    coefficients = []
    for _split in range(splits):
        halves = [_halve(couples, rng) for couples in coupled]
        try:
            coefficients.append(
                correlation([first for first, _second in halves], [second for _first, second in halves])
            )
        except StatisticsError:  # no two people differ
            return None
    average = min(max(mean(coefficients), -_NEARLY_ONE), _NEARLY_ONE)
    reach = _Z / sqrt(len(finals) - 3)
    ends = (tanh(atanh(average) + way * reach) for way in (-1, 1))
    return Reliability(spearman_brown(average), *map(spearman_brown, ends))


def _couples(final: Sequence[Scored]) -> list[tuple[bool, bool]]:
    def likeness(scored: Scored) -> tuple[Hashable, ...]:
        return scored.likeness

    couples = []
    for _likeness, group in groupby(sorted(final, key=lambda scored: scored.likeness), key=likeness):
        right = [scored.is_right for scored in group]
        couples += list(zip(right[::2], right[1::2], strict=False))
    return couples


def _halve(couples: Sequence[tuple[bool, bool]], rng: random.Random) -> tuple[int, int]:
    first = sum(couple[rng.getrandbits(1)] for couple in couples)
    return first, sum(map(sum, couples)) - first
