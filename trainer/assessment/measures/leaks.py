"""Whether people judge scenes better in finals once a colleague has met them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from math import log, sqrt
from statistics import NormalDist
from typing import Final

FEWEST_PEOPLE: Final = 30
"""From so many people on, a leak is looked for."""
MATTERS: Final = 0.3
"""A leak below this isn't worth acting on: someone right in 80 of 100 scenes would be right in 84."""
_Z: Final = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True, slots=True)
class FinalAnswer:
    """One scene of someone's final. `stratum`: what makes scenes of this final comparable, such as their truth."""

    stratum: Hashable
    pair: str
    is_met: bool
    """A colleague had met it before."""
    is_right: bool


@dataclass(slots=True)
class Comparison:
    """One person's scenes that a colleague had met, held against those that none had."""

    met: int = 0
    gain: float = 0.0
    loss: float = 0.0

    def add(self, other: Comparison) -> None:
        """Add what another of this person's finals or pairs comes to."""
        self.met, self.gain, self.loss = self.met + other.met, self.gain + other.gain, self.loss + other.loss


@dataclass(slots=True)
class LeakSums:
    """Sums over people, of which nobody's part can be told."""

    people: int = 0
    met: int = 0
    gains: float = 0.0
    losses: float = 0.0
    gains_squared: float = 0.0
    products: float = 0.0
    losses_squared: float = 0.0

    def add(self, person: Comparison) -> None:
        """Add a person."""
        self.people += 1
        self.met += person.met
        self.gains += person.gain
        self.losses += person.loss
        self.gains_squared += person.gain**2
        self.products += person.gain * person.loss
        self.losses_squared += person.loss**2


@dataclass(frozen=True, slots=True)
class Leak:
    """By how much the log odds of judging a scene right rise once a colleague has met it, with its 95 % interval."""

    value: float
    low: float
    high: float

    @property
    def is_found(self) -> bool:
        """True if the whole interval lies above zero."""
        return self.low > 0

    @property
    def is_ruled_out(self) -> bool:
        """True if the whole interval lies below what matters."""
        return self.high < MATTERS


def compare(answers: Iterable[FinalAnswer]) -> dict[str, Comparison]:
    """Return, by pair that a colleague had met, what one final comes to.

    Within a stratum of n scenes, each met one that is right adds (others wrong)/n to the gain, each that is wrong adds
    (others right)/n to the loss. Only scenes of one and the same final are compared, so how able its taker is doesn't
    count.
    """
    whole, right, wrong = Counter[Hashable](), Counter[Hashable](), Counter[Hashable]()
    given = list(answers)
    for answer in given:
        whole[answer.stratum] += 1
        if not answer.is_met:
            (right if answer.is_right else wrong)[answer.stratum] += 1
    compared: dict[str, Comparison] = {}
    for answer in given:
        if answer.is_met and right[answer.stratum] + wrong[answer.stratum]:
            others = (wrong if answer.is_right else right)[answer.stratum] / whole[answer.stratum]
            part = Comparison(1, others, 0.0) if answer.is_right else Comparison(1, 0.0, others)
            compared.setdefault(answer.pair, Comparison()).add(part)
    return compared


def estimate(sums: LeakSums) -> Leak | None:
    """Return γ of logit P(right) = θ of the person + b of the scene + γ if a colleague had met it; None if too few.

    The log of the odds ratio ψ = ΣR/ΣS, with R and S a person's gain and loss: N. Mantel and W. Haenszel, "Statistical
    aspects of the analysis of data from retrospective studies of disease", Journal of the National Cancer Institute 22
    (1959), 719–748. Its variance takes people as clusters: Σ(R − ψS)²/(ΣR)² × G/(G − 1), K.-Y. Liang, "Odds ratio
    inference with dependent data", Biometrika 72 (1985), 678–682. None below 30 people, and where nothing was gained
    or nothing lost.
    """
    if sums.people < FEWEST_PEOPLE or not (sums.gains and sums.losses):
        return None
    odds = sums.gains / sums.losses
    squares = sums.gains_squared - 2 * odds * sums.products + odds * odds * sums.losses_squared
    reach = _Z * sqrt(max(0.0, squares) * sums.people / (sums.people - 1)) / sums.gains
    return Leak(log(odds), log(odds) - reach, log(odds) + reach)
