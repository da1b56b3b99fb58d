"""What a report would be worth where trafficking is rare, in natural frequencies."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, floor, sqrt
from statistics import NormalDist
from typing import Final

from trainer.assessment.measures.detection import Reports

PREVALENCE: Final = 1 / 1000
_Z: Final = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True, slots=True)
class OfHundred:
    """Of 100 reports: how many would plausibly be right, at least and at most."""

    low: float
    high: float

    @property
    def least(self) -> int:
        """The lower number to say; 0 stands for fewer than one."""
        return floor(self.low + 0.5)

    @property
    def most(self) -> int:
        """The higher one, likewise."""
        return floor(self.high + 0.5)


def of_hundred(reports: Reports, prevalence: float = PREVALENCE) -> OfHundred:
    """Return between which bounds 100·pH/(pH + (1 − p)F) lies: of 100 reports by people who judge so, those right.

    Bayes' rule in natural frequencies, after G. Gigerenzer and U. Hoffrage, "How to improve Bayesian reasoning without
    instruction: frequency formats", Psychological Review 102 (1995), 684–704; H and F are log-linear. The bounds are
    those of the 95 % interval of the likelihood ratio H/F, whose logarithm has the variance
    (1 − H)/(n₁H) + (1 − F)/(n₀F): D. L. Simel, G. P. Samsa and D. B. Matchar, "Likelihood ratios with confidence:
    sample size estimation for diagnostic test studies", Journal of Clinical Epidemiology 44 (1991), 763–770.
    `prevalence`: the share of scenes that are trafficking. Raises ValueError unless it lies between 0 and 1.
    """
    if not 0 < prevalence < 1:
        raise ValueError(f"a prevalence lies between 0 and 1, not at {prevalence}")
    hit, alarm = reports.hit_rate, reports.false_alarm_rate
    error = sqrt((1 - hit) / (reports.concerns * hit) + (1 - alarm) / (reports.innocents * alarm))

    def right(ratio: float) -> float:
        return 100 * prevalence * ratio / (prevalence * ratio + 1 - prevalence)

    return OfHundred(right(hit / alarm * exp(-_Z * error)), right(hit / alarm * exp(_Z * error)))
