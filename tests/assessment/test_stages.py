"""A final in two stages: whoever is close is sent on to further scenes, once, and nothing of it is lost."""

from __future__ import annotations

import re
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.assessment.staged import FIRST, SECOND, answer, copy_staged, hand_in, stage_of
from tests.assessment.swapped import copy_content, edit_front, open_library
from tests.cast import make_account, make_ready, sign_in_as
from tests.support import COURSE, Visitor, drawn, keys
from trainer.assessment.models import Attempt, Response
from trainer.content.serving import served
from trainer.core.db import db, transaction
from trainer.credentials.models import Credential
from trainer.learning.models import Enrollment


@pytest.fixture
def staged(app: Flask, tmp_path: Path) -> Path:
    """Serve the small folder with a final of two stages."""
    folder = copy_staged(tmp_path / "staged")
    app.extensions["library"] = open_library(folder)
    return folder


@pytest.fixture
def bob(app: Flask, staged: Path) -> Visitor:
    """Return someone who is ready for the final."""
    user_id = make_account(app)
    make_ready(app, user_id)
    return sign_in_as(app, user_id)


def credentials(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Credential)) or 0


def test_who_is_within_the_bounds_passes_at_once(bob: Visitor) -> None:
    attempt = bob.start("finals")
    answer(bob, attempt)
    page = bob.get(hand_in(bob, attempt).headers["Location"]).text
    assert "Passed." in page
    assert f"{FIRST} scenes" not in page.split("</h1>")[0]
    assert f"First steps that help: {FIRST} of {FIRST}." in page
    with bob.app.app_context():
        credential = db.session.scalars(select(Credential)).one()
        half = FIRST // 2
        assert credential.final == {
            "scenes": FIRST,
            "stage": 1,
            "round": 1,
            "number": 1,
            "caught": half,
            "to_report": half,
            "over_reported": 0,
            "achievement": credential.achievement,
        }
        assert db.session.scalars(select(Enrollment)).one().final == credential.final


def test_who_is_close_is_sent_on_and_passes_by_all_scenes(bob: Visitor) -> None:
    attempt = bob.start("finals")
    answer(bob, attempt, missed=2, over_reported=1)
    between = hand_in(bob, attempt)
    assert between.headers["Location"] == attempt
    assert bob.get(attempt).headers["Location"] == f"{attempt}/more"
    page = bob.get(f"{attempt}/more").text
    assert f"{SECOND} more scenes will decide." in page
    assert f"Of all {FIRST + SECOND}: miss at most 2, over-report at most 1." in page
    assert not re.search(r"[Cc]aught|[Mm]issed: |over-reported: ", page)
    assert f'href="{attempt}/scenes/{FIRST + 1}"' in page
    assert credentials(bob.app) == 0
    answer(bob, attempt)
    result = bob.get(hand_in(bob, attempt, FIRST + SECOND).headers["Location"]).text
    assert "Passed." in result
    assert "Missed: 2." in result
    assert stage_of(bob.app, attempt).tally["misses"] == 2  # type: ignore[index]
    with bob.app.app_context():
        final = db.session.scalars(select(Credential)).one().final
        assert final is not None
        assert (final["stage"], final["scenes"], final["over_reported"]) == (2, FIRST + SECOND, 1)


def test_who_is_close_fails_by_all_scenes(bob: Visitor) -> None:
    attempt = bob.start("finals")
    answer(bob, attempt, missed=2)
    hand_in(bob, attempt)
    answer(bob, attempt, missed=1)
    result = bob.get(hand_in(bob, attempt, FIRST + SECOND).headers["Location"]).text
    assert "Not passed" in result
    assert re.search(r"Missed scenes\. Not met\.</b>\s*At most: 2\s*<", result)
    assert credentials(bob.app) == 0


def test_who_can_no_longer_pass_is_not_sent_on(bob: Visitor) -> None:
    attempt = bob.start("finals")
    answer(bob, attempt, missed=3)
    result = bob.get(hand_in(bob, attempt).headers["Location"]).text
    assert "Not passed" in result
    assert "Too many verdicts went wrong to say which of these were met." in result
    assert re.search(rf"Missed scenes\.</b>\s*At most: 2 of all {FIRST + SECOND}\s*<", result)
    assert stage_of(bob.app, attempt).scenes == FIRST


def test_later_tries_are_stricter(bob: Visitor) -> None:
    attempt = bob.start("finals")
    answer(bob, attempt, missed=3)
    hand_in(bob, attempt)
    for path in (f"/courses/{COURSE}/final", f"/courses/{COURSE}"):
        page = bob.get(path).text
        assert "at most 1 missed and at most 0 over-reported of all" in " ".join(page.split())
    attempt = bob.start("finals")
    answer(bob, attempt, over_reported=1)  # what sends on a first try
    assert "Not passed" in bob.get(hand_in(bob, attempt).headers["Location"]).text
    assert stage_of(bob.app, attempt).scenes == FIRST


def test_who_fails_by_first_steps_alone_is_told_so(bob: Visitor) -> None:
    attempt = bob.start("finals")
    answer(bob, attempt, harmful=2)
    result = bob.get(hand_in(bob, attempt).headers["Location"]).text
    assert "First steps that can’t harm" in result
    assert "Your verdicts are within what passing takes." in result
    with bob.app.app_context():
        course = served().courses[COURSE].file
        assert stage_of(bob.app, attempt).lessons_to_read == [course.steps_lesson]


@pytest.mark.parametrize(("harmful", "leads"), [(1, "Catching what adds up"), (2, "First steps that can’t harm")])
def test_the_lesson_to_start_with_teaches_the_bar_that_failed(bob: Visitor, harmful: int, leads: str) -> None:
    attempt = bob.start("finals")
    answer(bob, attempt, missed=2)
    hand_in(bob, attempt)
    answer(bob, attempt, missed=1, harmful=harmful)  # one harmful step is allowed
    result = bob.get(hand_in(bob, attempt, FIRST + SECOND).headers["Location"]).text
    assert leads in result
    with bob.app.app_context():
        steps = served().courses[COURSE].file.steps_lesson
    named = stage_of(bob.app, attempt).lessons_to_read or []
    assert steps in named
    assert (named[0] == steps) is (harmful > 1)
    (button,) = re.findall(r'<a class="btn fill" href="([^"]+)"', result)
    assert button == f"/courses/{COURSE}/{named[0]}"


def test_the_second_stage_shares_no_pair_with_the_first_and_opens_once(bob: Visitor) -> None:
    attempt = bob.start("finals")
    answer(bob, attempt, missed=1)
    for _again in range(3):
        assert hand_in(bob, attempt).headers["Location"] == attempt
    assert bob.post(f"{attempt}/submission").status_code == 303  # of a page from before there were stages
    found = stage_of(bob.app, attempt)
    assert (found.scenes, found.handed_in, found.submitted_at) == (FIRST + SECOND, FIRST, None)
    pairs = [scene["pair"] for scene in drawn(bob.app, attempt)]
    assert len(set(pairs)) == len(pairs) == FIRST + SECOND


def test_what_was_handed_in_stays_as_it_is(bob: Visitor) -> None:
    attempt = bob.start("finals")
    answer(bob, attempt, missed=1)
    hand_in(bob, attempt)
    with bob.app.app_context():
        before = [dict(one.given or {}) for one in db.session.scalars(select(Response).order_by(Response.position))]
    said = {"verdict": "report-now", "confidence": "certain", "action": keys(bob.app, attempt)[0][1], "version": "1"}
    refused = bob.post(f"{attempt}/scenes/1", said)
    assert refused.status_code == 409
    assert "already handed in" in refused.text
    assert bob.get(f"{attempt}/scenes/1").headers["Location"] == attempt
    assert f'href="{attempt}/scenes/{FIRST}"' not in bob.get(f"{attempt}/scenes/{FIRST + 1}").text
    with bob.app.app_context():
        after = [dict(one.given or {}) for one in db.session.scalars(select(Response).order_by(Response.position))]
    assert after == before


def test_the_second_stage_is_handed_in_whole(bob: Visitor) -> None:
    attempt = bob.start("finals")
    answer(bob, attempt, missed=1)
    hand_in(bob, attempt)
    refused = hand_in(bob, attempt, FIRST + SECOND)
    assert refused.status_code == 409
    assert "Some scenes have no full answer yet" in refused.text
    listed = bob.get(f"{attempt}/submission").text
    assert re.findall(r"Scene (\d+)<", listed) == [str(FIRST + one) for one in range(1, SECOND + 1)]


def test_it_stays_open_and_no_other_try_starts(bob: Visitor) -> None:
    attempt = bob.start("finals")
    answer(bob, attempt, missed=1)
    hand_in(bob, attempt)
    assert bob.start("finals") == attempt
    assert "Continue the final" in bob.get(f"/courses/{COURSE}").text


def test_it_goes_on_after_the_course_has_left_or_its_rule_has_changed(bob: Visitor, staged: Path) -> None:
    attempt = bob.start("finals")
    answer(bob, attempt, missed=2)
    path = staged / "courses" / COURSE / "course.yaml"
    path.write_text(path.read_text("utf-8").replace("missed_at_most: 2", "missed_at_most: 0"), "utf-8")
    bob.app.extensions["library"] = open_library(staged)
    hand_in(bob, attempt)
    answer(bob, attempt)
    assert "Passed." in bob.get(hand_in(bob, attempt, FIRST + SECOND).headers["Location"]).text


def test_a_pool_that_has_shrunk_meanwhile_keeps_everything_and_says_so(
    bob: Visitor, staged: Path, tmp_path: Path
) -> None:
    attempt = bob.start("finals")
    answer(bob, attempt, missed=1)
    bob.app.extensions["library"] = open_library(_with_few_pairs(tmp_path / "few"))
    refused = hand_in(bob, attempt)
    assert refused.status_code == 409
    assert "Your answers are kept" in refused.text
    bob.app.extensions["library"] = open_library(staged)
    assert hand_in(bob, attempt).headers["Location"] == attempt
    assert stage_of(bob.app, attempt).handed_in == FIRST


def _with_few_pairs(parent: Path) -> Path:
    """Return a folder with a reserved pool of two pairs, and finals as short."""
    folder = copy_content(parent)
    paths = sorted((folder / "scenarios").glob("*.md"))
    reserved = [path for path in paths if "pool: reserved" in path.read_text("utf-8")]
    pairs = sorted({path.stem[:-2] for path in reserved})[2:]
    for path in reserved:
        if path.stem[:-2] in pairs:
            edit_front(path, lambda scene: scene.update(retired=True))
    bounds = "{missed_at_most: 0, over_reported_at_most: 0, harmful_at_most: 0}"
    stage = f"  stages:\n    - scenes: 2\n      first_try: {bounds}\n"
    for path in (folder / "courses").glob("*/course.yaml"):
        text = re.sub(r"  stages:\n.*?(?=  retry_rule:|  shows_all:)", stage, path.read_text("utf-8"), flags=re.DOTALL)
        path.write_text(text, "utf-8")
    return folder


def test_before_the_start_the_pages_say_how_it_decides(bob: Visitor) -> None:
    for page in (f"/courses/{COURSE}/final", f"/courses/{COURSE}", f"/courses/{COURSE}/rule"):
        said = " ".join(bob.get(page).text.split())
        assert "You pass at once with at most 0 missed and at most 0 over-reported." in said
        assert f"If it’s close, {SECOND} more scenes decide: then at most 2 missed and at most 1 over-reported" in said


def test_a_final_begun_before_there_were_stages_ends_as_it_began(bob: Visitor) -> None:
    attempt = bob.start("finals")
    half = FIRST // 2
    with bob.app.app_context(), transaction() as session:
        found = session.get_one(Attempt, UUID(attempt.rsplit("/", 1)[1]))
        found.rule = {
            "hits_at_least": half - 1,
            "false_alarms_at_most": 0,
            "forbidden_at_most": 0,
            "danger_now_needs_911": False,
        }
        enrollment = session.get_one(Enrollment, found.enrollment_id)
        enrollment.conditions = {**enrollment.conditions, "achievement": "has shown what was asked then."}
    page = bob.get(f"{attempt}/scenes/1").text
    assert "Nothing to report" in page
    assert "Not trafficking" not in page
    answer(bob, attempt, missed=1)  # by the rule of today it would go on
    result = bob.get(bob.post(f"{attempt}/submission").headers["Location"]).text
    assert "Passed." in result
    assert re.search(r"Missed: 1\.</b>\s*At most: 1<", result)
    assert result.count('<div class="story">') == FIRST  # it showed each scene
    with bob.app.app_context():
        credential = db.session.scalars(select(Credential)).one()
        assert credential.achievement == "has shown what was asked then."
        assert credential.final is not None
        assert (credential.final["stage"], credential.final["scenes"]) == (1, FIRST)


def test_a_final_keeps_what_its_verdicts_were_called(bob: Visitor, staged: Path) -> None:
    attempt = bob.start("finals")
    path = staged / "vocabulary.yaml"
    path.write_text(path.read_text("utf-8").replace("name: Not trafficking", "name: Nothing of it"), "utf-8")
    bob.app.extensions["library"] = open_library(staged)
    assert "Not trafficking" in bob.get(f"{attempt}/scenes/1").text
    assert "Nothing of it" not in bob.get(f"{attempt}/scenes/1").text
    assert "Nothing of it" in bob.get(f"{bob.start('practices')}/scenes/1").text
    answer(bob, attempt)
    assert "Not trafficking" in bob.get(f"{attempt}/submission").text


def test_the_page_of_a_certificate_names_the_try_and_no_count(bob: Visitor) -> None:
    attempt = bob.start("finals")
    answer(bob, attempt, missed=3)
    hand_in(bob, attempt)
    attempt = bob.start("finals")
    answer(bob, attempt)
    hand_in(bob, attempt)
    with bob.app.app_context():
        serial = db.session.scalars(select(Credential.serial)).one()
    page = " ".join(Visitor(bob.app).get(f"/verify/{serial}").text.split())
    assert f"{FIRST} scenes, passed on try 2" in page
    assert not re.search(r"\b[Cc]aught|over-reported", page)
