"""Whom a final's rule passes: its operating characteristic, exact for counts alone, simulated for the whole of it.

The app decides by the same `decide`. How scenes are drawn and how someone judges them are arguments, so that the real
draw and any strategy can be put in.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from math import comb, sqrt
from statistics import NormalDist
from typing import Final, Self

from trainer.assessment.deciding import Bounds, Decision, FinalCounts, FinalRule, Stage, decide
from trainer.assessment.measures.reliability import cohen

PAIR_SPREAD: Final = 0.5
"""Standard deviation of what a pair adds to the tendency to report, in probits."""
TRIES: Final = 3
"""In a round."""
_NORMAL: Final = NormalDist()
_STRICT: Final = 2
"""Any later try: the second of the first round stands for all."""

_COUNTS_ONLY: Final = Bounds(3, 3, danger_without_911_at_most=32, harmful_at_most=32, good_first_steps_at_least=0)
ONE_STAGE: Final = FinalRule((Stage(32, 16, 16, 4),), (_COUNTS_ONLY,), (_COUNTS_ONLY,))
"""To compare with: 13 of 16 caught and 3 of 16 over-reported in every try, and nothing on top."""


@dataclass(frozen=True, slots=True)
class DrawnScene:
    """One scene of a draw, by its pair."""

    pair: int | str
    is_concern: bool
    is_danger: bool
    """Danger now, of scenes of concern only."""


@dataclass(frozen=True, slots=True)
class SimulatedAnswer:
    """What a simulated learner answers in a scene."""

    is_report: bool
    """Counted as one, whether by the verdict or by the first action."""
    is_good_step: bool
    """The first step is best or fine; where there is danger now, it is 911 exactly if it is also a report."""
    is_harmful: bool


Draw = Callable[[Stage, Sequence[DrawnScene], random.Random], Sequence[DrawnScene]]
"""Draws the scenes of a stage for someone who has met these before, in order."""
Judge = Callable[[DrawnScene, random.Random], SimulatedAnswer]
"""A way of judging scenes."""


@dataclass(frozen=True, slots=True)
class Target:
    """Within what a learner's chance of passing is to lie: in one try, and in one round of tries."""

    at_least: float = 0.0
    at_most: float = 1.0
    in_round_at_most: float = 1.0


@dataclass(frozen=True, slots=True)
class Learner:
    """A way of judging by rates, averaged over the bank."""

    name: str
    hit: float
    false_alarm: float
    good_steps: float = 1.0
    """The share of first steps that are best or fine."""
    harmful_steps: float = 0.0
    target: Target = Target()


COMPETENT: Final = Learner("competent (90% / 10%)", 0.9, 0.1, 0.95, 0.01, Target(at_least=0.87))
LEARNERS: Final = (
    COMPETENT,
    Learner("over-reports a little (95% / 25%)", 0.95, 0.25, target=Target(in_round_at_most=0.36)),
    Learner("over-reports (95% / 40%)", 0.95, 0.4, target=Target(at_most=0.04, in_round_at_most=0.06)),
    Learner("weak (70% / 20%)", 0.7, 0.2, target=Target(at_most=0.12)),
    Learner("borderline (80% / 20%)", 0.8, 0.2),
    Learner("strong (95% / 5%)", 0.95, 0.05),
    Learner("reports everything", 1.0, 1.0, target=Target(at_most=0.01, in_round_at_most=0.05)),
    Learner("reports nothing", 0.0, 0.0, target=Target(at_most=0.01, in_round_at_most=0.05)),
)
KAPPA_AT_LEAST: Final = 0.55


@dataclass(frozen=True, slots=True)
class Chance:
    """What counts alone make of one try, exactly."""

    passed: float
    sent_on: float


@dataclass(frozen=True, slots=True)
class Characteristic:
    """How one way of judging fares under a rule, each as a share of so many simulated people."""

    people: int
    in_one: float
    in_round: float
    in_two_rounds: float
    sent_on: float
    """Of first tries."""
    scenes: float
    """The mean number of a first try."""

    @property
    def error(self) -> float:
        """The standard error of the chance to pass in one try."""
        return error_of(self.in_one, self.people)

    def misses(self, target: Target) -> bool:
        """Return True if the target lies outside two standard errors of a chance: chance alone doesn't do that."""
        first, in_round = 2 * self.error, 2 * error_of(self.in_round, self.people)
        return (
            self.in_one + first < target.at_least
            or self.in_one - first > target.at_most
            or self.in_round - in_round > target.in_round_at_most
        )


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often two finals of people of all kinds come to the same verdict."""

    people: int
    kappa: float
    same: float
    """The share of people whose verdicts are the same."""
    error: float
    """The standard error of κ: J. Cohen (as `reliability.cohen`), equation 8, √(pₒ(1 − pₒ)/N)/(1 − pₑ)."""

    @classmethod
    def of(cls, both: int, first_only: int, second_only: int, neither: int) -> Self | None:
        """Return it by counts of passed both times, once, never; None if all verdicts are the same."""
        people = both + first_only + second_only + neither
        if max(both, neither) == people:
            return None
        kappa, same = cohen(both, first_only, second_only, neither), (both + neither) / people
        by_chance = (same - kappa) / (1 - kappa) if kappa < 1 else 0.0
        return cls(people, kappa, same, error_of(same, people) / (1 - by_chance))


def error_of(share: float, people: int) -> float:
    """Return the standard error of a share of so many simulated people."""
    return sqrt(share * (1 - share) / people)


def exactly(rule: FinalRule, hit: float, false_alarm: float, *, is_strict: bool = False) -> Chance:
    """Return the chance to pass one try, and to be sent on, by counts of reports alone.

    Sums of products of binomials over all that can happen, averaged over how many scenes of a stage are to report,
    each number equally likely; all first steps are good. `hit` and `false_alarm` lie between 0 and 1.
    """
    passed = sent_on = 0.0
    open_ = {(0, 0): 1.0}
    for end, stage in zip(rule.ends, rule.stages, strict=True):
        outcomes, going = _outcomes(stage, hit, false_alarm), dict[tuple[int, int], float]()
        for (missed, alarms), chance in open_.items():
            for (more, further), part in outcomes.items():
                counts = missed + more, alarms + further
                decision = _by_counts(rule, end, *counts, is_strict)
                if decision is Decision.PASSED:
                    passed += chance * part
                elif decision is Decision.SENT_ON:
                    going[counts] = going.get(counts, 0.0) + chance * part
        open_ = going
        sent_on += sum(going.values())
    return Chance(passed, sent_on)


def _outcomes(stage: Stage, hit: float, false_alarm: float) -> dict[tuple[int, int], float]:
    """Return the chance of each number of missed and of over-reported scenes of a stage."""
    chances: dict[tuple[int, int], float] = {}
    sizes = range(stage.fewest_to_report, stage.most_to_report + 1)
    for concerns in sizes:
        misses, alarms = _binomial(concerns, 1 - hit), _binomial(stage.scenes - concerns, false_alarm)
        for missed, chance in enumerate(misses):
            for alarm, other in enumerate(alarms):
                chances[missed, alarm] = chances.get((missed, alarm), 0.0) + chance * other / len(sizes)
    return chances


def _binomial(of: int, share: float) -> list[float]:
    return [comb(of, number) * share**number * (1 - share) ** (of - number) for number in range(of + 1)]


@cache
def _by_counts(rule: FinalRule, scenes: int, missed: int, over_reported: int, is_strict: bool) -> Decision:
    counts = FinalCounts(scenes, missed, over_reported, 0, 0, scenes)
    return decide(rule, counts, round_=1, number=_STRICT if is_strict else 1)


def spread(pairs: Sequence[int | str], rng: random.Random, deviation: float = PAIR_SPREAD) -> dict[int | str, float]:
    """Return what each pair adds to the tendency to report, in probits: normal scores, dealt out by chance."""
    scores = [_NORMAL.inv_cdf((place + 0.5) / len(pairs)) for place in range(len(pairs))]
    scale = deviation / sqrt(sum(score * score for score in scores) / len(scores))
    rng.shuffle(scores)
    return {pair: score * scale for pair, score in zip(pairs, scores, strict=True)}


def judge_by(learner: Learner, effects: Mapping[int | str, float]) -> Judge:
    """Return a judge who reports with the learner's rates on average, and a pair's twins more often or less.

    A rate p becomes Φ(z(p)√(1 + σ²) + u) with the pair's u: over normal u of variance σ² its mean is p. A first step is
    good or harmful whatever the verdict, but for danger now: who misses it hasn't called 911, so it isn't good there.
    """
    scale = sqrt(1 + sum(effect * effect for effect in effects.values()) / len(effects))

    @cache
    def chance(is_concern: bool, pair: int | str) -> float:
        rate = learner.hit if is_concern else learner.false_alarm
        return _NORMAL.cdf(_NORMAL.inv_cdf(rate) * scale + effects[pair]) if 0 < rate < 1 else rate

    def judge(scene: DrawnScene, rng: random.Random) -> SimulatedAnswer:
        is_report = rng.random() < chance(scene.is_concern, scene.pair)
        step = rng.random()
        is_good = step < learner.good_steps and (is_report or not scene.is_danger)
        return SimulatedAnswer(is_report, is_good, step >= 1 - learner.harmful_steps)

    return judge


def count_scenes(scenes: Sequence[DrawnScene], said: Sequence[SimulatedAnswer]) -> FinalCounts:
    """Return what is counted of scenes and what was said of each."""
    both = list(zip(scenes, said, strict=True))
    return FinalCounts(
        scenes=len(both),
        missed=sum(scene.is_concern and not answer.is_report for scene, answer in both),
        over_reported=sum(answer.is_report and not scene.is_concern for scene, answer in both),
        danger_without_911=sum(
            scene.is_danger and not (answer.is_report and answer.is_good_step) for scene, answer in both
        ),
        harmful=sum(answer.is_harmful for answer in said),
        good_first_steps=sum(answer.is_good_step for answer in said),
    )


def simulate(
    rule: FinalRule, judge: Judge, draw: Draw, rng: random.Random, *, people: int, tries: int = TRIES
) -> Characteristic:
    """Return how people who judge so fare in two rounds of tries, if they learn nothing between them."""
    passed: Counter[int] = Counter()  # by how many tries it took
    sent_on = scenes = 0
    for _person in range(people):
        met: list[DrawnScene] = []
        for number in range(1, 2 * tries + 1):
            before = len(met)
            round_, within = divmod(number - 1, tries)
            is_passed = _sit(rule, judge, draw, met, rng, round_=round_ + 1, number=within + 1)
            if number == 1:
                scenes += len(met) - before
                sent_on += len(met) - before > rule.ends[0]
            if is_passed:
                passed[number] += 1
                break
    return Characteristic(
        people=people,
        in_one=passed[1] / people,
        in_round=sum(passed[number] for number in range(1, tries + 1)) / people,
        in_two_rounds=passed.total() / people,
        sent_on=sent_on / people,
        scenes=scenes / people,
    )


def _sit(
    rule: FinalRule, judge: Judge, draw: Draw, met: list[DrawnScene], rng: random.Random, *, round_: int, number: int
) -> bool:
    """Sit one try and return whether it was passed; what was drawn is added to `met`."""
    counts = FinalCounts(0, 0, 0, 0, 0, 0)
    for stage in rule.stages:
        drawn = draw(stage, met, rng)
        met += drawn
        counts += count_scenes(drawn, [judge(scene, rng) for scene in drawn])
        decision = decide(rule, counts, round_=round_, number=number)
        if decision is not Decision.SENT_ON:
            break
    return decision is Decision.PASSED


def people_of_all_kinds(rng: random.Random) -> Iterator[Learner]:
    """Yield people as κ takes them: d′ from N(2.2, .8) above 0, c from N(−.1, .4), first steps of the competent."""
    while True:
        sensitivity, bias = rng.gauss(2.2, 0.8), rng.gauss(-0.1, 0.4)
        if sensitivity > 0:
            hit, false_alarm = _NORMAL.cdf(sensitivity / 2 - bias), _NORMAL.cdf(-sensitivity / 2 - bias)
            yield Learner("anybody", hit, false_alarm, COMPETENT.good_steps, COMPETENT.harmful_steps)


def agreement(
    rule: FinalRule, draw: Draw, effects: Mapping[int | str, float], rng: random.Random, *, people: int
) -> Agreement | None:
    """Return how the verdicts of two first tries on parallel forms agree; None if all are the same.

    The forms share no pair as long as the draw has fresh ones.
    """
    verdicts: Counter[tuple[bool, bool]] = Counter()
    for learner in islice(people_of_all_kinds(rng), people):
        judge, met = judge_by(learner, effects), list[DrawnScene]()
        first = _sit(rule, judge, draw, met, rng, round_=1, number=1)
        verdicts[first, _sit(rule, judge, draw, met, rng, round_=1, number=1)] += 1
    return Agreement.of(verdicts[True, True], verdicts[True, False], verdicts[False, True], verdicts[False, False])


def table(
    rules: Mapping[str, FinalRule], draw: Draw, effects: Mapping[int | str, float], rng: random.Random, *, people: int
) -> str:
    """Return the operating characteristic of each rule as lines of text, with the standard error of one try.

    What misses its target by more than two standard errors has a star.
    """
    lines = []
    for name, rule in rules.items():
        lines += [
            f"{name} ({people} simulated people each)",
            f"{'':36}{'counts':>8}{'1 try':>8}{'±':>7}{'1 round':>9}{'2 rounds':>9}{'sent on':>9}{'scenes':>8}",
        ]
        for learner in LEARNERS:
            results = simulate(rule, judge_by(learner, effects), draw, rng, people=people)
            alone = exactly(rule, learner.hit, learner.false_alarm).passed
            lines.append(
                f"{learner.name:36}{alone:8.4f}{results.in_one:8.3f}{results.error:7.3f}{results.in_round:9.3f}"
                f"{results.in_two_rounds:9.3f}{results.sent_on:9.3f}{results.scenes:8.1f}"
                f"{' *' if results.misses(learner.target) else ''}"
            )
        lines += [
            f"same verdict on a parallel form: κ {_say(agreement(rule, draw, effects, rng, people=2 * people))}",
            "",
        ]
    return "\n".join(lines)


def _say(agreed: Agreement | None) -> str:
    if agreed is None:
        return "can’t be told"
    return f"{agreed.kappa:.2f} ± {agreed.error:.2f}{' *' if agreed.kappa + 2 * agreed.error < KAPPA_AT_LEAST else ''}"
