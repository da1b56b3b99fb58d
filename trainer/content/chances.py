"""Whom a final lets through, as `instrument.json` has it: computed of made-up people, by the whole rule."""

from __future__ import annotations

from math import sqrt

from pydantic import Field

from trainer.content.parts import Part

Share = float


class StepRates(Part):
    """How often first steps help, and how often they could harm."""

    good: Share
    harmful: Share


class LearnerChances(Part):
    """How often people pass who report so much of what calls for it, and so much of the rest."""

    hit: Share
    false_alarm: Share
    in_one: list[Share]
    """In a first try, for each kind of first steps."""
    in_round: list[Share]
    """Within all tries of a round, if nothing is learned between them."""


class PopulationAgreement(Part):
    """How often two finals in a row say the same of the people of a made-up population."""

    population: str
    """In symbols: how people differ."""
    kappa: float
    error: float
    """The standard error of κ."""
    same: Share
    scenes: float
    """The mean number of a first try."""


class Chances(Part):
    """The whole of it."""

    people: int = Field(ge=1)
    """How many were made up of each kind."""
    tries: int
    steps: list[StepRates]
    learners: list[LearnerChances]
    populations: list[PopulationAgreement]

    @property
    def largest_error(self) -> Share:
        """The standard error of a chance of one half, which no other exceeds."""
        return sqrt(0.25 / self.people)

    def of(self, hit: Share, false_alarm: Share) -> LearnerChances | None:
        """Return the chances of people with these rates, or None."""
        return next((row for row in self.learners if (row.hit, row.false_alarm) == (hit, false_alarm)), None)
