"""Drawing, scoring, passing and trying again."""

from __future__ import annotations

import datetime as dt
import random

from hypothesis import given
from hypothesis import strategies as st

from trainer.assessment import rules
from trainer.assessment.deciding import FinalCounts, FinalQuestion
from trainer.assessment.rules import FailedTry, RightOf, Tally, TryDecision
from trainer.content.curriculum import RetryRule
from trainer.content.schema import Grade
from trainer.items.judge.payload import Judged, Outcome

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
RETRY = RetryRule(tries=3, wait_before_try=3, wait_days=7)

judgements = st.lists(
    st.builds(
        Judged, st.sampled_from([*Outcome, None]), st.booleans(), st.sampled_from([None, "follow"]), st.booleans()
    )
)


@given(judgements)
def test_counts_add_up(scenes: list[Judged]) -> None:
    tally = rules.count(scenes)
    assert tally.answered + tally.unanswered == len(scenes)
    assert tally.concerns + tally.innocents == tally.answered
    assert tally.certain_and_wrong <= tally.certain <= tally.answered
    assert Tally(**tally.as_dict()) == tally


def test_a_rule_is_asked_with_all_that_was_counted() -> None:
    tally = Tally(5, 2, 1, 6, 3, 4, 8, 0, 0, danger_missed=1)
    assert tally.counts == FinalCounts(17, 2, 1, 1, 4, 8, unanswered=3)


def test_being_certain_is_counted_and_so_is_being_certain_and_wrong() -> None:
    sure = [Judged(one, True, Grade.BEST) for one in (Outcome.HIT, Outcome.MISS, Outcome.FALSE_ALARM, Outcome.HIT)]
    tally = rules.count([*sure, Judged(Outcome.MISS, False, Grade.BEST), Judged(None, True, None)])
    assert (tally.certain, tally.certain_and_wrong) == (4, 2)


def test_right_are_those_caught_and_those_left_alone() -> None:
    right = RightOf.of(Tally(5, 2, 1, 6, 3, 0, 8, 0, 0))
    assert (right.right, right.answered) == (11, 14)


def failed_tries(number: int, at: dt.datetime = NOW, lessons: tuple[str, ...] = ("m/one",)) -> list[FailedTry]:
    """Return failed tries, as many to a round as the rule has."""
    return [FailedTry(1 + one // RETRY.tries, 1 + one % RETRY.tries, at, lessons) for one in range(number)]


def test_the_first_tries_are_open_and_the_third_waits_and_reads() -> None:
    failed = [FailedTry(1, 1, NOW, ("m/one",)), FailedTry(1, 2, NOW, ("m/one", "m/two"))]
    assert rules.decide_try(RETRY, [], {}, (), NOW) == TryDecision(True, 1, 1)
    assert rules.decide_try(RETRY, failed[:1], {}, (), NOW) == TryDecision(True, 1, 2)
    waits = rules.decide_try(RETRY, failed, {"m/one": NOW}, (), NOW)
    assert waits == TryDecision(False, 1, 3, NOW + dt.timedelta(days=7), ("m/one", "m/two"))
    later = NOW + dt.timedelta(days=7)
    assert not rules.decide_try(RETRY, failed, {"m/one": later}, (), later).is_allowed
    assert rules.decide_try(RETRY, failed, {"m/one": later, "m/two": later}, (), later).is_allowed
    just_before = later - dt.timedelta(seconds=1)
    assert not rules.decide_try(RETRY, failed, {"m/one": later, "m/two": later}, (), just_before).is_allowed


def test_after_the_last_try_a_new_round_opens_a_month_later_with_the_lessons_read_again() -> None:
    failed, opens_at = failed_tries(RETRY.tries), NOW + dt.timedelta(days=30)
    waits = rules.decide_try(RETRY, failed, {}, (), NOW)
    assert waits == TryDecision(False, 2, 1, opens_at, ("m/one",))
    assert waits.begins_round
    just_before = opens_at - dt.timedelta(seconds=1)
    assert not rules.decide_try(RETRY, failed, {"m/one": just_before}, (), just_before).is_allowed
    assert rules.decide_try(RETRY, failed, {}, (), opens_at) == TryDecision(False, 2, 1, None, ("m/one",))
    assert rules.decide_try(RETRY, failed, {"m/one": opens_at}, (), opens_at) == TryDecision(True, 2, 1)


def test_a_round_that_was_granted_is_open_at_once_and_only_that_one() -> None:
    failed = failed_tries(RETRY.tries)
    assert rules.decide_try(RETRY, failed, {}, {2}, NOW) == TryDecision(True, 2, 1)
    assert not rules.decide_try(RETRY, failed, {}, {3}, NOW).is_allowed
    assert rules.decide_try(RETRY, failed_tries(4), {}, {2}, NOW) == TryDecision(True, 2, 2)
    assert not rules.decide_try(RETRY, failed_tries(2 * RETRY.tries), {}, {2}, NOW).is_allowed


@given(st.integers(0, 12), st.integers(0, 60), st.sets(st.integers(2, 6)))
def test_no_history_allows_more_tries_in_a_round_than_the_rule(number: int, days: int, granted: set[int]) -> None:
    at = NOW + dt.timedelta(days=days)
    decision = rules.decide_try(RETRY, failed_tries(number), {"m/one": at}, granted, at)
    assert (decision.round, decision.number) == (1 + number // RETRY.tries, 1 + number % RETRY.tries)
    opens_by_itself = days >= (30 if decision.begins_round else 7)
    if decision.begins_round:
        assert decision.is_allowed == (opens_by_itself or decision.round in granted)


def test_lessons_are_named_for_what_went_wrong_most_needed_first() -> None:
    wrong = Judged(Outcome.MISS, False, Grade.BEST)
    right = Judged(Outcome.HIT, False, Grade.BEST)
    harmful = Judged(Outcome.HIT, False, Grade.HARMFUL)
    both, other = ["A1", "C1"], ["C1"]
    taught = {"A1": ["m/one"], "C1": ["m/two", "m/three"]}
    assert rules.lessons_for([(both, right)], taught) == []
    assert rules.lessons_for([(both, wrong), (other, harmful)], taught) == ["m/two", "m/three", "m/one"]
    assert rules.lessons_for([(both, wrong)], taught, most=1) == ["m/one"]
    assert rules.lessons_for([(both, wrong)], {}) == []


def test_wrong_first_steps_lead_to_the_lesson_on_steps_whatever_else_went_wrong() -> None:
    harmful = Judged(Outcome.HIT, False, Grade.HARMFUL)
    uncalled = Judged(Outcome.HIT, False, Grade.FINE, is_danger_missed=True)
    missed = Judged(Outcome.MISS, False, Grade.BEST)
    taught = {"A1": ["m/one", "m/two", "m/three"]}
    assert rules.lessons_for([(["A1"], harmful)] * 24, taught, "m/steps") == ["m/steps"]
    assert rules.lessons_for([(["A1"], uncalled)], taught, "m/steps") == ["m/steps"]
    both = [(["A1"], missed), (["A1"], missed), (["A1"], harmful)]
    assert rules.lessons_for(both, taught, "m/steps") == ["m/one", "m/two", "m/steps"]
    assert rules.lessons_for([(["A1"], missed)], taught, "m/steps") == ["m/one", "m/two", "m/three"]


def test_a_bar_of_verdicts_that_failed_leads_to_what_teaches_these_verdicts() -> None:
    missed, over = (Judged(one, False, Grade.BEST) for one in (Outcome.MISS, Outcome.FALSE_ALARM))
    harmful = Judged(Outcome.HIT, False, Grade.HARMFUL)
    taught = {"A1": ["m/one"], "C1": ["m/two"], "F1": ["m/steps"]}
    judged = [(["A1"], missed), (["C1"], over), (["C1"], over), *[(["F1"], harmful)] * 9]

    def named(first: FinalQuestion | None) -> list[str]:
        return rules.lessons_for(judged, taught, "m/steps", first)

    assert named(FinalQuestion.MISSED) == ["m/one", "m/two", "m/steps"]
    assert named(FinalQuestion.OVER_REPORTED) == named(None) == ["m/two", "m/one", "m/steps"]
    for steps in (FinalQuestion.HARMFUL, FinalQuestion.DANGER, FinalQuestion.GOOD_STEPS):
        assert named(steps) == ["m/steps", "m/two", "m/one"]


further = st.lists(
    st.tuples(st.integers(0, 9), st.sampled_from(["single", "multiple", "marks"])), unique=True, max_size=30
).map(lambda found: [f"scene-{number}/{kind}" for number, kind in found])


@given(further, st.integers(0, 12), st.sets(st.integers(0, 29)), st.integers())
def test_questions_come_one_of_a_scene_and_unseen_ones_first(
    drills: list[str], number: int, seen_places: set[int], seed: int
) -> None:
    seen = {drill for place, drill in enumerate(drills) if place in seen_places}
    drawn = rules.draw_drills(drills, number, seen, random.Random(seed))
    scenes = [one.partition("/")[0] for one in drawn]
    assert set(drawn) <= set(drills)
    assert len(set(scenes)) == len(drawn) == min(number, len({one.partition("/")[0] for one in drills}))
    # Nobody sees a question again while a scene has one that is new to them.
    with_new = {one.partition("/")[0] for one in drills if one not in seen}
    assert len(set(drawn) - seen) == min(number, len(with_new))


def test_which_questions_come_and_in_which_order_is_left_to_chance() -> None:
    drills = [f"scene-{number}/single" for number in range(12)]
    drawn = [tuple(rules.draw_drills(drills, 6, drills[:9], random.Random(seed))) for seed in range(30)]
    assert len(set(drawn)) == 30
    assert all(set(drills[9:]) <= set(one) for one in drawn)
    assert {one.index(drills[9]) for one in drawn} == set(range(6))  # a new one stands anywhere


def test_the_number_of_a_canceled_try_is_free() -> None:
    def failed(*numbers: int) -> list[FailedTry]:
        return [FailedTry(1, number, NOW) for number in numbers]

    def next_number(*numbers: int) -> int:
        return rules.decide_try(RETRY, failed(*numbers), {}, (), NOW).number

    assert [next_number(1), next_number(2), next_number(1, 3), next_number(2, 3)] == [2, 1, 2, 1]
    waits = rules.decide_try(RETRY, failed(2, 3), {}, (), NOW)
    assert (waits.is_allowed, waits.opens_at) == (False, NOW + dt.timedelta(days=7))  # it is the third all the same
