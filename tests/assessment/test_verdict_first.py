"""The verdict comes first: it is recorded and stays, and only then is the menu of first steps anywhere to be seen."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.assessment import before, rich
from tests.assessment.counts import parallel
from tests.cast import answer_all, make_account, make_guest, make_ready, sign_in_as
from tests.support import Visitor, drawn
from trainer.assessment.attempt_policies import VERDICT_FIRST
from trainer.assessment.models import Attempt, Response
from trainer.assessment.operations import save_response
from trainer.assessment.queries import get_attempt_with_response
from trainer.content.library import Library
from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.core.errors import Conflict
from trainer.learning.models import Enrollment

SAID = {"verdict": "note-and-watch", "confidence": "guessing"}
OTHER = {"verdict": "report-now", "confidence": "guessing"}
JSON = {"Accept": "application/json"}


def practicing(app: Flask) -> tuple[Visitor, str]:
    """A guest, without an account."""
    visitor = sign_in_as(app, make_guest(app))
    return visitor, f"{visitor.start('practices')}/scenes/1"


def before_a_course(app: Flask) -> tuple[Visitor, str]:
    visitor = sign_in_as(app, make_account(app))
    visitor.enroll()
    return visitor, f"{visitor.start('pretests')}/scenes/1"


def in_a_final(app: Flask) -> tuple[Visitor, str]:
    bob = make_account(app)
    make_ready(app, bob)
    visitor = sign_in_as(app, bob)
    return visitor, f"{visitor.start('finals')}/scenes/1"


def in_its_second_stage(app: Flask) -> tuple[Visitor, str]:
    """On the scene that is first in the further ones, which decide a final that is close."""
    visitor, path = in_a_final(app)
    answer_all(app, place(path)[0], wrong=1)
    visitor.post(f"{attempt_of(path)}/submission")
    with app.app_context():
        handed_in = db.session.get_one(Attempt, place(path)[0]).handed_in
    assert handed_in
    return visitor, f"{attempt_of(path)}/scenes/{handed_in + 1}"


SITTINGS = [practicing, before_a_course, in_a_final, in_its_second_stage]


@pytest.fixture(scope="module")
def rich_shelf(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """A course with a pretest and a final in two stages."""
    return rich.open_library(before.write(tmp_path_factory.mktemp("before")))


def attempt_of(path: str) -> str:
    return path.partition("/scenes/")[0]


def place(path: str) -> tuple[UUID, int]:
    """Return the attempt of a scene, and its position there."""
    return UUID(attempt_of(path).rpartition("/")[2]), int(path.rpartition("/")[2])


def given(app: Flask, path: str) -> Mapping[str, object]:
    with app.app_context():
        return db.session.get_one(Response, place(path)).given or {}


def steps(app: Flask, path: str) -> list[tuple[str, str]]:
    """Return the first steps of a scene: ids and texts."""
    return [(step["id"], step["text"]) for step in drawn(app, attempt_of(path))[place(path)[1] - 1]["actions"]]


def shows_none(page: str, offered: list[tuple[str, str]]) -> bool:
    before = page.partition("<template")[0]  # in which our script puts them
    return 'name="action"' not in before and not any(text in page or f'"{name}"' in page for name, text in offered)


@pytest.mark.on_both
@pytest.mark.parametrize("sit", SITTINGS)
def test_no_first_step_is_anywhere_before_the_verdict_is_recorded(
    rich_app: Flask, sit: Callable[[Flask], tuple[Visitor, str]]
) -> None:
    visitor, path = sit(rich_app)
    offered = steps(rich_app, path)
    pages = [visitor.get(path), visitor.post(path, {**SAID, "version": "0", "autosave": "1"}, headers=JSON)]
    pages += [visitor.get(path), visitor.get(path, headers=JSON), visitor.get(f"{attempt_of(path)}/submission")]
    pages += [visitor.post(path, {"verdict": "report-now", "version": "1"})]  # how sure is missing
    pages += [visitor.post(path, {"version": "9", "action": offered[0][0]}), visitor.get(path)]
    assert all(shows_none(page.text, offered) for page in pages)
    recorded = visitor.post(path, {**SAID, "version": "2"})
    assert recorded.location == f"{path}#first-step"
    menu = visitor.get(path).text
    assert all(f'value="{identity}"' in menu for identity, _text in offered)
    assert 'name="verdict"' not in menu
    assert "Your verdict is recorded and stays." in menu
    assert given(rich_app, path) == {**SAID, "action": None}


@pytest.mark.parametrize("sit", SITTINGS)
def test_a_verdict_that_is_recorded_cannot_be_changed(
    rich_app: Flask, sit: Callable[[Flask], tuple[Visitor, str]]
) -> None:
    visitor, path = sit(rich_app)
    step = steps(rich_app, path)[0][0]
    visitor.post(path, {**SAID, "version": "0"})
    for version in ("0", "1", "2"):
        for more in ({}, {"autosave": "1"}, {"action": step}):
            for changed in (OTHER, {**SAID, "confidence": "certain"}, {"verdict": "report-now"}):
                refused = visitor.post(path, {**changed, **more, "version": version})
                assert refused.status_code == 409, (version, more, changed)
                assert given(rich_app, path) == {**SAID, "action": None}
    back = visitor.post(path, {**OTHER, "version": "0"})  # of the page that Back shows
    assert "You recorded your verdict on this scene before" in back.text
    assert 'name="action"' in back.text
    assert visitor.post(path, {"action": step, "version": "1"}).status_code == 303
    assert given(rich_app, path) == {**SAID, "action": step}
    assert visitor.post(path, {**OTHER, "action": step, "version": "2"}).status_code == 409


def test_a_draft_can_be_changed_until_it_is_recorded(app: Flask) -> None:
    visitor, path = in_a_final(app)
    for version, said in enumerate((OTHER, SAID)):
        visitor.post(path, {**said, "version": str(version), "autosave": "1"}, headers=JSON)
    assert given(app, path) == SAID


def test_the_script_gets_the_steps_to_put_them_into_the_page(app: Flask) -> None:
    visitor, path = in_a_final(app)
    step = steps(app, path)[0][0]
    asked = visitor.post(path, {**SAID, "version": "0"}, headers=JSON).get_json()
    assert sorted(map(tuple, asked["steps"])) == sorted(steps(app, path))
    assert asked["version"] == 1
    again = visitor.post(path, {**SAID, "version": "0"}, headers=JSON)  # the first answer was lost on the way
    assert again.get_json()["steps"] == asked["steps"]
    assert visitor.post(path, {"action": step, "version": "1", "autosave": "1"}, headers=JSON).json == {"version": 2}
    assert given(app, path) == {**SAID, "action": step}


def test_a_verdict_sent_twice_leads_to_the_menu_twice(app: Flask) -> None:
    visitor, path = practicing(app)
    answers = [visitor.post(path, {**SAID, "version": "0"}) for _time in range(2)]
    assert [answer.location for answer in answers] == [f"{path}#first-step"] * 2
    missing = visitor.post(path, {"version": "1"})
    assert missing.status_code == 422
    assert "Choose a first step." in missing.text


def test_someone_who_leaves_after_the_verdict_finds_it_and_the_menu(app: Flask) -> None:
    visitor, path = in_a_final(app)
    visitor.post(path, {**SAID, "version": "0"})
    assert visitor.get(attempt_of(path)).location == path
    assert "You said: Note it and keep watching, guessing." in re.sub(
        r"\s+", " ", re.sub("<[^>]+>", "", visitor.get(path).text)
    )


def test_a_final_with_a_verdict_but_no_first_step_is_not_handed_in(app: Flask) -> None:
    visitor, path = in_a_final(app)
    answer_all(app, place(path)[0])
    with app.app_context(), transaction() as session:
        response = session.get_one(Response, place(path))
        response.given = {**(response.given or {}), "action": None}
    listed = visitor.get(f"{attempt_of(path)}/submission").text
    assert "no first step yet" in listed
    assert "1 scene has no full answer yet." in listed
    refused = visitor.post(f"{attempt_of(path)}/submission")
    assert refused.status_code == 409
    assert "no full answer yet" in refused.text
    visitor.post(path, {"action": steps(app, path)[0][0], "version": "1"})
    assert visitor.post(f"{attempt_of(path)}/submission").status_code == 303


@pytest.mark.parametrize("sit", SITTINGS)
def test_an_attempt_from_before_asks_for_all_at_once(
    rich_app: Flask, sit: Callable[[Flask], tuple[Visitor, str]]
) -> None:
    visitor, path = sit(rich_app)
    with rich_app.app_context(), transaction() as session:
        own = session.get_one(Attempt, place(path)[0])
        assert own.rule[VERDICT_FIRST] is True
        own.rule = {name: value for name, value in own.rule.items() if name != VERDICT_FIRST}
    step = steps(rich_app, path)[0][0]
    page = visitor.get(path).text
    assert {"verdict", "confidence", "action"} <= set(re.findall(r'<input type="radio" name="(\w+)"', page))
    assert "Record my answer" in page
    assert visitor.post(path, {**SAID, "action": step, "version": "0", "autosave": "1"}).status_code == 303
    assert visitor.post(path, {**OTHER, "action": step, "version": "1"}).status_code == 303  # it can still be changed
    assert given(rich_app, path) == {**OTHER, "action": step}
    assert visitor.get(attempt_of(path)).location != path


@pytest.mark.on_both
def test_two_verdicts_at_once_leave_one(app: Flask) -> None:
    bob = make_account(app)
    visitor = sign_in_as(app, bob)
    attempt = UUID(visitor.start("practices").rpartition("/")[2])

    def say(verdict: str, version: int) -> str:
        with app.app_context(), transaction():
            own, response = get_attempt_with_response(bob, attempt, 1)
            said = {"verdict": verdict, "confidence": "certain"}
            save_response(own, response, said, version, now(), record=True)
            return verdict

    says = iter([("report-now", 0), ("note-and-watch", 1), ("nothing-to-report", 0), ("report-now", 1)] * 2)
    results = parallel(app, lambda: say(*next(says)))
    assert any(isinstance(result, Conflict) for result in results)
    with app.app_context():
        response = db.session.get_one(Response, (attempt, 1))
        assert (response.given or {})["verdict"] in results
        assert response.version <= 2


def test_the_time_of_both_pages_counts_once_and_is_capped(app: Flask) -> None:
    with time_machine.travel("2026-12-01T12:00:00Z", tick=False) as clock:
        visitor, path = practicing(app)
        step = steps(app, path)[0][0]
        visitor.get(path)
        clock.shift(40)
        visitor.post(path, {**SAID, "version": "0", "opened_at": visitor.field("opened_at")})
        visitor.get(path)
        clock.shift(3600)
        visitor.post(path, {"action": step, "version": "1", "opened_at": visitor.field("opened_at")})
        with app.app_context():
            assert db.session.scalars(select(Enrollment.active_seconds)).one() == 40 + 60
