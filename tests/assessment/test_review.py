"""What a final shows once it is over: a few scenes of one that was passed, and of one that wasn't no number."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update

from tests.assessment.staged import answer, copy_staged, hand_in
from tests.assessment.swapped import copy_content, open_library
from tests.cast import make_account, make_ready, sign_in_as
from tests.content.small import edit
from tests.support import COURSE, Visitor, drawn, first_step, right_verdict
from trainer.assessment.deciding import MOST_SHOWN
from trainer.assessment.models import Attempt
from trainer.core.db import db, transaction

LESSONS = re.compile(r'<p>\s*<a class="btn fill".*?</section>', re.DOTALL)
MASK = re.compile(r'[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(name="csrf_token"[^>]*value|nonce)="[^"]*"')


def ready(app: Flask, email: str = "bob@example.org") -> Visitor:
    bob = make_account(app, email)
    make_ready(app, bob)
    return sign_in_as(app, bob)


def pass_with_wrong_steps(bob: Visitor, wrong: int) -> tuple[str, list[int]]:
    """Pass a final with so many first steps that don't help, and one more verdict that misses; return what is wrong."""
    attempt = bob.start("finals")
    positions: list[int] = []
    missed = False
    for position, scene in reversed(list(enumerate(drawn(bob.app, attempt), start=1))):
        verdict = right_verdict(scene["truth"])
        step = first_step(scene, verdict)
        if scene["truth"] == "concern" and scene["rule"] != "danger-now" and not missed:
            missed, verdict = True, "nothing-to-report"
            step = first_step(scene, verdict)
            positions.insert(0, position)
        elif len(positions) < wrong + missed and scene["rule"] != "danger-now":
            others = [one["id"] for one in scene["actions"] if one["grade"] == "wrong-route" and not one["is_report"]]
            step = others[0] if others else step
            positions += [position] if others else []
        assert bob.answer(attempt, position, verdict, step).status_code == 303
    return attempt, positions


@pytest.fixture
def few(app: Flask, tmp_path: Path) -> Flask:
    """Serve a course that shows a few of the scenes of a passed final."""
    folder = copy_content(tmp_path)
    edit(folder, f"courses/{COURSE}/course.yaml", "  retry_rule:\n", "  shows_all: false\n  retry_rule:\n")
    app.extensions["library"] = open_library(folder)
    return app


def test_what_is_shown_of_a_passed_final_is_never_all_that_went_wrong(few: Flask) -> None:
    told = []
    for steps in (0, 1, 2):
        bob = ready(few, f"bob{steps}@example.org")
        attempt, wrong = pass_with_wrong_steps(bob, steps)
        assert len(wrong) == steps + 1
        result = bob.get(hand_in(bob, attempt, 8).headers["Location"]).text
        shown = [position for position in range(1, 9) if bob.get(f"{attempt}/scenes/{position}").status_code == 200]
        assert set(shown) <= set(wrong[1:])  # not the only wrong verdict
        assert result.count('<div class="story">') == len(shown) == max(0, steps - 1)
        assert result.count("First step didn’t help") == min(steps, 1)
        assert f"{8 - len(wrong)} of 8 scenes went right" in result
        told.append("What else went wrong" in result)
    assert told == [False, False, True]


@pytest.mark.parametrize("is_older", [False, True])
def test_of_a_passed_final_at_most_four_scenes_are_shown(few: Flask, is_older: bool) -> None:
    bob = ready(few)
    attempt, wrong = pass_with_wrong_steps(bob, 6)
    if is_older:  # begun before there was a limit
        with few.app_context(), transaction():
            whole = db.session.query(Attempt).filter_by(kind="final").one()
            kept = {name: value for name, value in whole.rule.items() if name not in ("shows_at_most", "keeps_back")}
            db.session.execute(update(Attempt).values(rule=kept))
    result = bob.get(hand_in(bob, attempt, 8).headers["Location"]).text
    assert "Passed." in result
    shown = [position for position in range(1, 9) if bob.get(f"{attempt}/scenes/{position}").status_code == 200]
    assert (wrong[0] in shown) is is_older  # the only wrong verdict
    assert set(shown) <= set(wrong)
    assert len(shown) == (len(wrong) if is_older else MOST_SHOWN) == result.count('<div class="story">')
    assert result.count("First step didn’t help") == (0 if is_older else 6 - MOST_SHOWN)
    for position, scene in enumerate(drawn(few, attempt), start=1):
        assert (scene["title"] in result) is (position in shown)


@pytest.mark.parametrize(
    ("one", "other"), [({"harmful": 2}, {"harmful": 3}), ({"missed": 3}, {"missed": 3, "over_reported": 2})]
)
def test_failed_finals_that_differ_in_numbers_alone_look_the_same(
    app: Flask, tmp_path: Path, one: dict[str, int], other: dict[str, int]
) -> None:
    app.extensions["library"] = open_library(copy_staged(tmp_path))
    told = []
    for name, wrong in (("bob", one), ("eve", other)):
        learner = ready(app, f"{name}@example.org")
        attempt = learner.start("finals")
        answer(learner, attempt, **wrong)
        paths = [hand_in(learner, attempt).headers["Location"], "/progress", f"/courses/{COURSE}/final", "/me"]
        pages = [learner.get(path).text.replace(f"{name}@example.org", "") for path in paths]
        assert "Not passed yet." in pages[0]
        told.append([LESSONS.sub("", MASK.sub("", page)) for page in pages])
    assert told[0] == told[1]
