"""Who would pass: held against counting every outcome, and against the figures that the rules were chosen by."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainer.content.chances import LEARNERS, Learner, passes_once, passes_within, survives
from trainer.content.checks.courses import LARGEST_CHANCE
from trainer.content.schema import Final, PassRule, RetryRule

COMPETENT = Learner("", 0.9, 0.1)


def final(scenes: int, hits: int, false_alarms: int, tries: int = 3) -> Final:
    rule = PassRule(hits_at_least=hits, false_alarms_at_most=false_alarms, forbidden_at_most=0)
    return Final(
        scenes=scenes, note="-", pass_rule=rule, retry_rule=RetryRule(tries=tries, wait_before_try=3, wait_days=7)
    )


REAL = [final(32, 13, 3), final(16, 7, 1)]


def counted(given: Final, hit: Fraction, false_alarm: Fraction) -> Fraction:
    """Add up the chance of every way to answer every scene that meets the rule."""
    half, total = given.scenes // 2, Fraction(0)
    for answers in product((0, 1), repeat=given.scenes):
        hits, alarms = sum(answers[:half]), sum(answers[half:])
        if hits < given.pass_rule.hits_at_least or alarms > given.pass_rule.false_alarms_at_most:
            continue
        chance = hit**hits * (1 - hit) ** (half - hits)
        total += chance * false_alarm**alarms * (1 - false_alarm) ** (half - alarms)
    return total


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 4), st.integers(0, 5), st.integers(0, 4), st.integers(0, 10), st.integers(0, 10))
def test_it_agrees_with_counting_every_outcome(half: int, hits: int, alarms: int, hit: int, alarm: int) -> None:
    rule = final(2 * half, max(hits, 1), alarms)
    expected = counted(rule, Fraction(hit, 10), Fraction(alarm, 10))
    assert passes_once(rule, Learner("", hit / 10, alarm / 10)) == pytest.approx(float(expected), abs=1e-12)


@given(st.integers(0, 100), st.integers(1, 10))
def test_several_tries_are_so_many_chances(percent: int, tries: int) -> None:
    learner = Learner("", 1.0, percent / 100)
    fails = 1.0
    for _try in range(tries):
        fails *= 1 - passes_once(REAL[0], learner)
    assert passes_within(REAL[0], learner, tries) == pytest.approx(1 - fails, abs=1e-12)


@pytest.mark.parametrize("rule", REAL)
def test_who_reports_everything_or_nothing_never_passes(rule: Final) -> None:
    for learner in LEARNERS[:2]:
        assert learner.hit == learner.false_alarm
        assert passes_within(rule, learner, 10) == 0


@pytest.mark.parametrize(
    ("rule", "learner", "tries", "percent"),
    [
        (final(32, 13, 3), Learner("", 1.0, 0.4), 3, 18),
        (final(32, 13, 3), COMPETENT, 2, 98),
        (final(12, 5, 1), Learner("", 1.0, 0.4), 3, 55),
    ],
)
def test_the_rules_do_what_they_were_chosen_for(rule: Final, learner: Learner, tries: int, percent: int) -> None:
    assert round(passes_within(rule, learner, tries) * 100) == percent


def test_the_one_who_survives_reports_everything_that_counts_and_two_in_five_of_the_rest() -> None:
    for rule in REAL:
        assert survives(rule) == passes_within(rule, Learner("", 1.0, 0.4), 3) <= LARGEST_CHANCE
    assert survives(final(12, 5, 1)) > LARGEST_CHANCE
    assert survives(final(32, 13, 3, tries=1)) < survives(final(32, 13, 3, tries=2))
