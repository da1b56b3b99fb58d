"""Erasing an account: asked for with the password, undone within a day, then done for good."""

from __future__ import annotations

import datetime as dt
import re
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.cast import (
    actor_of,
    add_second_factor,
    certify,
    code_now,
    make_account,
    make_firm,
    make_ready,
    put_on_roster,
    sign_in_as,
    start_final,
)
from tests.petra import dump
from tests.support import PASSWORD, Visitor
from trainer.accounts.models import User
from trainer.assessment.models import Attempt
from trainer.core import clock
from trainer.core.audit import AuditEvent
from trainer.core.db import db, transaction
from trainer.core.isolation import Incomplete
from trainer.core.outbox import OutboxMessage
from trainer.credentials.models import Credential
from trainer.jobs.emails import write
from trainer.organizations.closing import close
from trainer.organizations.rules import Role
from trainer.privacy.erasing import ask_erasure
from trainer.privacy.register import HOLDINGS
from trainer.privacy.rules import COOLING
from trainer.privacy.tasks import erase_accounts

pytestmark = pytest.mark.on_both

MONDAY = dt.datetime(2026, 11, 23, 15, tzinfo=dt.UTC)


def ask(app: Flask, user_id: UUID) -> Visitor:
    """Ask on the page, with the password."""
    visitor = sign_in_as(app, user_id)
    assert visitor.post("/account/erasure", {"password": PASSWORD}).status_code == 303
    return visitor


def work(app: Flask) -> None:
    """Let the worker have its turn."""
    with app.app_context():
        list(erase_accounts())


def is_erased(app: Flask, user_id: UUID) -> bool:
    """Return whether an account is empty."""
    with app.app_context():
        return db.session.get_one(User, user_id).erased_at is not None


def link_in_mail(app: Flask) -> str:
    """Return the path of the link that undoes it."""
    with app.app_context():
        message = db.session.scalars(select(OutboxMessage).where(OutboxMessage.template == "erasure-asked")).one()
        letter = write(message)
    assert letter is not None
    found = re.search(r"http://[^/]+(/erasures/\S+)", letter.text)
    assert found
    return found[1]


def test_what_stays_and_why_is_said_before(app: Flask) -> None:
    page = sign_in_as(app, make_account(app)).get("/account/erasure").text
    kept, gone = page.split("What goes for good")
    for holding in HOLDINGS:
        part = kept if holding.is_kept else gone
        assert f"<b>{holding.title}.</b>" in part
        assert str(holding.erased) in part, holding.slug


def test_it_takes_the_password_and_a_code_where_there_is_a_second_step(app: Flask) -> None:
    bob = make_account(app)
    visitor = sign_in_as(app, bob)  # whoever took the session has no more than this
    for given in ({}, {"password": "not his password"}):
        assert visitor.post("/account/erasure", given).status_code == 422
    add_second_factor(app, bob)
    visitor = sign_in_as(app, bob)
    assert visitor.post("/account/erasure", {"password": PASSWORD}).status_code == 422
    with app.app_context():
        assert db.session.get_one(User, bob).erases_at is None
    given = {"password": PASSWORD, "code": code_now(app, bob)}
    assert visitor.post("/account/erasure", given).status_code == 303


def test_asked_twice_it_is_one_with_one_mail(app: Flask) -> None:
    bob = make_account(app)
    with time_machine.travel(MONDAY, tick=False):
        ask(app, bob)
    with time_machine.travel(MONDAY + dt.timedelta(hours=5), tick=False):
        ask_again = sign_in_as(app, bob)
        ask_again.post("/account/erasure", {"password": PASSWORD})
        with app.app_context(), transaction():
            assert ask_erasure(bob, clock.now()) == MONDAY + COOLING
    link_in_mail(app)  # of which there is one
    with app.app_context():
        asked = select(AuditEvent).where(AuditEvent.act == "erasure.asked")
        assert len(db.session.scalars(asked).all()) == 1


def test_nothing_is_erased_within_the_day_and_all_of_it_after(app: Flask) -> None:
    bob, charlie = make_account(app), make_account(app, "charlie@example.org")
    with time_machine.travel(MONDAY, tick=False):
        ask(app, bob)
        before = dump(app)
        work(app)
        assert dump(app) == before
    with time_machine.travel(MONDAY + COOLING - dt.timedelta(seconds=1), tick=False):
        work(app)
        assert not is_erased(app, bob)
    with time_machine.travel(MONDAY + COOLING, tick=False):
        work(app)
        assert is_erased(app, bob)
        assert not is_erased(app, charlie)
        assert Visitor(app).sign_in("bob@example.org").status_code == 422


def test_who_signs_in_meanwhile_reads_when_and_can_undo_it(app: Flask) -> None:
    bob = make_account(app)
    with time_machine.travel(MONDAY, tick=False):
        ask(app, bob)
        visitor = Visitor(app)
        assert visitor.sign_in("bob@example.org").status_code == 303
        for path in ("/me", "/account", "/account/erasure"):
            page = visitor.get(path).text
            assert "Your account will be erased on Nov 24, 2026" in page, path
            assert 'action="/account/erasure/undoing"' in page, path
        assert visitor.post("/account/erasure/undoing").status_code == 303
        assert "Your account stays" in visitor.get("/account").text
        assert visitor.post("/account/erasure/undoing").status_code == 303  # twice does no harm
    with time_machine.travel(MONDAY + 2 * COOLING, tick=False):
        work(app)
    assert not is_erased(app, bob)
    with app.app_context():
        acts = [event.act for event in db.session.scalars(select(AuditEvent).order_by(AuditEvent.at))]
        assert acts.count("erasure.undone") == 1


def test_whoever_got_the_mail_undoes_it_without_signing_in(app: Flask) -> None:
    bob = make_account(app)
    with time_machine.travel(MONDAY, tick=False):
        ask(app, bob)
        path, visitor = link_in_mail(app), Visitor(app)
        assert "Keep your account?" in visitor.get(path).text  # programs that read mail open links
        with app.app_context():
            assert db.session.get_one(User, bob).erases_at is not None
        assert visitor.get(path[:-1] + ("A" if path[-1] != "A" else "B")).status_code == 404
        assert visitor.post(path).status_code == 303
        with app.app_context():
            assert db.session.get_one(User, bob).erases_at is None
        assert visitor.get(path).status_code == 404
    with time_machine.travel(MONDAY + dt.timedelta(hours=1), tick=False):
        ask(app, bob)
        assert visitor.get(path).status_code == 404  # a link undoes the one that it was mailed for


def test_in_the_middle_of_a_final_it_ends_without_a_result(app: Flask) -> None:
    bob = make_account(app)
    with time_machine.travel(MONDAY, tick=False):
        make_ready(app, bob)
        attempt = start_final(app, bob)
        visitor = ask(app, bob)
        assert visitor.get(f"/attempts/{attempt}/scenes/1").status_code == 200  # within the day all goes on
        token = visitor.token()
    with time_machine.travel(MONDAY + COOLING, tick=False):
        work(app)
        for path in (f"/attempts/{attempt}/scenes/2", f"/attempts/{attempt}/submission"):
            answer = visitor.post(path, {"version": "0"}, token=token)
            assert answer.status_code in {303, 400}, (path, answer.status_code)
    with app.app_context():
        assert db.session.scalars(select(Attempt)).all() == []
        assert db.session.scalars(select(Credential)).all() == []


def test_a_certificate_is_kept_and_verifies(app: Flask) -> None:
    bob = make_account(app)
    certify(app, bob, "Bob Builder")
    ask(app, bob)
    with app.app_context():
        serial = db.session.scalars(select(Credential.serial)).one()
    with time_machine.travel(clock.now() + COOLING):
        work(app)
    assert "Bob Builder" in Visitor(app).get(f"/verify/{serial}").text


def test_an_only_owner_reads_which_firm_needs_another(app: Flask) -> None:
    alice = make_account(app, "alice@example.org")
    firm = make_firm(app, alice)
    visitor = sign_in_as(app, alice)
    assert "Acme Security" in visitor.get("/account/erasure").text
    refused = visitor.post("/account/erasure", {"password": PASSWORD})
    assert refused.status_code == 422
    assert "needs another owner first" in refused.text
    with app.app_context(), transaction():
        close(actor_of(alice, firm), "Acme Security", clock.now())
    ask(app, alice)


def test_who_becomes_an_only_owner_meanwhile_holds_up_nobody_else_and_is_tried_again(app: Flask) -> None:
    alice, bob, carol = (make_account(app, f"{one}@example.org") for one in ("alice", "bob", "carol"))
    firm = make_firm(app, alice)
    put_on_roster(app, firm, carol, Role.OWNER, name="Carol Cole", email="carol@example.org")
    with time_machine.travel(MONDAY, tick=False):
        for one in (alice, bob, carol):
            ask(app, one)
    with time_machine.travel(MONDAY + COOLING, tick=False):
        with pytest.raises(Incomplete):
            work(app)
        assert [is_erased(app, one) for one in (alice, bob, carol)].count(True) == 2
        assert is_erased(app, bob)
        left = next(one for one in (alice, carol) if not is_erased(app, one))
        assert "is the only owner" not in sign_in_as(app, left).get("/account/erasure").text
        with app.app_context(), transaction():
            close(actor_of(left, firm), "Acme Security", clock.now())
        work(app)
        assert is_erased(app, left)
