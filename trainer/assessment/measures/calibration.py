"""Whether someone is right when they say that they're sure, in counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from trainer.items.judge.model import Confidence


@dataclass(frozen=True, slots=True)
class Sureness:
    """Of the answers given with one confidence: how many were right."""

    right: int
    answers: int

    @property
    def wrong(self) -> int:
        """How many were wrong."""
        return self.answers - self.right


@dataclass(frozen=True, slots=True)
class Calibration:
    """Counts by confidence, surest first.

    Counts only: the curve and its scores (S. Lichtenstein, B. Fischhoff and L. D. Phillips, "Calibration of
    probabilities", in Judgment under Uncertainty, 1982, chapter 22) need far more answers than one person gives.
    """

    certain: Sureness
    fairly_sure: Sureness
    guessing: Sureness

    @property
    def confident_but_wrong(self) -> int:
        """How many were wrong though the learner was certain."""
        return self.certain.wrong


def calibrate(answers: Iterable[tuple[Confidence, bool]]) -> Calibration:
    """Return the counts of answers, each with how sure the learner was, and whether it was right."""
    given = list(answers)

    def of(confidence: Confidence) -> Sureness:
        right = [is_right for sure, is_right in given if sure is confidence]
        return Sureness(sum(right), len(right))

    return Calibration(of(Confidence.CERTAIN), of(Confidence.FAIRLY_SURE), of(Confidence.GUESSING))
