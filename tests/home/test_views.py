"""The first page, and "my course": the one thing to do next."""

from __future__ import annotations

import datetime as dt

from flask import Flask

from tests.cast import (
    actor_of,
    approve,
    certify,
    code_of,
    join_class,
    make_account,
    make_class,
    make_firm,
    make_guest,
    make_ready,
    put_on_roster,
    sign_in_as,
    start_practice,
)
from tests.support import COURSE, Visitor
from trainer.content.library import Library
from trainer.core import clock
from trainer.core.db import transaction
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
