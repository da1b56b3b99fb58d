"""How well someone tells scenes apart (d′), and which way they lean (c)."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
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
    variance: float
    """Of d′."""

    @property
    def sensitivity_error(self) -> float:
        """The standard error of d′."""
        return sqrt(self.variance)

    @property
    def bias_error(self) -> float:
        """The standard error of c: half that of d′ (Macmillan and Creelman, 2005, chapter 13)."""
        return self.sensitivity_error / 2

    def sensitivity_interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return where d′ plausibly lies, by the normal approximation; `level` lies between 0 and 1."""
        return _around(self.sensitivity, self.sensitivity_error, level)

    def bias_interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return where c plausibly lies, by the normal approximation; `level` lies between 0 and 1."""
        return _around(self.bias, self.bias_error, level)


def detect(reports: Reports) -> Detection:
    """Return d′ = z(H) − z(F), c = −½(z(H) + z(F)) and var d′ = H(1−H)/(n₁φ(z_H)²) + F(1−F)/(n₀φ(z_F)²).

    N. A. Macmillan and C. D. Creelman, Detection Theory: A User's Guide, 2nd ed. (2005), equations 1.5, 2.1 and 13.4;
    the variance is that of V. Gourevitch and E. Galanter, "A significance test for one parameter isosensitivity
    functions", Psychometrika 32 (1967), 25–33. H and F are log-linear throughout.
    """
    hit, alarm = reports.hit_rate, reports.false_alarm_rate
    z_hit, z_alarm = _NORMAL.inv_cdf(hit), _NORMAL.inv_cdf(alarm)
    return Detection(
        sensitivity=z_hit - z_alarm,
        bias=(-z_hit - z_alarm) / 2,
        variance=_variance(hit, z_hit, reports.concerns) + _variance(alarm, z_alarm, reports.innocents),
    )


def _variance(rate: float, z: float, scenes: int) -> float:
    return rate * (1 - rate) / (scenes * _NORMAL.pdf(z) ** 2)


def _around(middle: float, error: float, level: float) -> tuple[float, float]:
    reach = _NORMAL.inv_cdf((1 + level) / 2) * error
    return middle - reach, middle + reach
