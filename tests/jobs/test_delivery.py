"""Mail over SMTP: each once, none lost, whatever the server does."""

from __future__ import annotations

import datetime as dt
import os
import re
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from tests.cast import make_account
from tests.forked import Command, begin_program
from tests.jobs.conftest import Mailbox
from tests.jobs.sending import ADDRESS, order, send, states
from tests.support import Visitor
from trainer.app import create_app
from trainer.content.library import Library
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.core.leases import delay
from trainer.core.outbox import MOST_TRIES, OutboxMessage, post
from trainer.core.settings import Settings

pytestmark = pytest.mark.on_both


@pytest.fixture
def mailing(app: Flask, settings: Settings, shelf: Library, mailbox: Mailbox) -> Flask:
    """Return the app with a mail server. (`app` has made the database.)"""
    return create_app(replace(settings, smtp_url=mailbox.url, mail_from="training@example.org"), shelf)


def test_a_mail_goes_out_once_as_text_and_html(mailing: Flask, mailbox: Mailbox) -> None:
    order(mailing)
    assert [send(mailing), send(mailing)] == [1, 0]
    (mail,) = mailbox.mails
    assert mailbox.recipients == [ADDRESS]
    (sender,) = mail["From"].addresses
    assert (sender.display_name, sender.addr_spec) == ("The small school", "training@example.org")
    assert mail["Subject"] == "Your password was changed"
    assert mail["Message-ID"].endswith("@example.org>")
    assert mail["Auto-Submitted"] == "auto-generated"
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    assert "/password-reset" in text.get_content()
    assert re.search(r'<a href="[^"]+/password-reset">', html.get_content())
    assert states(mailing) == [(True, False, 1)]


def test_a_test_mail_goes_out_at_once_and_the_server_has_the_last_word(
    mailing: Flask, mailbox: Mailbox, app: Flask
) -> None:
    def run(app: Flask, address: str) -> tuple[int, str]:
        ended = app.test_cli_runner().invoke(args=["mail", "test", address])
        return ended.exit_code, ended.output

    status, said = run(mailing, ADDRESS)
    assert (status, ADDRESS in said) == (0, True), said
    (mail,) = mailbox.mails
    assert (mail["Subject"], mailbox.recipients) == ("Test email from The small school", [ADDRESS])
    mailbox.answers = ["550 no thanks"]
    mailbox.at_recipient = {"nobody@example.org": "553 nobody of that name"}
    for address, words in ((ADDRESS, "550 no thanks"), ("nobody@example.org", "553 nobody"), ("x", "email address")):
        status, said = run(mailing, address)
        assert (status, said.count("\n"), words in said) == (1, 1, True), said
    assert "TRAINER_SMTP_URL" in run(app, ADDRESS)[1]
    assert states(mailing) == []


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


@pytest.mark.asvs("16.5.2")
@pytest.mark.check("T110")
def test_with_the_server_down_for_a_day_nothing_is_lost(mailing: Flask, mailbox: Mailbox, app: Flask) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        settings = replace(mailing.config["SETTINGS"], smtp_url=f"smtp://127.0.0.1:{nobody.getsockname()[1]}")
    down = create_app(settings, mailing.extensions["library"])
    order(mailing, 3)
    start = clock.now()
    for hour in range(24):
        with time_machine.travel(start + dt.timedelta(hours=hour)), pytest.raises(OSError, match="refused"):
            send(down)
    assert set(states(mailing)) == {(False, False, 0)}  # no mail loses a try over it
    with time_machine.travel(start + dt.timedelta(hours=31)):
        send(mailing)
    assert len(mailbox.mails) == 3


def test_a_mail_is_given_up_after_about_three_days() -> None:
    days = sum((delay(tries) for tries in range(1, MOST_TRIES)), dt.timedelta()) / dt.timedelta(days=1)
    assert 2.75 < days < 3.25  # from the first try to the last, as docs/operate.md says


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
        outbox.claim(clock.now())  # and then it was killed
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


def order_for(app: Flask, *recipients: str) -> None:
    """Order a mail for each, in this order."""
    with app.app_context(), transaction():
        for number, one in enumerate(recipients):
            post("password-changed", one, "en", {}, clock.now() - dt.timedelta(seconds=60 - number))


def found(app: Flask, recipient: str) -> OutboxMessage:
    """Return the mail to an address."""
    with app.app_context():
        return db.session.scalars(select(OutboxMessage).where(OutboxMessage.recipient == recipient)).one()


OTHERS = [f"p{number}@example.org" for number in range(12)]


@pytest.mark.asvs("16.5.2")
@pytest.mark.parametrize(
    "trouble", ["no UTF-8", "drop at recipient", "drop at text", "sender refused", "later", "421", "line break"]
)
def test_one_address_holds_up_nobody_elses_mail(
    mailing: Flask, mailbox: Mailbox, caplog: pytest.LogCaptureFixture, trouble: str
) -> None:
    odd = "b\u00f6b@example.org" if trouble == "no UTF-8" else ADDRESS
    mailbox.speaks_utf8 = trouble != "no UTF-8"
    if trouble == "sender refused":
        mailbox.senders_refused = 1
    if trouble in {"drop at recipient", "later", "421"}:
        answer = {"later": "450 bob@example.org is full", "421": "421 bob@example.org: closing"}.get(trouble, "drop")
        mailbox.at_recipient[odd] = answer
    if trouble == "drop at text":
        mailbox.answers = ["drop"]
    order_for(mailing, odd, *OTHERS)
    if trouble == "line break":
        with mailing.app_context(), transaction() as session:
            session.execute(
                update(OutboxMessage).where(OutboxMessage.recipient == odd).values(message_id="<a\r\nBcc: x@y>")
            )
    assert send(mailing) == 13
    assert sorted(one for one in mailbox.recipients if one != odd) == sorted(OTHERS)
    waits = found(mailing, odd)
    assert (waits.tries, waits.sent_at, waits.dead_at) == (1, None, None)
    assert waits.last_error
    assert {one.tries for one in (found(mailing, other) for other in OTHERS)} == {1}
    assert odd not in caplog.text


@pytest.mark.asvs("16.2.5")
def test_the_row_says_what_the_server_said_and_the_log_only_its_code(
    mailing: Flask, mailbox: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    mailbox.at_recipient[ADDRESS] = f"550 <{ADDRESS}> is unknown here"
    order(mailing)
    send(mailing)
    assert found(mailing, ADDRESS).last_error == f"550 <{ADDRESS}> is unknown here"
    assert "550" in caplog.text
    assert ADDRESS not in caplog.text


def test_new_mail_and_what_failed_before_take_turns(mailing: Flask, mailbox: Mailbox) -> None:
    old = [f"old{number}@example.org" for number in range(6)]
    mailbox.at_recipient = dict.fromkeys(old, "450 later")
    order_for(mailing, *old)
    send(mailing)
    mailbox.at_recipient = {}
    with time_machine.travel(clock.now() + dt.timedelta(hours=1)):
        order_for(mailing, *OTHERS[:6])
        send(mailing)
    assert [one[0] for one in mailbox.recipients] == ["p", "o"] * 6


STALLING = """
    import os, signal, sys
    from datetime import timedelta
    from pathlib import Path
    from dataclasses import replace
    from tests.conftest import make_settings
    from trainer.app import create_app
    from trainer.core import outbox
    from trainer.core.db import db
    from trainer.jobs.delivery import deliver
    from sqlalchemy import event

    folder, database, smtp, lease, stalls_after = sys.argv[1:]
    outbox.LEASE = timedelta(seconds=float(lease))
    app = create_app(replace(make_settings(Path(folder), database), smtp_url=smtp, mail_from="training@example.org"))
    claims = 0

    def look(connection, cursor, statement, parameters, context, executemany):
        global claims
        claims += statement.startswith("UPDATE outbox_messages SET due_at") and "tries" in statement.split("WHERE")[0]

    def stall(session):
        global claims
        if claims == int(stalls_after):
            claims = 100  # once
            print("stalls", flush=True)
            os.kill(os.getpid(), signal.SIGSTOP)

    with app.app_context():
        event.listen(db.engine, "after_cursor_execute", look)
        event.listen(db.session, "after_commit", stall)
        print(sum(1 for _mail in deliver()), flush=True)
"""


@pytest.mark.check("T113")
def test_a_worker_that_stalls_past_its_lease_sends_nothing_that_another_sent(
    mailing: Flask, mailbox: Mailbox, tmp_path: Path, database_url: str
) -> None:
    order_for(mailing, *OTHERS)
    given = [str(tmp_path), database_url, mailbox.url]

    def start(lease: float, stalls_after: int) -> Command:
        return begin_program(dict(os.environ), STALLING, *given, str(lease), str(stalls_after))

    slow = start(1.0, 3)
    try:
        slow.hear("stalls")  # it has taken up the third, and is stopped
        time.sleep(1.2)
        sent, _none = start(1.0, 0).communicate(timeout=60)
        assert int(sent) == 10
        slow.send_signal(signal.SIGCONT)
        slow.communicate(timeout=60)
    finally:
        slow.kill()
        slow.wait()
    assert sorted(mailbox.recipients) == sorted(OTHERS)
    assert set(states(mailing)) == {(True, False, 1), (True, False, 2)}


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
