"""A session's cookie is prolonged once an hour, and whenever the session changes."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from tests.cast import make_guest, sign_in_as
from tests.support import COURSE
from trainer.accounts.rules import KEPT
from trainer.web.sessions import RENEWED_AFTER

NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
HALF = RENEWED_AFTER / 2
DAY = dt.timedelta(days=1)


def test_pages_of_one_hour_set_no_cookie_and_the_next_hour_does_once(app: Flask) -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        visitor = sign_in_as(app, make_guest(app))
        visitor.token()
        for later, is_set in ((HALF, False), (HALF, True), (HALF, False)):
            traveller.shift(later)
            assert ("Set-Cookie" in visitor.get(f"/courses/{COURSE}").headers) is is_set


def test_who_comes_each_day_stays_signed_in(app: Flask) -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        visitor = sign_in_as(app, make_guest(app))
        visitor.token()
        for _day in range(KEPT.days + 3):
            traveller.shift(DAY)
            assert visitor.get("/me").status_code == 200


@pytest.mark.parametrize(("away", "status"), [(KEPT - RENEWED_AFTER, 200), (KEPT + HALF, 303)])
def test_who_stays_away_too_long_is_signed_out(app: Flask, away: dt.timedelta, status: int) -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        visitor = sign_in_as(app, make_guest(app))
        visitor.token()
        traveller.shift(away)
        assert visitor.get("/me").status_code == status


def test_a_session_that_changes_is_written_at_once(app: Flask) -> None:
    visitor = sign_in_as(app, make_guest(app))
    assert "Set-Cookie" in visitor.get("/keep?start=x").headers  # its form's token is new
    assert "Set-Cookie" not in visitor.get("/keep?start=x").headers
    assert "Set-Cookie" in visitor.post("/sign-out").headers


@pytest.mark.asvs("11.4.1")
def test_a_cookie_is_signed_with_sha_256_and_one_of_before_still_counts(app: Flask) -> None:
    visitor = sign_in_as(app, make_guest(app))
    assert visitor.get("/me").status_code == 200
    name, _, value = visitor.cookie().partition("=")
    content, signed_at, signature = value.rsplit(".", 2)
    assert len(signature) == 43  # 32 bytes
    plain = SecureCookieSessionInterface()
    before = plain.get_signing_serializer(app)
    assert before is not None
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    visitor.client.set_cookie(name, before.dumps(signer.loads(value)), domain="127.0.0.1")
    assert visitor.get("/me").status_code == 200
    visitor.client.set_cookie(name, f"{content}.{signed_at}.{signature[:-2]}AA", domain="127.0.0.1")
    assert visitor.get("/me").status_code == 303
