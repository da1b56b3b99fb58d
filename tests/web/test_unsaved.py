"""Nothing runs out while someone answers, and an answer that is sent after the session has ended isn't lost."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, select

from tests.cast import answer_all, make_account, make_ready, sign_in_as, start_final
from tests.support import PASSWORD, Visitor
from trainer.accounts.models import Session
from trainer.assessment.models import Response
from trainer.core.db import db, transaction
from trainer.credentials.models import Credential

ANSWER = {"verdict": "note-and-watch", "confidence": "fairly-sure"}
RECORDED = {**ANSWER, "action": None}
NOTICE = "It isn’t saved yet"


class Sitting:
    """Bob on the third scene of a final, where he is asked for the first step."""

    def __init__(self, app: Flask) -> None:
        self.app, self.user_id = app, make_account(app)
        make_ready(app, self.user_id)
        self.attempt = start_final(app, self.user_id)
        self.path = f"/attempts/{self.attempt}/scenes/3"
        self.bob = sign_in_as(app, self.user_id)
        self.bob.post(self.path, {**ANSWER, "version": "0"})
        page = self.bob.get(self.path).text
        self.action = re.findall(r'name="action"[^>]*value="([^"]+)"', page)[2]
        self.fields = {"action": self.action, "version": "1", "opened_at": self.bob.field("opened_at")}
        self.token = self.bob.token()

    def given(self) -> dict[str, Any] | None:
        """Return what is saved."""
        with self.app.app_context():
            query = select(Response.given).where(Response.attempt_id == self.attempt, Response.position == 3)
            found: dict[str, Any] | None = db.session.scalars(query).one()
            return found

    def end_session(self, how: str) -> None:
        """Let the session end: elsewhere, as a new password does, or with the cookie."""
        if how == "elsewhere":
            with self.app.app_context(), transaction() as session:
                session.execute(delete(Session).where(Session.user_id == self.user_id))
        else:
            self.bob.client.delete_cookie("visit", domain="127.0.0.1")


def chosen(page: str) -> set[str]:
    """Return what is chosen on a page."""
    return {
        value for tag in re.findall(r"<input[^>]*checked[^>]*>", page) for value in re.findall(r'value="([^"]*)"', tag)
    }


@pytest.mark.check("T141")
@pytest.mark.parametrize("how", ["elsewhere", "cookie"])
def test_who_signs_in_again_is_led_back_to_the_answer(app: Flask, how: str) -> None:
    sitting = Sitting(app)
    bob = sitting.bob
    sitting.end_session(how)
    asked = bob.post(sitting.path, sitting.fields, token=sitting.token)
    assert (asked.status_code, asked.headers["Location"]) == (303, f"/sign-in?next={sitting.path}")
    assert "Your answer is here" in bob.get(asked.headers["Location"]).text
    assert "Your answer is here" not in bob.get("/sign-in?next=/me").text
    fields = {"email": "bob@example.org", "password": PASSWORD}
    signed_in = bob.post(f"/sign-in?next={sitting.path}", fields)
    assert signed_in.headers["Location"] == sitting.path
    assert sitting.given() == RECORDED
    for _time in range(2):  # loading it again doesn't lose it
        page = bob.get(sitting.path).text
        assert NOTICE in page
        assert chosen(page) == {sitting.action}
    saved = {**sitting.fields, "opened_at": bob.field("opened_at")}
    assert bob.post(sitting.path, saved).status_code == 303
    assert sitting.given() == {**ANSWER, "action": sitting.action}
    assert NOTICE not in bob.get(sitting.path).text


@pytest.mark.check("T141")
def test_the_script_is_told_and_the_page_stays(app: Flask) -> None:
    sitting = Sitting(app)
    sitting.end_session("cookie")
    fields, accept = {**sitting.fields, "autosave": "1"}, {"Accept": "application/json"}
    told = sitting.bob.post(sitting.path, fields, token=sitting.token, headers=accept)
    assert told.status_code == 401
    assert "Your answer is still here" in told.get_json()["error"]
    assert "Set-Cookie" not in told.headers


@pytest.mark.check("T141")
def test_what_waits_is_for_its_own_page_and_person_and_short(app: Flask) -> None:
    sitting = Sitting(app)
    bob = sitting.bob
    sitting.end_session("cookie")
    bob.post(sitting.path, {**sitting.fields, "version": "0" * 5_000}, token=sitting.token)
    assert bob.client.get_cookie("visit", domain="127.0.0.1") is None
    bob.post(sitting.path, sitting.fields, token=sitting.token)
    bob.sign_up("charlie@example.org")
    assert bob.get(sitting.path).status_code == 404
    bob.post("/sign-out")
    bob.sign_in("bob@example.org")
    assert NOTICE not in bob.get(sitting.path).text
    assert sitting.given() == RECORDED


@pytest.mark.check("T141")
def test_a_final_has_no_timer(app: Flask) -> None:
    with time_machine.travel(dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC), tick=False) as traveller:
        sitting = Sitting(app)
        page = sitting.bob.get(sitting.path.replace("/3", "/4")).text + sitting.bob.get(sitting.path).text
        assert not re.search(r'http-equiv="?refresh|<meter|<progress|role="timer"', page)
        traveller.shift(dt.timedelta(days=300))
        later: Visitor = sign_in_as(app, sitting.user_id)
        assert later.get(sitting.path).status_code == 200
        attempt: UUID = sitting.attempt
        with app.app_context(), transaction() as session:
            session.get_one(Response, (attempt, 3)).given = None  # to be answered rightly
        answer_all(app, attempt)
        assert later.post(f"/attempts/{attempt}/submission").headers["Location"] == f"/attempts/{attempt}/result"
        with app.app_context():
            assert db.session.scalars(select(Credential)).one().issued_on == dt.date(2026, 10, 28)
