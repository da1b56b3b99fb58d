"""Answers that come too fast: the scenes are replaced once, nothing is lost, and nobody is certified by speed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.assessment.swapped import copy_content, open_library
from tests.cast import make_account, make_ready, sign_in_as
from tests.support import COURSE, Visitor, drawn, first_step, right_verdict
from trainer.assessment.models import Attempt, Response
from trainer.assessment.queries import list_met
from trainer.assessment.rules import REPLACED
from trainer.core.db import db
from trainer.credentials.models import Credential

SLOW, FAST = 30.0, 0.5
STAGE = """\
    - scenes: {scenes}
      fewest_to_report: {fewest}
      most_to_report: {most}
      danger_now: 0
      first_try: {{missed_at_most: {missed}, over_reported_at_most: 0, harmful_at_most: 0}}
"""


class Learner:
    """Someone who takes a final in an app whose clock stands still unless they read."""

    def __init__(self, app: Flask, folder: Path, clock: time_machine.Traveller, stages: str) -> None:
        path = copy_content(folder) / "courses" / COURSE / "course.yaml"
        text = re.sub(
            r"  stages:\n.*?(?=  retry_rule:)", f"  stages:\n{stages}", path.read_text("utf-8"), flags=re.DOTALL
        )
        path.write_text(text, "utf-8")
        app.extensions["library"] = open_library(path.parents[2])
        self.app, self.clock, self.user_id = app, clock, make_account(app)
        make_ready(app, self.user_id)
        self.visitor: Visitor = sign_in_as(app, self.user_id)
        self.attempt = self.visitor.start("finals")

    def answer(self, position: int, seconds: float, *, says: str = "", is_wrong: bool = False) -> TestResponse:
        """Answer a scene that was open for so long, on a page that says so or says something else."""
        path, scene = f"{self.attempt}/scenes/{position}", drawn(self.app, self.attempt)[position - 1]
        version = re.findall(r'name="version" value="(\d+)"', self.visitor.get(path).text)[0]
        verdict = (
            right_verdict(
                scene["truth"],
            )
            if not is_wrong
            else "nothing-to-report"
        )
        self.clock.shift(seconds)
        fields = {"verdict": verdict, "confidence": "certain", "action": first_step(scene, verdict)}
        return self.visitor.record(path, {**fields, "version": version, "seconds": says})

    def hand_in(self) -> str:
        """Hand in what is drawn so far; return the page that follows."""
        scenes = str(len(drawn(self.app, self.attempt)))
        self.visitor.post(f"{self.attempt}/submission", {"scenes": scenes})
        return self.visitor.get(self.attempt, follow_redirects=True).text

    def certificates(self) -> int:
        with self.app.app_context():
            return db.session.scalar(select(func.count()).select_from(Credential)) or 0

    def kept(self) -> Attempt:
        with self.app.app_context():
            return db.session.get_one(Attempt, UUID(self.attempt.rsplit("/", 1)[1]))

    def seconds(self) -> list[float | None]:
        with self.app.app_context():
            return list(db.session.scalars(select(Response.seconds).order_by(Response.position)))


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def five(app: Flask, tmp_path: Path, clock: time_machine.Traveller) -> Learner:
    """A final of five scenes; the pool has as many other pairs."""
    return Learner(app, tmp_path, clock, STAGE.format(scenes=5, fewest=2, most=3, missed=1))


@pytest.mark.on_both
def test_a_bot_that_knows_every_answer_is_not_certified_by_answering_at_once(five: Learner) -> None:
    before = drawn(five.app, five.attempt)
    for position in range(1, 6):
        five.answer(position, 0, says="9999")
    page = five.hand_in()
    assert "Not decided yet." in page
    assert "5 scenes to judge again." in page
    assert "Not decided yet." in five.hand_in()  # handed in twice
    assert five.certificates() == 0
    after = drawn(five.app, five.attempt)
    assert {scene["pair"] for scene in before}.isdisjoint(scene["pair"] for scene in after)
    assert [scene["truth"] for scene in before] == [scene["truth"] for scene in after]
    assert five.seconds() == [None] * 5
    for position in range(1, 6):
        five.answer(position, SLOW)
    assert "Passed." in five.hand_in()
    assert five.certificates() == 1
    kept = five.kept().rule[REPLACED]
    assert [scene["item"] for scene in kept] == [scene["scenario"] for scene in before]
    with five.app.app_context():
        assert {scene["item"] for scene in kept} <= {item for item, _digest, _at in list_met(five.user_id)}


def test_what_came_too_fast_again_is_decided(five: Learner) -> None:
    for _time in range(2):
        for position in range(1, 6):
            five.answer(position, FAST)
        page = five.hand_in()
    assert "Passed." in page


def test_four_answers_may_come_fast(five: Learner) -> None:
    for position in range(1, 6):
        five.answer(position, SLOW if position == 1 else FAST)
    assert "Passed." in five.hand_in()
    assert REPLACED not in five.kept().rule


def test_time_is_what_the_page_says_and_at_most_what_the_clock_here_allows(five: Learner) -> None:
    five.answer(1, SLOW, says="12.5")
    five.answer(2, SLOW, says="99")
    five.answer(3, SLOW)  # without script
    five.answer(4, SLOW, says="0.4")
    five.answer(5, 3600, says="-7")  # what our script never says
    assert five.seconds() == [12.5, SLOW, SLOW, 0.4, 3600]


def test_answers_that_were_kept_without_a_connection_count_by_their_own_times(five: Learner) -> None:
    for position in range(1, 6):  # each was sent long after it was given
        five.answer(position, 600, says="12")
    assert "Passed." in five.hand_in()
    assert five.seconds() == [12.0] * 5


def test_a_page_that_shows_the_old_scene_cannot_answer_the_new_one(five: Learner) -> None:
    for position in range(1, 6):
        five.answer(position, FAST)
    path = f"{five.attempt}/scenes/1"
    old = five.visitor.get(path).text
    five.hand_in()
    said = {"verdict": "report-now", "confidence": "certain", "version": "0"}
    for version in ("0", *re.findall(r'name="version" value="(\d+)"', old)):
        assert five.visitor.post(path, {**said, "version": version}).status_code == 409
    assert five.seconds()[0] is None


def test_a_later_stage_replaces_its_own_scenes(app: Flask, tmp_path: Path, clock: time_machine.Traveller) -> None:
    stages = STAGE.format(scenes=4, fewest=2, most=2, missed=0) + STAGE.format(scenes=2, fewest=1, most=1, missed=1)
    learner = Learner(app, tmp_path, clock, stages)
    missed = next(place for place, scene in enumerate(drawn(app, learner.attempt), 1) if scene["truth"] == "concern")
    for position in range(1, 5):
        learner.answer(position, FAST, is_wrong=position == missed)
    assert "It’s close." in learner.hand_in()
    first = drawn(app, learner.attempt)[:4]
    learner.answer(5, SLOW)
    learner.answer(6, FAST)
    assert "1 scene to judge again." in learner.hand_in()
    assert drawn(app, learner.attempt)[:4] == first
    learner.answer(6, SLOW)
    assert "Passed." in learner.hand_in()


def test_where_too_few_other_pairs_are_left_it_is_decided_as_it_is(
    app: Flask, tmp_path: Path, clock: time_machine.Traveller
) -> None:
    learner = Learner(app, tmp_path, clock, STAGE.format(scenes=6, fewest=3, most=3, missed=0))
    for position in range(1, 7):
        learner.answer(position, FAST)
    assert "Passed." in learner.hand_in()
