"""How often someone who judges in a given way passes a final: exact binomials, no simulation."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

from trainer.content.schema import Final

OVER_REPORTER = 0.4  # share of the innocent scenes that someone reports who has learned to suspect


@dataclass(frozen=True, slots=True)
class Learner:
    """A way of judging: with what chance each scene of concern, and each innocent scene, is reported."""

    name: str
    hit: float
    false_alarm: float


LEARNERS = (
    Learner("reports everything", 1.0, 1.0),
    Learner("reports nothing", 0.0, 0.0),
    Learner("tosses a coin", 0.5, 0.5),
    Learner("over-reports (100% / 40%)", 1.0, OVER_REPORTER),
    Learner("over-reports a little (95% / 25%)", 0.95, 0.25),
    Learner("cautious (70% / 5%)", 0.7, 0.05),
    Learner("competent (90% / 10%)", 0.9, 0.1),
    Learner("skilled (95% / 5%)", 0.95, 0.05),
)


def passes_once(final: Final, learner: Learner) -> float:
    """Return the chance to meet the counts of hits and false alarms in one try."""
    half, rule = final.scenes // 2, final.pass_rule
    return _at_least(rule.hits_at_least, half, learner.hit) * (
        1 - _at_least(rule.false_alarms_at_most + 1, half, learner.false_alarm)
    )


def passes_within(final: Final, learner: Learner, tries: int) -> float:
    """Return the chance to pass in one of several tries, if nothing is learned between them."""
    return 1 - float((1 - passes_once(final, learner)) ** tries)


def survives(final: Final) -> float:
    """Return the chance of someone who catches everything and reports 40 % of the innocent, within all tries."""
    return passes_within(final, Learner("", 1.0, OVER_REPORTER), final.retry_rule.tries)


def _at_least(least: int, of: int, chance: float) -> float:
    return float(sum(comb(of, k) * chance**k * (1 - chance) ** (of - k) for k in range(least, of + 1)))
