"""A process killed at each named point of issuing a certificate: one certificate, one PDF, one mail, nothing half."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from io import BytesIO
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import delete, func, select

from tests.cast import answer_all, certify, make_account, make_ready, sign_in_as, start_final
from tests.chaos.stopping import AFTER_COMMIT, AFTER_MAIL, AFTER_PDF, BEFORE_ANSWER, BEFORE_COMMIT, kill_at
from tests.jobs.conftest import Mailbox, mailbox
from tests.load.ledger import Ledger, complaints
from tests.support import PASSWORD
from trainer.accounts.operations import confirm_address, name_for_certificate
from trainer.accounts.queries import get_user
from trainer.app import create_app
from trainer.content.library import Library
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.core.outbox import LEASE, OutboxMessage
from trainer.core.settings import Settings
from trainer.credentials.models import Credential
from trainer.credentials.rules import show_serial
from trainer.jobs.delivery import deliver

pytestmark = pytest.mark.on_both

__all__ = ["mailbox"]


def hand_in(app: Flask, user_id: str, attempt_id: str) -> None:
    """Hand a final in over its page."""
    answer = sign_in_as(app, UUID(user_id)).post(f"/attempts/{attempt_id}/submission")
    assert answer.location == f"/attempts/{attempt_id}/result"


def open_pdf(app: Flask, serial: str) -> None:
    """Open a certificate's PDF."""
    assert sign_in_as(app, make_account(app, "someone@example.org")).get(pdf_of(serial)).status_code == 200


def reissue(app: Flask, user_id: str, credential_id: str) -> None:
    """Have a certificate issued again."""
    path = f"/my-certificates/{credential_id}/reissue"
    assert sign_in_as(app, UUID(user_id)).post(path, {"password": PASSWORD}).status_code in (303, 409)


def send_all(app: Flask) -> None:
    """Deliver what is due."""
    with app.app_context():
        for _mail in deliver():
            pass


def pdf_of(serial: str) -> str:
    """Return where a certificate's PDF is."""
    return f"/verify/{show_serial(serial)}/certificate.pdf"


def make_renamed(app: Flask) -> UUID:
    """Let someone with a confirmed address earn a certificate and then take another name; no mail waits."""
    bob = make_account(app)
    certify(app, bob)
    with app.app_context(), transaction() as session:
        confirm_address(get_user(bob), clock.now())
        name_for_certificate(bob, "Another Name")
        session.execute(delete(OutboxMessage))
    return bob


def standing(app: Flask) -> Credential:
    """Return the certificate that stands; fails if there isn't exactly one."""
    with app.app_context():
        return db.session.scalars(select(Credential).where(Credential.reissued_at.is_(None))).one()


# The first commit on the way is that of the session in which someone is signed in.
@pytest.mark.on_both(each_case=True)
@pytest.mark.check("T100")
@pytest.mark.parametrize(
    ("point", "times", "is_there"),
    [
        ("INSERT INTO credentials", 1, 0),
        ("UPDATE enrollments", 1, 0),
        (BEFORE_COMMIT, 2, 0),
        (AFTER_COMMIT, 2, 1),
        (BEFORE_ANSWER, 2, 1),  # the first page was read for its token
    ],
)
def test_a_final_whose_server_is_killed_while_it_is_handed_in_earns_one_certificate(
    app: Flask, settings: Settings, point: str, times: int, is_there: int
) -> None:
    bob = make_account(app)
    make_ready(app, bob)
    attempt = start_final(app, bob)
    answer_all(app, attempt)
    kill_at(point, hand_in, settings, bob.hex, str(attempt), times=times)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Credential)) == is_there
    assert complaints(app, Ledger()) == []
    for _again in range(2):
        hand_in(app, bob.hex, str(attempt))
    assert complaints(app, Ledger(handed_in={attempt: bob})) == []
    pdf = sign_in_as(app, bob).get(pdf_of(standing(app).serial)).data
    assert "Bob Builder" in PdfReader(BytesIO(pdf)).pages[0].extract_text()


@pytest.mark.on_both(each_case=True)
@pytest.mark.check("T100")
@pytest.mark.parametrize(("point", "times"), [(AFTER_PDF, 1), (BEFORE_ANSWER, 1)])
def test_a_pdf_whose_server_is_killed_is_the_same_the_next_time(
    app: Flask, settings: Settings, point: str, times: int
) -> None:
    bob = make_account(app)
    certify(app, bob)
    path = pdf_of(standing(app).serial)
    before = sign_in_as(app, bob).get(path).data
    kill_at(point, open_pdf, settings, standing(app).serial, times=times)
    assert sign_in_as(app, bob).get(path).data == before
    assert complaints(app, Ledger()) == []


# The second commit counts the act in its limit, and the third that the password may be wrong.
@pytest.mark.on_both(each_case=True)
@pytest.mark.check("T100")
@pytest.mark.parametrize(
    ("point", "times", "is_there"),
    [("INSERT INTO outbox", 1, 0), (BEFORE_COMMIT, 4, 0), (AFTER_COMMIT, 4, 1), (BEFORE_ANSWER, 2, 1)],
)
def test_a_certificate_whose_server_is_killed_while_it_is_reissued_is_reissued_once_with_one_mail(
    app: Flask, settings: Settings, point: str, times: int, is_there: int
) -> None:
    bob = make_renamed(app)
    old = standing(app)
    kill_at(point, reissue, settings, bob.hex, str(old.id), times=times)
    assert (standing(app).holder_name == "Another Name") == bool(is_there)
    for _again in range(2):
        reissue(app, bob.hex, str(old.id))
    assert standing(app).holder_name == "Another Name"
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Credential)) == 2
        assert db.session.scalars(select(OutboxMessage.template)).all() == ["certificate-reissued"]


@pytest.mark.on_both(each_case=True)
@pytest.mark.check("T100")
@pytest.mark.parametrize(
    ("point", "times", "sendings"), [(BEFORE_COMMIT, 1, 1), (AFTER_MAIL, 1, 2), (AFTER_COMMIT, 2, 1)]
)
def test_a_mail_whose_worker_is_killed_is_there_under_one_number(
    app: Flask, settings: Settings, shelf: Library, mailbox: Mailbox, point: str, times: int, sendings: int
) -> None:
    mailing = replace(settings, smtp_url=mailbox.url)
    bob = make_renamed(app)
    reissue(app, bob.hex, str(standing(app).id))
    kill_at(point, send_all, mailing, times=times)
    again = create_app(mailing, shelf)
    send_all(again)  # too early for a mail that the other one has taken up
    with time_machine.travel(clock.now() + LEASE + dt.timedelta(seconds=1)):
        send_all(again)
        send_all(again)
    assert len(mailbox.mails) == sendings
    assert len({mail["Message-ID"] for mail in mailbox.mails}) == 1
    with again.app_context():
        assert db.session.scalars(select(OutboxMessage)).one().sent_at is not None
        db.session.remove()
        db.engine.dispose()
