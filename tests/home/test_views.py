"""The first page, and "my course": the one thing to do next."""

from __future__ import annotations

from flask import Flask

from tests.cast import certify, make_account, make_guest, make_ready, sign_in_as, start_practice
from tests.support import COURSE, Visitor
from trainer.courses.library import Library


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
