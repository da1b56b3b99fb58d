"""Model learners take the finals as they are drawn: only who judges by the rule passes, whatever is drawn."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from tests.cast import make_account, make_ready
from tests.support import first_step, right_verdict
from trainer.assessment import finals, operations
from trainer.assessment.queries import list_responses
from trainer.content.library import Library
from trainer.content.serving import served
from trainer.content.subject import Truth
from trainer.core import chance, clock
from trainer.core.db import transaction
from trainer.learning.operations import enroll

DRAWS = 20
Judge = Callable[[Mapping[str, Any]], str]

# What bad training points at: where people come from, how they speak, how old they are, what they wear. Papers and
# threats with the immigration office are left out: who holds them against someone is a sign.
CUES = re.compile(
    r"\b(accent|languages?|Spanish|Portuguese|French|Russian|Chinese|Somali|Arabic|foreign\w*|interpreters?|translat\w+|"
    r"from (Guatemala|Honduras|Mexico|Brazil|Haiti|Jamaica|Congo|Angola|China|Vietnam|Thailand|the Philippines|Ukraine|"
    r"Romania|Nigeria|Kenya|Ghana|Portugal|Quebec|India)|abroad|overseas|older|younger|young|old|gray|girl|boy|teens?|"
    r"twice (his|her) age|in (his|her) (late |early )?(twenties|forties|fifties|sixties)|tattoos?|skirt|heels|make-?up|"
    r"hoodie|coat|jacket|apron|boots|shirt|hair|sneakers|dirty|shabby|shy|nervous)\b",
    re.IGNORECASE,
)


def reports_everything(_scene: Mapping[str, Any]) -> str:
    return "report-now"


def reports_nothing(_scene: Mapping[str, Any]) -> str:
    return "nothing-to-report"


def goes_by_looks(scene: Mapping[str, Any]) -> str:
    return "report-now" if CUES.search(scene["narrative"]) else "nothing-to-report"


def goes_by_the_rule(scene: Mapping[str, Any]) -> str:
    return right_verdict(scene["truth"])


class _Undo(Exception):
    """Takes back what a learner did, so that the next finds the same beginning."""


def passes(app: Flask, user_id: UUID, course: str, judge: Judge) -> bool:
    """Take a final and take it back; each first step is right, so that nothing but the verdicts decides."""
    found: list[bool | None] = []
    with suppress(_Undo), app.app_context(), transaction() as session:
        here, now = served(), clock.now()
        whole = here.courses[course]
        attempt = finals.start_final(enroll(user_id, whole, now), whole, here, now)
        for one in list_responses(attempt):
            scene, at = one.snapshot.payload, now + dt.timedelta(minutes=one.position)  # each is read first
            verdict = judge(scene)
            given = {"verdict": verdict, "confidence": "certain", "action": first_step(scene, verdict)}
            operations.save_response(attempt, one, given, one.version, at, record=True)
        session.expire_all()  # what was saved is read anew, as by the request that hands in
        found.append(operations.submit_attempt(user_id, attempt.id, here, True, now).is_passed)
        raise _Undo
    return found == [True]


@pytest.mark.parametrize("judge", [reports_everything, reports_nothing, goes_by_looks], ids=lambda one: one.__name__)
def test_who_does_not_go_by_the_rule_never_passes(
    app: Flask, shelf: Library, monkeypatch: pytest.MonkeyPatch, judge: Judge
) -> None:
    assert passing_draws(app, shelf, monkeypatch, judge) == []


def test_who_goes_by_the_rule_always_passes(app: Flask, shelf: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = [(course, seed) for course in with_finals(shelf) for seed in range(DRAWS)]
    assert passing_draws(app, shelf, monkeypatch, goes_by_the_rule) == expected


def with_finals(shelf: Library) -> list[str]:
    """Return the courses that have a final of their own."""
    return [slug for slug, course in shelf.content.courses.items() if not course.is_for_renewal]


def passing_draws(app: Flask, shelf: Library, monkeypatch: pytest.MonkeyPatch, judge: Judge) -> list[tuple[str, int]]:
    """Return (course, seed) of every draw that this learner passes."""
    found = []
    for course in with_finals(shelf):
        leo = make_account(app, f"{course}@example.org")
        make_ready(app, leo, course=course)
        for seed in range(DRAWS):
            monkeypatch.setattr(chance, "rng", random.Random(seed))
            if passes(app, leo, course, judge):
                found.append((course, seed))
    return found


def test_looks_tell_nothing_of_the_truth(shelf: Library) -> None:
    pairs = [one for one in shelf.content.pairs.values() if not any(scene.file.retired for scene in one)]
    marked = [{scene.file.truth: bool(CUES.search(scene.html)) for scene in one} for one in pairs]
    right = sum(one[Truth.CONCERN] for one in marked)
    wrong = sum(one[Truth.NO_CONCERN] for one in marked)
    # The words stand there, so that going by them is tried in earnest.
    assert right + wrong >= len(pairs) // 3
    assert abs(right - wrong) <= len(pairs) // 5, (right, wrong)
