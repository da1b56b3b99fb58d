"""With a mail server an account is made by a mailed link, and nothing tells whether an address has one."""

from __future__ import annotations

import datetime as dt
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
import time_machine
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import event, select

from tests.cast import add_second_factor, make_account, make_guest, sign_in_as
from tests.support import PASSWORD, Visitor, mailed
from trainer.accounts import passwords
from trainer.accounts.models import User
from trainer.core import clock
from trainer.core.db import db
from trainer.core.outbox import OutboxMessage

ADDRESS = "zoe@example.org"


def ask(app: Flask, address: str = ADDRESS, query: str = "", visitor: Visitor | None = None) -> str:
    """Ask to make an account; return the page."""
    answer = (visitor or Visitor(app)).post(f"/sign-up{query}", {"email": address, "is_old_enough": "y"})
    assert answer.status_code == 200, answer.text
    return answer.text


def mails(app: Flask) -> list[tuple[str, str]]:
    """Return (template, to whom) of each mail, the oldest first."""
    with app.app_context():
        rows = db.session.query(OutboxMessage).order_by(OutboxMessage.created_at)
        return [(one.template, one.recipient) for one in rows]


def people(app: Flask) -> list[User]:
    with app.app_context():
        return list(db.session.scalars(select(User)))


def test_the_link_makes_an_account_with_a_confirmed_address(mailing: Flask) -> None:
    assert "Password" not in Visitor(mailing).get("/sign-up").text
    ask(mailing, query="?next=/courses?x%3D1")
    assert (mails(mailing), people(mailing)) == ([("sign-up", ADDRESS)], [])
    path, visitor = mailed(mailing, "sign-up"), Visitor(mailing)
    assert ADDRESS in visitor.get(path).text
    assert visitor.post(path, {"new_password": "short"}).status_code == 422
    assert visitor.post(path, {"new_password": PASSWORD}).headers["Location"] == "/courses?x=1"
    (user,) = people(mailing)
    assert (user.email, user.email_confirmed_at is not None) == (ADDRESS, True)
    assert visitor.get("/me").status_code == 200
    assert Visitor(mailing).post(path, {"new_password": PASSWORD}).status_code == 404
    assert mails(mailing) == [("sign-up", ADDRESS)]  # nothing to confirm any more


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_the_link_leads_to_no_other_site(mailing: Flask, target: str) -> None:
    ask(mailing, query=f"?next={target}")
    assert Visitor(mailing).post(mailed(mailing, "sign-up"), {"new_password": PASSWORD}).headers["Location"] == "/me"


def test_this_browsers_guest_comes_along_and_no_other(mailing: Flask) -> None:
    asking, opening = make_guest(mailing), make_guest(mailing)
    ask(mailing, visitor=sign_in_as(mailing, asking))
    visitor = sign_in_as(mailing, opening)
    assert visitor.post(mailed(mailing, "sign-up"), {"new_password": PASSWORD}).status_code == 303
    assert {one.id: one.email for one in people(mailing)} == {asking: None, opening: ADDRESS}


def test_a_link_to_make_an_account_is_good_for_a_day(mailing: Flask) -> None:
    ask(mailing)
    path = mailed(mailing, "sign-up")
    for wrong in (path[:-1], path.replace("sign-up", "confirmations"), path.replace("sign-up", "password-reset")):
        assert Visitor(mailing).get(wrong).status_code == 404
    with time_machine.travel(clock.now() + dt.timedelta(hours=24, seconds=1)):
        assert Visitor(mailing).get(path).status_code == 404
        assert Visitor(mailing).post(path, {"new_password": PASSWORD}).status_code == 404


@pytest.mark.on_both
def test_pressed_many_times_at_once_a_link_makes_one_account(mailing: Flask) -> None:
    ask(mailing)
    path = mailed(mailing, "sign-up")
    visitors = [Visitor(mailing) for _number in range(8)]
    tokens = [one.token() for one in visitors]
    with ThreadPoolExecutor(8) as pool:
        answers = pool.map(
            lambda pair: pair[0].post(path, {"new_password": PASSWORD}, token=pair[1]).status_code,
            zip(visitors, tokens, strict=True),
        )
        statuses = sorted(answers)
    assert statuses[0] == 303
    assert set(statuses[1:]) <= {404, 409}
    assert [one.email for one in people(mailing)] == [ADDRESS]


def test_an_account_made_in_between_is_said_and_stays(mailing: Flask) -> None:
    ask(mailing)
    ask(mailing)
    first = mailed(mailing, "sign-up")
    make_account(mailing, ADDRESS)
    answer = Visitor(mailing).post(first, {"new_password": "some other plain words"})
    assert answer.status_code == 409
    assert "Sign in instead" in answer.text
    assert Visitor(mailing).sign_in(ADDRESS).status_code == 303


def test_who_is_signed_in_makes_no_second_account(mailing: Flask) -> None:
    ask(mailing)
    visitor = sign_in_as(mailing, make_account(mailing))
    assert visitor.get(mailed(mailing, "sign-up")).status_code == 409
    assert visitor.post(mailed(mailing, "sign-up"), {"new_password": PASSWORD}).status_code == 409
    assert len(people(mailing)) == 1


def test_an_address_gets_three_mails_an_hour_at_most_and_the_same_answer(mailing: Flask) -> None:
    make_account(mailing, "leo@example.org")
    pages = {re.sub(r'value="[^"]+"', "", ask(mailing, to)) for to in [ADDRESS, "leo@example.org"] * 5}
    assert len(pages) == 1
    sent = [template for template, _to in mails(mailing)]
    assert (sent.count("sign-up"), sent.count("has-account")) == (3, 3)


def test_who_has_an_account_gets_a_word_without_a_link_at_the_address_on_record(mailing: Flask) -> None:
    make_account(mailing, "leo@example.org")
    ask(mailing, "ＬＥＯ@example.org")
    assert mails(mailing)[-1] == ("has-account", "leo@example.org")
    assert mailed(mailing, "has-account") == "/sign-in"


@dataclass
class Counting:
    """Hashes, and notes that it did."""

    work: list[str]
    real: PasswordHasher

    def hash(self, password: str) -> str:
        self.work.append("hashed")
        return self.real.hash(password)

    def verify(self, stored: str, password: str) -> bool:
        self.work.append("verified")
        return self.real.verify(stored, password)


FORMS = {
    "/sign-up": {"is_old_enough": "y"},
    "/sign-in": {"password": "wrong wrong wrong"},
    "/password-reset": {},
    "/account/address": {"password": PASSWORD},
}


@pytest.mark.asvs("6.3.8")
@pytest.mark.check("T045")
@pytest.mark.parametrize("path", FORMS)
def test_nothing_tells_whether_an_address_has_an_account(
    mailing: Flask, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    with_step, bob = make_account(mailing, "leo@example.org"), make_account(mailing)
    make_account(mailing, "zoe@example.org")
    add_second_factor(mailing, with_step)
    passwords.check_password(None, "warm up")
    work: list[str] = []
    monkeypatch.setattr(passwords, "_hasher", Counting(work, passwords._hasher))
    found = []
    with mailing.app_context():
        engine = db.engine

    @event.listens_for(engine, "before_cursor_execute")
    def note(_c: object, _cur: object, statement: str, *_rest: object) -> None:
        work.append(" ".join(statement.split()))

    for address in ("leo@example.org", "zoe@example.org", "nobody@example.org", "none@example.org"):
        visitor = sign_in_as(mailing, bob) if path == "/account/address" else Visitor(mailing)
        token = visitor.token()
        work.clear()
        answer = visitor.post(path, {"email": address, **FORMS[path]}, token=token)
        body = re.sub(r'(name="csrf_token"[^>]*value=|name="email"[^>]*value=)"[^"]*"', "", answer.text)
        headers = {name: value for name, value in answer.headers if name not in {"Content-Length", "Set-Cookie"}}
        # A row of the log, in the transaction that counts the miss of anybody, is the one thing that an account adds.
        same = [one for one in work if not one.startswith("INSERT INTO audit_events")]
        found.append((answer.status_code, headers, body.replace(address, ""), same))
    event.remove(engine, "before_cursor_execute", note)
    assert [one == found[0] for one in found] == [True] * 4
    assert found[0][3]
    assert found[0][0] == (422 if path == "/sign-in" else 200)
