"""What a report would be worth where trafficking is rare, in natural frequencies."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor
from typing import Final

from trainer.assessment.measures.detection import Reports

PREVALENCE: Final = 1 / 1000


@dataclass(frozen=True, slots=True)
class OfHundred:
    """Of 100 reports: how many would be right."""

    right: float

    @property
    def is_fewer_than_one(self) -> bool:
        """True if not even about one would be."""
        return self.right < 0.5

    @property
    def about(self) -> int:
        """The number to say, where it isn't fewer than one."""
        return floor(self.right + 0.5)


def of_hundred(reports: Reports, prevalence: float = PREVALENCE) -> OfHundred:
    """Return 100·pH/(pH + (1 − p)F): of 100 reports by people who judge so, how many are right.

    Bayes' rule in natural frequencies, after G. Gigerenzer and U. Hoffrage, "How to improve Bayesian reasoning without
    instruction: frequency formats", Psychological Review 102 (1995), 684–704; H and F are log-linear. `prevalence`: the
    share of scenes that are trafficking. Raises ValueError unless it lies between 0 and 1.
    """
    if not 0 < prevalence < 1:
        raise ValueError(f"a prevalence lies between 0 and 1, not at {prevalence}")
    right = prevalence * reports.hit_rate
    return OfHundred(100 * right / (right + (1 - prevalence) * reports.false_alarm_rate))
