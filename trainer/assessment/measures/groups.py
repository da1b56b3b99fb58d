"""What share of a group's answers were reports, where people and pairs of scenes both answer for several."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any, Final

from trainer.assessment.measures import disclosure
from trainer.assessment.measures.distributions import t_quantile

FEWEST_PEOPLE: Final = 30
"""From so many people on, a change is told."""


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
    return estimate(mean, {key: (reports - mean * number) / total for key, (reports, number) in cells.items()})


def crossover(orders: Sequence[tuple[Sequence[PairAnswer], Sequence[PairAnswer]]]) -> Estimate | None:
    """Return by how much the share of reports changed from a first day to a second one, or None if too few gave both.

    `orders`: the answers of both days, of the people who had form A first, and of those who had form B first. Within
    each order, the change is that of the days plus that of the forms; the mean of both orders,
    ½[(second − first | A first) + (second − first | B first)], is free of the forms, however many had which: M. Hills
    and P. Armitage, "The two-period cross-over clinical trial", British Journal of Clinical Pharmacology 8 (1979),
    7–20, whose period effect it is. Variance as in `share`: all that a person answered is one cluster, and so is all
    that was answered about a pair. Answers of people who answered on one day only don't count. At least 30 people are
    needed, and in each order at least 5. Raises ValueError with fewer than two pairs.
    """
    weights: dict[tuple[Hashable, Hashable], float] = defaultdict(float)
    number, change = 0, 0.0
    for first, second in orders:
        both = {answer.person for answer in first} & {answer.person for answer in second}
        if len(both) < disclosure.FEWEST_PEOPLE:
            return None
        number += len(both)
        for answers, sign in ((first, -1 / len(orders)), (second, 1 / len(orders))):
            cells = _cells([answer for answer in answers if answer.person in both])
            mean, total = _mean(cells), sum(whole for _reports, whole in cells.values())
            change += sign * mean
            for key, (reports, whole) in cells.items():
                weights[key] += sign * (reports - mean * whole) / total
    return estimate(change, weights) if number >= FEWEST_PEOPLE else None


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


def estimate(value: float, weights: Mapping[tuple[Hashable, Hashable], float]) -> Estimate:
    """Return a figure with the variance of `share`. Raises ValueError with fewer than two people or two pairs.

    `weights`: what the answers of a person to a pair add to its error, linearized.
    """
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
