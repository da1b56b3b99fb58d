"""The n-th fault in some flows, n = 1, 2, …: told or done, never by halves, and the next try works."""

from __future__ import annotations

import datetime as dt
import os
import re
import sys
import zipfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import count
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from tests.cast import (
    add_second_factor,
    answer_all,
    certify,
    make_account,
    make_firm,
    make_ready,
    sign_in_as,
    start_final,
)
from tests.chaos.failing import Fault, failing, picture
from tests.jobs.conftest import Mailbox, mailbox
from tests.load.ledger import Ledger, complaints
from tests.support import Visitor
from trainer.app import create_app
from trainer.assessment.models import Response
from trainer.content.library import Library
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.core.outbox import OutboxMessage
from trainer.core.settings import Settings
from trainer.core.work import Job
from trainer.credentials import certificate
from trainer.credentials.models import Credential
from trainer.jobs.delivery import deliver
from trainer.jobs.work import advance_all
from trainer.organizations.models import Membership
from trainer.privacy import copies

pytestmark = pytest.mark.on_both

__all__ = ["mailbox"]

IS_FULL = bool(os.environ.get("TRAINER_TEST_EVERYTHING"))
STEP = 1 if IS_FULL else 23
"""Usually, every twenty-third place; at night, each."""
TOLD = {503}
"""What a page answers whose change isn't kept."""
DATABASE = (Fault.STATEMENT, Fault.COMMIT, Fault.LOST_COMMIT)


@dataclass(frozen=True)
class Flow:
    """Something that is done to subjects of its own; done again, it changes nothing."""

    app: Flask
    begin: Callable[[], object]
    """Makes what the act is done to."""
    act: Callable[..., bool]
    """Does it; returns whether it was said to be done."""
    is_done: Callable[..., bool]
    """Returns whether the database has all of it, once."""
    is_whole: bool = True
    """Whether it is one transaction, of which a failure leaves nothing."""


def sweep(flow: Flow, fault: Fault, places: range, *, is_persistent: bool) -> None:
    """Let the n-th of a fault strike, at each of these places, until none does anymore."""
    for nth in places:
        subject = flow.begin()
        before = picture(flow.app)
        with failing(flow.app, fault, nth, is_persistent=is_persistent) as strike:
            is_said = flow.act(subject)
        place = f"{fault} {nth}"
        assert strike.has_struck or nth > 1, place
        if is_said:
            assert flow.is_done(subject), place
        elif flow.is_whole and fault is not Fault.LOST_COMMIT:
            assert picture(flow.app) == before, place
        assert flow.act(subject), place  # the next try works, whatever came of the first
        assert flow.is_done(subject), place
        if not strike.has_struck:
            return


def count_places(flow: Flow, faults: tuple[Fault, ...]) -> list[int]:
    """Do it once, and nothing fails; return at how many places each of the faults could strike."""
    subject = flow.begin()
    with ExitStack() as stack:
        strikes = [stack.enter_context(failing(flow.app, fault, sys.maxsize, is_persistent=False)) for fault in faults]
        assert flow.act(subject)
    assert flow.is_done(subject)
    assert flow.act(subject)
    assert flow.is_done(subject)
    return [strike.passed for strike in strikes]


def both(flow: Flow, *faults: Fault, step: int = STEP) -> None:
    """Sweep with faults that come once and with those that stay; there must be places for each."""
    for fault, places in zip(faults, count_places(flow, faults), strict=True):
        assert places > 0
        last = sys.maxsize if IS_FULL else places  # at night, those too that only some runs have
        for is_persistent in (False, True):
            sweep(flow, fault, range(1, last + 1, step), is_persistent=is_persistent)


@pytest.mark.check("T101")
def test_saving_an_answer(app: Flask) -> None:
    bob = make_account(app)
    make_ready(app, bob)
    attempt, visitor, numbers = start_final(app, bob), sign_in_as(app, bob), count()
    visitor.token()

    def row() -> Response:
        with app.app_context():
            return db.session.scalars(
                select(Response).where(Response.attempt_id == attempt, Response.position == 1)
            ).one()

    def begin() -> tuple[int, str]:
        return row().version, ("report-now", "nothing-to-report")[next(numbers) % 2]

    def act(subject: tuple[int, str]) -> bool:
        fields = {"verdict": subject[1], "version": str(subject[0]), "autosave": "1"}
        answer = visitor.post(f"/attempts/{attempt}/scenes/1", fields, headers={"Accept": "application/json"})
        # A conflict says that this very version was saved before.
        return told(answer.status_code, {200, 409})

    def is_done(subject: tuple[int, str]) -> bool:
        saved = row()  # the same once more is saved once more
        return saved.version > subject[0] and saved.given == {"verdict": subject[1]}

    both(Flow(app, begin, act, is_done), *DATABASE)


@pytest.mark.check("T101")
def test_handing_in_and_issuing(app: Flask) -> None:
    numbers = count()

    def begin() -> tuple[UUID, UUID, Visitor]:
        bob = make_account(app, f"bob{next(numbers)}@example.org")
        make_ready(app, bob)
        attempt = start_final(app, bob)
        answer_all(app, attempt)
        visitor = sign_in_as(app, bob)
        visitor.token()
        return bob, attempt, visitor

    def act(subject: tuple[UUID, UUID, Visitor]) -> bool:
        return told(subject[2].post(f"/attempts/{subject[1]}/submission").status_code, {303})

    def is_done(subject: tuple[UUID, UUID, Visitor]) -> bool:
        return complaints(app, Ledger(handed_in={subject[1]: subject[0]})) == []

    both(Flow(app, begin, act, is_done), *DATABASE)


@pytest.mark.check("T101")
def test_printing_a_certificate(app: Flask) -> None:
    bob = make_account(app)
    certify(app, bob)
    with app.app_context():
        serial = db.session.scalars(select(Credential.serial)).one()

    def act(_subject: None) -> bool:
        certificate._typeset.cache_clear()  # else it is drawn once
        answer = Visitor(app).get(f"/verify/{serial}/certificate.pdf")
        return told(answer.status_code, {200}, {500, 503}) and answer.data.startswith(b"%PDF")

    # What it counts of its limit, it counts before.
    flow = Flow(app, lambda: None, act, lambda _subject: complaints(app, Ledger()) == [], is_whole=False)
    both(flow, Fault.STATEMENT, Fault.PDF)


@pytest.mark.check("T101")
def test_importing_a_roster(app: Flask) -> None:
    alice, numbers = make_account(app, "alice@example.org"), count()
    add_second_factor(app, alice)
    firm, visitor = make_firm(app, alice), sign_in_as(app, alice)
    visitor.token()

    def begin() -> tuple[int, str, str]:
        number = next(numbers)
        rows = [f"Person {number}-{one},p{number}-{one}@example.org,Site {number}" for one in range(3)]
        text = "\n".join(["name,email,team", *rows])
        path = visitor.post(f"/organizations/{firm}/roster", {"text": text}).headers["Location"]
        visitor.get(path)
        return number, path, visitor.field("digest")

    def act(subject: tuple[int, str, str]) -> bool:
        answer = visitor.post(f"{subject[1]}/confirmation", {"digest": subject[2], "has_mail": "y"})
        return told(answer.status_code, {303})

    def is_done(subject: tuple[int, str, str]) -> bool:
        with app.app_context():
            people = Membership.email_key.startswith(f"p{subject[0]}-")
            mails = OutboxMessage.recipient.startswith(f"p{subject[0]}-")
            return [db.session.scalar(select(func.count()).where(one)) for one in (people, mails)] == [3, 3]

    both(Flow(app, begin, act, is_done), *DATABASE)


@pytest.mark.check("T101")
def test_signing_up_with_mail(app: Flask, settings: Settings, shelf: Library, mailbox: Mailbox) -> None:
    mailing = create_app(replace(settings, smtp_url=mailbox.url), shelf)
    numbers, later = count(), clock.now()
    asked: set[str] = set()

    def begin() -> tuple[str, Visitor]:
        visitor = Visitor(mailing)
        with time_machine.travel(later, tick=False):  # a form that is too old is refused
            visitor.token()
        return f"zoe{next(numbers)}@example.org", visitor

    def act(subject: tuple[str, Visitor]) -> bool:
        nonlocal later
        address, visitor = subject
        later += dt.timedelta(hours=7)  # whatever waits is due again
        with time_machine.travel(later, tick=False):
            if address not in asked:
                answer = visitor.post("/sign-up", {"email": address, "is_old_enough": "y"})
                if not told(answer.status_code, {200}):
                    return False
                asked.add(address)
            try:
                with mailing.app_context():
                    for _mail in deliver():
                        pass
                return is_done(subject)
            except (OSError, SQLAlchemyError):
                return False

    def is_done(subject: tuple[str, Visitor]) -> bool:
        address, _visitor = subject
        with mailing.app_context():
            sent = db.session.scalars(select(OutboxMessage.sent_at).where(OutboxMessage.recipient == address)).all()
        # What isn't confirmed is sent again, under its number; who had to ask again may have asked twice.
        numbers = {mail["Message-ID"] for mail in mailbox.mails if mail["To"].addresses[0].addr_spec == address}
        return len(sent) == len(numbers) in (1, 2) and None not in sent

    try:
        flow = Flow(mailing, begin, act, is_done, is_whole=False)
        both(flow, *DATABASE)
        both(flow, Fault.COMMAND, Fault.LOST_REPLY, step=1 if IS_FULL else 3)
    finally:
        with mailing.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.mark.check("T101")
def test_a_copy_made_by_the_worker(app: Flask) -> None:
    numbers, later = count(), clock.now()

    def begin() -> UUID:
        bob = make_account(app, f"bob{next(numbers)}@example.org")
        certify(app, bob)
        with app.app_context(), transaction():
            return copies.order_copy(bob, later).id

    def act(number: UUID) -> bool:
        nonlocal later
        later += dt.timedelta(hours=7)
        with time_machine.travel(later, tick=False), app.app_context():
            try:
                for _slice in advance_all():
                    pass
                return is_done(number)
            except SQLAlchemyError:
                return False
            finally:
                db.session.remove()

    def is_done(number: UUID) -> bool:
        with app.app_context():
            job = db.session.get_one(Job, number)
            path = copies.path_of(job)
            is_told = db.session.get(OutboxMessage, number) is not None
            if job.finished_at is None or path is None or not is_told:
                return False
            with zipfile.ZipFile(path) as archive:
                is_readable = archive.testzip() is None and "about.txt" in archive.namelist()
            left = [one for one in path.parent.rglob("*") if re.search(r"\.part$", one.name)]
            return is_readable and not left

    flow = Flow(app, begin, act, is_done, is_whole=False)
    both(flow, Fault.STATEMENT, Fault.WRITE, step=1 if IS_FULL else 331)
    both(flow, Fault.COMMIT, Fault.PDF, step=1 if IS_FULL else 11)


def told(status: int, done: set[int], failed: set[int] = TOLD) -> bool:
    """Return whether an answer says that something was done; it must say that or that it wasn't."""
    assert status in done | failed, status
    return status in done
