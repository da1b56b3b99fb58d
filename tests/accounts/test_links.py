"""Mailed links: a new password, a confirmed address. Each good once, for one purpose, for a while."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event

from tests.cast import make_account, sign_in_as
from tests.support import PASSWORD, Visitor, mailed
from trainer.accounts.models import Link, User
from trainer.core import clock
from trainer.core.db import db
from trainer.core.outbox import OutboxMessage

NEW = "some other plain words"
ADDRESS = "bob@example.org"


def ask(app: Flask, address: str = ADDRESS) -> Visitor:
    """Ask for a link to choose a new password."""
    visitor = Visitor(app)
    answer = visitor.post("/password-reset", {"email": address})
    assert answer.status_code == 200, answer.text
    return visitor


def can_sign_in(app: Flask, password: str) -> bool:
    """Return whether the password lets someone in."""
    return Visitor(app).post("/sign-in", {"email": ADDRESS, "password": password}).status_code == 303


@pytest.mark.asvs("6.3.7", "6.4.3", "7.4.3")
@pytest.mark.check("T052")
@pytest.mark.check("T054")
def test_a_reset_changes_the_password_once_and_signs_everyone_out(app: Flask) -> None:
    phone = sign_in_as(app, make_account(app, ADDRESS))
    ask(app)
    path = mailed(app, "new-password")
    visitor = Visitor(app)
    assert "Choose a new password" in visitor.get(path).text
    answer = visitor.post(path, {"new_password": NEW})
    assert answer.headers["Location"] == "/sign-in"
    assert visitor.get("/me").status_code == 303  # nobody is signed in by it
    assert (can_sign_in(app, PASSWORD), can_sign_in(app, NEW)) == (False, True)
    assert phone.get("/me").status_code == 303
    assert visitor.post(path, {"new_password": "a third of plain words"}).status_code == 404
    assert can_sign_in(app, NEW)
    assert "/password-reset" in mailed(app, "password-changed")


@pytest.mark.asvs("6.4.1", "6.5.5", "9.2.1", "9.2.2")
@pytest.mark.check("T054")
def test_a_link_is_good_for_one_hour_one_purpose_and_unchanged_only(app: Flask) -> None:
    make_account(app, ADDRESS)
    ask(app)
    path, other = mailed(app, "new-password"), mailed(app, "confirm-address")
    token = path.rpartition("/")[2]
    visitor = Visitor(app)
    assert visitor.get(path).status_code == 200
    for wrong in (
        token[:-1],
        token[:-2] + token[-2:].swapcase() + "A",
        token.partition(".")[0],
        other.rpartition("/")[2],
        "x",
        "." * 40,
    ):
        assert visitor.get(f"/password-reset/{wrong}").status_code == 404
    with time_machine.travel(clock.now() + dt.timedelta(minutes=61)):
        assert visitor.get(path).status_code == 404


def test_a_newer_password_voids_links_that_wait(app: Flask) -> None:
    make_account(app, ADDRESS)
    ask(app)
    first = mailed(app, "new-password")
    ask(app)
    assert Visitor(app).post(mailed(app, "new-password"), {"new_password": NEW}).status_code == 303
    assert Visitor(app).get(first).status_code == 404


@pytest.mark.asvs("6.3.8")
@pytest.mark.check("T045")
def test_known_and_unknown_addresses_get_the_same_answer_by_the_same_work(app: Flask) -> None:
    make_account(app, ADDRESS)
    statements: list[list[str]] = []
    pages = []
    for address in (ADDRESS, "nobody@example.org"):
        seen: list[str] = []
        with app.app_context():
            engine = db.engine

            def note(_c: object, _cur: object, statement: str, *_rest: object, seen: list[str] = seen) -> None:
                seen.append(re.sub(r"\s+", " ", statement))

            event.listen(engine, "before_cursor_execute", note)
            visitor = Visitor(app)
            token = visitor.token()
            seen.clear()
            answer = visitor.post("/password-reset", {"email": address}, token=token)
            event.remove(engine, "before_cursor_execute", note)
        statements.append(seen)
        pages.append((answer.status_code, answer.text, sorted(answer.headers)))
    assert statements[0] == statements[1]
    assert pages[0] == pages[1]
    with app.app_context():
        kinds = [one.template for one in db.session.query(OutboxMessage).order_by(OutboxMessage.created_at)]
    assert kinds == ["confirm-address", "new-password", "no-account"]


@pytest.mark.check("T056")
@pytest.mark.parametrize(
    "spelling", [" bob@example.org ", "BOB@EXAMPLE.ORG", "bob\u200b@example.org", "ｂob@example.org"]
)
def test_the_link_goes_to_the_address_on_record(app: Flask, spelling: str) -> None:
    make_account(app, ADDRESS)
    ask(app, spelling)
    with app.app_context():
        to = {one.recipient for one in db.session.query(OutboxMessage)}
    assert to == {ADDRESS}


@pytest.mark.asvs("1.3.11")
@pytest.mark.check("T056")
@pytest.mark.parametrize(
    "wrong", ["bob@example.org, eve@example.org", "bob@example.org\r\nBcc: eve@example.org", "bob"]
)
def test_what_is_no_single_address_is_refused_and_kept_in_the_form(app: Flask, wrong: str) -> None:
    answer = Visitor(app).post("/password-reset", {"email": wrong})
    assert answer.status_code == 422
    assert "use this email address" in answer.text


def test_a_mailbox_gets_three_links_an_hour_at_most(app: Flask) -> None:
    make_account(app, ADDRESS)
    for _time in range(5):
        ask(app)
    with app.app_context():
        assert db.session.query(OutboxMessage).filter_by(template="new-password").count() == 3


@pytest.mark.check("T055")
def test_the_address_in_the_mail_is_the_configured_one(app: Flask) -> None:
    make_account(app, ADDRESS)
    visitor = Visitor(app)
    token = visitor.token()
    poisoned = visitor.post(
        "/password-reset", {"email": ADDRESS}, token=token, headers={"X-Forwarded-Host": "evil.example"}
    )
    assert poisoned.status_code == 200
    assert "evil" not in mailed(app, "new-password")
    assert visitor.client.get("/password-reset", headers={"Host": "evil.example"}).status_code == 400


def test_nothing_of_a_link_is_stored(app: Flask) -> None:
    make_account(app, ADDRESS)
    ask(app)
    code = mailed(app, "new-password").rpartition(".")[2]
    with app.app_context():
        rows = [vars(one) for record in (Link, OutboxMessage, User) for one in db.session.query(record)]
    assert len(code) == 43
    assert not any(code in str(row) for row in rows)


def test_an_address_is_confirmed_by_a_press_of_a_button(app: Flask) -> None:
    bob = make_account(app, ADDRESS)
    path = mailed(app, "confirm-address")
    visitor = sign_in_as(app, bob)
    assert "Not confirmed yet" in visitor.get("/account").text
    assert ADDRESS in visitor.get(path).text
    assert "Not confirmed yet" in visitor.get("/account").text  # looking changes nothing
    assert visitor.post(path).status_code == 303
    assert "Not confirmed yet" not in visitor.get("/account").text
    assert visitor.post(path).status_code == 404


def test_the_link_to_confirm_can_be_asked_for_again(app: Flask) -> None:
    visitor = sign_in_as(app, make_account(app, ADDRESS))
    first = mailed(app, "confirm-address")
    assert visitor.post("/account/confirmations").status_code == 303
    second = mailed(app, "confirm-address")
    assert first != second
    assert visitor.post(second).status_code == 303


@pytest.mark.asvs("6.2.2", "6.2.3", "7.4.3")
def test_a_password_is_changed_by_whoever_knows_it(app: Flask) -> None:
    bob = make_account(app, ADDRESS)
    phone, laptop = sign_in_as(app, bob), sign_in_as(app, bob)
    wrong = laptop.post("/account/password", {"password": "not the password", "new_password": NEW})
    assert wrong.status_code == 422
    assert can_sign_in(app, PASSWORD)
    assert laptop.post("/account/password", {"password": PASSWORD, "new_password": NEW}).status_code == 303
    assert (laptop.get("/me").status_code, phone.get("/me").status_code) == (200, 303)
    assert can_sign_in(app, NEW)


@pytest.mark.asvs("7.5.2")
def test_devices_are_listed_and_signed_out_one_by_one(app: Flask) -> None:
    bob, charlie = make_account(app, ADDRESS), make_account(app, "charlie@example.org")
    visitor = Visitor(app)
    agent = {"User-Agent": "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/156.0 Mobile Safari/537.36"}
    visitor.post("/sign-in", {"email": ADDRESS, "password": PASSWORD}, headers=agent)
    laptop, stranger = sign_in_as(app, bob), sign_in_as(app, charlie)
    page = laptop.get("/account").text
    assert "Chrome on Android" in page
    paths = re.findall(r"/account/sessions/[0-9a-f-]{36}/end", page)
    assert len(paths) == 2
    assert {stranger.post(path).status_code for path in paths} == {404}
    for path in reversed(paths):  # the laptop itself comes last
        laptop.post(path)
    assert [one.get("/me").status_code for one in (visitor, laptop)] == [303, 303]


@pytest.mark.asvs("7.4.1")
@pytest.mark.check("T051")
def test_a_copied_cookie_is_worth_nothing_after_signing_out(app: Flask) -> None:
    visitor = sign_in_as(app, make_account(app, ADDRESS))
    copy = visitor.client.get_cookie("visit", domain="127.0.0.1")
    assert copy is not None
    visitor.post("/sign-out")
    thief = Visitor(app)
    thief.client.set_cookie("visit", copy.value, domain="127.0.0.1")
    assert thief.get("/me").status_code == 303
