"""The questions of a lesson: asked in its text, answered without a script, and what follows opens with any answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from tests.assessment.swapped import copy_content, edit_front
from tests.cast import make_account, make_guest, sign_in_as
from tests.support import COURSE, Visitor, answer_questions, closed_up, first_choice
from trainer.app import create_app
from trainer.content.library import Lesson, Library
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.core.privacy import Told
from trainer.core.settings import Settings
from trainer.items.registry import MODELS
from trainer.learning import privacy
from trainer.learning.models import Enrollment, LessonResponse
from trainer.learning.operations import complete_lesson, drop_enrollments, enroll, merge_enrollments
from trainer.learning.queries import get_enrollment, list_readings

RIGHT = {"version": "0", "chosen": "passport"}
WRONG = {"version": "0", "chosen": "shift"}
CLOSED = re.compile(r'<details class="onward">')
OPENED = re.compile(r'<details class="onward" open>')


@pytest.fixture
def lesson(shelf: Library) -> Lesson:
    """The lesson that asks a question of each type."""
    return next(one for one in shelf.content.courses[COURSE].lessons if one.questions)


@pytest.fixture
def path(lesson: Lesson) -> str:
    return f"/courses/{COURSE}/{lesson.id}"


def enrolled(app: Flask) -> Visitor:
    visitor = sign_in_as(app, make_guest(app))
    visitor.enroll()
    return visitor


def send(visitor: Visitor, path: str, question: str, fields: Mapping[str, object]) -> str:
    """Answer as a browser does that reads a page with a token, or one without; return where that leads."""
    found = visitor.client.post(f"{path}/answers/{question}", data=fields, base_url=visitor.base_url)
    assert found.status_code == 303
    return found.location


def kept(app: Flask) -> list[tuple[str, object, bool | None]]:
    with app.app_context():
        rows = db.session.scalars(select(LessonResponse).order_by(LessonResponse.item))
        return [(row.item, row.given, row.is_right) for row in rows]


def test_what_a_lesson_is_about_stands_below_its_first_question_or_first_where_it_asks_none(
    app: Flask, path: str, shelf: Library
) -> None:
    note = '<p class="line-note">'
    lessons = shelf.content.courses[COURSE].lessons
    plain = next(one for one in lessons if one.file.note and not one.questions)
    for visitor in (Visitor(app), enrolled(app)):
        page = visitor.get(path).text
        assert page.count(note) == 1
        assert page.index("Check my answer") < page.index(note) < page.index("Read on without answering")
        told = visitor.get(f"/courses/{COURSE}/{plain.id}").text
        assert told.count(note) == 1
        assert told.index('<div class="reading">') < told.index(note) < told.index(plain.html[:40])


def test_each_question_stands_in_its_place_and_what_follows_is_closed_until_then(
    app: Flask, path: str, lesson: Lesson
) -> None:
    page = closed_up(Visitor(app).get(path).text)
    places = [page.index(f'id="q-{one.id}"') for one in lesson.questions]
    assert places == sorted(places)
    assert len(CLOSED.findall(page)) == len(lesson.questions) == 6
    assert page.index("Read on without answering") < page.index("one strong sign is enough") < places[1]
    assert page.count("<details") >= page.count("</details>") > 3
    assert len(re.findall(r' id="([^"]+)"', page)) == len(set(re.findall(r' id="([^"]+)"', page)))


def test_a_stranger_answers_without_a_cookie_and_the_address_carries_it(app: Flask, path: str) -> None:
    visitor = Visitor(app)
    assert "csrf_token" not in visitor.get(path).text
    address = send(visitor, path, "kept-passport", WRONG)
    assert address.endswith("#q-kept-passport")
    for _time in range(2):  # reloading shows the same
        answer = visitor.get(address)
        page = closed_up(answer.text)
        assert "That’s not right." in page
        assert "Papers that are kept are a strong sign." in page
        assert len(CLOSED.findall(page)) == 5
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in answer.headers
    assert "That’s not right." not in visitor.get(path).text
    assert kept(app) == []


def test_a_strangers_answers_add_up_and_a_new_one_replaces_the_old(app: Flask, path: str) -> None:
    visitor = Visitor(app)
    visitor.get(send(visitor, path, "kept-passport", WRONG))
    both = {"version": "0", "chosen": ["words", "time"], "answers": visitor.field("answers")}
    page = visitor.get(send(visitor, path, "good-note", both)).text
    assert ("That’s not right." in page, "Right." in page) == (True, True)
    again = {**RIGHT, "answers": visitor.field("answers")}
    page = visitor.get(send(visitor, path, "kept-passport", again)).text
    assert "That’s not right." not in page
    assert len(CLOSED.findall(page)) == 4


def test_an_answered_question_is_one_line_once_a_later_one_is_answered(app: Flask, lesson: Lesson, path: str) -> None:
    visitor = Visitor(app)
    page = visitor.get(send(visitor, path, "kept-passport", WRONG)).text
    assert '<div class="pane stack question" id="q-kept-passport"' in page
    both = {"version": "0", "chosen": ["words", "time"], "answers": visitor.field("answers")}
    page = visitor.get(send(visitor, path, "good-note", both)).text
    folded = page.split('<details class="pane question folded" id="q-kept-passport">')[1].split('id="q-good-note"')[0]
    line, _, inside = folded.partition("</summary>")
    assert "That’s not right." in line
    assert f"Question 1: {lesson.questions[0].payload['ask']}" in closed_up(unescape(line))
    assert "Papers that are kept are a strong sign." in inside
    assert '<div class="pane stack question" id="q-good-note"' in page


@pytest.mark.parametrize("token", ["made-up", "", "eyJ9.x"])
def test_an_altered_address_shows_the_lesson_as_it_is(app: Flask, path: str, token: str) -> None:
    answer = Visitor(app).get(f"{path}?answers={token}&incomplete=kept-passport")
    assert answer.status_code == 200
    assert len(CLOSED.findall(closed_up(answer.text))) == 6


def test_an_address_is_of_one_lesson(app: Flask, path: str, shelf: Library) -> None:
    visitor = Visitor(app)
    token = send(visitor, path, "kept-passport", RIGHT).split("answers=")[1].split("#")[0]
    other = shelf.content.courses[COURSE].lessons[0]
    assert visitor.get(f"/courses/{COURSE}/{other.id}?answers={token}").status_code == 200


def test_an_answered_page_is_kept_for_nobody_else(app: Flask, path: str) -> None:
    visitor = Visitor(app)
    before = visitor.get(path).text
    visitor.get(send(visitor, path, "kept-passport", RIGHT))
    assert Visitor(app).get(path).text == before
    one, other = enrolled(app), enrolled(app)
    one.get(path)
    assert one.post(f"{path}/answers/kept-passport", RIGHT).status_code == 303
    assert ("Right." in one.get(path).text, "Right." in other.get(path).text) == (True, False)
    assert one.get(path).headers["Cache-Control"] == "no-store"


def test_an_incomplete_answer_is_asked_for_and_what_was_given_stays(app: Flask, path: str) -> None:
    for visitor in (Visitor(app), enrolled(app)):
        address = visitor.post(f"{path}/answers/kept-passport", {"version": "0"}).location
        answer = visitor.get(address)
        assert answer.status_code == 422
        assert "Choose one." in answer.text
        address = visitor.post(
            f"{path}/answers/then-what", {"version": "0", "place-look": "2", "place-note": "2"}
        ).location
        page = visitor.get(address).text
        assert "Choose a place for every step." in page
        assert len(re.findall(r'<option value="2" selected>', page)) == 2
        assert len(OPENED.findall(page)) == 3  # all that lies before it
        assert "Look from where you stand" in page
        assert "You stay out of it." not in page
    assert kept(app) == []


def test_a_learners_answer_is_kept_and_shown_again_and_the_newest_counts(app: Flask, path: str) -> None:
    visitor = enrolled(app)
    assert visitor.post(f"{path}/answers/kept-passport", WRONG).location == f"{path}#q-kept-passport"
    assert kept(app) == [("kept-passport", {"chosen": ["shift"]}, False)]
    assert "That’s not right." in visitor.get(path).text
    visitor.post(f"{path}/answers/kept-passport", RIGHT)
    assert kept(app) == [("kept-passport", {"chosen": ["passport"]}, True)]
    page = visitor.get(path).text
    assert "That’s not right." not in page
    assert 'class="fb' not in page


def test_a_core_lesson_is_marked_as_read_once_its_questions_are_answered(app: Flask, path: str, lesson: Lesson) -> None:
    visitor = enrolled(app)
    page = closed_up(visitor.get(path).text)
    assert "I’ve read this." not in page
    assert re.findall(r'<a class="tap" href="([^"]*#q-[\w-]+)">(Question \d)</a>', page) == [
        (f"{'?open=all' if number > 1 else ''}#q-{one.id}", f"Question {number}")
        for number, one in enumerate(lesson.questions, start=1)
    ]
    refused = visitor.post(f"{path}/completions", {"opened_at": ""})
    assert (refused.status_code, "Answer the questions of this lesson first." in refused.text) == (409, True)
    for question in lesson.questions[:-1]:
        visitor.post(f"{path}/answers/{question.id}", first_choice(question))
    assert re.findall(r'href="#(q-[\w-]+)"', visitor.get(path).text) == [f"q-{lesson.questions[-1].id}"]
    answer_questions(visitor, path, lesson)
    page = closed_up(visitor.get(path).text)
    assert "I’ve read this." in page
    assert not re.search(r'href="[^"]*#q-[\w-]+">Question', page)
    assert "Read on without answering" not in page
    assert visitor.post(f"{path}/completions", {"opened_at": ""}).status_code == 303


def test_a_lesson_that_was_read_before_it_asked_can_be_read_again(app: Flask, path: str, lesson: Lesson) -> None:
    leo = make_account(app)
    with app.app_context(), transaction():
        course = app.extensions["library"].content.courses[COURSE]
        complete_lesson(enroll(leo, course, clock.now()), course, lesson, clock.now())
    visitor = sign_in_as(app, leo)
    assert "I’ve read this." in visitor.get(path).text
    assert visitor.post(f"{path}/completions", {"opened_at": ""}).status_code == 303


def test_a_question_that_has_changed_is_asked_again(app: Flask, path: str, lesson: Lesson) -> None:
    visitor = enrolled(app)
    answer_questions(visitor, path, lesson)
    with app.app_context(), transaction():
        db.session.execute(
            db.update(LessonResponse).where(LessonResponse.item == "good-note").values(item_digest="0" * 64)
        )
    page = visitor.get(path).text
    assert 'href="#q-good-note"' in page
    assert visitor.post(f"{path}/completions", {"opened_at": ""}).status_code == 409


def test_reading_on_without_an_answer_hides_nothing_for_good(app: Flask, path: str) -> None:
    visitor = Visitor(app)
    assert 'href="?open=all#recap"' in closed_up(visitor.get(path).text)
    page = closed_up(visitor.get(f"{path}?open=all").text)
    assert (len(OPENED.findall(page)), len(CLOSED.findall(page))) == (6, 0)


def test_answering_credits_the_time_that_the_page_was_open(app: Flask, path: str) -> None:
    visitor = enrolled(app)
    visitor.get(path)
    with app.app_context(), transaction():
        db.session.execute(db.update(Enrollment).values(started_at=clock.now()))
    fields = {**RIGHT, "opened_at": visitor.field("opened_at")}
    assert visitor.post(f"{path}/answers/kept-passport", fields).status_code == 303
    with app.app_context():
        assert db.session.scalars(select(Enrollment.active_until)).one() is not None


@pytest.mark.check("T019")
@pytest.mark.parametrize(
    "fields",
    [
        {"version": "0", "chosen": "made-up"},
        {"version": "0", "chosen": ["passport", "debt"]},
        {"version": "x", "chosen": "passport"},
        {"chosen": "passport"},
    ],
)
def test_what_the_page_does_not_offer_is_refused_and_changes_nothing(
    app: Flask, path: str, fields: Mapping[str, object]
) -> None:
    for visitor in (Visitor(app), enrolled(app)):
        answer = visitor.post(f"{path}/answers/kept-passport", dict(fields))
        assert answer.status_code == 400
        assert "strong sign" not in answer.text
    assert kept(app) == []


def test_there_is_no_answering_what_is_not_asked(app: Flask, path: str, shelf: Library) -> None:
    other = shelf.content.courses[COURSE].lessons[0].id
    for address in (f"{path}/answers/other", f"/courses/{COURSE}/{other}/answers/kept-passport"):
        assert Visitor(app).post(address, RIGHT).status_code == 404


def test_a_learners_answer_needs_the_token_of_the_form(app: Flask, path: str) -> None:
    visitor = enrolled(app)
    assert visitor.post(f"{path}/answers/kept-passport", RIGHT, token="").status_code == 400
    assert visitor.post(f"{path}/answers/kept-passport", RIGHT, token="made-up").status_code == 400
    crossed = {"Sec-Fetch-Site": "cross-site"}
    assert visitor.post(f"{path}/answers/kept-passport", RIGHT, headers=crossed).status_code == 403
    assert kept(app) == []


def test_someone_without_the_course_is_told_the_answer_and_nothing_is_kept(app: Flask, path: str) -> None:
    visitor = sign_in_as(app, make_guest(app))
    page = visitor.get(visitor.post(f"{path}/answers/kept-passport", RIGHT).location).text
    assert "Right." in page
    assert kept(app) == []


@pytest.mark.on_both
def test_of_two_answers_that_meet_the_newer_stands(app: Flask, lesson: Lesson, path: str) -> None:
    course = app.extensions["library"].content.courses[COURSE]
    leo, guest = make_account(app), make_guest(app)
    sign_in_as(app, leo).enroll()
    mine, theirs = sign_in_as(app, leo), sign_in_as(app, guest)
    theirs.enroll()
    theirs.post(f"{path}/answers/good-note", {"version": "0", "chosen": "feeling"})
    theirs.post(f"{path}/answers/kept-passport", WRONG)
    mine.post(f"{path}/answers/kept-passport", RIGHT)
    theirs.post(f"{path}/answers/at-the-door", {"version": "0"})
    mine.post(f"{path}/answers/at-the-door", {"version": "0", "chosen": "p3"})
    theirs.post(f"{path}/answers/at-the-door", {"version": "0", "chosen": "p1"})
    with app.app_context(), transaction():
        met = merge_enrollments(guest, leo, {COURSE: course}, clock.now())
        drop_enrollments([old for old, _new in met])
    assert [(item, given) for item, given, *_rest in kept(app)] == [
        ("at-the-door", {"chosen": ["p1"]}),
        ("good-note", {"chosen": ["feeling"]}),
        ("kept-passport", {"chosen": ["passport"]}),
    ]


def test_answers_are_told_to_the_person_and_forgotten_with_them(app: Flask, lesson: Lesson, path: str) -> None:
    leo = make_account(app)
    visitor = sign_in_as(app, leo)
    visitor.enroll()
    visitor.post(f"{path}/answers/kept-passport", WRONG)
    with app.app_context():
        told: Told = privacy.export_person(leo)
        (answer,) = told["lesson_answers"]
        assert (answer["lesson"], answer["item"], answer["given"]) == (
            lesson.id,
            "kept-passport",
            {"chosen": ["shift"]},
        )
        assert list_readings(get_enrollment(leo, COURSE).id) == {}
    with app.app_context(), transaction():
        privacy.forget_person(leo, clock.now())
    assert kept(app) == []


def test_in_a_course_that_isnt_being_renewed_a_question_for_renewing_takes_no_answer(
    settings: Settings, tmp_path: Path
) -> None:
    folder = copy_content(tmp_path)
    lesson = folder / "courses/refresher/01-once-more/01-the-rule-again.md"
    options = [
        {"id": "passport", "text": "The boss", "why": "Yes.", "key": True},
        {"id": "shift", "text": "A", "why": "No."},
    ]
    item = {"id": "once-more", "type": "single", "ask": "What tells you most?", "options": options}
    edit_front(lesson, lambda front: front.update(items=[item]))
    lesson.write_text(lesson.read_text().replace("::: recap", "::: item once-more\n:::\n\n::: recap"))
    app = create_app(settings, Library(folder, clock.today, MODELS))
    path, visitor = "once-more/the-rule-again/answers/once-more", enrolled(app)
    for each in (visitor, Visitor(app)):
        assert each.post(f"/courses/{COURSE}/{path}", RIGHT).status_code == 404
    assert kept(app) == []
    assert visitor.post(f"/courses/refresher/{path}", RIGHT).status_code == 303
