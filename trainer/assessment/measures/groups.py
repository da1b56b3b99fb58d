"""What share of a group's answers were reports, where people and pairs of scenes both answer for several."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any, Final

from trainer.assessment.measures.distributions import t_quantile

FEWEST_PEOPLE: Final = 30
"""From so many people on, a difference is said."""


@dataclass(frozen=True, slots=True)
class PairAnswer:
    """One person's answer to one scene of a pair."""

    person: Hashable
    pair: Hashable
    is_report: bool


Cells = Mapping[Any, tuple[int, int]]
"""How many of its answers were reports, and how many answers there are, by person and pair."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share, or a difference of two, that holds for other people and other pairs, too."""

    value: float
    variance: float
    people: int
    pairs: int

    @property
    def df(self) -> int:
        """Degrees of freedom: the smaller number of clusters, less one."""
        return min(self.people, self.pairs) - 1

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return where the value plausibly lies, by Student's t. It isn't cut at 0 or 1."""
        reach = t_quantile((1 + level) / 2, self.df) * sqrt(self.variance)
        return self.value - reach, self.value + reach


def share(answers: Sequence[PairAnswer]) -> Estimate:
    """Return the share of answers that were reports: of scenes of concern the hits, of innocent ones false alarms.

    The variance is A. C. Cameron, J. B. Gelbach and D. L. Miller, "Robust inference with multiway clustering", Journal
    of Business & Economic Statistics 29 (2011), 238–249, section 2: that of people's clusters, plus that of pairs',
    less that of person-by-pair, each × G/(G − 1); if it isn't positive, the larger of the first two. Raises ValueError
    with fewer than two people or two pairs.
    """
    return share_of(_cells(answers))


def share_of(cells: Cells) -> Estimate:
    """Return the same as `share` from answers that are counted by person and pair."""
    total = sum(number for _reports, number in cells.values())
    mean = _mean(cells)
    return _estimate(mean, {key: (reports - mean * number) / total for key, (reports, number) in cells.items()})


def difference(first: Sequence[PairAnswer], second: Sequence[PairAnswer]) -> Estimate | None:
    """Return by how much the second share exceeds the first, or None below 30 people who are in both.

    The same people, the same pairs: a pretest and its other form, or two tellings of the same scenes. Answers of
    people who gave only one of the two don't count. Variance as in `share`, a person's and a pair's answers of both
    times being one cluster. Raises ValueError with fewer than two pairs.
    """
    both = {answer.person for answer in first} & {answer.person for answer in second}
    if len(both) < FEWEST_PEOPLE:
        return None
    before, after = (_cells([answer for answer in answers if answer.person in both]) for answers in (first, second))
    old, new = _mean(before), _mean(after)
    weights: dict[tuple[Hashable, Hashable], float] = defaultdict(float)
    for cells, mean, sign in ((before, old, -1), (after, new, 1)):
        total = sum(number for _reports, number in cells.values())
        for key, (reports, number) in cells.items():
            weights[key] += sign * (reports - mean * number) / total
    return _estimate(new - old, weights)


def _cells(answers: Sequence[PairAnswer]) -> Cells:
    cells: dict[tuple[Hashable, Hashable], tuple[int, int]] = {}
    for answer in answers:
        reports, number = cells.get((answer.person, answer.pair), (0, 0))
        cells[answer.person, answer.pair] = reports + answer.is_report, number + 1
    return cells


def _mean(cells: Cells) -> float:
    if not cells:
        raise ValueError("there are no answers")
    return sum(reports for reports, _number in cells.values()) / sum(number for _reports, number in cells.values())


def _estimate(value: float, weights: Mapping[tuple[Hashable, Hashable], float]) -> Estimate:
    people, of_people = _clustered(weights, lambda cell: cell[0])
    pairs, of_pairs = _clustered(weights, lambda cell: cell[1])
    _both, of_both = _clustered(weights, lambda cell: cell)
    variance = of_people + of_pairs - of_both
    return Estimate(value, variance if variance > 0 else max(of_people, of_pairs), people, pairs)


def _clustered(
    weights: Mapping[tuple[Hashable, Hashable], float], key: Callable[[tuple[Hashable, Hashable]], Hashable]
) -> tuple[int, float]:
    """Return the number of clusters, and what they make the variance: squares of their sums × G/(G − 1)."""
    sums: dict[Hashable, float] = defaultdict(float)
    for cell, weight in weights.items():
        sums[key(cell)] += weight
    if len(sums) < 2:
        raise ValueError("two people and two pairs, or more, are needed")
    return len(sums), sum(total * total for total in sums.values()) * len(sums) / (len(sums) - 1)
