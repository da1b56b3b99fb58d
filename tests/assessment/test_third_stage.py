"""A final in three stages, over HTTP, and one of two stages that began before there was a third."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.assessment.ruled import bounds, copy_ruled
from tests.assessment.staged import answer, hand_in, stage_of
from tests.assessment.swapped import open_library
from tests.cast import make_account, make_ready, sign_in_as
from tests.support import COURSE, Visitor, drawn
from trainer.core.db import db
from trainer.credentials.models import Credential

# Both draw all pairs that there are, so that none is left to replace scenes that were answered too fast.
TWO: dict[str, Any] = {
    "stages": [{"scenes": 6, "danger_now": 0}, {"scenes": 4, "danger_now": 0}],
    "first_try": [bounds(0, 0, 1, None, 2), bounds(1, 1, 2, None, 3)],
    "later_tries": [bounds(0, 0, 1, None, 2), bounds(1, 0, 2, None, 3)],
}
THREE: dict[str, Any] = {
    "stages": [{"scenes": scenes, "danger_now": 0} for scenes in (6, 2, 2)],
    "first_try": [*TWO["first_try"], bounds(2, 1, 3, None, 4)],
    "later_tries": [*TWO["later_tries"], bounds(2, 0, 3, None, 4)],
}


@pytest.fixture
def bob(app: Flask, tmp_path: Path) -> Visitor:
    """Return someone who is ready for a final of three stages."""
    app.extensions["library"] = open_library(copy_ruled(tmp_path / "three", THREE))
    user_id = make_account(app)
    make_ready(app, user_id)
    return sign_in_as(app, user_id)


def said(visitor: Visitor, path: str) -> str:
    return " ".join(visitor.get(path).text.split())


def final_of(app: Flask) -> dict[str, Any]:
    with app.app_context():
        return db.session.scalars(select(Credential)).one().final or {}


def test_who_is_still_close_after_two_stages_passes_by_all_three(bob: Visitor) -> None:
    attempt = bob.start("finals")
    answer(bob, attempt, missed=1, over_reported=1)
    hand_in(bob, attempt, 6)
    between = said(bob, f"{attempt}/more")
    assert "It’s close." in between
    assert "Of all 8: miss at most 1, over-report at most 1." in between
    assert "If it’s still close then, another 2 decide." in between
    answer(bob, attempt, missed=1)
    assert hand_in(bob, attempt, 8).headers["Location"] == attempt
    between = said(bob, f"{attempt}/more")
    assert "It’s still close." in between
    assert "Of all 10: miss at most 2, over-report at most 1." in between
    assert "another 2 decide" not in between
    answer(bob, attempt)
    assert "Passed." in bob.get(hand_in(bob, attempt, 10).headers["Location"]).text
    assert len({scene["pair"] for scene in drawn(bob.app, attempt)}) == 10
    assert (final_of(bob.app)["stage"], final_of(bob.app)["scenes"]) == (3, 10)


def test_two_stages_are_enough_where_they_decide(bob: Visitor) -> None:
    attempt = bob.start("finals")
    answer(bob, attempt, missed=1)
    hand_in(bob, attempt, 6)
    answer(bob, attempt, over_reported=1)
    assert "Passed." in bob.get(hand_in(bob, attempt, 8).headers["Location"]).text
    assert final_of(bob.app)["stage"] == 2


def test_who_cannot_pass_by_all_three_is_told_after_the_second(bob: Visitor) -> None:
    attempt = bob.start("finals")
    answer(bob, attempt, missed=2)
    hand_in(bob, attempt, 6)
    answer(bob, attempt, missed=1)
    assert "Not passed" in bob.get(hand_in(bob, attempt, 8).headers["Location"]).text
    assert stage_of(bob.app, attempt).scenes == 8


def test_the_pages_before_the_start_name_each_stage(bob: Visitor) -> None:
    for page in (f"/courses/{COURSE}/final", f"/courses/{COURSE}", f"/courses/{COURSE}/rule"):
        told = said(bob, page)
        assert "You pass at once with at most 0 missed and at most 0 over-reported." in told
        assert (
            "If it’s close, 2 more scenes decide: then at most 1 missed and at most 1 over-reported of all 8." in told
        )
        assert "still close, another 2 decide: then at most 2 missed and at most 1 over-reported of all 10." in told
    assert "Where 8 scenes decide, at least 3 first steps must help" not in told  # danger doesn't matter here


def test_a_final_of_two_stages_ends_by_them_after_the_course_has_three(bob: Visitor, tmp_path: Path) -> None:
    bob.app.extensions["library"] = open_library(copy_ruled(tmp_path / "two", TWO))
    attempt = bob.start("finals")
    bob.app.extensions["library"] = open_library(copy_ruled(tmp_path / "again", THREE))
    answer(bob, attempt, missed=1)
    hand_in(bob, attempt, 6)
    assert "another 2 decide" not in said(bob, f"{attempt}/more")
    answer(bob, attempt, missed=1)  # by three stages, this would pass
    assert "Not passed" in bob.get(hand_in(bob, attempt, 10).headers["Location"]).text
    assert stage_of(bob.app, attempt).scenes == 10
    attempt = bob.start("finals")
    answer(bob, attempt, missed=2)
    assert hand_in(bob, attempt, 6).headers["Location"] == attempt  # by two stages, this would be failed
