"""What share someone has right in a group of signs, with what all people's answers lend to a few of one's own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from math import exp, log
from statistics import fmean
from typing import Final

from trainer.assessment.measures.distributions import beta_quantile

LEVEL: Final = 0.9
_LEAST, _MOST = 0.01, 1000.0
_HALVINGS: Final = 60


@dataclass(frozen=True, slots=True)
class Right:
    """How many answers were right, and how many there are. Raises ValueError if that can't be."""

    right: int
    answers: int

    def __post_init__(self) -> None:
        if not 0 <= self.right <= self.answers:
            raise ValueError(f"no more can be right than there are, and not fewer than none: {self}")


@dataclass(frozen=True, slots=True)
class Prior:
    """How people's true shares are spread: Beta(a, b)."""

    a: float
    b: float

    @property
    def weight(self) -> float:
        """α = a + b: how many answers of one's own weigh as much as what is known of people."""
        return self.a + self.b

    @property
    def mean(self) -> float:
        """m = a/α, the share that people have right."""
        return self.a / self.weight


@dataclass(frozen=True, slots=True)
class Strength:
    """The share that someone has right in the long run, with its 90 % interval."""

    share: float
    low: float
    high: float


def strength(halves: Sequence[tuple[Right, Prior]]) -> Strength:
    """Return the average of the shares of some halves, each (k + αm)/(n + α), with its interval.

    A share whose prior is a beta has the posterior Beta(k + αm, n − k + α(1 − m)) (A. Gelman and others, Bayesian Data
    Analysis, 3rd ed., 2013, section 2.4). That true scores are spread like one: J. A. Keats and F. M. Lord, "A
    theoretical distribution for mental test scores", Psychometrika 27 (1962), 59–72. Scenes to report are one half and
    innocent ones the other: each counts with all of its answers, however many the other has. The interval of the
    average is that of the beta with the same mean and variance; of a single half it is exact.
    """
    betas = [(prior.a + own.right, prior.b + own.answers - own.right) for own, prior in halves]
    share = fmean(a / (a + b) for a, b in betas)
    variance = sum(a * b / ((a + b) ** 2 * (a + b + 1)) for a, b in betas) / len(betas) ** 2
    weight = share * (1 - share) / variance - 1
    a, b = share * weight, (1 - share) * weight
    return Strength(share, beta_quantile((1 - LEVEL) / 2, a, b), beta_quantile((1 + LEVEL) / 2, a, b))


def fit(people: Collection[Right]) -> Prior:
    """Return the beta-binomial that makes people's counts most likely.

    Maximum likelihood, as in D. A. Griffiths, "Maximum likelihood estimation for the beta-binomial distribution and an
    application to the household distribution of the total number of cases of a disease", Biometrics 29 (1973), 637–648.
    For each weight α the best mean m is found, then the best α between .01 and 1,000: people who differ no more than
    chance would make them get the latter. Raises ValueError with fewer than two people, or if all answers, or none,
    were right.
    """
    if len(people) < 2:
        raise ValueError("two people or more are needed")
    if sum(person.right for person in people) in {0, sum(person.answers for person in people)}:
        raise ValueError("all answers were right, or none: there is nothing to fit")
    right = _beyond([person.right for person in people])
    wrong = _beyond([person.answers - person.right for person in people])
    every = _beyond([person.answers for person in people])

    def best_mean(weight: float) -> float:
        def slope(mean: float) -> float:
            return _harmonic(right, weight * mean) - _harmonic(wrong, weight * (1 - mean))

        return _root(slope, 1e-9, 1 - 1e-9)

    def slope(log_weight: float) -> float:
        weight = exp(log_weight)
        mean = best_mean(weight)  # along the best means, the slope is that at a fixed mean
        of_right, of_wrong = _harmonic(right, weight * mean), _harmonic(wrong, weight * (1 - mean))
        return mean * of_right + (1 - mean) * of_wrong - _harmonic(every, weight)

    weight = exp(_root(slope, log(_LEAST), log(_MOST)))
    mean = best_mean(weight)
    return Prior(weight * mean, weight * (1 - mean))


def _beyond(counts: Sequence[int]) -> list[int]:
    """Return, for 0, 1, 2, …, how many of the counts are greater."""
    return [sum(count > number for count in counts) for number in range(max(counts))]


def _harmonic(beyond: Sequence[int], shape: float) -> float:
    """Return the derivative by `shape` of the logarithms of all the rising factorials that a likelihood is made of."""
    return sum(people / (shape + number) for number, people in enumerate(beyond))


def _root(falling: Callable[[float], float], low: float, high: float) -> float:
    """Return where a function turns from positive to negative, by halving; an end if it doesn't."""
    for _halving in range(_HALVINGS):
        middle = (low + high) / 2
        if falling(middle) > 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2
