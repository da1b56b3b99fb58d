"""The first page, and "my course": the one thing to do next."""

from __future__ import annotations

import datetime as dt
import re

from flask import Flask
from sqlalchemy import event

from tests.cast import (
    actor_of,
    answer_all,
    approve,
    certify,
    code_of,
    hand_in,
    join_class,
    make_account,
    make_class,
    make_firm,
    make_guest,
    make_ready,
    put_on_roster,
    sign_in_as,
    start_final,
    start_practice,
)
from tests.support import COURSE, Visitor, closed_up, too_many
from trainer.content.library import Library
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.organizations.codes import make_join_code, show_code
from trainer.organizations.rules import Role


def test_the_front_page_leads_to_the_course_and_the_first_try(visitor: Visitor) -> None:
    page = visitor.get("/").text
    for path in (f"/courses/{COURSE}", "/try", "/help", "/exit"):
        assert f'href="{path}"' in page


def test_someone_new_is_shown_what_there_is(app: Flask) -> None:
    page = sign_in_as(app, make_guest(app)).get("/me").text
    assert "Nothing started yet" in page
    assert "Forget this device" in page


def test_scenes_under_way_come_first(app: Flask) -> None:
    bob = make_account(app)
    attempt = start_practice(app, bob)
    page = sign_in_as(app, bob).get("/me").text
    assert f'href="/attempts/{attempt}"' in page
    assert "Account and devices" in page


def test_a_certificate_stays_when_the_course_is_done(app: Flask, shelf: Library) -> None:
    bob = make_account(app)
    certify(app, bob)
    page = sign_in_as(app, bob).get("/me").text
    assert "/verify/" in page
    assert "Valid until" in page


def test_each_sees_their_own_only(app: Flask) -> None:
    bob = make_account(app)
    certify(app, bob)
    charlie = make_account(app, "charlie@example.org")
    make_ready(app, charlie, "Charlie")
    page = sign_in_as(app, charlie).get("/me").text
    assert "/verify/" not in page
    assert "Bob" not in page


def test_one_field_takes_the_code_of_a_firm_and_of_a_class(app: Flask, visitor: Visitor) -> None:
    owner = make_account(app, "alice@example.org")
    firm = make_firm(app, owner)
    with app.app_context(), transaction():
        month = clock.now() + dt.timedelta(days=30)
        firms = make_join_code(actor_of(owner, firm), Role.MEMBER, None, month, None, clock.now()).code
    of_class = code_of(app, make_class(app, owner, firm))
    for code, path in ((firms, "/join/"), (of_class, "/classes/")):
        typed = f" {code[:4]} {code[4:]} ".lower()
        answer = visitor.get("/join", query_string={"code": typed})
        assert (answer.status_code, answer.headers["Location"]) == (303, path + show_code(code))


def test_the_classes_that_someone_is_in_stand_on_their_page(app: Flask) -> None:
    owner, dora = make_account(app, "alice@example.org"), make_account(app, "dora@example.org")
    approve(app, owner)
    room = make_class(app, owner, None, title="Tuesday evenings")
    join_class(app, dora, room, "Dora D.")
    page = sign_in_as(app, dora).get("/me").text
    assert "Tuesday evenings" in page
    assert "Dora D." in page
    assert f'href="/classes/{show_code(code_of(app, room))}"' in page


def test_whoever_leads_a_firm_comes_to_its_training_status_at_once(app: Flask) -> None:
    owner, bob = make_account(app, "alice@example.org"), make_account(app)
    firm = make_firm(app, owner)
    put_on_roster(app, firm, bob)
    path = f'href="/organizations/{firm}/training"'
    assert path in sign_in_as(app, owner).get("/me").text
    assert path not in sign_in_as(app, bob).get("/me").text


def test_whoever_has_a_name_is_greeted_with_it(app: Flask) -> None:
    bob = make_account(app)
    assert "<h1>My course</h1>" in closed_up(sign_in_as(app, bob).get("/me").text)
    make_ready(app, bob, "Bob Boucher")
    greeting = closed_up(sign_in_as(app, bob).get("/me").text).partition("<h1>")[2].partition("</h1>")[0]
    assert re.sub(r"[\u2068\u2069]", "", greeting) == "Hello, Bob Boucher."


def test_practice_stands_there_with_its_minutes_and_how_the_last_one_went(app: Flask, shelf: Library) -> None:
    bob = make_account(app)
    attempt = start_practice(app, bob)
    answer_all(app, attempt, wrong=1)
    hand_in(app, bob, attempt)
    scenes = shelf.content.courses[COURSE].file.practice.scenes
    for path in ("/me", f"/courses/{COURSE}/practice"):
        page = closed_up(sign_in_as(app, bob).get(path).text)
        assert f"<span>Last: {scenes - 1} of {scenes}</span>" in page
    page = closed_up(sign_in_as(app, bob).get("/me").text)
    assert f'<a href="/courses/{COURSE}/practice">{scenes} scenes</a>' in page
    assert "Your last practice" in page


def test_the_small_window_shows_a_passed_final_and_never_a_failed_one(app: Flask, shelf: Library) -> None:
    bob = make_account(app)
    make_ready(app, bob)
    attempt = start_final(app, bob)
    answer_all(app, attempt, wrong=too_many(shelf))
    hand_in(app, bob, attempt)
    assert 'class="win mini"' not in sign_in_as(app, bob).get("/me").text
    certify(app, bob)
    page = closed_up(sign_in_as(app, bob).get("/me").text)
    assert "Your final" in page
    assert page.count('class="win mini"') == 1


def test_my_course_takes_no_more_statements_than_it_has_parts(app: Flask) -> None:
    bob = make_account(app)
    certify(app, bob)
    visitor = sign_in_as(app, bob)
    visitor.get("/me")
    with app.app_context():
        engine = db.engine
    seen: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _u, statement, *_rest: seen.append(statement))
    visitor.get("/me")
    assert sum("FROM credentials" in statement for statement in seen) == 1
    assert sum("FROM attempts" in statement for statement in seen) == 4
