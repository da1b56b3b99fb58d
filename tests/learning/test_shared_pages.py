"""Lesson pages are made once for all learners who stand alike; what is one learner's alone is never shared."""

from __future__ import annotations

import re

from flask import Flask, template_rendered
from jinja2 import Template
from sqlalchemy import event

from tests.cast import make_guest, sign_in_as
from tests.support import COURSE, Visitor, closed_up, first_choice
from trainer.content.drills import Question
from trainer.content.library import Library
from trainer.core.db import db

_WRONG = 'class="err'
_OWN = re.compile(r'(name="(?:csrf_token|opened_at)" value=)"([^"]+)"')


def enrolled(app: Flask) -> Visitor:
    visitor = sign_in_as(app, make_guest(app))
    visitor.enroll()
    return visitor


def statements(app: Flask) -> list[str]:
    seen: list[str] = []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    return seen


def lessons(shelf: Library) -> list[str]:
    return [f"/courses/{COURSE}/{one.id}" for one in shelf.content.courses[COURSE].lessons]


def test_learners_who_stand_alike_share_all_but_their_token_and_mark(app: Flask, shelf: Library) -> None:
    one, other = enrolled(app), enrolled(app)
    pages = [visitor.get(lessons(shelf)[0]).text for visitor in (one, other, one)]
    assert len({_OWN.sub(r"\1", page) for page in pages}) == 1
    marks = [dict(_OWN.findall(page)) for page in pages]
    assert all(len(own) == 2 for own in marks)
    for name in marks[0]:
        assert marks[0][name] != marks[1][name]
    token, opened_at = (other.field(name) if other.page else "" for name in ("csrf_token", "opened_at"))
    assert other.post(f"{lessons(shelf)[0]}/completions", {"opened_at": opened_at}, token=token).status_code == 303
    assert one.post(f"{lessons(shelf)[0]}/completions", {}, token=token).status_code == 400


def test_a_shared_page_follows_what_the_learner_reads(app: Flask, shelf: Library) -> None:
    one, other, first = enrolled(app), enrolled(app), lessons(shelf)[0]
    before = closed_up(one.get(first).text)
    other.get(first)
    assert one.post(f"{first}/completions", {"opened_at": ""}).status_code == 303
    assert "You’ve read this before" not in before
    assert "You’ve read this before" in closed_up(one.get(first).text)
    assert "You’ve read this before" not in closed_up(other.get(first).text)


def test_strangers_guests_and_learners_share_nothing(app: Flask, shelf: Library) -> None:
    first = lessons(shelf)[0]
    guest = sign_in_as(app, make_guest(app))
    with_cookie = Visitor(app)
    with_cookie.token()  # a session that is nobody's
    pages = [closed_up(visitor.get(first).text) for visitor in (enrolled(app), guest, with_cookie, Visitor(app))]
    assert [("I’ve read this." in page, "reading without saving" in page) for page in pages] == [
        (True, False),
        (False, True),
        (False, False),
        (False, False),
    ]
    assert ["data-visit" in page for page in pages] == [True, True, False, False]


def test_a_session_that_is_over_opens_no_learners_page(app: Flask, shelf: Library) -> None:
    visitor, first = enrolled(app), lessons(shelf)[0]
    cookie = visitor.cookie()
    assert "I’ve read this." in visitor.get(first).text
    assert visitor.post("/sign-out").status_code == 303
    thief = Visitor(app)
    thief.client.set_cookie(*cookie.split("=", 1), domain="127.0.0.1")
    copied = thief.get(first)
    assert "I’ve read this." not in copied.text
    assert "data-visit" not in copied.text


def test_a_shared_page_takes_one_statement(app: Flask, shelf: Library) -> None:
    one, other = enrolled(app), enrolled(app)
    for path in (lessons(shelf)[0], asking(shelf)[0]):
        one.get(path)
        seen = statements(app)
        other.get(path)
        assert [text for text in seen if not text.startswith("BEGIN")] == [seen[-1]]


def test_personal_pages_stay_out_of_caches(app: Flask, shelf: Library) -> None:
    visitor = enrolled(app)
    for _time in range(2):
        assert visitor.get(lessons(shelf)[0]).headers["Cache-Control"] == "no-store"


def asking(shelf: Library) -> tuple[str, Question]:
    """Return the address of a lesson that asks, and its first question."""
    lesson = next(one for one in shelf.content.courses[COURSE].lessons if one.questions)
    return f"/courses/{COURSE}/{lesson.id}", lesson.questions[0]


def test_a_text_with_questions_is_told_once_to_all_who_have_answered_nothing(app: Flask, shelf: Library) -> None:
    (path, _question), told = asking(shelf), list[str]()

    def note(_app: object, template: Template, **_more: object) -> None:
        told.append(str(template.name))

    one, other, stranger = enrolled(app), enrolled(app), Visitor(app)
    stranger.token()  # a session that is nobody's, so that the page isn't one that is kept whole
    with template_rendered.connected_to(note, app):
        pages = [visitor.get(path).text for visitor in (one, other, one)]
        assert told.count("learning/_body.html") == 1
        nobodys = [stranger.get(f"{path}?{query}").text for query in ("", "open=all")]
    assert told.count("learning/_body.html") == 3
    assert len({_OWN.sub(r"\1", page) for page in pages}) == 1
    own = [set(_OWN.findall(page)) for page in pages]
    assert all(len(fields) == 2 for fields in own)  # the same ones in every form
    assert {value for _name, value in own[0]}.isdisjoint(value for _name, value in own[1])
    assert all(not _OWN.search(page.partition("<main")[2]) for page in nobodys)
    assert ['<details class="onward" open>' in page for page in nobodys] == [False, True]


def test_what_one_learner_answered_is_told_to_nobody_else(app: Flask, shelf: Library) -> None:
    path, question = asking(shelf)
    one, other = enrolled(app), enrolled(app)
    for visitor in (one, other):
        assert closed_up(visitor.get(path).text).count('class="told') == 0
    assert one.post(f"{path}/answers/{question.id}", first_choice(question)).status_code == 303
    assert closed_up(one.get(path).text).count('class="told') == 1
    assert closed_up(other.get(path).text).count('class="told') == 0


def test_what_an_address_calls_incomplete_is_told_to_nobody_else(app: Flask, shelf: Library) -> None:
    path, question = asking(shelf)
    stranger, one, other = Visitor(app), enrolled(app), enrolled(app)
    for visitor in (stranger, one):
        assert _WRONG in visitor.get(f"{path}?incomplete={question.id}").text
    for visitor in (Visitor(app), other):
        assert _WRONG not in visitor.get(path).text


def test_what_an_address_carries_is_told_to_nobody_else(app: Flask, shelf: Library) -> None:
    path, question = asking(shelf)
    one, other = enrolled(app), enrolled(app)
    answered = Visitor(app).client.post(
        f"{path}/answers/{question.id}", data=first_choice(question), base_url=Visitor(app).base_url
    )
    assert "answers=" in answered.location
    assert 'name="answers"' in one.get(answered.location.partition("#")[0]).text
    assert 'name="answers"' not in other.get(path).text
