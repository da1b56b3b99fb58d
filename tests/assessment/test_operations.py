"""Starting, saving, handing in: against races, and while the content changes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from tests.assessment.counts import count, parallel
from tests.assessment.swapped import copy_content, edit_scenes, open_library
from tests.cast import answer_all, certify, hand_in, make_account, make_ready, sign_in_as, start_final, start_practice
from tests.content.small import edit
from tests.support import (
    COURSE,
    drawn,
    first_step,
    keys,
    right_verdict,
    scenes_of,
    take_final,
    wrong_ones,
)
from trainer.assessment.drawn import pairs_of
from trainer.assessment.finals import start_final as start
from trainer.assessment.models import Attempt, ItemSnapshot, Response
from trainer.content.library import Library, Scenario
from trainer.content.schema import Pool
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.core.errors import Conflict, DomainError
from trainer.credentials.models import Credential
from trainer.learning.models import Enrollment
from trainer.learning.queries import get_enrollment

pytestmark = pytest.mark.on_both


@pytest.mark.check("T039")
def test_handing_in_many_times_at_once_issues_one_credential(app: Flask) -> None:
    bob = make_account(app)
    make_ready(app, bob)
    attempt = start_final(app, bob)
    answer_all(app, attempt)
    results = parallel(app, lambda: hand_in(app, bob, attempt))
    assert results == [None] * 8
    assert count(app, of=Credential) == 1
    assert count(app, Attempt.is_passed, of=Attempt) == 1


def test_starting_finals_at_once_starts_one(app: Flask, shelf: Library) -> None:
    bob = make_account(app)
    make_ready(app, bob)
    results = parallel(app, lambda: start_final(app, bob))
    assert len({one for one in results if isinstance(one, UUID)}) == 1
    assert count(app, of=Attempt) == 1
    assert count(app, of=Response) == shelf.content.courses[COURSE].file.final.scenes


def test_starting_practices_at_once_makes_one_enrollment_and_one_attempt(app: Flask, shelf: Library) -> None:
    bob = make_account(app)
    parallel(app, lambda: start_practice(app, bob))
    scenes = shelf.content.courses[COURSE].file.practice.scenes
    assert (count(app, of=Enrollment), count(app, of=Attempt), count(app, of=Response)) == (1, 1, scenes)


def test_saving_one_scene_at_once_keeps_one_answer(app: Flask) -> None:
    bob = make_account(app)
    attempt = f"/attempts/{start_practice(app, bob)}"
    _truth, action, _harmful = keys(app, attempt)[0]
    fields = {"verdict": "report-now", "confidence": "certain", "action": action, "version": "0"}
    visitors = [sign_in_as(app, bob) for _ in range(6)]
    tokens = [one.token() for one in visitors]
    with ThreadPoolExecutor(6) as pool:
        answers = pool.map(lambda one, token: one.post(f"{attempt}/scenes/1", fields, token=token), visitors, tokens)
    assert sorted(answer.status_code for answer in answers) == [303, *[409] * 5]


def test_the_database_itself_refuses_a_try_too_many(app: Flask) -> None:
    bob = make_account(app)
    make_ready(app, bob)
    attempt = start_final(app, bob)
    with pytest.raises(Conflict), app.app_context(), transaction():
        db.session.get_one(Attempt, attempt).number = 4


def test_no_second_try_starts_after_passing(app: Flask) -> None:
    bob = make_account(app)
    certify(app, bob)
    with pytest.raises(Conflict, match="already passed this final"):
        start_final(app, bob)


def test_a_final_names_lessons_and_its_next_try_shows_the_other_twins(app: Flask) -> None:
    bob = make_account(app)
    make_ready(app, bob)
    tries = []
    for _number in range(2):
        tries.append(start_final(app, bob))
        answer_all(app, tries[-1], wrong=99)
        hand_in(app, bob, tries[-1])
    with app.app_context():
        first, second = (
            set(db.session.scalars(select(Response.item).where(Response.attempt_id == one))) for one in tries
        )
        assert first & second == set()
        named = db.session.get_one(Attempt, tries[0]).lessons_to_read
        assert named
        assert len(named) <= 3


@pytest.mark.parametrize("is_drawn_before", [False, True])
def test_what_went_right_in_a_passed_final_is_not_shown_by_the_rule_it_was_drawn_with(
    app: Flask, changed: Path, is_drawn_before: bool
) -> None:
    edit(changed, f"courses/{COURSE}/course.yaml", "  retry_rule:\n", "  shows_all: false\n  retry_rule:\n")
    bob = make_account(app)
    make_ready(app, bob)
    if is_drawn_before:
        attempt = f"/attempts/{start_final(app, bob)}"
        serve(app, changed)
    else:
        serve(app, changed)
        attempt = f"/attempts/{start_final(app, bob)}"
    visitor = sign_in_as(app, bob)
    scenes = drawn(app, attempt)
    (missed,) = wrong_ones(scenes, 1)
    for position, scene in enumerate(scenes, start=1):
        verdict = right_verdict(scene["truth"])
        if position == missed:
            verdict = "nothing-to-report" if verdict == "report-now" else "report-now"
        assert visitor.answer(attempt, position, verdict, first_step(scene, verdict)).status_code == 303
    result = visitor.get(visitor.post(f"{attempt}/submission").headers["Location"]).text
    right = next(position for position in range(1, len(scenes) + 1) if position != missed)
    for position in (missed, right):  # the only one that went wrong would tell that all others are right
        assert visitor.get(f"{attempt}/scenes/{position}").status_code == (200 if is_drawn_before else 404)
    assert result.count('<div class="story">') == (len(scenes) if is_drawn_before else 0)
    assert ("Scene by scene" in result) is is_drawn_before
    assert (f"{len(scenes) - 1} of {len(scenes)} scenes went right" in result) is not is_drawn_before


def test_a_result_says_first_whether_it_is_passed_and_what_such_reports_would_be_worth(app: Flask) -> None:
    bob = make_account(app)
    make_ready(app, bob)
    visitor = sign_in_as(app, bob)
    attempt, _answer = take_final(visitor)
    passed = visitor.get(f"{attempt}/result").text
    half = scenes_of(app, attempt) // 2
    order = ["Passed.</h1>", "<bdi>", '"title">', "/certificate.pdf", "Link that anyone can check", ">caught<"]
    order += ["Scene by scene", "Of 100 reports", "What passing takes"]
    assert [passed.index(part) for part in order] == sorted(passed.index(part) for part in order)
    assert f"You caught {half} of {half} and reported nobody who was innocent." in passed
    assert "most" not in passed.split('id="showed"')[1].split("</section>")[0]
    (most,) = re.findall(r"between fewer than 1 and about (\d+) would be right", passed)
    dots = passed.split('class="units"')[1].split("</svg>")[0]
    assert (dots.count("<circle"), dots.count('class="on"'), dots.count('class="may"')) == (100, 0, int(most))
    whole = scenes_of(app, attempt)
    assert f"First steps that help: {whole} of {whole}." in passed
    assert f"Verdicts exactly as in the rule: {whole} of {whole}." in passed


def test_a_certificate_has_the_title_that_its_course_gives_it_when_it_is_earned(app: Flask, changed: Path) -> None:
    leo, bob = (make_account(app, f"{name}@example.org") for name in ("leo", "bob"))
    certify(app, leo)
    make_ready(app, bob)
    edit(changed, f"courses/{COURSE}/course.yaml", "summary:", "credential_title: Seeing what adds up\nsummary:")
    serve(app, changed)
    attempt = certify(app, bob)
    with app.app_context():
        titles = {row.user_id: row.course_title for row in db.session.scalars(select(Credential))}
    assert titles == {leo: "The small course", bob: "Seeing what adds up"}
    assert '<p class="title">Seeing what adds up</p>' in sign_in_as(app, bob).get(f"/attempts/{attempt}/result").text


def test_what_was_met_of_a_scene_that_has_changed_since_or_in_a_question_about_it_counts(shelf: Library) -> None:
    content, at = shelf.content, clock.now()
    scene = next(one for one in content.pool(Pool.OPEN) if one.other)
    assert scene.other is not None

    def met(item: str, digest: str) -> set[bool]:
        """Return which tellings of the scene were met: the first is not swapped."""
        tellings = [one for pair in pairs_of(content, Pool.OPEN, [(item, digest, at)]) for one in pair.tellings]
        assert all(one.scene == scene.id for one in tellings if one.met_at)
        return {one.is_swapped for one in tellings if one.met_at}

    assert met(scene.id, scene.digest) == {False}
    assert met(scene.id, scene.other.digest) == {True}
    assert met(scene.id, "0" * 64) == {False}
    assert met(f"{scene.id}/marks", "0" * 64) == {False}
    assert met("gone", "0" * 64) == set()


def _rename_actions(folder: Path) -> None:
    def rename(scene: dict[str, Any]) -> None:
        for action in scene["items"][0]["actions"]:
            action["id"] = f"new-{action['id']}"[:60]

    edit_scenes(folder, rename)


def _reorder(folder: Path) -> None:
    edit_scenes(folder, lambda scene: scene["items"][0]["actions"].reverse())


def _reword(folder: Path) -> None:
    for path in (folder / "scenarios").glob("*.md"):
        path.write_text(path.read_text(encoding="utf-8").rstrip() + " It is a Tuesday.\n", encoding="utf-8")


def _change_rule(folder: Path) -> None:
    path = folder / "courses" / COURSE / "course.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"missed_at_most: \d+", "missed_at_most: 0", text), encoding="utf-8")


CHANGES = [_rename_actions, _reorder, _reword, _change_rule]


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    return copy_content(tmp_path / "changed")


def serve(app: Flask, folder: Path) -> None:
    app.extensions["library"] = open_library(folder)


@pytest.mark.check("T118")
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__.strip("_"))
def test_an_attempt_is_scored_as_it_was_drawn(app: Flask, changed: Path, change: Callable[[Path], None]) -> None:
    bob = make_account(app)
    make_ready(app, bob)
    visitor = sign_in_as(app, bob)
    attempt = visitor.start("finals")
    scenes = drawn(app, attempt)
    last = f"{attempt}/scenes/{len(scenes)}"
    before = visitor.get(last).text
    change(changed)
    serve(app, changed)
    assert _story(visitor.get(last).text) == _story(before)
    concerns = [position for position, scene in enumerate(scenes, start=1) if scene["truth"] == "concern"]
    missed = min(concerns, key=lambda one: scenes[one - 1]["rule"] == "danger-now")  # one of those alone would fail
    for position, scene in enumerate(scenes, start=1):
        verdict = "nothing-to-report" if position == missed else right_verdict(scene["truth"])
        assert visitor.answer(attempt, position, verdict, first_step(scene, verdict)).status_code == 303
    result = visitor.get(visitor.post(f"{attempt}/submission").headers["Location"]).text
    half = len(scenes) // 2
    assert f"{half - 1} <small>of {half}</small>" in result  # by the rule at the start, that is enough
    assert "Passed" in result
    assert count(app, of=Credential) == 1


def _story(page: str) -> str:
    return page.split('<div class="story">')[1].split("</form>")[0].split('name="csrf_token"')[0]


@pytest.mark.check("T118")
def test_a_new_attempt_uses_the_new_content(app: Flask, changed: Path, shelf: Library) -> None:
    bob = make_account(app)
    start_practice(app, bob)
    _reword(changed)
    serve(app, changed)
    alice = start_practice(app, make_account(app, "alice@example.org"))
    with app.app_context():
        payloads = db.session.execute(
            select(Response.attempt_id, ItemSnapshot.payload).join(ItemSnapshot, Response.snapshot)
        ).all()
    new = {"It is a Tuesday." in payload["narrative"] for attempt, payload in payloads if attempt == alice}
    old = {"It is a Tuesday." in payload["narrative"] for attempt, payload in payloads if attempt != alice}
    assert (new, old) == ({True}, {False})


@pytest.mark.check("T118")
def test_a_pass_completes_and_is_readable_when_the_course_is_gone(app: Flask, shelf: Library) -> None:
    bob = make_account(app)
    make_ready(app, bob)
    attempt = start_final(app, bob)
    answer_all(app, attempt)
    visitor = sign_in_as(app, bob)
    app.extensions["library"] = _Shelf(shelf)
    assert visitor.get(f"/attempts/{attempt}/scenes/1").status_code == 200
    assert visitor.get(f"/attempts/{attempt}/submission").status_code == 200
    handed_in = visitor.post(f"/attempts/{attempt}/submission")
    for path in (handed_in.headers["Location"], f"/attempts/{attempt}/scenes/1", "/me"):
        page = visitor.get(path)
        assert page.status_code == 200, page.text
    assert count(app, of=Credential) == 1
    assert visitor.get(f"/courses/{COURSE}").status_code == 404
    assert visitor.post(f"/courses/{COURSE}/finals").status_code == 404


class _Shelf:
    """A library whose courses and scenes are gone."""

    def __init__(self, shelf: Library) -> None:
        empty: dict[Pool, tuple[Scenario, ...]] = dict.fromkeys(shelf.content.pools, ())
        self.content = replace(shelf.content, courses={}, scenarios={}, pools=empty, digest="0" * 64)


def test_a_lesson_that_is_new_keeps_the_final_closed(app: Flask, shelf: Library) -> None:
    bob = make_account(app)
    make_ready(app, bob)
    with app.app_context(), transaction():
        enrollment = get_enrollment(bob, COURSE)
        db.session.execute(db.text("DELETE FROM lesson_completions"))
        course = shelf.content.courses[COURSE]
        with pytest.raises(DomainError, match="read all lessons"):
            start(enrollment, course, shelf.content, clock.now() + dt.timedelta(days=1))
