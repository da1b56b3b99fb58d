"""How well someone tells scenes apart (d′), and which way they lean (c)."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

_NORMAL: Final = NormalDist()


@dataclass(frozen=True, slots=True)
class Reports:
    """How many scenes of each truth someone reported. Raises ValueError if they don't fit together."""

    hits: int
    concerns: int
    """Scenes to report, at least one."""
    false_alarms: int
    innocents: int
    """Scenes not to report, at least one."""

    def __post_init__(self) -> None:
        if not (0 <= self.hits <= self.concerns and 0 <= self.false_alarms <= self.innocents):
            raise ValueError(f"more reports than scenes, or fewer than none: {self}")
        if not (self.concerns and self.innocents):
            raise ValueError(f"both truths must occur: {self}")

    @property
    def hit_rate(self) -> float:
        """H = (h + .5)/(n₁ + 1): never 0 or 1.

        The log-linear correction: M. J. Hautus, "Corrections for extreme proportions and their biasing effects on
        estimated values of d′", Behavior Research Methods, Instruments, & Computers 27 (1995), 46–51.
        """
        return (self.hits + 0.5) / (self.concerns + 1)

    @property
    def false_alarm_rate(self) -> float:
        """F = (f + .5)/(n₀ + 1), corrected likewise."""
        return (self.false_alarms + 0.5) / (self.innocents + 1)


@dataclass(frozen=True, slots=True)
class Detection:
    """What was measured, in standard deviations of what a scene looks like to the person."""

    sensitivity: float
    """d′: 0 tells nothing apart."""
    bias: float
    """c: negative leans toward reporting, positive toward letting pass."""


def detect(reports: Reports) -> Detection:
    """Return d′ = z(H) − z(F) and c = −½(z(H) + z(F)).

    N. A. Macmillan and C. D. Creelman, Detection Theory: A User's Guide, 2nd ed. (2005), equations 1.5 and 2.1. H and F
    are log-linear throughout. The interval of a group's is in `pooled`.
    """
    z_hit, z_alarm = _NORMAL.inv_cdf(reports.hit_rate), _NORMAL.inv_cdf(reports.false_alarm_rate)
    return Detection(sensitivity=z_hit - z_alarm, bias=(-z_hit - z_alarm) / 2)
