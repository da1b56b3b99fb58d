"""Drawing, scoring, passing and trying again."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.assessment import rules
from trainer.assessment.rules import Judged, Kind, Outcome, Pair, Tally
from trainer.courses.schema import PassRule, RetryRule, Truth, Verdict

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
PASS = PassRule(hits_at_least=7, false_alarms_at_most=1, forbidden_at_most=0)
RETRY = RetryRule(tries=3, wait_before_try=3, wait_days=7)

draws = st.builds(
    lambda count, half, seed, seen: (
        [Pair(f"{number}-a", f"{number}-b") for number in range(count)],
        2 * min(half, count // 2),
        {f"{number}-{twin}" for number, twin in seen if number < count},
        random.Random(seed),
    ),
    st.integers(2, 20),
    st.integers(1, 10),
    st.integers(),
    st.sets(st.tuples(st.integers(0, 19), st.sampled_from("ab"))),
)


@given(draws)
def test_a_draw_has_half_of_each_truth_and_one_twin_of_a_pair(
    case: tuple[list[Pair], int, set[str], random.Random],
) -> None:
    pairs, scenes, seen, rng = case
    drawn = rules.draw(pairs, scenes, seen, rng)
    assert len(drawn) == len(set(drawn)) == scenes
    assert len({one[:-2] for one in drawn}) == scenes
    assert sum(one.endswith("-a") for one in drawn) == scenes // 2


@given(draws)
def test_a_draw_shows_as_few_seen_scenes_as_can_be(case: tuple[list[Pair], int, set[str], random.Random]) -> None:
    pairs, scenes, seen, rng = case
    drawn = rules.draw(pairs, scenes, seen, rng)
    shown = len(seen & set(drawn))
    fresh = [(pair.concern not in seen, pair.no_concern not in seen) for pair in pairs]
    assert shown == scenes - _most_unseen(fresh, scenes)


def _most_unseen(fresh: list[tuple[bool, bool]], scenes: int) -> int:
    """Return the best by trying how many pairs give their concern and how many their other scene."""
    best = {(0, 0): 0}
    for concern, other in fresh:
        for (left, right), unseen in list(best.items()):
            for key, gain in (((left + 1, right), concern), ((left, right + 1), other)):
                if max(key) <= scenes // 2 and best.get(key, -1) < unseen + gain:
                    best[key] = unseen + gain
    return best[scenes // 2, scenes // 2]


def test_a_second_draw_of_a_pool_that_is_used_up_shows_the_other_twins() -> None:
    pairs = [Pair(f"{number}-a", f"{number}-b") for number in range(16)]
    first = rules.draw(pairs, 16, (), random.Random(1))
    assert set(first) & set(rules.draw(pairs, 16, first, random.Random(2))) == set()


@pytest.mark.parametrize("seed", range(20))
def test_a_draw_takes_pairs_that_can_show_the_other_twin_before_those_that_cannot(seed: int) -> None:
    pairs = [Pair(f"{number}-a", f"{number}-b") for number in range(4)]
    # Only one scene may be of concern: of pairs 0, 1 and 2 no more than one can show its unseen twin.
    drawn = rules.draw(pairs, 2, {"0-b", "1-b", "2-b", "3-a"}, random.Random(seed))
    assert {one[-1] for one in drawn if one != "3-b"} == {"a"}
    assert "3-b" in drawn


def test_a_draw_from_too_few_pairs_is_refused() -> None:
    with pytest.raises(ValueError, match="4 scenes need as many pairs; there are 3"):
        rules.draw([Pair(f"{number}-a", f"{number}-b") for number in range(3)], 4, (), random.Random(1))


def test_draws_differ_with_chance_and_repeat_with_its_seed() -> None:
    pairs = [Pair(f"{number}-a", f"{number}-b") for number in range(16)]
    drawn = {tuple(rules.draw(pairs, 8, (), random.Random(seed))) for seed in range(40)}
    assert len(drawn) == 40
    assert rules.draw(pairs, 8, (), random.Random(1)) == rules.draw(pairs, 8, (), random.Random(1))


@pytest.mark.parametrize(
    ("truth", "verdict", "outcome"),
    [
        (Truth.CONCERN, Verdict.REPORT_NOW, Outcome.HIT),
        (Truth.CONCERN, Verdict.NOTE_AND_WATCH, Outcome.MISS),
        (Truth.CONCERN, Verdict.NOTHING_TO_REPORT, Outcome.MISS),
        (Truth.NO_CONCERN, Verdict.REPORT_NOW, Outcome.FALSE_ALARM),
        (Truth.NO_CONCERN, Verdict.NOTE_AND_WATCH, Outcome.CORRECT_REJECTION),
        (Truth.NO_CONCERN, Verdict.NOTHING_TO_REPORT, Outcome.CORRECT_REJECTION),
    ],
)
def test_only_report_now_is_a_yes(truth: Truth, verdict: Verdict, outcome: Outcome) -> None:
    assert rules.outcome(truth, verdict) is outcome
    assert outcome.is_right == (outcome in {Outcome.HIT, Outcome.CORRECT_REJECTION})


SCENE: dict[str, Any] = {
    "truth": "concern",
    "rule": "one-strong",
    "actions": [
        {"id": "call", "key": True, "forbidden": None},
        {"id": "follow", "key": False, "forbidden": "follow"},
        {"id": "wait", "key": False, "forbidden": None},
    ],
    "signs": [{"id": "A1"}, {"id": "C1"}],
}


@pytest.mark.parametrize(
    ("said", "judged"),
    [
        (None, Judged(None, False, None, False)),
        ({}, Judged(None, False, None, False)),
        ({"action": "call"}, Judged(None, False, None, True)),
        ({"verdict": "report-now"}, Judged(Outcome.HIT, False, None, False)),
        ({"verdict": "report-now", "confidence": "certain", "action": "call"}, Judged(Outcome.HIT, True, None, True)),
        (
            {"verdict": "note-and-watch", "confidence": "guessing", "action": "follow"},
            Judged(Outcome.MISS, False, "follow", False),
        ),
        ({"verdict": "report-now", "action": "gone"}, Judged(Outcome.HIT, False, None, False)),
    ],
)
def test_a_scene_is_judged_by_what_was_given(said: Mapping[str, str] | None, judged: Judged) -> None:
    assert rules.judge(SCENE, said) == judged


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


def _tally(hits: int, false_alarms: int, *, forbidden: int = 0, unanswered: int = 0) -> Tally:
    return Tally(hits, 8 - hits, false_alarms, 8 - false_alarms, unanswered, forbidden, 16, 0, 0)


@pytest.mark.parametrize(
    ("tally", "is_passed"),
    [
        (_tally(8, 0), True),
        (_tally(7, 1), True),
        (_tally(6, 0), False),
        (_tally(8, 2), False),
        (_tally(8, 0, forbidden=1), False),
        (_tally(8, 0, unanswered=1), False),
        (_tally(8, 8), False),  # reports everything
        (_tally(0, 0), False),  # reports nothing
    ],
)
def test_the_pass_rule_counts_both_kinds_of_errors(tally: Tally, is_passed: bool) -> None:
    assert rules.passes(tally, PASS) is is_passed


def test_guessing_passes_less_than_once_in_a_thousand_finals() -> None:
    rng = random.Random(3)
    passed = sum(
        rules.passes(_tally(sum(rng.random() < 0.5 for _ in range(8)), sum(rng.random() < 0.5 for _ in range(8))), PASS)
        for _ in range(20_000)
    )
    # Exactly: P(7 or 8 of 8) times P(0 or 1 of 8) = (9 / 256) squared = 0.00124 with a fair coin for the verdict
    # alone; the first step, right by chance or harmful, makes it less.
    assert passed / 20_000 < 0.002


def test_the_first_tries_are_open_and_the_third_waits_and_reads() -> None:
    failed = [(NOW, ["m/one"]), (NOW, ["m/one", "m/two"])]
    assert rules.decide_try(RETRY, [], {}, NOW) == rules.TryDecision(True, 1)
    assert rules.decide_try(RETRY, failed[:1], {}, NOW) == rules.TryDecision(True, 2)
    waits = rules.decide_try(RETRY, failed, {"m/one": NOW}, NOW)
    assert waits == rules.TryDecision(False, 3, NOW + dt.timedelta(days=7), ("m/one", "m/two"))
    later = NOW + dt.timedelta(days=7)
    assert not rules.decide_try(RETRY, failed, {"m/one": later}, later).is_allowed
    assert rules.decide_try(RETRY, failed, {"m/one": later, "m/two": later}, later).is_allowed
    just_before = later - dt.timedelta(seconds=1)
    assert not rules.decide_try(RETRY, failed, {"m/one": later, "m/two": later}, just_before).is_allowed


def test_after_the_last_try_there_is_none() -> None:
    decision = rules.decide_try(RETRY, [(NOW, [])] * 3, {}, NOW + dt.timedelta(days=900))
    assert decision == rules.TryDecision(False, 4, is_last_used=True)


@given(st.lists(st.just((NOW, ["m/one"])), max_size=12), st.integers(0, 30))
def test_no_history_allows_more_tries_than_the_rule(failed: list[tuple[dt.datetime, list[str]]], days: int) -> None:
    at = NOW + dt.timedelta(days=days)
    decision = rules.decide_try(RETRY, failed, {"m/one": at}, at)
    assert decision.number == len(failed) + 1
    assert not (decision.is_allowed and decision.number > RETRY.tries)


@pytest.mark.parametrize(
    ("kind", "is_submitted", "is_passed", "number", "may"),
    [
        (Kind.PRACTICE, False, None, 1, False),
        (Kind.PRACTICE, True, None, 1, True),
        (Kind.FINAL, False, None, 1, False),
        (Kind.FINAL, False, None, 3, False),
        (Kind.FINAL, True, False, 1, False),
        (Kind.FINAL, True, False, 2, False),
        (Kind.FINAL, True, True, 1, True),
        (Kind.FINAL, True, False, 3, True),
    ],
)
def test_answers_are_shown_only_when_they_can_do_no_harm(
    kind: Kind, is_submitted: bool, is_passed: bool | None, number: int, may: bool
) -> None:
    tries = None if kind is Kind.PRACTICE else 3
    assert rules.may_see_scenes(kind, is_submitted, is_passed, number, tries) is may


def test_lessons_are_named_for_what_went_wrong_most_needed_first() -> None:
    wrong = Judged(Outcome.MISS, False, None, True)
    right = Judged(Outcome.HIT, False, None, True)
    harmful = Judged(Outcome.HIT, False, "follow", False)
    other = {**SCENE, "signs": [{"id": "C1"}]}
    taught = {"A1": ["m/one"], "C1": ["m/two", "m/three"]}
    assert rules.lessons_for([(SCENE, right)], taught) == []
    assert rules.lessons_for([(SCENE, wrong), (other, harmful)], taught) == ["m/two", "m/three", "m/one"]
    assert rules.lessons_for([(SCENE, wrong)], taught, most=1) == ["m/one"]
    assert rules.lessons_for([(SCENE, wrong)], {}) == []


# A question: for each option whether it is right, and whether it was chosen.
questions = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=8)


def _question(options: list[tuple[bool, bool]]) -> tuple[dict[str, Any], list[str]]:
    snapshot = {"options": [{"id": f"o{number}", "key": is_key} for number, (is_key, _said) in enumerate(options)]}
    return snapshot, [f"o{number}" for number, (_is_key, is_chosen) in enumerate(options) if is_chosen]


@given(questions)
def test_points_lie_between_none_and_one_and_only_all_that_is_right_earns_one(options: list[tuple[bool, bool]]) -> None:
    snapshot, chosen = _question(options)
    marked = rules.mark(snapshot, chosen)
    assert 0 <= marked.points <= 1
    is_exact = all(is_key == is_chosen for is_key, is_chosen in options)
    assert (marked.points == 1) == is_exact == marked.is_right
    assert marked.right + marked.missed == sum(is_key for is_key, _said in options)
    assert marked.right + marked.wrong == len(chosen)


@given(questions, st.data())
def test_one_more_right_never_costs_and_one_more_wrong_never_gains(
    options: list[tuple[bool, bool]], data: st.DataObject
) -> None:
    snapshot, chosen = _question(options)
    before = rules.mark(snapshot, chosen).points
    number = data.draw(st.integers(0, len(options) - 1))
    is_key, is_chosen = options[number]
    after = rules.mark(snapshot, [*chosen, f"o{number}"]).points
    if is_chosen:
        assert after == before  # the same one twice counts once
    else:
        assert after >= before if is_key else after <= before


@given(st.integers(1, 6), st.integers(1, 6))
def test_choosing_everything_never_earns_all(keys: int, others: int) -> None:
    snapshot, chosen = _question([(True, True)] * keys + [(False, True)] * others)
    points = rules.mark(snapshot, chosen).points
    assert points == pytest.approx(max(0, keys - others) / keys)
    assert points < 1


def test_where_nothing_is_right_choosing_nothing_earns_the_point() -> None:
    nothing = {"options": [{"id": "a", "key": False}, {"id": "b", "key": False}]}
    assert rules.mark(nothing, []) == rules.Marked(0, 0, 0, 1.0)
    assert rules.mark(nothing, ["b"]) == rules.Marked(0, 0, 1, 0.0)


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


STRICT = PASS.model_copy(update={"danger_now_needs_911": True, "forbidden_at_most": 1})


@pytest.mark.parametrize(
    ("danger_missed", "forbidden", "is_passed"), [(0, 0, True), (0, 1, True), (0, 2, False), (1, 0, False)]
)
def test_one_danger_without_911_fails_and_one_harmful_step_may_be_forgiven(
    danger_missed: int, forbidden: int, is_passed: bool
) -> None:
    tally = replace(_tally(8, 0, forbidden=forbidden), danger_missed=danger_missed)
    assert rules.passes(tally, STRICT) is is_passed
    # A course that doesn't ask for it isn't failed by it.
    assert rules.passes(tally, STRICT.model_copy(update={"danger_now_needs_911": False})) is (forbidden < 2)


@pytest.mark.parametrize(
    ("rule", "said", "is_missed"),
    [
        ("danger-now", {"verdict": "report-now", "action": "call"}, False),
        ("danger-now", {"verdict": "report-now", "action": "wait"}, True),
        ("danger-now", {"verdict": "report-now"}, True),
        ("danger-now", {"verdict": "nothing-to-report", "action": "call"}, False),
        ("danger-now", {}, True),  # not counted: it has no answer yet
        ("one-strong", {"verdict": "report-now", "action": "wait"}, False),
    ],
)
def test_danger_now_is_missed_by_any_other_first_step(rule: str, said: dict[str, str], is_missed: bool) -> None:
    judged = rules.judge({**SCENE, "rule": rule}, said)
    assert judged.is_danger_missed is is_missed
    assert rules.count([judged]).danger_missed == (is_missed and bool(said))
    assert rules.lessons_for([({**SCENE, "rule": rule}, judged)], {"A1": ["m/one"]}) == (
        ["m/one"] if is_missed or judged.outcome is Outcome.MISS else []
    )


def test_counts_that_were_kept_before_danger_was_counted_still_load() -> None:
    kept = _tally(8, 0).as_dict()
    del kept["danger_missed"]
    assert Tally(**kept).danger_missed == 0
