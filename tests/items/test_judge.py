"""Judging a scene: outcomes, first actions, and what old rows hold."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.content import small
from tests.content.small import CONCERN_FILE, NO_CONCERN_FILE
from trainer.assessment import rules
from trainer.content.schema import Grade
from trainer.content.subject import Truth, Verdict
from trainer.items.judge.payload import Judged, Outcome, ScenePayload, payload_of
from trainer.items.judge.payload import outcome as outcome_of
from trainer.items.registry import read_scene


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
    assert outcome_of(truth, verdict) is outcome
    assert outcome.is_right == (outcome in {Outcome.HIT, Outcome.CORRECT_REJECTION})


DANGER_RULES = {"danger-now"}

# As rows hold it that were drawn before payloads had a type.
SCENE: dict[str, Any] = {
    "scenario": "room-214",
    "title": "Room 214",
    "setting": "Motel, night",
    "note": None,
    "pair": "room",
    "narrative": "<p>You stand at the desk.</p>",
    "route": "hotline",
    "venue": "hotel",
    "about": "labor",
    "differs": "The boss gives them back.",
    "ordinary": [],
    "verdicts": {"report-now": "It is."},
    "twin": None,
    "sources": ["S1"],
    "truth": "concern",
    "rule": "one-strong",
    "actions": [
        {"id": "call", "text": "Call", "why": "It helps.", "key": True, "forbidden": None},
        {"id": "follow", "text": "Follow", "why": "It harms.", "key": False, "forbidden": "follow"},
        {"id": "wait", "text": "Wait", "why": "It is late.", "key": False, "forbidden": None},
    ],
    "signs": [
        {"id": "A1", "name": "Spoken for", "strength": "medium", "category": "control", "text": "He answers"},
        {"id": "C1", "name": "ID kept", "strength": "strong", "category": "papers", "text": "The boss keeps them"},
    ],
}


def scene(**changes: object) -> ScenePayload:
    """Return the scene as it was drawn."""
    return read_scene({**SCENE, **changes})


def test_what_was_kept_before_payloads_had_a_type_is_read_and_kept_on() -> None:
    payload = scene()
    assert (payload.type, payload.version) == ("judge", 1)
    kept = payload.kept()
    assert {name: one for name, one in kept.items() if name in SCENE and name != "actions"} == {
        name: one for name, one in SCENE.items() if name != "actions"
    }
    assert [(one["id"], one["text"], one["why"], one["grade"], one["harm"]) for one in kept["actions"]] == [
        ("call", "Call", "It helps.", "best", None),
        ("follow", "Follow", "It harms.", "harmful", "follow"),
        ("wait", "Wait", "It is late.", "wrong-route", None),
    ]
    assert payload.best_action.id == "call"
    assert read_scene({**payload.kept(), "found_later": 1}) == payload


@pytest.mark.parametrize(
    ("said", "judged"),
    [
        (None, Judged(None, False, None)),
        ({}, Judged(None, False, None)),
        ({"action": "call"}, Judged(None, False, Grade.BEST)),
        ({"verdict": "report-now"}, Judged(Outcome.HIT, False, None)),
        ({"verdict": "report-now", "confidence": "certain", "action": "call"}, Judged(Outcome.HIT, True, Grade.BEST)),
        (
            {"verdict": "note-and-watch", "confidence": "guessing", "action": "follow"},
            Judged(Outcome.MISS, False, Grade.HARMFUL),
        ),
        ({"verdict": "report-now", "action": "gone"}, Judged(Outcome.HIT, False, None)),
    ],
)
def test_a_scene_is_judged_by_what_was_given(said: Mapping[str, str] | None, judged: Judged) -> None:
    assert scene().judge(said, DANGER_RULES) == judged


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
    judged = scene(rule=rule).judge(said, DANGER_RULES)
    assert judged.is_danger_missed is is_missed
    assert rules.count([judged]).danger_missed == (is_missed and bool(said))
    assert rules.lessons_for([(["A1", "C1"], judged)], {"A1": ["m/one"]}) == (
        ["m/one"] if is_missed or judged.outcome is Outcome.MISS else []
    )


@pytest.mark.parametrize(
    ("grade", "is_right", "is_harmful"),
    [
        (Grade.BEST, True, False),
        (Grade.FINE, True, False),
        (Grade.WRONG_ROUTE, False, False),
        (Grade.HARMFUL, False, True),
        (None, False, False),
    ],
)
def test_a_first_action_is_right_when_it_is_best_or_fine(grade: Grade | None, is_right: bool, is_harmful: bool) -> None:
    judged = Judged(Outcome.HIT, False, grade)
    assert (judged.is_first_action_right, judged.is_harmful) == (is_right, is_harmful)


def drawn(folder: Path, name: str, *changes: tuple[str, str]) -> ScenePayload:
    """Return a scene of the tiny folder as it is drawn now, after changes to its file."""
    for old, new in changes:
        small.edit(folder, name, old, new)
    return payload_of(small.read(folder).scenarios[Path(name).stem])


CERTAIN = {"confidence": "certain"}


@pytest.mark.parametrize("verdict", ["note-and-watch", "nothing-to-report"])
@pytest.mark.parametrize(
    ("name", "outcome", "other"),
    [
        (CONCERN_FILE, Outcome.HIT, Outcome.MISS),
        (NO_CONCERN_FILE, Outcome.FALSE_ALARM, Outcome.CORRECT_REJECTION),
    ],
)
def test_a_report_by_the_first_action_alone_is_a_report(
    folder: Path, name: str, outcome: Outcome, other: Outcome, verdict: str
) -> None:
    payload = drawn(folder, name)
    judged = payload.judge({"verdict": verdict, **CERTAIN, "action": "report"}, DANGER_RULES)
    assert (judged.outcome, judged.is_reported_by_step) == (outcome, True)
    assert not judged.is_certain  # nobody said how sure they are of reporting
    judged = payload.judge({"verdict": verdict, **CERTAIN, "action": "notes"}, DANGER_RULES)
    assert (judged.outcome, judged.is_reported_by_step, judged.is_certain) == (other, False, True)
    judged = payload.judge({"verdict": "report-now", **CERTAIN, "action": "report"}, DANGER_RULES)
    assert (judged.outcome, judged.is_reported_by_step, judged.is_certain) == (outcome, False, True)
    judged = payload.judge({"verdict": "report-now", "action": "notes"}, DANGER_RULES)
    assert (judged.outcome, judged.is_reported_by_step) == (outcome, False)
    judged = payload.judge({"action": "report"}, DANGER_RULES)  # no verdict yet
    assert (judged.outcome, judged.is_reported_by_step) == (None, False)


@pytest.mark.parametrize("door", ["911", "hotline", "site", "ask", "note", "none"])
def test_only_doors_that_are_reports_report_these_people(folder: Path, door: str) -> None:
    small.edit(folder, CONCERN_FILE, "door: none\n", f"door: '{door}'\n")
    payload = drawn(folder, NO_CONCERN_FILE, ("door: none\n", f"door: '{door}'\n"))
    judged = payload.judge({"verdict": "nothing-to-report", "action": "wait"}, DANGER_RULES)
    assert judged.is_reported_by_step == (door in {"911", "hotline"})


def test_the_way_of_another_emergency_is_no_report_of_these_people(folder: Path) -> None:
    route = "911"
    doors = (("door: note\n", f"door: '{route}'\n"), ("route: none", f"route: '{route}'"))
    small.edit(folder, CONCERN_FILE, *doors[0])
    payload = drawn(folder, NO_CONCERN_FILE, *doors)
    judged = payload.judge({"verdict": "nothing-to-report", "action": "notes"}, DANGER_RULES)
    assert (judged.outcome, judged.is_reported_by_step) == (Outcome.CORRECT_REJECTION, False)
    judged = payload.judge({"verdict": "nothing-to-report", "action": "report"}, DANGER_RULES)  # another door
    assert (judged.outcome, judged.is_reported_by_step) == (Outcome.FALSE_ALARM, True)


def test_in_a_concern_the_way_of_the_scene_is_a_report(folder: Path) -> None:
    payload = drawn(folder, CONCERN_FILE)
    assert payload.route == "hotline"
    assert payload.judge({"verdict": "nothing-to-report", "action": "report"}, DANGER_RULES).is_reported_by_step


def test_what_was_kept_before_there_were_doors_is_judged_by_the_verdict_alone() -> None:
    judged = scene().judge({"verdict": "nothing-to-report", **CERTAIN, "action": "call"}, DANGER_RULES)
    assert judged == Judged(Outcome.MISS, True, Grade.BEST)
    judged = scene(truth="no_concern").judge({"verdict": "note-and-watch", "action": "call"}, DANGER_RULES)
    assert judged.outcome is Outcome.CORRECT_REJECTION


def test_danger_now_is_met_by_any_first_action_with_the_door_of_the_route(folder: Path) -> None:
    doors = (("door: none\n", "door: '911'\n"), ("door: hotline\n", "door: '911'\n"))
    for old, new in doors:
        small.edit(folder, NO_CONCERN_FILE, old, new)
    route = (("rule: one-strong", "rule: danger-now"), ("route: hotline", "route: '911'"))
    payload = drawn(folder, CONCERN_FILE, *doors, *route)
    missed = {
        one.id: payload.judge({"verdict": "report-now", "action": one.id}, DANGER_RULES).is_danger_missed
        for one in payload.actions
    }
    assert missed == {"report": False, "notes": True, "ask": True, "wait": False}


@pytest.mark.parametrize(
    ("verdict", "is_exact"),
    [("note-and-watch", False), ("nothing-to-report", True), ("report-now", False)],
)
def test_a_verdict_is_exact_when_it_is_the_best_of_the_three(folder: Path, verdict: str, is_exact: bool) -> None:
    payload = drawn(folder, NO_CONCERN_FILE)
    assert payload.best is Verdict.NOTHING_TO_REPORT
    assert payload.judge({"verdict": verdict}, DANGER_RULES).is_exact is is_exact
    assert payload.judge({}, DANGER_RULES).is_exact is None
    assert scene().judge({"verdict": verdict}, DANGER_RULES).is_exact is None  # kept before one was set as the best


@pytest.mark.parametrize(
    ("judged", "went_wrong"),
    [
        (Judged(Outcome.HIT, True, Grade.BEST), False),
        (Judged(Outcome.CORRECT_REJECTION, False, Grade.FINE), False),
        (Judged(Outcome.HIT, True, Grade.WRONG_ROUTE), True),
        (Judged(Outcome.CORRECT_REJECTION, True, Grade.HARMFUL), True),
        (Judged(Outcome.HIT, True, Grade.FINE, is_danger_missed=True), True),
        (Judged(Outcome.MISS, True, Grade.BEST), True),
        (Judged(None, False, Grade.BEST), True),
    ],
)
def test_a_scene_went_wrong_unless_verdict_and_first_action_are_right(judged: Judged, went_wrong: bool) -> None:
    assert judged.went_wrong is went_wrong
