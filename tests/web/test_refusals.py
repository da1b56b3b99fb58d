"""What was refused is in the log: why and where, once a minute, and never by whom or with what."""

from __future__ import annotations

import datetime as dt
import logging
from uuid import uuid4

import pytest
import time_machine
from flask import Flask

from tests.cast import make_account, sign_in_as
from tests.support import Visitor
from trainer.web import refusals

NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def unsaid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "_said", {})


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return the lines about refusals since the last look."""
    lines = [record.getMessage() for record in caplog.records if record.name == "trainer.web.refusals"]
    caplog.clear()
    return lines


def test_the_library_behind_tokens_adds_no_line_for_each(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    visitor = Visitor(app)
    caplog.set_level(logging.INFO)
    for _time in range(3):
        assert visitor.post("/guests", token="").status_code == 400
    assert {record.name for record in caplog.records} == {"trainer.web.refusals"}


@pytest.mark.asvs("16.3.3")
def test_what_a_token_an_origin_or_a_host_refuses_is_said(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    visitor = Visitor(app)
    assert visitor.post("/guests", token="x").status_code == 400
    assert visitor.post("/guests", headers={"Origin": "https://evil.example"}).status_code == 403
    assert visitor.client.get("/", base_url="http://evil.example").status_code == 400
    lines = said(caplog)
    assert [line.split(",")[0] for line in lines[:2]] == [
        "refused by token: joining.become_guest",
        "refused by origin: joining.become_guest",
    ]
    assert lines[2].startswith("refused by host: ")
    assert "evil" not in " ".join(lines)


@pytest.mark.asvs("16.3.2")
def test_a_stranger_at_somebody_elses_record_or_without_a_token_is_said(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    visitor = sign_in_as(app, make_account(app))
    for path in ("/people", "/training", "/people"):
        assert visitor.get(f"/organizations/{uuid4()}{path}").status_code == 404
    assert visitor.get("/administration").status_code == 404
    assert visitor.get("/api/v1/people").status_code == 401
    assert visitor.get("/nowhere").status_code == visitor.get("/verify/x").status_code == 404
    lines = said(caplog)
    assert [line.split(",")[0].removeprefix("refused by access: ") for line in lines] == [
        *("people.people", "training.status", "administration.overview", "api.people"),
    ]


@pytest.mark.asvs("16.3.3")
def test_what_a_limit_refuses_is_said_once_a_minute_with_how_many_more(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    visitor = Visitor(app)
    with time_machine.travel(NOON, tick=False) as traveller:
        statuses = [
            visitor.post("/sign-in", {"email": f"a{number}@example.org", "password": "canary wrong"}).status_code
            for number in range(70)
        ]
        refused = statuses.count(429)
        assert refused > 5
        assert said(caplog) == ["refused by limit: joining.sign_in, and 0 more since it was last said"]
        traveller.shift(refusals.EVERY)
        assert visitor.post("/sign-in", {"email": "a@example.org", "password": "canary wrong"}).status_code == 429
    assert said(caplog) == [f"refused by limit: joining.sign_in, and {refused - 1} more since it was last said"]
