"""Mail over SMTP: each once, none lost, whatever the server does."""

from __future__ import annotations

import datetime as dt
import re
import socket
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import time_machine
from flask import Flask

from tests.cast import make_account
from tests.jobs.conftest import Mailbox
from tests.support import Visitor
from trainer.app import create_app
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.core.outbox import MOST_TRIES, OutboxMessage, delay, post
from trainer.core.settings import Settings
from trainer.courses.library import Library
from trainer.jobs.delivery import deliver

ADDRESS = "bob@example.org"


@pytest.fixture
def mailing(app: Flask, settings: Settings, shelf: Library, mailbox: Mailbox) -> Flask:
    """Return the app with a mail server. (`app` has made the database.)"""
    return create_app(replace(settings, smtp_url=mailbox.url, mail_from="training@example.org"), shelf)


def order(app: Flask, number: int = 1) -> None:
    """Order mails that need no record."""
    with app.app_context(), transaction():
        for _mail in range(number):
            post("password-changed", ADDRESS, {}, clock.now())


def send(app: Flask) -> int:
    """Deliver once."""
    with app.app_context():
        return deliver()


def states(app: Flask) -> list[tuple[bool, bool, int]]:
    """Return (sent, given up, tries) of each mail."""
    with app.app_context():
        return [
            (one.sent_at is not None, one.dead_at is not None, one.tries) for one in db.session.query(OutboxMessage)
        ]


def test_a_mail_goes_out_once_as_text_and_html(mailing: Flask, mailbox: Mailbox) -> None:
    order(mailing)
    assert [send(mailing), send(mailing)] == [1, 0]
    (mail,) = mailbox.mails
    assert mailbox.recipients == [ADDRESS]
    assert mail["From"] == "training@example.org"
    assert mail["Subject"] == "Your password was changed"
    assert mail["Message-ID"].endswith("@example.org>")
    assert mail["Auto-Submitted"] == "auto-generated"
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    assert "/password-reset" in text.get_content()
    assert re.search(r'<a href="[^"]+/password-reset">', html.get_content())
    assert states(mailing) == [(True, False, 1)]


@pytest.mark.parametrize("answer", ["451 later, please", "drop"])
def test_what_was_not_taken_goes_out_again_as_the_same_mail(mailing: Flask, mailbox: Mailbox, answer: str) -> None:
    order(mailing)
    mailbox.answers = [answer]
    send(mailing)
    assert states(mailing) == [(False, False, 1)]
    assert send(mailing) == 0  # not at once
    with time_machine.travel(clock.now() + delay(1) + dt.timedelta(seconds=1)):
        assert send(mailing) == 1
    assert states(mailing) == [(True, False, 2)]
    assert len({mail["Message-ID"] for mail in mailbox.mails}) == 1


def test_what_is_refused_for_good_is_given_up_and_can_be_sent_again(mailing: Flask, mailbox: Mailbox) -> None:
    order(mailing)
    mailbox.answers = ["550 nobody here"]
    send(mailing)
    assert states(mailing) == [(False, True, 1)]
    shown = mailing.test_cli_runner().invoke(args=["mail", "list", "--dead"]).output
    assert "550" in shown
    number = shown.split()[0]
    assert mailing.test_cli_runner().invoke(args=["mail", "retry", number]).exit_code == 0
    assert send(mailing) == 1
    assert states(mailing) == [(True, False, 1)]


@pytest.mark.check("T110")
def test_with_the_server_down_for_a_day_nothing_is_lost(mailing: Flask, mailbox: Mailbox, app: Flask) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        settings = replace(mailing.config["SETTINGS"], smtp_url=f"smtp://127.0.0.1:{nobody.getsockname()[1]}")
    down = create_app(settings, mailing.extensions["library"])
    order(mailing, 3)
    start = clock.now()
    for hour in range(24):
        with time_machine.travel(start + dt.timedelta(hours=hour)):
            send(down)
    assert {(sent, dead) for sent, dead, _tries in states(mailing)} == {(False, False)}
    with time_machine.travel(start + dt.timedelta(hours=31)):
        send(mailing)
    assert len(mailbox.mails) == 3


def test_after_some_days_a_mail_is_given_up() -> None:
    days = sum((delay(tries) for tries in range(1, MOST_TRIES + 1)), dt.timedelta()) / dt.timedelta(days=1)
    assert 1 < days < 5


def test_two_workers_never_send_the_same_mail(mailing: Flask, mailbox: Mailbox) -> None:
    order(mailing, 30)
    with ThreadPoolExecutor(4) as pool:
        sent = sum(pool.map(lambda _number: send(mailing), range(8)))
    assert sent == 30
    assert len({mail["Message-ID"] for mail in mailbox.mails}) == len(mailbox.mails) == 30


def test_a_worker_that_died_leaves_its_mail_to_the_next(mailing: Flask, mailbox: Mailbox) -> None:
    from trainer.core import outbox

    order(mailing)
    with mailing.app_context(), transaction():
        outbox.claim(10, clock.now())  # and then it was killed
    assert send(mailing) == 0
    with time_machine.travel(clock.now() + outbox.LEASE + dt.timedelta(seconds=1)):
        assert send(mailing) == 1


def test_a_link_that_was_used_is_not_mailed_any_more(mailing: Flask, mailbox: Mailbox) -> None:
    make_account(mailing, ADDRESS)  # which orders a link to confirm
    with mailing.app_context(), transaction():
        from trainer.accounts.models import Link

        db.session.query(Link).update({"used_at": clock.now()})
    send(mailing)
    assert mailbox.mails == []
    assert states(mailing) == [(False, True, 1)]


def test_without_a_mail_server_mail_waits_and_can_be_read(app: Flask) -> None:
    make_account(app, ADDRESS)
    assert send(app) == 0
    runner = app.test_cli_runner()
    number = runner.invoke(args=["mail", "list"]).output.split()[0]
    shown = runner.invoke(args=["mail", "show", number]).output
    assert f"To: {ADDRESS}" in shown
    assert re.search(r"http://127\.0\.0\.1:8000/confirmations/\S{70,}", shown)


def test_mails_show_in_development_only(app: Flask, settings: Settings, shelf: Library) -> None:
    make_account(app, ADDRESS)
    assert Visitor(app).get("/dev/mail").status_code == 404
    there = Visitor(create_app(replace(settings, development=True), shelf))
    assert ADDRESS in there.get("/dev/mail").text
    path = re.search(r"/dev/mail/[0-9a-f-]{36}", there.page.text if there.page else "")
    assert path is not None
    assert "/confirmations/" in there.get(path[0]).text
