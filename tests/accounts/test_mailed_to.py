"""Mail goes to the address whose key was checked, never to another spelling that someone typed."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from tests.cast import make_account
from trainer.accounts.models import Link, User
from trainer.accounts.operations import change_address, create_account, request_address, request_reset, request_sign_up
from trainer.accounts.rules import clean_email
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.core.outbox import OutboxMessage

TYPED = ["Ｂob@Example.org", " Bob@example.org ", "B\u200bob@example.org", "Bob@ｅxample.org"]
PLAIN = "Bob@example.org"


def recipients() -> set[str]:
    return set(db.session.scalars(select(OutboxMessage.recipient)))


@pytest.mark.parametrize("typed", TYPED)
def test_only_the_checked_form_is_kept_and_mailed_to(app: Flask, typed: str) -> None:
    assert clean_email(typed) == PLAIN
    with app.app_context(), transaction():
        request_sign_up(typed, None, clock.now())
        request_reset(typed, clock.now())
    with app.app_context():
        assert recipients() == {PLAIN}
        assert set(db.session.scalars(select(Link.email))) <= {PLAIN, None}
        with transaction():
            assert create_account(typed, "-", clock.now()).email == PLAIN
        assert recipients() == {PLAIN}


@pytest.mark.parametrize("typed", TYPED)
def test_a_changed_address_is_the_checked_one(app: Flask, typed: str) -> None:
    leo = make_account(app, "leo@example.org")
    with app.app_context(), transaction() as session:
        user = session.get_one(User, leo)
        request_address(user, typed, clock.now())
        session.flush()
        change_address(user, session.scalars(select(Link).where(Link.purpose == "address")).one(), clock.now())
        assert (user.email, user.email_key) == (PLAIN, PLAIN.lower())
    with app.app_context():
        assert recipients() == {PLAIN, "leo@example.org"}
