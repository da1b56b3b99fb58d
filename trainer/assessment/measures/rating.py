"""How well sureness and report together sort scenes: the area under the rating curve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from trainer.items.judge.model import Confidence

CLASSES: Final = range(1, 2 * len(Confidence) + 1)
"""From surely no report to surely a report."""
LEAST_REPORT: Final = len(Confidence) + 1


@dataclass(frozen=True, slots=True)
class Area:
    """The chance that a scene to report is rated above an innocent one, ties counted half."""

    area: float
    of_signal: Mapping[int, float]
    """Of a scene to report that is rated in a class: the share of innocent ones that are rated below it."""
    of_noise: Mapping[int, float]
    """Of an innocent one: the share of scenes to report that are rated above it."""


def rate(is_reported: bool, confidence: Confidence) -> int:
    """Return the class of an answer, 1 (surely no report) to 6 (surely a report).

    A report by the first action alone is rated as a report, guessing.
    """
    sureness = list(Confidence).index(confidence)
    return LEAST_REPORT + sureness if is_reported else LEAST_REPORT - 1 - sureness


def area(signal: Mapping[int, int], noise: Mapping[int, int]) -> Area:
    """Return the area under the rating curve, by Mann and Whitney, and the placements that it is the mean of.

    E. R. DeLong, D. M. DeLong and D. L. Clarke-Pearson, "Comparing the areas under two or more correlated receiver
    operating characteristic curves: a nonparametric approach", Biometrics 44 (1988), 837–845, section 2. `signal`:
    how many scenes to report were rated in each class, `noise`: how many innocent ones. Raises ValueError without any.
    """
    signals, noises = sum(signal.values()), sum(noise.values())
    if not (signals and noises):
        raise ValueError("both truths must be rated")
    of_signal = {rating: _below(noise, rating) / noises for rating in signal}
    of_noise = {rating: 1 - _below(signal, rating) / signals for rating in noise}
    return Area(sum(of_signal[rating] * number for rating, number in signal.items()) / signals, of_signal, of_noise)


def _below(counts: Mapping[int, int], rating: int) -> float:
    """Return how many are rated below a class, those in it counted half."""
    return sum(number for other, number in counts.items() if other < rating) + counts.get(rating, 0) / 2
