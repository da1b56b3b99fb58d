"""Whom a final lets through: against the exact chances, against one person at a time, and against the app's rule."""

from __future__ import annotations

import random
from dataclasses import replace
from math import sqrt

import numpy as np
import pytest

from tests.assessment.final_rules import THREE_STAGES, TWO_STAGES, bank_draw
from trainer.assessment.deciding import Bounds, Decision, FinalCounts, FinalRule, decide
from trainer.assessment.measures.operating import COMPETENT, LEARNERS, exactly, judge_by, simulate, spread
from trainer.content.chances import StepRates
from trainer.tools.instrument.chances import (
    STEPS,
    BankSize,
    Forms,
    Judges,
    Population,
    agreement,
    compute,
    in_tries,
    sit,
)

BANK = BankSize(128, 32)
MANY = 20_000
PERFECT = STEPS[0]


def by_counts(rule: FinalRule) -> FinalRule:
    """Return a rule that looks at the two counts alone."""

    def only(bounds: Bounds) -> Bounds:
        return replace(bounds, danger_without_911_at_most=None, good_first_steps_at_least=0)

    return replace(rule, first_try=tuple(map(only, rule.first_try)), later_tries=tuple(map(only, rule.later_tries)))


@pytest.mark.parametrize("rule", [TWO_STAGES, THREE_STAGES], ids=["two stages", "three stages"])
@pytest.mark.parametrize("learner", LEARNERS[:4], ids=lambda one: one.name)
def test_by_counts_alone_it_is_what_is_calculated_exactly(rule: FinalRule, learner: object) -> None:
    rates = learner.hit, learner.false_alarm  # type: ignore[attr-defined]
    people = Judges.alike(MANY, *rates, PERFECT)
    one, in_round, scenes = in_tries(by_counts(rule), people, BANK, np.random.default_rng(4), 3, deviation=0.0)
    first, later = exactly(rule, *rates), exactly(rule, *rates, is_strict=True).passed
    for share, chance in ((one, first.passed), (in_round, 1 - (1 - first.passed) * (1 - later) ** 2)):
        assert abs(share - chance) <= 3 * sqrt(chance * (1 - chance) / MANY)
    assert scenes >= 32 + 16 * (first.sent_on - 0.02)


def test_the_whole_rule_is_what_one_person_at_a_time_comes_to() -> None:
    rng, few = random.Random(3), 400
    effects = spread(range(BANK.pairs), rng)
    slow = simulate(THREE_STAGES, judge_by(COMPETENT, effects), bank_draw(BANK.pairs, BANK.danger), rng, people=few)
    people = Judges.alike(MANY, COMPETENT.hit, COMPETENT.false_alarm, STEPS[1])
    one, in_round, scenes = in_tries(THREE_STAGES, people, BANK, np.random.default_rng(5), 3)
    assert abs(one - slow.in_one) <= 3 * sqrt(one * (1 - one) / few)
    assert abs(in_round - slow.in_round) <= 3 * sqrt(in_round * (1 - in_round) / few) + 1 / few
    assert scenes == pytest.approx(slow.scenes, abs=2.5)


def test_each_outcome_is_that_of_the_rule_of_the_app(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stages are given counts by chance, and each sitting is decided again by `deciding.decide`."""
    number, rng = 3000, np.random.default_rng(6)
    drawn = [rng.integers(0, [[4], [4], [3], [3], [17]], (5, number)) for _stage in THREE_STAGES.stages]
    for stage, counts in zip(THREE_STAGES.stages, drawn, strict=True):
        counts[4] = stage.scenes - counts[4] // 2
    stages = iter(drawn)

    def counted(_stage: object, _people: object, _forms: object, who: np.ndarray, _rng: object) -> np.ndarray:
        return next(stages)[:, who]

    monkeypatch.setattr("trainer.tools.instrument.chances._count", counted)
    people, who = Judges.alike(number, 0.9, 0.1, PERFECT), np.arange(number)
    forms = Forms.deal(1, BANK, rng, 0.5)
    passed, scenes = sit(THREE_STAGES, people, forms, who, rng, is_strict=False)
    assert 0 < passed.sum() < number
    assert set(scenes.tolist()) == set(THREE_STAGES.ends)
    for person in range(number):
        total = FinalCounts(0, 0, 0, 0, 0, 0)
        for stage, counts in zip(THREE_STAGES.stages, drawn, strict=True):
            total += FinalCounts(stage.scenes, *map(int, counts[:, person]))
            decision = decide(THREE_STAGES, total, round_=1, number=1)
            if decision is not Decision.SENT_ON:
                break
        assert (bool(passed[person]), int(scenes[person])) == (decision is Decision.PASSED, total.scenes)


def test_no_pair_comes_twice_until_all_have_come() -> None:
    rng, who = np.random.default_rng(7), np.arange(2)
    forms = Forms.deal(2, BANK, rng, 0.5)
    shown = np.hstack([forms.next(who, 8, 24), *(forms.next(who, 4, 12) for _stage in range(6))])
    assert [len(set(row)) for row in shown.round(9).tolist()] == [128, 128]
    assert np.allclose(forms.next(who, 8, 24), shown[:, :32])  # then those of longest ago


def test_people_who_are_all_alike_agree_by_chance_alone() -> None:
    agreed, _scenes = agreement(THREE_STAGES, Judges.alike(MANY, 0.8, 0.15, STEPS[1]), BANK, np.random.default_rng(8))
    assert agreed is not None
    assert abs(agreed.kappa) <= 3 * agreed.error


def test_a_population_is_as_it_says() -> None:
    people = Population(good=(18, 2)).draw(MANY, np.random.default_rng(9))
    assert people.good.mean() == pytest.approx(0.9, abs=0.002)
    assert np.allclose(people.harmful, 0.3 * (1 - people.good))
    assert str(Population(good=(18, 2))) == "d′ N(2.2, 0.8), c N(−0.1, 0.4), first steps Beta(18, 2)"
    assert (people.hit > people.false_alarm).all()


def test_what_is_computed_has_a_row_for_each_learner_and_population() -> None:
    chances = compute(THREE_STAGES, BANK, 3, people=500)
    assert [(row.hit, row.false_alarm) for row in chances.learners] == [(one.hit, one.false_alarm) for one in LEARNERS]
    assert chances.steps[0] == StepRates(good=1, harmful=0)
    for row in chances.learners:
        assert all(one <= in_round for one, in_round in zip(row.in_one, row.in_round, strict=True))
    assert len(chances.populations) == 7
    everything = chances.of(1.0, 1.0)
    assert everything is not None
    assert everything.in_round == [0, 0, 0]
