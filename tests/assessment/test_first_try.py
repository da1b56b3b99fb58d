"""The first try: a few scenes, the verdict alone, the answer at once; then as many others, or the course."""

from __future__ import annotations

import re
from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.cast import make_account, make_guest, sign_in_as, start_practice
from tests.support import COURSE, Visitor, closed_up, keys, right_verdict, scenes_of
from trainer.assessment.models import Attempt, Response
from trainer.assessment.views.first_try import _PURPOSE
from trainer.content.library import Library
from trainer.content.schema import Pool
from trainer.content.times import Times, in_minutes
from trainer.core.db import db
from trainer.core.signing import unsign

BEST = "Best:"


def say(visitor: Visitor, position: int, **said: str) -> TestResponse:
    """Send an answer of the page that was read."""
    data = {"state": visitor.field("state"), "version": "0", **said}
    path = f"/try/scenes/{position}"
    return visitor.client.post(path, data=data, base_url=visitor.base_url, follow_redirects=True)


def drawn_in(app: Flask, address: str) -> set[str]:
    """Return the pairs that a first try draws."""
    state = parse_qs(urlsplit(address).query)["state"][0]
    with app.app_context():
        drawn: Any = unsign(_PURPOSE, state)
        return {scene.rpartition("-")[0] for scene in drawn[0]}


def test_it_asks_for_the_verdict_alone_and_gives_its_reason_at_once(visitor: Visitor) -> None:
    page = visitor.get("/try?keep=no", follow_redirects=True).text
    assert set(re.findall(r'<input type="radio" name="(\w+)"', closed_up(page))) == {"verdict"}
    answer = say(visitor, 1, verdict="report-now", confidence="certain", action="made-up").text
    assert "You said “Report now.”" in answer
    assert re.search("What fits: |You chose what fits: Report now", answer)
    assert 'aria-label="Line ' in answer
    assert "First step" not in answer
    assert BEST not in answer


def test_an_answer_that_says_nothing_is_asked_for_the_verdict(visitor: Visitor) -> None:
    visitor.get("/try?keep=no", follow_redirects=True)
    asked = say(visitor, 1)
    assert asked.status_code == 422
    summary = asked.text.split('id="summary-title"')[1].split("</ul>")[0]
    assert re.findall(r'<a href="#(\w+)">', summary) == ["verdict"]
    assert "Why" not in asked.text


def test_the_result_counts_its_scenes_and_the_longest_lesson_by_the_content(visitor: Visitor, shelf: Library) -> None:
    course, times = shelf.content.courses[COURSE], Times(shelf.content)
    visitor.get("/try?keep=no", follow_redirects=True)
    state = parse_qs(urlsplit(say(visitor, 1, verdict="report-now").request.url).query)["state"][0]
    result = closed_up(visitor.get("/try/result", query_string={"state": state}).text)
    scenes = course.file.first_try.scenes
    assert re.search(r"You (caught 1 of 1|caught 0 of 0)", result)
    assert f"These were {scenes} written scenes, half of them worrying." in result
    assert f"About {times.first_try(course)} minutes." in result
    assert f"{scenes} more scenes" in result
    longest = in_minutes(max(lesson.seconds for lesson in course.lessons))
    assert f"No lesson of the course takes more than {longest} min" in result


def test_more_scenes_are_of_other_pairs_and_then_of_those_met_longest_ago(rich_app: Flask) -> None:
    visitor = Visitor(rich_app)
    address, seen = visitor.get("/try?keep=no").headers["Location"], []
    for _try in range(4):
        seen.append(drawn_in(rich_app, address))
        state = parse_qs(urlsplit(address).query)["state"][0]
        result = visitor.get("/try/result", query_string={"state": state}).text
        assert "You skipped every scene" in result
        address = visitor.get("/try", query_string={"keep": "no", "after": state}).headers["Location"]
    assert len(seen[0]) == 2
    assert seen[0] & seen[1] == set()
    assert seen[2:] == seen[:2]


def test_an_altered_address_leads_to_no_more_scenes(visitor: Visitor) -> None:
    assert visitor.get("/try?keep=no&after=W10.x").status_code == 422


def test_scenes_that_are_kept_for_something_else_by_now_ask_to_start_again(app: Flask, shelf: Library) -> None:
    visitor = Visitor(app)
    address = visitor.get("/try?keep=no").headers["Location"]
    visitor.get(address)
    moved = {
        name: replace(one, file=one.file.model_copy(update={"pool": Pool.PRETEST}))
        for name, one in shelf.content.scenarios.items()
    }
    app.extensions["library"] = SimpleNamespace(content=replace(shelf.content, scenarios=moved, digest="0" * 64))
    for answer in (say(visitor, 1, verdict="report-now"), visitor.get(address)):
        assert answer.status_code == 422
        assert "start again" in answer.text


@pytest.fixture
def kept(app: Flask) -> tuple[Visitor, str]:
    """Someone whose first try is saved."""
    visitor = Visitor(app)
    return visitor, visitor.post(f"/guests?start=first-try&course={COURSE}").headers["Location"]


def test_one_that_is_kept_asks_the_same_and_leads_to_other_pairs(
    app: Flask, kept: tuple[Visitor, str], shelf: Library
) -> None:
    visitor, attempt = kept
    scenes = shelf.content.courses[COURSE].file.first_try.scenes
    assert scenes_of(app, attempt) == scenes
    for position, (truth, _action, _harmful) in enumerate(keys(app, attempt), start=1):
        page = visitor.get(f"{attempt}/scenes/{position}").text
        assert set(re.findall(r'<input type="radio" name="(\w+)"', closed_up(page))) == {"verdict"}
        fields = {"verdict": right_verdict(truth), "version": "0", "opened_at": visitor.field("opened_at")}
        assert visitor.post(f"{attempt}/scenes/{position}", fields).status_code == 303
        page = visitor.get(f"{attempt}/scenes/{position}").text
        assert "You chose what fits: " in page
        assert "First step" not in page
    result = visitor.get(visitor.post(f"{attempt}/submission").headers["Location"]).text
    assert f"You caught {scenes // 2} of {scenes // 2}." in result
    assert f"{scenes} more scenes" in result
    assert "First step" not in result
    assert "First try" in result
    assert "First try." in visitor.get(f"/courses/{COURSE}/practice").text
    again = visitor.start("first-tries")
    with app.app_context():
        ids = [UUID(one.rsplit("/", 1)[1]) for one in (attempt, again)]
        met = db.session.scalars(select(Response.item).where(Response.attempt_id.in_(ids)))
        pairs = {item.rpartition("-")[0] for item in met}
    assert len(pairs) == min(2 * scenes, len(shelf.content.pool(Pool.OPEN)) // 2)


def test_one_that_is_kept_takes_no_part_that_it_does_not_ask_for(app: Flask, kept: tuple[Visitor, str]) -> None:
    visitor, attempt = kept
    fields = {"verdict": "report-now", "confidence": "certain", "action": "x", "version": "0"}
    assert visitor.post(f"{attempt}/scenes/1", fields).status_code == 303
    with app.app_context():
        assert db.session.get_one(Response, (UUID(attempt.rsplit("/", 1)[1]), 1)).given == {"verdict": "report-now"}


def test_first_tries_from_before_stay_practices_that_ask_for_all(app: Flask) -> None:
    guest = make_guest(app)
    attempt = f"/attempts/{start_practice(app, guest)}"
    visitor = sign_in_as(app, guest)
    page = closed_up(visitor.get(f"{attempt}/scenes/1").text).partition("<template")[0]
    assert set(re.findall(r'<input type="radio" name="(\w+)"', page)) == {"verdict", "confidence"}
    visitor.post(f"{attempt}/submission")
    visitor.post(f"/guests?start=first-try&course={COURSE}")
    with app.app_context():
        kinds = db.session.scalars(select(Attempt.kind).where(Attempt.user_id == guest).order_by(Attempt.started_at))
        assert list(kinds) == ["practice", "first_try"]


def test_starting_it_needs_a_learner(app: Flask) -> None:
    assert Visitor(app).post(f"/courses/{COURSE}/first-tries").headers["Location"] == "/keep"
    assert sign_in_as(app, make_account(app)).start("first-tries").startswith("/attempts/")


def test_someone_who_is_signed_in_practices_in_their_own_course_instead(app: Flask) -> None:
    visitor = sign_in_as(app, make_account(app))
    assert visitor.get("/try").location == f"/courses/{COURSE}/practice"
    visitor.post("/courses/security-officer/enrollments")
    assert visitor.get("/try").location == "/courses/security-officer/practice"
    page = closed_up(visitor.get("/me").text)
    assert '<a href="/try">Practice</a>' in page
    assert "Try it" in Visitor(app).get("/try").text
