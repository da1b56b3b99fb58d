"""My progress: counts over time, by group of signs and sureness; of scenes that stay closed, nothing else."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections import Counter
from dataclasses import replace
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.assessment import before, rich
from tests.assessment.final_rules import TWO_STAGES
from tests.cast import (
    answer_all,
    certify,
    hand_in,
    make_account,
    make_ready,
    sign_in_as,
    start_final,
    start_practice,
)
from tests.support import COURSE, Visitor, closed_up, right_verdict, too_many
from trainer.assessment import operations, pretest, words
from trainer.assessment.drawing import Pair, PairTelling, leaning
from trainer.assessment.measures.strength import Prior
from trainer.assessment.models import Attempt, Response
from trainer.assessment.privacy import export_person
from trainer.assessment.progress import (
    InCategory,
    OwnProgress,
    WindowKind,
    find_progress,
    find_weak_in_finals,
    in_category,
)
from trainer.assessment.queries import list_responses
from trainer.assessment.rules import Tally
from trainer.assessment.site_figures import ASSUMED, Everyone, categories_of, keep
from trainer.content.library import Library
from trainer.content.schema import Pool
from trainer.content.serving import served
from trainer.content.subject import Truth
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.items.registry import read_scene
from trainer.learning.operations import enroll


def progress_of(app: Flask, user_id: UUID) -> OwnProgress:
    with app.app_context():
        return find_progress(user_id, served(), served().courses[COURSE])


def page_of(app: Flask, user_id: UUID) -> str:
    answer = sign_in_as(app, user_id).get("/progress")
    assert answer.status_code == 200
    return closed_up(answer.text)


def practice(app: Flask, user_id: UUID, *, wrong: int = 0, confidence: str = "certain") -> UUID:
    """Let someone do a practice; return the attempt's id."""
    attempt_id = start_practice(app, user_id)
    answer_all(app, attempt_id, wrong=wrong)
    if confidence != "certain":
        with app.app_context(), transaction():
            for one in list_responses(db.session.get_one(Attempt, attempt_id)):
                one.given = {**(one.given or {}), "confidence": confidence}
    hand_in(app, user_id, attempt_id)
    return attempt_id


def fail(app: Flask, user_id: UUID, shelf: Library) -> UUID:
    make_ready(app, user_id)
    attempt_id = start_final(app, user_id)
    answer_all(app, attempt_id, wrong=too_many(shelf))
    hand_in(app, user_id, attempt_id)
    return attempt_id


def test_who_has_judged_nothing_is_led_to_practice(app: Flask) -> None:
    page = page_of(app, make_account(app))
    assert "Nothing to show yet" in page
    assert f'href="/courses/{COURSE}/practice"' in page
    assert "Over time" not in page


def test_practice_and_each_final_that_was_passed_have_a_window_of_their_own(app: Flask, shelf: Library) -> None:
    bob = make_account(app)
    scenes = shelf.content.courses[COURSE].file
    practice(app, bob, wrong=2)
    practice(app, bob)
    fail(app, bob, shelf)
    certify(app, bob)
    windows = progress_of(app, bob).windows
    assert [one.stage for one in windows] == [WindowKind.PRACTICE, WindowKind.FINAL]
    assert [one.tally.answered for one in windows] == [2 * scenes.practice.scenes, scenes.final.scenes]
    assert windows[0].tally.misses + windows[0].tally.false_alarms == 2
    page = page_of(app, bob)
    for title in ("<b>Practice</b>", "<b>Final, passed</b>"):
        assert page.count(title) == 1


def test_scenes_count_from_the_first_day_whatever_it_was(app: Flask) -> None:
    bob = make_account(app)
    with time_machine.travel(dt.datetime(2026, 11, 10, 12, tzinfo=dt.UTC)):
        certify(app, bob)
    with time_machine.travel(dt.datetime(2026, 11, 12, 12, tzinfo=dt.UTC)):
        practice(app, bob)
        assert progress_of(app, bob).since.day == 10
        assert "scenes since November 10, 2026." in re.sub(r"\s+", " ", page_of(app, bob))


def test_a_final_under_way_changes_nothing_on_the_page(app: Flask) -> None:
    bob = make_account(app)
    practice(app, bob)
    make_ready(app, bob)
    attempt = start_final(app, bob)
    was = without_tokens(page_of(app, bob))
    answer_all(app, attempt, wrong=3)
    assert without_tokens(page_of(app, bob)) == was


@pytest.mark.on_both
def test_between_its_stages_a_final_changes_nothing_on_the_page(rich_app: Flask) -> None:
    bob = make_account(rich_app)
    practice(rich_app, bob)
    make_ready(rich_app, bob)
    was = without_tokens(page_of(rich_app, bob))
    attempt = start_final(rich_app, bob)
    answer_all(rich_app, attempt, wrong=1)
    hand_in(rich_app, bob, attempt)
    with rich_app.app_context():
        assert db.session.get_one(Attempt, attempt).submitted_at is None
    assert without_tokens(page_of(rich_app, bob)) == was


def without_tokens(page: str) -> str:
    return re.sub(r'(name="csrf_token" value|nonce)="[^"]*"', "", page)


def test_a_final_that_was_not_passed_changes_the_headline_and_nothing_else(app: Flask, shelf: Library) -> None:
    bob = make_account(app)
    practice(app, bob)
    make_ready(app, bob)
    was = without_tokens(page_of(app, bob))
    attempt = fail(app, bob, shelf)
    page = without_tokens(page_of(app, bob))
    told = "<span>You haven’t passed your last final yet.</span>"
    link = f'<a class="tap" href="/attempts/{attempt}/result">What to work on, and when the next try opens</a>'
    assert told in page
    headline = "<span>You caught everything that adds up, and you left the rest alone.</span>"
    assert page.replace(told, headline).replace(f"<p>{link}</p>", "") == was


def test_after_finals_that_were_all_failed_the_page_says_so_and_counts_nothing(app: Flask, shelf: Library) -> None:
    bob = make_account(app)
    attempt = fail(app, bob, shelf)
    page = page_of(app, bob)
    assert "You haven’t passed your last final yet." in page
    assert f'href="/attempts/{attempt}/result"' in page
    assert "Nothing to show yet" in page


def test_a_final_that_was_passed_later_gives_the_headline_with_its_first_steps(app: Flask, shelf: Library) -> None:
    bob = make_account(app)
    fail(app, bob, shelf)
    certify(app, bob)
    scenes = shelf.content.courses[COURSE].file.final.scenes
    page = page_of(app, bob)
    assert "You haven’t passed" not in page
    assert f"First steps that help in the final: {scenes} of {scenes}." in page


def test_groups_of_signs_without_an_answer_are_named_in_one_sentence(
    rich_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob = make_account(rich_app)
    practice(rich_app, bob)
    assert "Nothing judged yet" not in page_of(rich_app, bob)
    with rich_app.app_context():
        content = served()
    known = content.categories
    others = [known[0].model_copy(update={"id": name.lower(), "name": name}) for name in ("Dreams", "Weather")]
    more = replace(content, categories=(*known, *others))
    monkeypatch.setattr("trainer.assessment.views.progress.served", lambda: more)
    sentence = page_of(rich_app, bob).partition("Nothing judged yet about: ")[2].partition("</p>")[0]
    assert re.sub(r"[\u2068\u2069]", "", sentence) == "Dreams, Weather."


def test_mistakes_made_certain_stand_first_and_lead_to_their_answer(app: Flask, shelf: Library) -> None:
    bob = make_account(app)
    practice(app, bob, wrong=2)
    practice(app, bob, wrong=1, confidence="guessing")
    found = progress_of(app, bob)
    assert len(found.mistakes) == 2
    assert found.calibration.confident_but_wrong == 2
    visitor = sign_in_as(app, bob)
    page = visitor.get("/progress").text
    assert page.index('id="certain-wrong"') < page.index('id="by-category"')
    for one in found.mistakes:
        assert one.title in page
        assert "Why" in visitor.get(f"/attempts/{one.attempt_id}/scenes/{one.position}").text


@pytest.mark.on_both
def test_what_went_wrong_in_a_passed_final_is_named(app: Flask) -> None:
    bob = make_account(app)
    make_ready(app, bob)
    attempt = start_final(app, bob)
    answer_all(app, attempt)
    with app.app_context(), transaction():  # one that doesn't decide: an innocent scene
        one = next(
            one
            for one in list_responses(db.session.get_one(Attempt, attempt))
            if one.snapshot.payload["truth"] == "no_concern"
        )
        one.given = {**(one.given or {}), "verdict": "report-now"}
        position = one.position
    hand_in(app, bob, attempt)
    assert [(one.attempt_id, one.position) for one in progress_of(app, bob).mistakes] == [(attempt, position)]


def test_one_slip_in_a_final_is_enough_for_check_ins_to_lean_to_its_groups_of_signs(app: Flask) -> None:
    bob = make_account(app)
    make_ready(app, bob)
    attempt = start_final(app, bob)
    answer_all(app, attempt)
    with app.app_context(), transaction():
        one = next(
            one
            for one in list_responses(db.session.get_one(Attempt, attempt))
            if one.snapshot.payload["truth"] == "no_concern"
        )
        scene = read_scene(one.snapshot.payload)
        one.given = {**(one.given or {}), "verdict": "report-now"}
    hand_in(app, bob, attempt)
    practice(app, bob, wrong=99)  # which is no final
    with app.app_context():
        weak = find_weak_in_finals(bob, served())
        assert weak
        assert weak <= categories_of(scene, served())


def test_sureness_is_counted_by_how_sure_someone_was(app: Flask, shelf: Library) -> None:
    bob = make_account(app)
    number = shelf.content.courses[COURSE].file.practice.scenes
    practice(app, bob, wrong=1, confidence="fairly-sure")
    calibration = progress_of(app, bob).calibration
    assert (calibration.fairly_sure.right, calibration.fairly_sure.answers) == (number - 1, number)
    assert calibration.certain.answers == calibration.guessing.answers == 0
    page = page_of(app, bob)
    assert f"{number - 1} of {number}" in page
    assert "Certain, and wrong" not in page


def test_a_band_stands_from_the_first_answer_and_counts_all_of_each_truth() -> None:
    def band(**counts: int) -> InCategory:
        truths = {"hits": (Truth.CONCERN, True), "misses": (Truth.CONCERN, False), "left": (Truth.NO_CONCERN, True)}
        return in_category("papers", "Papers", Counter({truths[name]: number for name, number in counts.items()}), {})

    nothing, first, many = band(), band(hits=1), band(hits=20, misses=2, left=1)
    assert nothing.strength.share == ASSUMED.mean == 0.75
    assert first.of_ten == (4, 10)
    assert (many.right, many.answers) == (21, 23)
    assert many.strength.share == pytest.approx(((20 + 1.5) / (22 + 2) + (1 + 1.5) / (1 + 2)) / 2)
    assert many.strength.high - many.strength.low < first.strength.high - first.strength.low


def test_what_people_of_the_site_come_to_weighs_in_as_soon_as_it_was_counted(rich_app: Flask) -> None:
    bob = make_account(rich_app)
    practice(rich_app, bob, wrong=1)
    assumed = {one.id: one.strength.share for one in progress_of(rich_app, bob).categories}
    with rich_app.app_context(), transaction():
        priors = {name: {truth: Prior(19, 1) for truth in Truth} for name in assumed}
        keep(Everyone((), 0, None, priors), clock.now())
    assert all(one.strength.share > assumed[one.id] for one in progress_of(rich_app, bob).categories)


def test_of_each_scene_the_first_answer_counts(app: Flask, shelf: Library) -> None:
    bob = make_account(app)
    practice(app, bob, wrong=2)
    for _time in range(4):  # until all scenes come again, with their keys shown
        practice(app, bob)
    found = progress_of(app, bob)
    scenes = len(shelf.content.pool(Pool.OPEN))
    assert found.scenes > scenes
    assert (found.calibration.certain.right, found.calibration.certain.answers) == (scenes - 2, scenes)
    assert max(one.answers for one in found.categories) <= scenes


def test_each_answer_is_a_dot_and_no_grade_is_given(rich_app: Flask) -> None:
    bob = make_account(rich_app)
    practice(rich_app, bob, wrong=1)
    page = page_of(rich_app, bob)
    group = progress_of(rich_app, bob).categories[0]
    dots = f"{group.hits} caught, {group.misses} missed, {group.false_alarms} over-reported, "
    assert f'aria-label="{dots}{group.correct_rejections} left alone"' in page
    assert page.count(f"Likely {group.of_ten[0]} to {group.of_ten[1]} of 10 right") >= 1
    for grade in ("Strong", "Solid", "Getting there", "Needs work", "Too few to tell"):
        assert grade not in page


def test_a_weak_category_leads_to_its_lessons_and_to_a_practice_that_leans_to_it(rich_app: Flask) -> None:
    bob = make_account(rich_app)
    for _time in range(2):  # the second one shows the other twins
        practice(rich_app, bob, wrong=99)
    weakest = progress_of(rich_app, bob).weakest
    assert weakest is not None
    assert weakest.lessons
    page = page_of(rich_app, bob)
    assert f"{weakest.misses} missed, {weakest.false_alarms} over-reported." in page
    assert f"To work on: {weakest.name}." in page
    assert weakest.lessons[0].file.title in page
    assert f'name="category" value="{weakest.id}"' in page
    answer = sign_in_as(rich_app, bob).post(f"/courses/{COURSE}/practices", {"category": weakest.id})
    assert answer.headers["Location"].startswith("/attempts/")
    assert weakest.id not in answer.headers["Location"]


def test_a_practice_of_a_category_takes_its_pairs_first(app: Flask, shelf: Library) -> None:
    content = shelf.content
    course = content.courses[COURSE]
    shown = {
        category.id: {
            scene.file.pair
            for scene in content.pool(Pool.OPEN)
            if any(content.indicators[sign].category == category.id for sign in scene.file.signs)
        }
        for category in content.categories
    }
    category = min((one for one in shown if shown[one]), key=lambda one: len(shown[one]))
    bob = make_account(app)
    for _time in range(3):  # however often its pairs were met
        with app.app_context(), transaction():
            enrollment = enroll(bob, course, clock.now())
            attempt = operations.start_practice(
                enrollment, content, course.file.practice.scenes, clock.now(), category
            ).id
        with app.app_context():
            items = db.session.scalars(select(Response.item).where(Response.attempt_id == attempt)).all()
        pairs = {content.scenarios[item].file.pair for item in items}
        assert len(items) == len(pairs) == course.file.practice.scenes
        assert len(pairs & shown[category]) == min(len(shown[category]), course.file.practice.scenes)
        assert sum(content.scenarios[item].file.truth == "concern" for item in items) * 2 == len(items)
        answer_all(app, attempt)
        hand_in(app, bob, attempt)


def test_leaning_takes_the_wanted_first_and_of_each_kind_those_met_longest_ago() -> None:
    at = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
    pairs = [
        Pair(
            (PairTelling(f"{number}-a", True, met_at=at + dt.timedelta(days=number)), PairTelling(f"{number}-b", False))
        )
        for number in range(6)
    ]
    chosen = leaning(pairs, set(pairs[3:5]), 4, random.Random(1))
    assert [one.tellings[0].scene for one in chosen] == ["3-a", "4-a", "0-a", "1-a"]


def test_leaning_prefers_among_those_that_are_equally_fresh_only() -> None:
    at = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
    pairs = [
        Pair((PairTelling(f"{number}-a", True, met_at=at if number < 3 else None), PairTelling(f"{number}-b", False)))
        for number in range(6)
    ]
    for seed in range(20):
        chosen = leaning(pairs, {pairs[0], pairs[3]}, 4, random.Random(seed), preferred={pairs[0], pairs[1], pairs[4]})
        assert [one.tellings[0].scene for one in chosen] == ["3-a", "0-a", "4-a", "5-a"]


def test_a_category_that_is_not_there_is_a_practice_like_any(app: Flask) -> None:
    visitor = sign_in_as(app, make_account(app))
    assert visitor.post(f"/courses/{COURSE}/practices", {"category": "no-such"}).status_code == 303


@pytest.fixture(scope="session")
def rich_shelf(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Return the tiny content with a pretest and pairs enough for a category, loaded once."""
    return rich.open_library(before.write(tmp_path_factory.mktemp("progress")))


def take_pretest(app: Flask, user_id: UUID, *, wrong: int) -> None:
    with app.app_context(), transaction():
        course = served().courses[COURSE]
        attempt_id = pretest.start(enroll(user_id, course, clock.now()), course, served(), clock.now()).id
    answer_all(app, attempt_id, wrong=wrong)
    hand_in(app, user_id, attempt_id)


def test_what_came_before_is_told_once_a_final_is_passed(rich_app: Flask) -> None:
    bob = make_account(rich_app)
    take_pretest(rich_app, bob, wrong=1)
    practice(rich_app, bob)
    found, page = progress_of(rich_app, bob), page_of(rich_app, bob)
    assert (WindowKind.BEFORE in {window.stage for window in found.windows}, found.before) == (False, None)
    assert "Before" not in page
    with rich_app.app_context():
        assert copied_pretest(bob) is None
    certify(rich_app, bob)
    assert progress_of(rich_app, bob).windows[0].stage is WindowKind.BEFORE
    assert "Before you started" in page_of(rich_app, bob)
    with rich_app.app_context():
        assert copied_pretest(bob)


def copied_pretest(user_id: UUID) -> object:
    """Return the counts of the pretest in a copy of someone's data."""
    return next(row["tally"] for row in export_person(user_id)["attempts"] if row["kind"] == "pretest")


def test_before_and_after_are_two_counts(rich_app: Flask) -> None:
    bob = make_account(rich_app)
    take_pretest(rich_app, bob, wrong=2)
    certify(rich_app, bob)
    page = page_of(rich_app, bob)
    assert "Before: 2 of 4 right." in page
    assert "After: 2 of 2." in page
    assert "improved" not in page


def test_the_page_is_ones_own(app: Flask, shelf: Library) -> None:
    bob, charlie = make_account(app), make_account(app, "charlie@example.org")
    practice(app, bob, wrong=1)
    assert "Nothing to show yet" in page_of(app, charlie)
    assert Visitor(app).get("/progress").headers["Location"].startswith("/sign-in")
    assert 'href="/progress"' in sign_in_as(app, bob).get("/me").text


@pytest.mark.parametrize(
    ("misses", "alarms", "number", "is_passed", "said"),
    [
        (0, 4, 2, False, "You rarely miss, and you over-report some."),  # at most 3 of 48 in a second try
        (0, 4, 1, True, "You caught everything that adds up, and you left most of the rest alone."),  # at most 4 of 48
        (5, 0, 1, True, "You caught most of what adds up, and you left the rest alone."),
        (6, 0, 1, False, "You’re careful, and you miss some. Look at what signs do together."),
    ],
)
def test_a_tendency_is_cut_by_what_the_try_asked(
    app: Flask, misses: int, alarms: int, number: int, is_passed: bool, said: str
) -> None:
    asked = TWO_STAGES.asked(48, round_=1, number=number, is_passed=is_passed)
    with app.test_request_context():
        tally = Tally(24 - misses, misses, alarms, 24 - alarms, 0, 0, 48, 0, 0)
        assert words.tendency(tally, asked) == said


def test_a_verdict_alone_has_no_sureness(app: Flask) -> None:
    visitor = Visitor(app)
    attempt = visitor.post(f"/guests?start=first-try&course={COURSE}").headers["Location"]
    visitor.post(f"{attempt}/scenes/1", {"verdict": right_verdict("concern"), "version": "0"})
    page = closed_up(visitor.get("/progress").text)
    assert "<b>Practice</b>" in page
    assert "When you’re certain" not in page
