"""The second step: set up with one right code, asked for at each sign-in, never twice with the same code."""

from __future__ import annotations

import base64
import datetime as dt
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.accounts.codes import give, set_up
from tests.cast import add_second_factor, code_now, make_account, make_guest, sign_in_as, start_practice
from tests.support import PASSWORD, Visitor
from trainer.accounts.codes import find_step, secret_of
from trainer.accounts.models import RecoveryCode, User
from trainer.accounts.rules import wait_after
from trainer.core import clock
from trainer.core.db import db
from trainer.core.keys import Key
from trainer.core.outbox import OutboxMessage

ADDRESS = "bob@example.org"
HALF_MINUTE = dt.timedelta(seconds=30)


def begin(app: Flask, path: str = "/sign-in") -> Visitor:
    """Give the right password."""
    visitor = Visitor(app)
    answer = visitor.post(path, {"email": ADDRESS, "password": PASSWORD})
    assert answer.headers["Location"].startswith("/sign-in/code")
    return visitor


@pytest.mark.asvs("6.5.5", "11.2.1")
@pytest.mark.parametrize(
    ("seconds", "code"), [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (2 * 10**10, "353130")]
)
def test_the_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    secret, at = base64.b32encode(b"12345678901234567890").decode(), dt.datetime.fromtimestamp(seconds, dt.UTC)
    assert {find_step(secret, code, at + shift * HALF_MINUTE) for shift in (0, 1)} == {seconds // 30}
    assert find_step(secret, code, at + 2 * HALF_MINUTE) is None
    assert find_step(secret, code[:5], at) is None


def test_one_right_code_turns_it_on_and_signing_in_asks_for_one(app: Flask) -> None:
    bob = make_account(app, ADDRESS)
    laptop, phone = sign_in_as(app, bob), sign_in_as(app, bob)
    assert laptop.post("/account/second-factor", {"password": "not this one"}).status_code == 422
    assert laptop.get("/account/second-factor/set-up").status_code == 303  # no key without the password
    assert laptop.post("/account/second-factor", {"password": PASSWORD}).status_code == 303
    assert laptop.post("/account/second-factor/set-up", {"code": "000000"}).status_code == 422
    assert sign_in_as(app, bob).sign_in(ADDRESS).headers["Location"] == "/me"
    page = set_up(laptop)
    assert len(set(re.findall(r"<li>([0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4})</li>", page))) == 10
    assert (laptop.get("/me").status_code, phone.get("/me").status_code) == (200, 303)
    visitor = begin(app)
    assert visitor.get("/me").status_code == 303
    with time_machine.travel(clock.now() + HALF_MINUTE):
        assert give(visitor, code_now(app, bob)) == (303, "/me")
        assert visitor.get("/me").status_code == 200


def test_the_page_asked_for_is_returned_to(app: Flask) -> None:
    bob = make_account(app, ADDRESS)
    assert 'href="/courses?x=1"' in set_up(sign_in_as(app, bob), "?next=/courses?x%3D1")
    visitor = begin(app, "/sign-in?next=/account")
    with time_machine.travel(clock.now() + HALF_MINUTE):
        assert give(visitor, code_now(app, bob), "?next=/account") == (303, "/account")
    add_second_factor(app, make_account(app, "leo@example.org"))
    evil = Visitor(app).post("/sign-in?next=//evil.example", {"email": "leo@example.org", "password": PASSWORD})
    assert evil.headers["Location"].startswith("/sign-in/code")


@pytest.mark.asvs("6.5.1")
@pytest.mark.check("T062")
def test_a_code_is_good_once_and_for_its_time_only(app: Flask) -> None:
    bob = make_account(app, ADDRESS)
    add_second_factor(app, bob)
    code = code_now(app, bob)
    assert give(begin(app), f"{code[:3]} {code[3:]}")[0] == 303
    assert give(begin(app), code)[0] == 422
    with time_machine.travel(clock.now() + 4 * HALF_MINUTE):
        assert give(begin(app), code)[0] == 422
        assert give(begin(app), code_now(app, bob))[0] == 303


@pytest.mark.on_both
@pytest.mark.asvs("6.5.1")
@pytest.mark.parametrize("kind", ["code", "recovery"])
def test_given_many_times_at_once_a_code_lets_in_once(app: Flask, kind: str) -> None:
    bob = make_account(app, ADDRESS)
    recovery, *_rest = add_second_factor(app, bob)
    code = code_now(app, bob) if kind == "code" else recovery
    visitors = [begin(app) for _number in range(6)]
    tokens = [one.token() for one in visitors]

    def press(number: int) -> int:
        return visitors[number].post("/sign-in/code", {"code": code}, token=tokens[number]).status_code

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(press, range(6))) == [303, 422, 422, 422, 422, 422]


@pytest.mark.asvs("6.5.1")
@pytest.mark.check("T062")
def test_a_recovery_code_lets_in_once_however_it_is_typed(app: Flask) -> None:
    bob = make_account(app, ADDRESS)
    first, second, *_rest = add_second_factor(app, bob)
    assert give(begin(app), first.upper().replace("-", " "))[0] == 303
    assert give(begin(app), first)[0] == 422
    assert give(begin(app), second)[0] == 303
    assert "8 recovery codes are left" in sign_in_as(app, bob).get("/account/second-factor").text


def test_someone_elses_code_is_wrong(app: Flask) -> None:
    make = [make_account(app, email) for email in (ADDRESS, "charlie@example.org")]
    add_second_factor(app, make[0])
    theirs = add_second_factor(app, make[1])
    assert give(begin(app), theirs[0])[0] == 422
    assert give(begin(app), code_now(app, make[1]))[0] == 422


@pytest.mark.check("T062")
def test_guessing_is_slowed_down_and_a_right_code_counts_again(app: Flask) -> None:
    bob = make_account(app, ADDRESS)
    add_second_factor(app, bob)
    for _try in range(5):
        assert "isn’t right" in give(begin(app), "12345")[1]
    assert "Wait 1 min" in give(begin(app), code_now(app, bob))[1]
    with time_machine.travel(clock.now() + dt.timedelta(seconds=61)):
        assert give(begin(app), "12345")[0] == 422
        assert "Wait 2 min" in give(begin(app), code_now(app, bob))[1]
    with time_machine.travel(clock.now() + dt.timedelta(seconds=190)):
        assert give(begin(app), code_now(app, bob))[0] == 303
    with app.app_context():
        assert db.session.get_one(User, bob).second_factor_misses == 0
    waits = {misses: wait_after(misses).total_seconds() / 60 for misses in (4, 5, 6, 7, 10, 11, 99)}
    assert waits == {4: 0, 5: 1, 6: 2, 7: 4, 10: 32, 11: 60, 99: 60}


@pytest.mark.on_both
@pytest.mark.check("T062")
def test_a_recovery_code_lets_its_owner_in_while_codes_wait(app: Flask) -> None:
    bob = make_account(app, ADDRESS)
    codes = add_second_factor(app, bob)
    for _try in range(5):
        give(begin(app), "12345")
    assert "Wait 1 min" in give(begin(app), code_now(app, bob))[1]
    assert "Wait 1 min" in give(begin(app), "aaaa-bbbb-cccc")[1]  # looked at, and no code: it waits like the others
    assert give(begin(app), codes[0]) == (303, "/me")
    assert give(begin(app), code_now(app, bob))[0] == 303  # and the wait is over


@pytest.mark.check("T062")
def test_the_owner_is_told_at_the_fifth_miss_and_once(app: Flask) -> None:
    bob = make_account(app, ADDRESS)
    add_second_factor(app, bob)

    def told() -> int:
        with app.app_context():
            return sum(one.template == "codes-refused" for one in db.session.query(OutboxMessage))

    counts = []
    with time_machine.travel("2026-11-25T12:00:00Z", tick=False) as traveller:
        for _try in range(7):
            give(begin(app), "12345")
            counts.append(told())
            traveller.shift(3700)
    assert counts == [0, 0, 0, 0, 1, 1, 1]


@pytest.mark.check("T062")
@pytest.mark.parametrize("minutes", [9, 10])
def test_the_right_password_is_remembered_for_ten_minutes(app: Flask, minutes: int) -> None:
    bob = make_account(app, ADDRESS)
    with time_machine.travel("2026-11-24T12:00:00Z", tick=False) as traveller:
        add_second_factor(app, bob)
        visitor = begin(app)
        traveller.shift(minutes * 60)
        location = give(visitor, code_now(app, bob))[1]
    assert location == ("/me" if minutes < 10 else "/sign-in")


@pytest.mark.asvs("6.4.3")
@pytest.mark.check("T062")
def test_a_new_password_ends_a_sign_in_that_waits_and_leaves_the_second_step(app: Flask) -> None:
    bob = make_account(app, ADDRESS)
    code = add_second_factor(app, bob)[0]
    waiting = begin(app)
    new = "some other plain words"
    sign_in_as(app, bob).post("/account/password", {"password": PASSWORD, "code": code, "new_password": new})
    assert give(waiting, code_now(app, bob)) == (303, "/sign-in")
    answer = Visitor(app).post("/sign-in", {"email": ADDRESS, "password": new})
    assert answer.headers["Location"] == "/sign-in/code"


def test_what_a_guest_did_comes_along_after_the_code_only(app: Flask) -> None:
    bob, guest = make_account(app, ADDRESS), make_guest(app)
    add_second_factor(app, bob)
    start_practice(app, guest)
    visitor = sign_in_as(app, guest)
    visitor.sign_in(ADDRESS)
    with app.app_context():
        assert db.session.get(User, guest) is not None
    assert give(visitor, code_now(app, bob))[0] == 303
    with app.app_context():
        assert db.session.get(User, guest) is None


@pytest.mark.asvs("6.3.7", "7.5.1")
def test_it_is_turned_off_with_password_and_code(app: Flask) -> None:
    bob = make_account(app, ADDRESS)
    codes = add_second_factor(app, bob)
    visitor, path = sign_in_as(app, bob), "/account/second-factor/off"
    wrong = visitor.post(path, {"password": "not this one", "code": codes[0]})
    assert (wrong.status_code, "isn’t your password" in wrong.text) == (422, True)
    assert visitor.post(path, {"password": PASSWORD, "code": "000000"}).status_code == 422
    assert visitor.post(path, {"password": PASSWORD, "code": codes[0]}).headers["Location"] == "/account"
    assert Visitor(app).sign_in(ADDRESS).headers["Location"] == "/me"
    with app.app_context():
        assert db.session.scalars(select(RecoveryCode)).all() == []
        subjects = {one.template for one in db.session.query(OutboxMessage)}
    assert {"second-factor-on", "second-factor-off"} <= subjects


@pytest.mark.on_both
def test_new_recovery_codes_void_the_old_and_can_be_saved(app: Flask) -> None:
    bob = make_account(app, ADDRESS)
    old = add_second_factor(app, bob)
    visitor = sign_in_as(app, bob)
    page = visitor.post(
        "/account/second-factor/recovery-codes", {"password": PASSWORD, "code": code_now(app, bob)}
    ).text
    new = re.findall(r"<li>([0-9a-z-]{14})</li>", page)
    assert give(begin(app), old[0])[0] == 422
    assert give(begin(app), new[0])[0] == 303
    saved = visitor.post("/account/second-factor/recovery-codes.txt", {"codes": " ".join([*new, old[1], "<b>"])})
    assert saved.text.split() == new[1:]  # one is used; what isn't theirs isn't given back
    assert saved.headers["Content-Disposition"] == "attachment; filename=recovery-codes.txt"
    assert saved.headers["Cache-Control"] == "no-store"


def test_the_database_holds_neither_secret_nor_recovery_code(app: Flask) -> None:
    bob = make_account(app, ADDRESS)
    codes = add_second_factor(app, bob)
    with app.app_context():
        rows = str([vars(one) for record in (User, RecoveryCode, OutboxMessage) for one in db.session.query(record)])
        nonce = db.session.get_one(User, bob).second_factor_nonce or ""
        secret = secret_of(bob, nonce)
        assert not any(one in rows for one in (secret, *codes, *(code.replace("-", "") for code in codes)))
        assert secret_of(bob, nonce, Key("u" * 40)) != secret


def test_an_operator_can_remove_it(app: Flask) -> None:
    bob = make_account(app, ADDRESS)
    add_second_factor(app, bob)
    visitor, run = sign_in_as(app, bob), app.test_cli_runner().invoke
    assert run(args=["accounts", "remove-second-factor", "nobody@example.org"]).exit_code == 1
    assert run(args=["accounts", "remove-second-factor", " BOB@example.org"]).exit_code == 0
    assert run(args=["accounts", "remove-second-factor", ADDRESS]).exit_code == 1
    assert visitor.get("/me").status_code == 303
    assert visitor.sign_in(ADDRESS).headers["Location"] == "/me"
