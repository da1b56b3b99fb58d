"""How well sureness and report together sort scenes: the area under the rating curve."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist, mean, variance

from trainer.items.judge.model import Confidence


@dataclass(frozen=True, slots=True)
class Area:
    """The chance that a scene to report is rated above an innocent one, ties counted half."""

    area: float
    variance: float

    def interval(self, level: float = 0.95) -> tuple[float, float] | None:
        """Return where it plausibly lies within 0 and 1, or None where the variance is 0, as it is at an area of 1."""
        if self.variance <= 0:
            return None
        reach = NormalDist().inv_cdf((1 + level) / 2) * sqrt(self.variance)
        return max(0.0, self.area - reach), min(1.0, self.area + reach)


def rate(is_reported: bool, confidence: Confidence) -> int:
    """Return the class of an answer, 1 (surely no report) to 6 (surely a report).

    A report by the first action alone is rated as a report, guessing.
    """
    sureness = list(Confidence).index(confidence)
    return 4 + sureness if is_reported else 3 - sureness


def area(signal: Sequence[int], noise: Sequence[int]) -> Area:
    """Return the area under the rating curve, by Mann and Whitney, with DeLong's variance S₁₀/m + S₀₁/n.

    E. R. DeLong, D. M. DeLong and D. L. Clarke-Pearson, "Comparing the areas under two or more correlated receiver
    operating characteristic curves: a nonparametric approach", Biometrics 44 (1988), 837–845, section 2. `signal`:
    classes given to scenes to report, `noise`: to innocent ones. Raises ValueError with fewer than two of either.
    """
    if len(signal) < 2 or len(noise) < 2:
        raise ValueError("two scenes of each truth, or more, must be rated")
    below, above = sorted(noise), sorted(signal)
    of_signal = [_beaten(rating, below) for rating in signal]
    of_noise = [1 - _beaten(rating, above) for rating in noise]
    return Area(mean(of_signal), variance(of_signal) / len(signal) + variance(of_noise) / len(noise))


def _beaten(rating: int, others: Sequence[int]) -> float:
    """Return the share of sorted others that lie below a rating, ties counted half."""
    return (bisect_left(others, rating) + bisect_right(others, rating)) / (2 * len(others))
