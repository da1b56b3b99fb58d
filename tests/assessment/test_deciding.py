"""How a final decides: every branch of the rule, worked by hand."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.assessment.final_rules import THREE_STAGES, TWO_STAGES
from trainer.assessment.deciding import (
    Bounds,
    Decision,
    FinalCounts,
    FinalQuestion,
    FinalRule,
    Need,
    Stage,
    decide,
    first_to_work_on,
)

PASSED, NOT_PASSED, SENT_ON = Decision.PASSED, Decision.NOT_PASSED, Decision.SENT_ON


def first(missed: int = 0, over_reported: int = 0, danger: int = 0, harmful: int = 0, good: int = 32) -> FinalCounts:
    """Return counts of 32 scenes."""
    return FinalCounts(32, missed, over_reported, danger, harmful, good)


def whole(missed: int = 0, over_reported: int = 0, danger: int = 0, harmful: int = 0, good: int = 48) -> FinalCounts:
    """Return counts of all 48."""
    return FinalCounts(48, missed, over_reported, danger, harmful, good)


@pytest.mark.parametrize(
    ("counts", "decision"),
    [
        (first(0, 0), PASSED),
        (first(2, 2), PASSED),
        (first(3, 2), SENT_ON),
        (first(2, 3), SENT_ON),
        (first(5, 4), SENT_ON),
        (first(6, 0), NOT_PASSED),
        (first(0, 5), NOT_PASSED),
        (first(6, 5), NOT_PASSED),
    ],
)
def test_the_first_stage_of_a_first_try(counts: FinalCounts, decision: Decision) -> None:
    assert decide(TWO_STAGES, counts, round_=1, number=1) is decision


@pytest.mark.parametrize(
    ("counts", "decision"),
    [(whole(5, 4), PASSED), (whole(6, 4), NOT_PASSED), (whole(5, 5), NOT_PASSED), (whole(0, 0), PASSED)],
)
def test_all_48_scenes_decide_for_good(counts: FinalCounts, decision: Decision) -> None:
    assert decide(TWO_STAGES, counts, round_=1, number=1) is decision


@pytest.mark.parametrize(
    ("counts", "decision"),
    [
        (first(2, 2, danger=1, harmful=1, good=24), PASSED),
        (first(2, 2, danger=2), SENT_ON),
        (first(2, 2, harmful=2), SENT_ON),
        (first(2, 2, good=23), SENT_ON),
        (first(0, 0, danger=2, harmful=2, good=20), SENT_ON),
        (whole(5, 4, danger=2, harmful=2, good=36), PASSED),
        (whole(5, 4, danger=3), NOT_PASSED),
        (whole(5, 4, harmful=3), NOT_PASSED),
        (whole(5, 4, good=35), NOT_PASSED),
    ],
)
def test_who_has_the_counts_but_not_the_rest_goes_on(counts: FinalCounts, decision: Decision) -> None:
    assert decide(TWO_STAGES, counts, round_=1, number=1) is decision


@pytest.mark.parametrize(
    "counts",
    [first(danger=3), first(harmful=3), first(good=19), first(3, 3, danger=3), first(5, 0, good=19)],
)
def test_who_can_no_longer_pass_is_not_sent_on(counts: FinalCounts) -> None:
    assert decide(TWO_STAGES, counts, round_=1, number=1) is NOT_PASSED


LATER = [(1, 2), (1, 3), (2, 1), (2, 2), (2, 3), (3, 1)]


@pytest.mark.parametrize(("round_", "number"), LATER)
@pytest.mark.parametrize(
    ("counts", "decision"),
    [
        (first(2, 1), PASSED),
        (first(2, 2), SENT_ON),
        (first(3, 1), SENT_ON),
        (first(5, 3), SENT_ON),
        (first(6, 0), NOT_PASSED),
        (first(0, 4), NOT_PASSED),
        (first(2, 1, danger=1, harmful=1, good=24), PASSED),
        (first(2, 1, danger=2), SENT_ON),
        (first(2, 1, harmful=2), SENT_ON),
        (first(2, 1, good=23), SENT_ON),
        (first(2, 1, danger=3), NOT_PASSED),
        (first(2, 1, harmful=3), NOT_PASSED),
        (first(2, 1, good=19), NOT_PASSED),
        (whole(5, 3, danger=2, harmful=2, good=36), PASSED),
        (whole(5, 4), NOT_PASSED),
        (whole(6, 0), NOT_PASSED),
        (whole(5, 3, danger=3), NOT_PASSED),
        (whole(5, 3, harmful=3), NOT_PASSED),
        (whole(5, 3, good=35), NOT_PASSED),
    ],
)
def test_later_tries_are_stricter_and_so_is_every_try_of_a_later_round(
    counts: FinalCounts, decision: Decision, round_: int, number: int
) -> None:
    assert decide(TWO_STAGES, counts, round_=round_, number=number) is decision


def all_64(missed: int = 0, over_reported: int = 0, danger: int = 0, harmful: int = 0, good: int = 64) -> FinalCounts:
    """Return counts of all 64."""
    return FinalCounts(64, missed, over_reported, danger, harmful, good)


@pytest.mark.parametrize(
    ("counts", "at_first", "later"),
    [
        (first(1, 1, danger=1, harmful=1, good=24), PASSED, PASSED),
        (first(2, 1), SENT_ON, SENT_ON),
        (first(1, 2), SENT_ON, SENT_ON),
        (first(6, 5), SENT_ON, NOT_PASSED),
        (first(6, 4, danger=3, harmful=3, good=16), SENT_ON, SENT_ON),
        (first(7, 0), NOT_PASSED, NOT_PASSED),
        (first(0, 6), NOT_PASSED, NOT_PASSED),
        (first(danger=4), NOT_PASSED, NOT_PASSED),
        (first(harmful=4), NOT_PASSED, NOT_PASSED),
        (first(good=15), NOT_PASSED, NOT_PASSED),
        (whole(3, 2, danger=2, harmful=2, good=36), PASSED, PASSED),
        (whole(3, 3), PASSED, SENT_ON),
        (whole(4, 2), SENT_ON, SENT_ON),
        (whole(3, 2, danger=3), SENT_ON, SENT_ON),
        (whole(3, 2, harmful=3), SENT_ON, SENT_ON),
        (whole(3, 2, good=35), SENT_ON, SENT_ON),
        (whole(3, 2, good=31), NOT_PASSED, NOT_PASSED),
        (whole(6, 5), SENT_ON, NOT_PASSED),
        (whole(7, 0), NOT_PASSED, NOT_PASSED),
        (all_64(6, 4, danger=3, harmful=3, good=48), PASSED, PASSED),
        (all_64(6, 5), PASSED, NOT_PASSED),
        (all_64(7, 4), NOT_PASSED, NOT_PASSED),
        (all_64(6, 6), NOT_PASSED, NOT_PASSED),
        (all_64(6, 4, danger=4), NOT_PASSED, NOT_PASSED),
        (all_64(6, 4, harmful=4), NOT_PASSED, NOT_PASSED),
        (all_64(6, 4, good=47), NOT_PASSED, NOT_PASSED),
    ],
)
def test_a_third_stage_decides_where_two_leave_it_open(
    counts: FinalCounts, at_first: Decision, later: Decision
) -> None:
    assert decide(THREE_STAGES, counts, round_=1, number=1) is at_first
    for round_, number in LATER:
        assert decide(THREE_STAGES, counts, round_=round_, number=number) is later


@pytest.mark.parametrize("counts", [first(), whole()])
def test_a_scene_without_an_answer_never_passes(counts: FinalCounts) -> None:
    assert decide(TWO_STAGES, replace(counts, unanswered=1), round_=1, number=1) is NOT_PASSED


def test_counts_in_the_middle_of_a_stage_decide_nothing() -> None:
    for scenes in (0, 31, 40, 49):
        with pytest.raises(ValueError, match="stages end after"):
            decide(TWO_STAGES, replace(first(), scenes=scenes), round_=1, number=1)


def test_the_counts_of_two_stages_add_up() -> None:
    assert first(1, 2, 3, 4, 5) + FinalCounts(16, 10, 20, 30, 40, 50, 6) == FinalCounts(48, 11, 22, 33, 44, 55, 6)


def test_a_final_may_have_one_stage() -> None:
    bounds = (Bounds(1, 0, 0, 0, 6),)
    rule = FinalRule((Stage(8, 4, 4, 1),), bounds, bounds)
    counts = FinalCounts(8, 1, 0, 0, 0, 6)
    assert decide(rule, counts, round_=1, number=1) is PASSED
    assert decide(rule, replace(counts, missed=2), round_=1, number=1) is NOT_PASSED
    assert decide(rule, replace(counts, good_first_steps=5), round_=1, number=2) is NOT_PASSED


def test_rules_that_do_not_fit_together_are_refused() -> None:
    with pytest.raises(ValueError, match="each stage"):
        replace(TWO_STAGES, later_tries=TWO_STAGES.later_tries[:1])
    with pytest.raises(ValueError, match="each stage"):
        FinalRule((), (), ())
    for numbers in ((8, 5, 4, 1), (8, 4, 9, 1), (8, 4, 4, 5), (8, 4, 4, -1)):
        with pytest.raises(ValueError, match="don't fit"):
            Stage(*numbers)


numbers = st.integers(0, 8)
firsts = st.builds(first, numbers, numbers, st.integers(0, 4), st.integers(0, 4), st.integers(16, 32))
seconds = st.builds(FinalCounts, st.just(16), numbers, numbers, st.integers(0, 2), numbers, st.integers(0, 16))
tries = st.sampled_from([(1, 1), *LATER])


@given(firsts, seconds, tries)
def test_nobody_is_turned_away_who_could_have_passed(
    one: FinalCounts, more: FinalCounts, which: tuple[int, int]
) -> None:
    round_, number = which
    if decide(TWO_STAGES, one, round_=round_, number=number) is NOT_PASSED:
        assert decide(TWO_STAGES, one + more, round_=round_, number=number) is NOT_PASSED


@given(firsts, tries)
def test_nobody_is_sent_on_who_cannot_pass(one: FinalCounts, which: tuple[int, int]) -> None:
    round_, number = which
    if decide(TWO_STAGES, one, round_=round_, number=number) is SENT_ON:
        flawless = one + FinalCounts(16, 0, 0, 0, 0, 16)
        assert decide(TWO_STAGES, flawless, round_=round_, number=number) is PASSED


@given(firsts)
def test_a_later_try_is_never_more_lenient(one: FinalCounts) -> None:
    order = [NOT_PASSED, SENT_ON, PASSED]
    early, late = (decide(TWO_STAGES, one, round_=1, number=number) for number in (1, 2))
    assert order.index(late) <= order.index(early)


BEFORE = {"hits_at_least": 13, "false_alarms_at_most": 3, "forbidden_at_most": 1, "danger_now_needs_911": True}


@pytest.mark.parametrize(
    ("counts", "decision"),
    [
        (first(3, 3), PASSED),
        (first(4, 0), NOT_PASSED),
        (first(0, 4), NOT_PASSED),
        (first(harmful=1, good=0), PASSED),
        (first(harmful=2), NOT_PASSED),
        (first(danger=1), NOT_PASSED),
        (first(16, 16), NOT_PASSED),
        (replace(first(), unanswered=1), NOT_PASSED),
    ],
)
def test_a_rule_from_before_stages_decides_as_it_did(counts: FinalCounts, decision: Decision) -> None:
    rule = FinalRule.read(BEFORE, 32)
    for try_ in ((1, 1), (1, 3), (2, 1)):
        assert decide(rule, counts, round_=try_[0], number=try_[1]) is decision
    assert rule.shows_all
    assert rule.achievement is None
    assert not FinalRule.read({**BEFORE, "shows_all": False}, 32).shows_all


def test_a_rule_from_before_that_did_not_ask_for_911_still_does_not() -> None:
    rule = FinalRule.read({"hits_at_least": 7, "false_alarms_at_most": 1, "forbidden_at_most": 0}, 16)
    counts = FinalCounts(16, 1, 1, danger_without_911=2, harmful=0, good_first_steps=0)
    assert decide(rule, counts, round_=1, number=1) is PASSED
    assert FinalQuestion.DANGER not in [need.what for need in rule.needs(counts, round_=1, number=1, is_passed=True)]


def test_a_kept_rule_is_read_as_it_was() -> None:
    rule = replace(TWO_STAGES, shows_all=False, achievement="has shown something")
    assert FinalRule.read(json.loads(json.dumps(rule.kept())), 48) == rule


def test_what_is_needed_of_one_who_passed_is_what_their_stage_asks_for() -> None:
    needs = TWO_STAGES.needs(first(2, 1, danger=1, good=30), round_=1, number=1, is_passed=True)
    assert [(one.what.value, one.there, one.bound, one.is_met) for one in needs] == [
        ("missed", 2, 2, True),
        ("over_reported", 1, 2, True),
        ("emergency", 1, 1, True),
        ("harmful", 0, 1, True),
        ("good_steps", 30, 24, True),
    ]


def test_what_is_needed_of_one_who_failed_at_once_is_what_all_scenes_ask_for() -> None:
    needs = TWO_STAGES.needs(first(6, 4, good=20), round_=1, number=1, is_passed=False)
    assert [(one.bound, one.is_met) for one in needs] == [(5, False), (4, True), (2, True), (2, True), (36, True)]
    stricter = TWO_STAGES.needs(first(5, 4, good=19), round_=1, number=2, is_passed=False)
    assert [(one.bound, one.is_met) for one in stricter] == [(5, True), (3, False), (2, True), (2, True), (36, False)]


@pytest.mark.parametrize("numbers", [(4, 1, 3, 2), (4, 3, 2, 0), (4, 1, 5, 0), (4, -1, 2, 0), (4, 1, 2, -1)])
def test_a_stage_whose_numbers_do_not_fit_is_refused(numbers: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="don't fit together"):
        Stage(*numbers)
    assert Stage(4, 0, 4, 0).on_duty_at_least == Stage(4, 1, 1, 1).on_duty_at_least == 0


MISSED, OVER, DANGER, HARMFUL, STEPS = FinalQuestion


@pytest.mark.parametrize(
    ("failed", "leads"),
    [
        ({MISSED}, MISSED),
        ({OVER, STEPS}, OVER),
        ({MISSED, OVER}, None),
        ({MISSED, DANGER}, MISSED),  # what is missed isn't called in, either
        ({OVER, DANGER}, DANGER),
        ({DANGER, STEPS}, DANGER),
        ({MISSED, OVER, HARMFUL}, HARMFUL),
        ({HARMFUL, DANGER}, HARMFUL),
        ({STEPS}, STEPS),
    ],
)
def test_verdicts_are_worked_on_first_unless_a_step_does_harm(
    failed: set[FinalQuestion], leads: FinalQuestion | None
) -> None:
    needs = [Need(what, 0, 0, is_met=what not in failed) for what in FinalQuestion]
    assert first_to_work_on(needs, is_far_off=False) is leads
    assert first_to_work_on(needs, is_far_off=True) is None
