"""Limits count what fails, for a network, an account or a token, in all processes, and forget it again."""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from flask import Flask, Response
from sqlalchemy import func, select
from werkzeug.exceptions import TooManyRequests
from werkzeug.test import TestResponse

from tests.cast import make_account
from tests.support import Visitor
from trainer.app import create_app
from trainer.content.library import Library
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.core.limits import LimitCount, forget_counts
from trainer.core.settings import Settings, read_settings
from trainer.core.variables import SettingsRefused
from trainer.web.limits import limit_acts, limit_own_failures, network_of

pytestmark = pytest.mark.on_both

REDIS = os.environ.get("TRAINER_TEST_REDIS_URL", "redis://127.0.0.1:6379")
HOME = {"REMOTE_ADDR": "198.51.100.7"}


def counts(app: Flask) -> int:
    """Return how many counts are kept."""
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(LimitCount)) or 0


def guess(visitor: Visitor, address: str = "198.51.100.7", email: str = "nobody@example.org") -> TestResponse:
    """Type a wrong password."""
    fields = {"email": email, "password": "wrong wrong wrong"}
    return visitor.post("/sign-in", fields, environ_base={"REMOTE_ADDR": address})


def guess_many(app: Flask, count: int, address: Callable[[int], str] = lambda _number: "198.51.100.7") -> list[int]:
    """Type wrong passwords for many accounts; return the statuses."""
    visitor = Visitor(app)
    token = visitor.token()
    answers = []
    for number in range(count):
        fields = {"email": f"n{number}@example.org", "password": "wrong wrong wrong"}
        environ = {"REMOTE_ADDR": address(number)}
        answers.append(visitor.post("/sign-in", fields, token=token, environ_base=environ).status_code)
    return answers


def test_a_shift_of_ninety_behind_one_address_signs_in_and_another_signs_up(app: Flask) -> None:
    for number in range(3):
        make_account(app, f"guard{number}@example.org")
    answers = [Visitor(app).sign_in(f"guard{number % 3}@example.org").status_code for number in range(90)]
    assert answers == [303] * 90
    assert counts(app) == 0  # who is right is not counted
    for number in range(60):
        Visitor(app).sign_up(f"new{number}@example.org")


@pytest.mark.asvs("2.4.1", "6.3.1")
def test_wrong_passwords_of_a_network_are_slowed_and_the_next_network_is_not(app: Flask) -> None:
    assert guess_many(app, 62) == [422] * 60 + [429] * 2
    assert guess_many(app, 1, lambda _number: "198.51.100.8") == [422]


@pytest.mark.asvs("2.4.1")
def test_all_of_an_ipv6_network_is_one_source(app: Flask) -> None:
    assert guess_many(app, 61, lambda number: f"2001:db8:1:2::{number:x}") == [422] * 60 + [429]
    assert guess_many(app, 1, lambda _number: "2001:db8:1:3::1") == [422]
    assert network_of("::ffff:192.0.2.1") == network_of("192.0.2.1") == "192.0.2.1"


def test_reading_and_being_right_write_nothing(app: Flask) -> None:
    visitor = Visitor(app)
    for path in ("/sign-in", "/sign-up", "/join", "/password-reset", "/account", "/keep"):
        visitor.get(path)
    visitor.sign_up()
    visitor.post("/sign-out")
    made = counts(app)
    assert made == 1  # the account that was made
    visitor.sign_in()
    assert counts(app) == made
    visitor.get("/join/ZZZZZZZZ")
    assert counts(app) == made + 1


@pytest.mark.check("T047")
def test_tries_at_once_are_all_counted_and_a_success_takes_nothing_off(app: Flask) -> None:
    make_account(app, "leo@example.org")

    def one(number: int) -> int:
        return guess(Visitor(app), email=f"n{number}@example.org").status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(one, range(64)))
    assert set(statuses) <= {422, 429}
    with app.app_context():
        most = db.session.scalar(select(func.max(LimitCount.count)))
    assert most == statuses.count(422)
    assert Visitor(app).sign_in().status_code == 303  # from another address
    assert guess(Visitor(app)).status_code == 429


@pytest.mark.parametrize(
    ("limit", "status"), [(limit_acts("3 per hour"), 200), (limit_own_failures("3 per hour"), 422)], ids=["acts", "own"]
)
def test_of_many_at_once_no_more_are_let_in_than_one_after_the_other(
    app: Flask, limit: Callable[[Callable[[], tuple[str, int]]], Callable[[], Response]], status: int
) -> None:
    let_in = list[int]()

    def view() -> tuple[str, int]:
        let_in.append(1)
        time.sleep(2)  # others come before this one is answered
        return "", status

    limited = limit(view)

    def ask(_number: int) -> int:
        with app.test_request_context("/", method="POST"):
            try:
                return limited().status_code
            except TooManyRequests:
                return 429

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(ask, range(8)))
    assert sorted(statuses) == sorted([status] * 3 + [429] * 5)
    assert len(let_in) == 3


def test_what_does_not_count_is_taken_off_again(app: Flask) -> None:
    statuses = iter([409, 422, 200, 200, 200])
    limited: Any = limit_acts("2 per hour")(lambda: ("", next(statuses)))
    with app.test_request_context("/", method="POST"):
        assert [limited().status_code for _time in range(4)] == [409, 422, 200, 200]
        with pytest.raises(TooManyRequests):
            limited()


@pytest.mark.check("T046")
def test_counts_are_kept_over_a_restart_and_shared_by_all_processes(
    app: Flask, settings: Settings, shelf: Library
) -> None:
    assert guess_many(app, 30) == [422] * 30
    again = create_app(settings, shelf)
    assert guess_many(again, 31) == [422] * 30 + [429]
    with again.app_context():
        db.engine.dispose()


@pytest.mark.asvs("14.2.7")
def test_counts_say_nothing_of_addresses_and_are_forgotten(app: Flask) -> None:
    with time_machine.travel("2026-11-25T12:00:00Z", tick=False) as time:
        assert guess_many(app, 2) == [422] * 2
        with app.app_context():
            kept = db.session.scalars(select(LimitCount.key)).all()
            assert len(kept) == 3  # one of the network, one of each account
            assert not any("198" in key or "nobody" in key for key in kept)
        time.shift(dt.timedelta(minutes=10))
        for left in (2, 2):  # twice: what is left is not old
            with app.app_context(), transaction():
                forget_counts(clock.now())
            assert counts(app) == left
        time.shift(dt.timedelta(minutes=50))
        with app.app_context(), transaction():
            assert forget_counts(clock.now()) == 2
        assert counts(app) == 0
    with time_machine.travel("2026-11-26T12:00:00Z", tick=False):
        guess_many(app, 2)
        with app.app_context():
            assert not set(kept) & set(db.session.scalars(select(LimitCount.key)))  # other names each day


def test_after_the_window_all_is_as_before(app: Flask) -> None:
    with time_machine.travel("2026-11-25T12:00:00Z", tick=False) as time:
        assert guess_many(app, 61)[-1] == 429
        time.shift(dt.timedelta(minutes=9, seconds=59))
        assert guess_many(app, 1) == [429]
        time.shift(dt.timedelta(seconds=2))
        assert guess_many(app, 1) == [422]


@pytest.mark.asvs("4.1.3", "15.3.4")
@pytest.mark.check("T046")
@pytest.mark.check("T093")
def test_only_a_proxy_that_was_set_says_where_someone_is(settings: Settings, shelf: Library, app: Flask) -> None:
    def tries(app: Flask) -> list[int]:
        visitor = Visitor(app)
        token = visitor.token()
        return [
            visitor.post(
                "/sign-in",
                {"email": f"n{number}@example.org", "password": "x"},
                token=token,
                headers={"X-Forwarded-For": f"203.0.113.9, 198.51.100.{number}"},
            ).status_code
            for number in range(61)
        ]

    behind = create_app(replace(settings, proxies=1), shelf)
    assert set(tries(behind)) == {422}  # each its own source, by what our proxy added last
    assert tries(app)[-1] == 429  # no proxy: the header is anybody's
    with behind.app_context():
        db.engine.dispose()


@pytest.fixture
def redis_url(worker_id: str) -> Iterator[str]:
    """Give an empty database of a real Redis, which no other test process empties."""
    redis = pytest.importorskip("redis", reason="needs the package redis")
    address = f"{REDIS}/{9 + int(worker_id.removeprefix('gw')) % 7 if worker_id != 'master' else 9}"
    client = redis.Redis.from_url(address)
    try:
        client.flushdb()
    except redis.RedisError:
        pytest.skip(f"needs a Redis server at {REDIS}")
    yield address
    client.flushdb()
    client.close()


def test_redis_keeps_counts_where_it_is_set(settings: Settings, shelf: Library, redis_url: str, app: Flask) -> None:
    one, other = (create_app(replace(settings, limits_url=redis_url), shelf) for _number in range(2))
    assert guess_many(one, 30) == [422] * 30
    assert guess_many(other, 31) == [422] * 30 + [429]
    assert counts(one) == 0
    gone = create_app(replace(settings, limits_url="redis://127.0.0.1:1"), shelf)
    assert guess_many(gone, 1) == [422]  # a server that is away keeps nobody out
    for other_app in (one, other, gone):
        with other_app.app_context():
            db.engine.dispose()


def test_redis_without_its_client_is_refused_in_one_line(
    settings: Settings, shelf: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "redis", None)  # as if it weren't installed
    with pytest.raises(SettingsRefused, match="TRAINER_LIMITS_URL names a Redis server, but its client"):
        create_app(replace(settings, limits_url="redis://127.0.0.1:6379"), shelf)


@pytest.mark.parametrize("given", ["redis://", "http://127.0.0.1", "memory://", "redis://h:x", "127.0.0.1:6379"])
def test_a_limits_url_that_cannot_be_read_is_refused(given: str) -> None:
    with pytest.raises(SettingsRefused, match="TRAINER_LIMITS_URL can't be read"):
        read_settings({"TRAINER_LIMITS_URL": given, "TRAINER_SECRET_KEY": "t" * 40})
