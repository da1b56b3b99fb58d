"""Guessing at one account is slow from wherever it comes, and its owner always comes in."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from tests.cast import make_account
from tests.support import Visitor
from trainer.accounts.guessing import FREE, wait_after
from trainer.core.audit import AuditEvent
from trainer.core.db import db

NOON = "2026-11-25T12:00:00Z"


def attack(app: Flask, count: int, email: str = "leo@example.org", first: int = 0) -> list[int]:
    """Type wrong passwords for one account, each from another network; return the statuses."""
    attacker = Visitor(app)
    token = attacker.token()
    return [
        attacker.post(
            "/sign-in",
            {"email": email, "password": "wrong wrong wrong"},
            token=token,
            environ_base={"REMOTE_ADDR": f"203.0.{(first + number) // 200}.{(first + number) % 200}"},
        ).status_code
        for number in range(count)
    ]


@pytest.fixture
def leo(app: Flask) -> UUID:
    """Make an account."""
    return make_account(app, "leo@example.org")


def test_the_wait_grows_from_the_tenth_miss_to_a_quarter_of_an_hour() -> None:
    assert [wait_after(misses) for misses in (0, 9, 10, 11, 12, 13, 14, 15, 40)] == [
        0,
        0,
        30,
        60,
        120,
        240,
        480,
        900,
        900,
    ]


@pytest.mark.asvs("6.3.1")
@pytest.mark.check("T046")
@pytest.mark.parametrize("email", ["leo@example.org", "nobody@example.org"])
def test_from_the_tenth_miss_on_each_try_waits_wherever_it_comes_from(app: Flask, leo: UUID, email: str) -> None:
    with time_machine.travel(NOON, tick=False) as time:
        assert attack(app, FREE + 5, email) == [422] * FREE + [429] * 5
        time.shift(dt.timedelta(seconds=31))
        assert attack(app, 2, email, first=50) == [422, 429]
        time.shift(dt.timedelta(seconds=31))
        assert attack(app, 1, email, first=60) == [429]
    looked_at = 0
    with time_machine.travel(NOON, tick=False) as time:
        for minute in range(60):
            looked_at += attack(app, 1, email, first=minute).count(422)
            time.shift(dt.timedelta(minutes=1))
    assert looked_at < FREE


@pytest.mark.check("T046")
def test_the_owner_comes_in_from_a_browser_that_was_signed_in_before(app: Flask, leo: UUID) -> None:
    owner, stranger = Visitor(app), Visitor(app)
    with time_machine.travel(NOON, tick=False):
        assert owner.sign_in().status_code == 303
        owner.post("/sign-out")
        attack(app, FREE)
        refused = stranger.sign_in()
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "30")
        assert "Try again in one minute" in refused.text
        assert owner.sign_in("leo@example.org", "mistyped it once").status_code == 422
        assert owner.sign_in().status_code == 303


def test_a_known_browser_has_ten_misses_too_and_they_are_its_own(app: Flask, leo: UUID) -> None:
    thief, owner = Visitor(app), Visitor(app)
    with time_machine.travel(NOON, tick=False):
        for browser in (thief, owner):
            browser.sign_in()
            browser.post("/sign-out")
        statuses = [thief.sign_in("leo@example.org", "wrong wrong wrong").status_code for _try in range(30)]
        assert statuses == [422] * 2 * FREE + [429] * FREE  # as a known browser, then as a stranger
        assert owner.sign_in().status_code == 303


def test_a_browser_known_to_one_account_is_a_stranger_to_another(app: Flask, leo: UUID) -> None:
    make_account(app, "zoe@example.org")
    zoe = Visitor(app)
    with time_machine.travel(NOON, tick=False):
        zoe.sign_in("zoe@example.org")
        zoe.post("/sign-out")
        attack(app, FREE)
        assert zoe.sign_in("leo@example.org").status_code == 429
        forged = zoe.client.get_cookie("known", domain="127.0.0.1")
        assert forged is not None
        zoe.client.set_cookie("known", forged.value[:-2] + "xx", domain="127.0.0.1")
        assert zoe.sign_in("zoe@example.org").status_code == 303  # a cookie that isn't ours is none


def test_quick_exit_leaves_no_cookie(app: Flask, leo: UUID) -> None:
    for leave in ("/exit", "/exit/session"):
        visitor = Visitor(app)
        visitor.sign_in()
        assert visitor.client.get_cookie("known", domain="127.0.0.1") is not None
        if leave == "/exit":
            visitor.get(leave)
        else:
            visitor.post(leave)
        assert visitor.client.get_cookie("known", domain="127.0.0.1") is None
        assert visitor.client.get_cookie("visit", domain="127.0.0.1") is None


@pytest.mark.asvs("16.3.3")
def test_guessers_do_not_fill_the_audit_log(app: Flask, leo: UUID) -> None:
    def refusals() -> int:
        with app.app_context():
            query = select(func.count()).where(AuditEvent.act == "session.refused")
            return db.session.scalar(query) or 0

    with time_machine.travel(NOON, tick=False) as time:
        attack(app, 5, "nobody@example.org")
        assert refusals() == 0
        attack(app, 5)
        assert refusals() == 5
        for _minute in range(50):
            attack(app, 1, first=90)
            time.shift(dt.timedelta(minutes=1))
        assert refusals() == FREE
