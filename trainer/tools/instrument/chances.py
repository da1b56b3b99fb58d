"""Whom a final lets through by its whole rule, many made-up people at once: what the page of a rule prints.

The same model as `measures.operating`, which goes by the real draw, one person at a time. Here pairs come in random
order from a bank of the same size. It needs numpy and scipy, which come with the packages for tests.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from trainer.assessment.deciding import Bounds, FinalRule, Stage
from trainer.assessment.drawn import pairs_of
from trainer.assessment.measures.operating import COMPETENT, LEARNERS, PAIR_SPREAD, Agreement
from trainer.content.chances import Chances, LearnerChances, PopulationAgreement, StepRates
from trainer.content.objects import Content, Course
from trainer.content.schema import Pool

PEOPLE: Final = 50_000
SEED: Final = 20261201
HARM: Final = 0.3
"""The share of first steps that could harm among those that don't help, as the reserved menus offer them."""
STEPS: Final = (
    StepRates(good=1.0, harmful=0.0),
    StepRates(good=COMPETENT.good_steps, harmful=COMPETENT.harmful_steps),
    StepRates(good=0.85, harmful=0.045),
)
Shares = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class BankSize:
    """How many pairs there are to draw from, and how many of them are of danger now."""

    pairs: int
    danger: int


@dataclass(frozen=True, slots=True)
class Judges:
    """Rates of many people, one entry each."""

    hit: Shares
    false_alarm: Shares
    good: Shares
    harmful: Shares

    def take(self, which: Whole) -> Judges:
        """Return some of them."""
        return Judges(self.hit[which], self.false_alarm[which], self.good[which], self.harmful[which])

    @classmethod
    def alike(cls, number: int, hit: float, false_alarm: float, steps: StepRates) -> Judges:
        """Return so many people with the same rates."""
        rates = (hit, false_alarm, steps.good, steps.harmful)
        return cls(*(np.full(number, rate) for rate in rates))


@dataclass(frozen=True, slots=True)
class Population:
    """How people differ: d′ above 0, c from N(−.1, ·), and first steps alike or from a beta distribution."""

    sensitivity: float = 2.2
    spread: float = 0.8
    bias_spread: float = 0.4
    good: tuple[float, float] | None = None
    """The parameters of the beta distribution; None: the first steps of the competent."""

    def __str__(self) -> str:
        """Return it in symbols."""
        steps = f"first steps {COMPETENT.good_steps:.0%} good"
        if self.good:
            steps = f"first steps Beta({self.good[0]:g}, {self.good[1]:g})"
        return f"d′ N({self.sensitivity:g}, {self.spread:g}), c N(−0.1, {self.bias_spread:g}), {steps}"

    def draw(self, number: int, rng: np.random.Generator) -> Judges:
        """Return so many of its people."""
        sensitivity = rng.normal(self.sensitivity, self.spread, 2 * number)
        sensitivity = sensitivity[sensitivity > 0][:number]
        bias = rng.normal(-0.1, self.bias_spread, number)
        good, harmful = np.full(number, COMPETENT.good_steps), np.full(number, COMPETENT.harmful_steps)
        if self.good:
            good = rng.beta(*self.good, number)
            harmful = HARM * (1 - good)
        return Judges(ndtr(sensitivity / 2 - bias), ndtr(-sensitivity / 2 - bias), good, harmful)


POPULATIONS: Final = (
    Population(),
    Population(sensitivity=1.5),
    Population(sensitivity=2.8, spread=0.6),
    Population(spread=1.1),
    Population(bias_spread=0.6),
    Population(good=(18, 2)),
    Population(sensitivity=2.8, spread=0.6, good=(17, 3)),
)


@dataclass(slots=True)
class Forms:
    """What each person is shown: what pairs add to the tendency to report, in the order in which they come."""

    danger: Shares
    others: Shares
    danger_next: Whole
    others_next: Whole
    scale: float
    """What rates are stretched by, so that they hold on average over the bank (`operating.judge_by`)."""

    @classmethod
    def deal(cls, number: int, bank: BankSize, rng: np.random.Generator, deviation: float) -> Forms:
        """Deal the pairs of a bank to so many people, for all their tries. What was met longest ago comes again."""
        scores = ndtri((np.arange(bank.pairs) + 0.5) / bank.pairs)
        scores = rng.permutation(scores * deviation / np.sqrt(np.mean(scores**2)))
        danger, others = (
            rng.permuted(np.tile(part, (number, 1)), axis=1) for part in (scores[: bank.danger], scores[bank.danger :])
        )
        places = np.zeros((2, number), np.int64)
        return cls(danger, others, places[0], places[1], np.sqrt(1 + deviation**2))

    def next(self, who: Whole, danger: int, others: int) -> Shares:
        """Return the next pairs of some people, those of danger first."""
        first = _next(self.danger, self.danger_next, who, danger)
        return np.hstack([first, _next(self.others, self.others_next, who, others)])


def _hold(bounds: Bounds, counts: Whole, more: int = 0) -> Flags:
    """Return who is within the bounds, or would be if all of `more` scenes went right (`deciding.Bounds.hold`)."""
    missed, over_reported, no_911, harmful, good = counts
    is_within: Flags = (missed <= bounds.missed_at_most) & (over_reported <= bounds.over_reported_at_most)
    is_within &= (harmful <= bounds.harmful_at_most) & (good + more >= bounds.good_first_steps_at_least)
    if bounds.danger_without_911_at_most is not None:
        is_within &= no_911 <= bounds.danger_without_911_at_most
    return is_within


def _next(order: Shares, places: Whole, who: Whole, number: int) -> Shares:
    columns = (places[who][:, None] + np.arange(number)) % order.shape[1]
    places[who] += number
    taken: Shares = order[who[:, None], columns]
    return taken


def sit(
    rule: FinalRule, people: Judges, forms: Forms, who: Whole, rng: np.random.Generator, *, is_strict: bool
) -> tuple[Flags, Whole]:
    """Let some people sit one try; return who of them passed, and how many scenes each had."""
    bounds = rule.later_tries if is_strict else rule.first_try
    passed, scenes = np.zeros(len(who), bool), np.zeros(len(who), np.int64)
    counts = np.zeros((5, len(who)), np.int64)
    left = np.arange(len(who))
    for place, stage in enumerate(rule.stages):
        scenes[left] += stage.scenes
        counts[:, left] += _count(stage, people.take(who[left]), forms, who[left], rng)
        passed[left] = _hold(bounds[place], counts[:, left])
        can = np.zeros(len(left), bool)
        for later in range(place + 1, len(rule.stages)):
            can |= _hold(bounds[later], counts[:, left], more=rule.ends[later] - rule.ends[place])
        left = left[can & ~passed[left]]
    return passed, scenes


def _count(stage: Stage, people: Judges, forms: Forms, who: Whole, rng: np.random.Generator) -> Whole:
    """Return what is counted of a stage, one row each: missed, over-reported, no 911, harmful, good first steps."""
    number, danger_pairs = len(who), 2 * stage.danger_now
    effects = forms.next(who, danger_pairs, stage.scenes - danger_pairs)
    column = np.arange(stage.scenes)
    concerns = rng.integers(stage.fewest_to_report, stage.most_to_report + 1, number)
    is_danger = column < stage.danger_now
    is_concern = is_danger | (
        (column >= danger_pairs) & (column < danger_pairs + (concerns - stage.danger_now)[:, None])
    )
    inclined = np.where(is_concern, ndtri(people.hit)[:, None], ndtri(people.false_alarm)[:, None])
    is_report = rng.random(effects.shape) < ndtr(inclined * forms.scale + effects)
    step = rng.random(effects.shape)
    is_good = (step < people.good[:, None]) & (is_report | ~is_danger)
    return np.array(
        [
            (is_concern & ~is_report).sum(axis=1),
            (is_report & ~is_concern).sum(axis=1),
            (is_danger & ~(is_report & is_good)).sum(axis=1),
            (step >= 1 - people.harmful[:, None]).sum(axis=1),
            is_good.sum(axis=1),
        ]
    )


def in_tries(
    rule: FinalRule,
    people: Judges,
    bank: BankSize,
    rng: np.random.Generator,
    tries: int,
    deviation: float = PAIR_SPREAD,
) -> tuple[float, float, float]:
    """Return the share of people who pass the first try, who pass within a round, and the mean scenes of a first try.

    `deviation`: the standard deviation of what a pair adds to the tendency to report, in probits.
    """
    number = len(people.hit)
    forms, passed = Forms.deal(number, bank, rng, deviation), np.zeros(number, bool)
    passed, scenes = sit(rule, people, forms, np.arange(number), rng, is_strict=False)
    in_one = passed.mean()
    for _later in range(1, tries):
        who = np.flatnonzero(~passed)
        passed[who] = sit(rule, people, forms, who, rng, is_strict=True)[0]
    return float(in_one), float(passed.mean()), float(scenes.mean())


def agreement(
    rule: FinalRule, people: Judges, bank: BankSize, rng: np.random.Generator
) -> tuple[Agreement | None, float]:
    """Return how two first tries of the same people agree, on forms that share no pair while the bank has fresh ones.

    With it, the mean scenes of the first of them.
    """
    everyone = np.arange(len(people.hit))
    forms = Forms.deal(len(everyone), bank, rng, PAIR_SPREAD)
    first, scenes = sit(rule, people, forms, everyone, rng, is_strict=False)
    again, _scenes = sit(rule, people, forms, everyone, rng, is_strict=False)
    counts = [int((a & b).sum()) for a in (first, ~first) for b in (again, ~again)]
    return Agreement.of(counts[0], counts[1], counts[2], counts[3]), float(scenes.mean())


def of_course(content: Content, course: Course, people: int) -> Chances:
    """Return whom the final of a course lets through."""
    rule = FinalRule.of(course.file)
    anywhere = tuple(replace(stage, on_duty_at_least=0, on_duty_at_most=None) for stage in rule.stages)
    pairs = pairs_of(content, Pool.RESERVED)
    bank = BankSize(len(pairs), sum(pair.is_danger for pair in pairs))
    plain = replace(rule, stages=anywhere, shows_all=False, achievement=None)
    return compute(plain, bank, course.file.final.retry_rule.tries, people)


@lru_cache(maxsize=8)
def compute(rule: FinalRule, bank: BankSize, tries: int, people: int) -> Chances:
    """Return whom a rule lets through; courses with the same one share it."""
    rng = np.random.default_rng(SEED)
    learners, populations = [], []
    for learner in LEARNERS:
        alike = [Judges.alike(people, learner.hit, learner.false_alarm, steps) for steps in STEPS]
        results = [in_tries(rule, each, bank, rng, tries) for each in alike]
        learners.append(
            LearnerChances(
                hit=learner.hit,
                false_alarm=learner.false_alarm,
                in_one=[_short(result[0]) for result in results],
                in_round=[_short(result[1]) for result in results],
            )
        )
    for population in POPULATIONS:
        agreed, scenes = agreement(rule, population.draw(people, rng), bank, rng)
        if agreed is not None:
            populations.append(
                PopulationAgreement(
                    population=str(population),
                    kappa=_short(agreed.kappa),
                    error=_short(agreed.error),
                    same=_short(agreed.same),
                    scenes=round(scenes, 1),
                )
            )
    return Chances(people=people, tries=tries, steps=list(STEPS), learners=learners, populations=populations)


def _short(number: float) -> float:
    return round(number, 4)
