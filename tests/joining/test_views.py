"""Keep on this device, sign up, sign in: what is asked, what is said, what is not."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.cast import make_account
from tests.support import COURSE, PASSWORD, Visitor
from trainer.accounts.models import User
from trainer.core.db import db, transaction
from trainer.core.limits import LimitCount

GOOD = {"email": "leo@example.org", "password": PASSWORD, "is_old_enough": "y"}


def people(app: Flask) -> list[str | None]:
    with app.app_context():
        return list(db.session.scalars(select(User.email)))


@pytest.mark.asvs("6.2.1")
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"email": ""}, "Enter your email address"),
        ({"email": "leo"}, "use this email address"),
        ({"email": "lеo@example.org"}, "use this email address"),
        ({"email": "x" * 300 + "@example.org"}, "at most 254 characters"),
        ({"password": ""}, "Choose a password"),
        ({"password": "short"}, "at least 10 and at most 128"),
        ({"password": "x" * 129}, "at least 10 and at most 128"),
        ({"password": "x" * 100_000}, "at least 10 and at most 128"),
        ({"is_old_enough": ""}, "13 and older"),
    ],
)
def test_a_wrong_sign_up_says_what_to_mend_and_keeps_nothing(
    app: Flask, visitor: Visitor, change: dict[str, str], words: str
) -> None:
    answer = visitor.post("/sign-up", {**GOOD, **change})
    assert answer.status_code == 422
    assert words in answer.text
    assert GOOD["password"] not in answer.text
    assert people(app) == []


def test_signing_up_twice_makes_one_account(app: Flask, visitor: Visitor) -> None:
    visitor.sign_up()
    again = Visitor(app).post("/sign-up", {**GOOD, "email": "ＬＥＯ@example.org"})
    assert again.status_code == 422
    assert 'href="/sign-in">Sign in instead</a>' in again.text
    assert people(app) == ["leo@example.org"]


def test_a_wrong_password_and_an_unknown_address_answer_alike(app: Flask, visitor: Visitor) -> None:
    make_account(app, "leo@example.org")
    token = visitor.token()
    pages = []
    for email in ("leo@example.org", "bob@example.org", "not an address"):
        answer = visitor.post("/sign-in", {"email": email, "password": "wrong wrong"}, token=token)
        assert answer.status_code == 422
        pages.append(answer.text.replace(f'value="{email}"', "").replace(token, ""))
    assert len({page.split('name="csrf_token"')[0] for page in pages}) == 1
    assert all("don’t match" in page for page in pages)


def test_any_spelling_of_the_address_signs_in(app: Flask) -> None:
    make_account(app, "leo@example.org")
    for email in (" LEO@example.org ", "ｌｅｏ@example.org", "l\u200beo@example.org"):
        assert Visitor(app).sign_in(email).status_code == 303


@pytest.mark.asvs("6.2.8")
@pytest.mark.parametrize("password", ["A few plain words", "a few plain words ", "a few plain word", "x" * 129])
def test_only_the_very_password_signs_in(app: Flask, visitor: Visitor, password: str) -> None:
    make_account(app, "leo@example.org")
    assert visitor.sign_in(password=password).status_code == 422


@pytest.mark.parametrize("start", ["", "?start=practice", "?start=x&course=recognize", "?start=practice&course=../x"])
def test_keeping_makes_a_guest_and_starts_only_what_there_is(app: Flask, visitor: Visitor, start: str) -> None:
    answer = visitor.post(f"/guests{start}")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/me")
    assert people(app) == [None]


def test_keeping_can_go_straight_to_the_scenes(app: Flask, visitor: Visitor) -> None:
    first = visitor.post(f"/guests?start=practice&course={COURSE}").headers["Location"]
    assert first.startswith("/attempts/")
    assert visitor.post(f"/guests?start=practice&course={COURSE}").headers["Location"] == first
    assert people(app) == [None]


@pytest.mark.asvs("2.4.1")
def test_a_shift_behind_one_address_keeps_its_progress_and_a_program_ends_at_five_hundred(app: Flask) -> None:
    assert {Visitor(app).post("/guests").status_code for _ in range(90)} == {303}
    with app.app_context(), transaction():
        db.session.execute(update(LimitCount).values(count=500))
    assert Visitor(app).post("/guests").status_code == 429


def test_who_is_signed_in_is_not_asked_again(visitor: Visitor) -> None:
    visitor.sign_up()
    for path in ("/sign-in", "/sign-up", "/keep"):
        assert visitor.get(path).headers["Location"] == "/me"


def test_where_an_account_was_signed_in_before_signing_in_comes_before_keeping(visitor: Visitor) -> None:
    page = visitor.get("/keep?start=course&course=recognize&next=/courses").text
    assert "Do you have an account?" not in page
    visitor.sign_up()
    visitor.post("/sign-out")
    page = visitor.get("/keep?start=course&course=recognize&next=/courses").text
    assert page.index('href="/sign-in?next=/courses"') < page.index('action="/guests')
    assert 'href="/sign-in?next=/courses/recognize"' in visitor.get("/keep?start=practice&course=recognize").text


def test_who_is_led_to_sign_in_from_a_page_of_their_own_is_not_offered_another_beginning(visitor: Visitor) -> None:
    assert 'href="/keep' in visitor.get("/sign-in").text
    assert 'href="/keep' not in visitor.get("/sign-in?next=/check-ins").text
