"""Another address for an account: asked for with the password, mailed to the new one, told to the old one."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import pytest
import time_machine
from flask import Flask

from tests.cast import make_account, sign_in_as
from tests.support import PASSWORD, Visitor, mailed
from trainer.accounts.models import User
from trainer.core import clock
from trainer.core.db import db
from trainer.core.outbox import OutboxMessage

OLD, NEW = "bob@example.org", "Robert@example.com"


@pytest.fixture
def bob(app: Flask) -> UUID:
    """Return someone with the old address."""
    return make_account(app, OLD)


def ask(visitor: Visitor, address: str = NEW, password: str = PASSWORD) -> int:
    """Ask for another address."""
    return visitor.post("/account/address", {"email": address, "password": password}).status_code


def address(app: Flask, user_id: UUID) -> tuple[str | None, bool]:
    """Return someone's address and whether it is confirmed."""
    with app.app_context():
        user = db.session.get_one(User, user_id)
        return user.email, user.email_confirmed_at is not None


def mails(app: Flask) -> list[tuple[str, str]]:
    """Return (template, to whom) of the mails after the first."""
    with app.app_context():
        rows = db.session.query(OutboxMessage).order_by(OutboxMessage.created_at)
        return sorted((one.template, one.recipient) for one in rows if one.template != "confirm-address")


def test_an_address_that_no_mail_server_takes_is_refused(app: Flask, bob: UUID) -> None:
    long = f"{'a' * 65}@example.org"
    assert ask(sign_in_as(app, bob), long) == 422
    fields = {"email": long, "password": "some plain words", "is_old_enough": "y"}
    refused = Visitor(app).post("/sign-up", fields)
    assert (refused.status_code, "can’t use this email address" in refused.text) == (422, True)
    assert Visitor(app).post("/password-reset", {"email": long}).status_code == 422
    assert mails(app) == []


@pytest.mark.asvs("6.3.7")
@pytest.mark.check("T063")
def test_the_address_changes_once_the_mailed_link_is_confirmed(app: Flask, bob: UUID) -> None:
    visitor = sign_in_as(app, bob)
    assert ask(visitor) == 200
    assert mails(app) == [("address-asked", OLD), ("new-address", NEW)]
    path = mailed(app, "new-address")
    assert NEW in visitor.get(path).text
    assert address(app, bob) == (OLD, False)  # looking changes nothing
    assert visitor.post(path).headers["Location"] == "/account"
    assert address(app, bob) == (NEW, True)
    assert visitor.post(path).status_code == 404
    assert [Visitor(app).sign_in(one).status_code for one in (OLD, NEW)] == [422, 303]


def test_links_to_the_old_address_are_void(app: Flask, bob: UUID) -> None:
    visitor = sign_in_as(app, bob)
    Visitor(app).post("/password-reset", {"email": OLD})
    old = [mailed(app, "confirm-address"), mailed(app, "new-password")]
    assert [Visitor(app).get(path).status_code for path in old] == [200, 200]
    ask(visitor)
    ask(visitor, "third@example.org")
    third = mailed(app, "new-address")
    ask(visitor)
    visitor.post(mailed(app, "new-address"))
    assert [visitor.get(path).status_code for path in (*old, third)] == [404, 404, 404]


@pytest.mark.asvs("7.5.1")
@pytest.mark.check("T063")
def test_it_takes_the_password_and_an_address_of_ones_own(app: Flask, bob: UUID) -> None:
    visitor = sign_in_as(app, bob)
    wrong = [ask(visitor, password="not this one"), ask(visitor, "x"), ask(visitor, "BOB@example.org")]
    assert wrong == [422, 422, 422]
    assert mails(app) == []


def test_a_taken_address_gets_another_mail_and_stays_where_it_is(app: Flask, bob: UUID) -> None:
    make_account(app, "charlie@example.org")
    assert ask(sign_in_as(app, bob), "Charlie@Example.org") == 200
    assert mails(app) == [("address-asked", OLD), ("address-taken", "charlie@example.org")]
    assert mailed(app, "address-taken") == "/account"


def test_an_address_taken_in_between_is_refused(app: Flask, bob: UUID) -> None:
    visitor = sign_in_as(app, bob)
    ask(visitor)
    path = mailed(app, "new-address")
    make_account(app, NEW)
    assert visitor.post(path).status_code == 409
    assert address(app, bob) == (OLD, False)


def test_only_the_account_itself_uses_the_link_and_for_a_day(app: Flask, bob: UUID) -> None:
    visitor = sign_in_as(app, bob)
    ask(visitor)
    path = mailed(app, "new-address")
    stranger = sign_in_as(app, make_account(app, "charlie@example.org"))
    assert (stranger.get(path).status_code, stranger.post(path).status_code) == (404, 404)
    assert Visitor(app).get(path).headers["Location"].startswith("/sign-in?next=/account/address/")
    with time_machine.travel(clock.now() + dt.timedelta(hours=24, seconds=1)):
        assert visitor.post(path).status_code == 404


@pytest.mark.on_both
def test_a_new_password_voids_a_link_that_someone_else_asked_for(app: Flask, bob: UUID) -> None:
    visitor = sign_in_as(app, bob)
    ask(visitor)
    path = mailed(app, "new-address")
    visitor.post("/account/password", {"password": PASSWORD, "new_password": "some other plain words"})
    assert visitor.post(path).status_code == 404


def test_a_mailbox_gets_three_of_these_an_hour_at_most(app: Flask, bob: UUID) -> None:
    visitor = sign_in_as(app, bob)
    assert [ask(visitor) for _time in range(5)] == [200] * 5
    assert len(mails(app)) == 6
