"""Whom the rule passes: published figures, other ways to calculate them, and the rule's targets."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from itertools import islice, product
from math import comb, isclose, sqrt
from statistics import NormalDist, fmean, stdev

import pytest

from tests.assessment.final_rules import TWO_STAGES, bank_draw
from trainer.assessment.deciding import Bounds, FinalCounts, FinalRule, Stage
from trainer.assessment.measures import operating
from trainer.assessment.measures.operating import (
    COMPETENT,
    KAPPA_AT_LEAST,
    LEARNERS,
    ONE_STAGE,
    Agreement,
    Characteristic,
    DrawnScene,
    Learner,
    SimulatedAnswer,
    Target,
    agreement,
    count_scenes,
    exactly,
    judge_by,
    people_of_all_kinds,
    simulate,
    spread,
    table,
)

NORMAL = NormalDist()
RULES = {"two stages": TWO_STAGES, "one stage, counts alone": ONE_STAGE}
DRAW = bank_draw(96, 24)
ALIKE: dict[int | str, float] = dict.fromkeys(range(96), 0.0)
SPREAD = spread(range(96), random.Random(7))
TINY = FinalRule(
    (Stage(4, 1, 3, 0), Stage(2, 1, 1, 0)),
    (Bounds(0, 0, 0, 0, 0), Bounds(1, 1, 0, 0, 0)),
    (Bounds(0, 0, 0, 0, 0), Bounds(1, 0, 0, 0, 0)),
)


@pytest.mark.parametrize(
    ("hit", "false_alarm", "chance"),
    [
        (0.9, 0.1, 0.8996),
        (0.95, 0.25, 0.2965),
        (0.95, 0.4, 0.0260),
        (0.7, 0.2, 0.1147),
        (0.8, 0.2, 0.3219),
        (0.95, 0.05, 0.9940),
    ],
)
def test_counts_alone_give_the_published_figures(hit: float, false_alarm: float, chance: float) -> None:
    assert round(exactly(TWO_STAGES, hit, false_alarm).passed, 4) == chance


@pytest.mark.parametrize(
    ("hit", "false_alarm", "chance", "digits"),
    [(0.9, 0.1, 0.868, 3), (0.95, 0.25, 0.40, 2), (0.95, 0.4, 0.065, 3), (0.7, 0.2, 0.147, 3)],
)
def test_one_stage_gives_the_figures_it_had(hit: float, false_alarm: float, chance: float, digits: int) -> None:
    assert round(exactly(ONE_STAGE, hit, false_alarm).passed, digits) == chance


@pytest.mark.parametrize("is_strict", [False, True])
def test_it_agrees_with_counting_every_outcome(is_strict: bool) -> None:
    """Six scenes, of which one to three and then one are to report: each of all answers, by hand."""
    hit, alarm = Fraction(7, 10), Fraction(1, 5)
    most_alarms = 0 if is_strict else 1
    passed = sent_on = Fraction(0)
    for concerns in (1, 2, 3):
        truths = [True] * concerns + [False] * (4 - concerns) + [True, False]
        for answers in product((True, False), repeat=6):
            chance = Fraction(1, 3)
            for truth, is_report in zip(truths, answers, strict=True):
                rate = hit if truth else alarm
                chance *= rate if is_report else 1 - rate
            wrong = [
                (sum(t and not a for t, a in part), sum(a and not t for t, a in part))
                for part in (list(zip(truths, answers, strict=True))[:4], list(zip(truths, answers, strict=True)))
            ]
            if wrong[0] == (0, 0):
                passed += chance
            elif wrong[0][0] <= 1 and wrong[0][1] <= most_alarms:
                sent_on += chance
                passed += chance * (wrong[1][0] <= 1 and wrong[1][1] <= most_alarms)
    found = exactly(TINY, 0.7, 0.2, is_strict=is_strict)
    assert found.passed == pytest.approx(float(passed), abs=1e-12)
    assert found.sent_on == pytest.approx(float(sent_on), abs=1e-12)


def in_closed_form(hit: float, false_alarm: float, most_alarms: tuple[int, int]) -> float:
    """Return the chance to pass the real rule, with its numbers written out and no rule asked."""

    def at_most(most: int, of: int, share: float) -> float:
        return sum(comb(of, k) * share**k * (1 - share) ** (of - k) for k in range(most + 1)) if most >= 0 else 0.0

    def exact(number: int, of: int, share: float) -> float:
        return comb(of, number) * share**number * (1 - share) ** (of - number)

    total = 0.0
    for concerns, more in product((15, 16, 17), (7, 8, 9)):
        for missed, alarms in product(range(6), range(most_alarms[1] + 1)):
            chance = exact(missed, concerns, 1 - hit) * exact(alarms, 32 - concerns, false_alarm)
            if missed > 2 or alarms > most_alarms[0]:
                chance *= at_most(5 - missed, more, 1 - hit) * at_most(most_alarms[1] - alarms, 16 - more, false_alarm)
            total += chance
    return total / 9


@pytest.mark.parametrize("learner", LEARNERS, ids=lambda one: one.name)
def test_it_agrees_with_the_rule_written_out(learner: Learner) -> None:
    for is_strict, most_alarms in ((False, (2, 4)), (True, (1, 3))):
        found = exactly(TWO_STAGES, learner.hit, learner.false_alarm, is_strict=is_strict)
        assert isclose(found.passed, in_closed_form(learner.hit, learner.false_alarm, most_alarms), abs_tol=1e-12)


def holds(found: float, expected: float, people: int) -> bool:
    """Return True within five standard deviations of a binomial."""
    return abs(found - expected) <= 5 * sqrt(expected * (1 - expected) / people) + 1e-12


@pytest.mark.parametrize("learner", LEARNERS[1:6], ids=lambda one: one.name)
def test_simulating_counts_alone_agrees_with_the_exact_chances(learner: Learner) -> None:
    people = 300
    rule = FinalRule(
        tuple(Stage(stage.scenes, stage.fewest_to_report, stage.most_to_report, 0) for stage in TWO_STAGES.stages),
        TWO_STAGES.first_try,
        TWO_STAGES.later_tries,
    )
    found = simulate(rule, judge_by(learner, ALIKE), bank_draw(96, 0), random.Random(learner.name), people=people)
    one = exactly(rule, learner.hit, learner.false_alarm)
    later = exactly(rule, learner.hit, learner.false_alarm, is_strict=True).passed
    assert holds(found.in_one, one.passed, people)
    assert holds(found.in_round, 1 - (1 - one.passed) * (1 - later) ** 2, people)
    assert holds(found.in_two_rounds, 1 - (1 - one.passed) * (1 - later) ** 5, people)
    assert holds(found.sent_on, one.sent_on, people)
    assert found.scenes == pytest.approx(32 + 16 * found.sent_on)


def test_the_second_round_is_as_strict_as_later_tries() -> None:
    """Three tries report nothing; then every report is right but one, which passes only where one may be wrong."""
    rule = FinalRule((Stage(4, 2, 2, 0),), (Bounds(0, 1, 0, 0, 0),), (Bounds(0, 0, 0, 0, 0),))
    said = [False] * 12 + [True, True, True, False] * 3
    answers = iter(said)
    found = simulate(
        rule,
        lambda _scene, _rng: SimulatedAnswer(next(answers), True, False),
        bank_draw(8, 0),
        random.Random(1),
        people=1,
    )
    assert (found.in_round, found.in_two_rounds) == (0, 0)
    answers = iter(said[12:])
    found = simulate(
        rule,
        lambda _scene, _rng: SimulatedAnswer(next(answers), True, False),
        bank_draw(8, 0),
        random.Random(1),
        people=1,
    )
    assert found.in_one == 1


@pytest.mark.parametrize("learner", LEARNERS[-2:], ids=lambda one: one.name)
def test_who_reports_everything_or_nothing_never_passes(learner: Learner) -> None:
    assert learner.hit == learner.false_alarm
    found = simulate(TWO_STAGES, judge_by(learner, SPREAD), DRAW, random.Random(1), people=20)
    assert found == Characteristic(20, 0, 0, 0, 0, 32)


def test_a_draw_shows_danger_and_truth_as_the_stage_says_and_no_pair_twice() -> None:
    sizes = set()
    for seed in range(200):
        rng, met = random.Random(seed), list[DrawnScene]()
        for stage in TWO_STAGES.stages * 2:
            drawn = DRAW(stage, met, rng)
            met += drawn
            concerns = sum(scene.is_concern for scene in drawn)
            sizes.add((stage.scenes, concerns))
            assert len(drawn) == stage.scenes
            assert sum(scene.is_danger for scene in drawn) == stage.danger_now
            assert sum(scene.pair < 24 for scene in drawn if isinstance(scene.pair, int)) == 2 * stage.danger_now
            assert all(scene.is_concern for scene in drawn if scene.is_danger)
        assert len({scene.pair for scene in met}) == 96
        again = DRAW(TWO_STAGES.stages[0], met, rng)
        # What was met longest ago comes again first: of the 24 pairs of danger the first 8, of the others the first 24.
        assert {scene.pair for scene in again} == {scene.pair for scene in met[:32]}
    assert sizes == {(32, 15), (32, 16), (32, 17), (16, 7), (16, 8), (16, 9)}


def test_a_bank_that_is_too_small_is_refused() -> None:
    for pairs, danger_pairs in ((31, 8), (40, 7)):
        with pytest.raises(ValueError, match="too few"):
            bank_draw(pairs, danger_pairs)(TWO_STAGES.stages[0], [], random.Random(1))


@pytest.mark.parametrize(("rate", "is_concern"), [(0.9, True), (0.7, True), (0.25, False), (0.1, False)])
def test_rates_hold_on_average_over_the_bank(rate: float, is_concern: bool) -> None:
    rng = random.Random(11)
    judge = judge_by(Learner("", rate, rate), SPREAD)
    found = [judge(DrawnScene(pair, is_concern, False), rng).is_report for pair in range(96) for _time in range(400)]
    assert fmean(found) == pytest.approx(rate, abs=0.01)
    assert fmean(SPREAD.values()) == pytest.approx(0, abs=1e-12)
    assert sqrt(fmean(effect**2 for effect in SPREAD.values())) == pytest.approx(operating.PAIR_SPREAD)
    pair = max(SPREAD, key=lambda one: SPREAD[one])
    most = fmean(judge(DrawnScene(pair, is_concern, False), rng).is_report for _time in range(4000))
    expected = NORMAL.cdf(NORMAL.inv_cdf(rate) * sqrt(1.25) + SPREAD[pair])
    assert most == pytest.approx(expected, abs=0.04)


def test_first_steps_go_wrong_and_do_harm_as_often_as_they_should() -> None:
    rng, judge = random.Random(12), judge_by(COMPETENT, ALIKE)
    said = [judge(DrawnScene(0, False, False), rng) for _time in range(20_000)]
    assert fmean(one.is_good_step for one in said) == pytest.approx(0.95, abs=0.008)
    assert fmean(one.is_harmful for one in said) == pytest.approx(0.01, abs=0.004)
    assert not any(one.is_harmful and one.is_good_step for one in said)
    assert fmean(one.is_report for one in said) == pytest.approx(0.1, abs=0.011)
    danger = [judge(DrawnScene(0, True, True), rng) for _time in range(20_000)]
    assert not any(one.is_good_step and not one.is_report for one in danger)
    assert fmean(one.is_good_step for one in danger) == pytest.approx(0.9 * 0.95, abs=0.013)


def test_scenes_are_counted() -> None:
    danger, concern, innocent = DrawnScene(1, True, True), DrawnScene(2, True, False), DrawnScene(3, False, False)
    report, rest = SimulatedAnswer(True, True, False), SimulatedAnswer(False, True, False)
    scenes = [danger, danger, danger, concern, concern, innocent, innocent]
    said = [report, rest, SimulatedAnswer(True, False, True), report, rest, report, SimulatedAnswer(False, False, True)]
    assert count_scenes(scenes, said) == FinalCounts(7, 2, 1, 2, 2, 5)


@pytest.mark.parametrize(
    ("target", "is_missed"),
    [
        (Target(), False),
        (Target(at_least=0.3, at_most=0.3, in_round_at_most=0.5), False),
        (Target(at_least=0.328), False),
        (Target(at_least=0.33), True),
        (Target(at_most=0.272), False),
        (Target(at_most=0.27), True),
        (Target(in_round_at_most=0.469), False),
        (Target(in_round_at_most=0.468), True),
    ],
)
def test_a_target_is_missed_beyond_two_standard_errors(target: Target, is_missed: bool) -> None:
    assert Characteristic(1000, 0.3, 0.5, 0.7, 0.4, 38).misses(target) is is_missed
    assert Characteristic(1000, 0.3, 0.5, 0.7, 0.4, 38).error == pytest.approx(0.01449, abs=1e-5)


def test_people_of_all_kinds_are_spread_as_they_should_be() -> None:
    """4,000 people, within five standard errors; cutting d′ at 0 takes 3 in 1,000 away, and shifts little."""
    people = list(islice(people_of_all_kinds(random.Random(13)), 4000))
    z = [(NORMAL.inv_cdf(one.hit), NORMAL.inv_cdf(one.false_alarm)) for one in people]
    sensitivity, bias = [hit - alarm for hit, alarm in z], [-(hit + alarm) / 2 for hit, alarm in z]
    assert min(sensitivity) > 0
    assert fmean(sensitivity) == pytest.approx(2.207, abs=0.063)
    assert stdev(sensitivity) == pytest.approx(0.79, abs=0.045)
    assert sum(one < 0.6 for one in sensitivity) == pytest.approx(4000 * 0.02, abs=45)
    assert fmean(bias) == pytest.approx(-0.1, abs=0.032)
    assert stdev(bias) == pytest.approx(0.4, abs=0.023)
    assert {(one.good_steps, one.harmful_steps) for one in people} == {(0.95, 0.01)}


def kappa_in_closed_form(rule: FinalRule) -> float:
    """Return κ by counts alone: d′ from N(2.2, .8) above 0 and c from N(−.1, .4) on a grid of equal chances."""
    abilities, leanings, points = NormalDist(2.2, 0.8), NormalDist(-0.1, 0.4), 14
    below = abilities.cdf(0)
    chances = []
    for i, j in product(range(points), repeat=2):
        sensitivity = abilities.inv_cdf(below + (1 - below) * (i + 0.5) / points)
        bias = leanings.inv_cdf((j + 0.5) / points)
        chances.append(exactly(rule, NORMAL.cdf(sensitivity / 2 - bias), NORMAL.cdf(-sensitivity / 2 - bias)).passed)
    mean = fmean(chances)
    return (fmean(chance**2 for chance in chances) - mean**2) / (mean - mean**2)


def test_the_same_verdict_on_a_parallel_form_had_the_figure_it_had() -> None:
    assert round(kappa_in_closed_form(ONE_STAGE), 2) == 0.46
    assert kappa_in_closed_form(ONE_STAGE) < KAPPA_AT_LEAST


@pytest.mark.nightly
def test_simulated_agreement_is_that_of_the_grid() -> None:
    found = agreement(ONE_STAGE, DRAW, ALIKE, random.Random(2), people=20_000)
    assert found is not None
    assert found.kappa == pytest.approx(kappa_in_closed_form(ONE_STAGE), abs=5 * found.error)


def test_an_agreement_has_the_error_that_was_worked_by_hand() -> None:
    """Of 100: both 40, once 10 and 10, never 40: pₒ = .8, pₑ = .5, κ = .6, error √(.8 × .2 / 100) / .5 = .08."""
    agreed = Agreement.of(40, 10, 10, 40)
    assert agreed is not None
    assert (agreed.same, agreed.people) == (0.8, 100)
    assert agreed.kappa == pytest.approx(0.6)
    assert agreed.error == pytest.approx(0.08)
    assert Agreement.of(0, 0, 0, 9) is None


def test_a_table_has_a_line_for_each_learner() -> None:
    lines, again = (table(RULES, DRAW, SPREAD, random.Random(5), people=20).splitlines() for _time in range(2))
    assert lines == again
    assert sum(line == f"{name} (20 simulated people each)" for line in lines for name in RULES) == len(RULES)
    assert sum(line.startswith(learner.name) for line in lines for learner in LEARNERS) == len(RULES) * len(LEARNERS)
    assert sum("κ 0." in line for line in lines) == len(RULES)
    assert " 0.8996 " in next(line for line in lines if line.startswith("competent"))
    assert lines[1].split() == ["counts", "1", "try", "±", "1", "round", "2", "rounds", "sent", "on", "scenes"]


def test_a_table_stars_what_misses_its_target() -> None:
    nobody = replace(TWO_STAGES, first_try=(replace(TWO_STAGES.first_try[0], missed_at_most=-1),) * 2)
    lines = table({"": nobody}, DRAW, SPREAD, random.Random(5), people=2).splitlines()
    assert [line[:9] for line in lines if line.endswith("*")] == ["competent"]
    assert "κ can’t be told" in lines[-1]
