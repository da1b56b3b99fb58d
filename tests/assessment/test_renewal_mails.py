"""One mail on the day from which a certificate can be renewed: once, and only to holders who asked for it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.cast import certify, make_account, sign_in_as
from tests.support import COURSE, TASKS
from trainer.accounts.operations import confirm_address, name_for_certificate
from trainer.accounts.queries import get_user
from trainer.app import create_app
from trainer.assessment.models import RenewalMail
from trainer.assessment.renewals import renew
from trainer.assessment.tasks import remind_of_renewals
from trainer.content.library import Library
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.core.feature import HOUR
from trainer.core.outbox import OutboxMessage
from trainer.core.settings import Settings
from trainer.credentials.models import Credential
from trainer.jobs.emails import write
from trainer.learning.certificates import reissue_own, withdraw

START = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
OPEN = dt.datetime(2027, 1, 1, 12, tzinfo=dt.UTC)
"""Sixty days before the certificate's last day."""
DAY = dt.timedelta(days=1)


@pytest.fixture
def app(app: Flask, settings: Settings, shelf: Library) -> Flask:
    """Return the app with a mail server that nobody asks."""
    return create_app(replace(settings, smtp_url="smtp://127.0.0.1:1"), shelf)


def learner(app: Flask, email: str = "bob@example.org", *, wanted: str = "y") -> UUID:
    """Return someone with a certificate and a confirmed address, who said whether a mail is wanted."""
    with time_machine.travel(START):
        bob = make_account(app, email)
        certify(app, bob)
        with app.app_context(), transaction():
            confirm_address(get_user(bob), clock.now())
        visitor, credential = sign_in_as(app, bob), own(app, bob)
        assert "Email me that day" in visitor.get(f"/verify/{credential.serial}").text
        assert visitor.post(f"/my-certificates/{credential.id}/renewal-mail", {"wanted": wanted}).status_code == 303
        page = visitor.get(f"/verify/{credential.serial}").text
        assert ("We’ll send you one email that day." in page) is (wanted == "y")
    return bob


def own(app: Flask, user_id: UUID) -> Credential:
    with app.app_context():
        return db.session.scalars(select(Credential).where(Credential.user_id == user_id)).one()


def remind(app: Flask, day: dt.datetime) -> list[str]:
    """Do the worker's task; return who was ever sent this mail."""
    with time_machine.travel(day), app.app_context():
        for _portion in remind_of_renewals():
            pass
        return list(db.session.scalars(select(OutboxMessage.recipient).where(OutboxMessage.template == "renewal-open")))


def letter(app: Flask, day: dt.datetime = OPEN) -> str | None:
    """Return what the mail says when it is sent on a day."""
    with time_machine.travel(day), app.app_context():
        message = db.session.scalars(select(OutboxMessage).where(OutboxMessage.template == "renewal-open")).one()
        written = write(message)
    return written.text if written else None


def test_it_comes_once_on_the_day_and_only_to_those_who_asked(app: Flask) -> None:
    assert {task.label: task.every for task in TASKS}["remind of renewals"] == HOUR
    learner(app)
    learner(app, "leo@example.org", wanted="")
    assert [remind(app, day) for day in (START, OPEN - DAY)] == [[], []]
    assert [remind(app, day) for day in (OPEN, OPEN, OPEN + DAY, OPEN + 59 * DAY)] == [["bob@example.org"]] * 4
    text = letter(app)
    assert text is not None
    assert "/me" in text
    assert "/verify/" not in text


@pytest.mark.on_both
def test_nobody_gets_it_after_changing_their_mind(app: Flask) -> None:
    bob = learner(app)
    assert remind(app, OPEN) == ["bob@example.org"]
    with time_machine.travel(OPEN):
        sign_in_as(app, bob).post(f"/my-certificates/{own(app, bob).id}/renewal-mail", {})
    assert letter(app) is None
    with app.app_context():
        assert db.session.scalars(select(RenewalMail)).all() == []


def test_it_is_dropped_once_the_certificate_is_being_renewed_or_withdrawn(app: Flask) -> None:
    bob = learner(app)
    assert remind(app, OPEN) == ["bob@example.org"]
    with time_machine.travel(OPEN), app.app_context(), transaction():
        renew(bob, served().courses[COURSE], clock.now())
    assert letter(app) is None
    leo = learner(app, "leo@example.org")
    with time_machine.travel(OPEN - DAY), app.app_context(), transaction():
        withdraw(own(app, leo).serial, "mistake", clock.now())
    assert remind(app, OPEN) == ["bob@example.org"]


def test_it_follows_a_certificate_into_another_name(app: Flask) -> None:
    bob = learner(app)
    old = own(app, bob)
    with time_machine.travel(START + DAY), app.app_context(), transaction():
        name_for_certificate(bob, "Robin Builder")
        reissue_own(bob, old.id, clock.now())
    assert remind(app, OPEN) == ["bob@example.org"]
    assert "Now it can." in (letter(app) or "")


def test_a_stranger_can_not_ask_for_it(app: Flask) -> None:
    credential = own(app, learner(app))
    with time_machine.travel(START):
        stranger = sign_in_as(app, make_account(app, "charlie@example.org"))
        assert stranger.post(f"/my-certificates/{credential.id}/renewal-mail", {"wanted": "y"}).status_code == 404
