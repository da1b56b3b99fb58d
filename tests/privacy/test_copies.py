"""A copy of someone's data: ordered once, made in slices, told by mail, given to its owner alone, then deleted."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import tracemalloc
import uuid
import zipfile
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.cast import add_second_factor, certify, code_now, make_account, sign_in_as, start_practice
from tests.petra import make_petra
from tests.support import PASSWORD
from trainer.accounts.models import Session
from trainer.app import FEATURES
from trainer.core import clock
from trainer.core.audit import AuditEvent
from trainer.core.db import db, insert_all, transaction
from trainer.core.outbox import OutboxMessage
from trainer.core.work import Job
from trainer.credentials.models import Credential
from trainer.credentials.rules import show_serial
from trainer.jobs.emails import write
from trainer.jobs.work import advance_all
from trainer.privacy import copies
from trainer.privacy.copies import forget_copies, order_copy
from trainer.privacy.register import HOLDINGS
from trainer.privacy.rules import COPY_KEPT

pytestmark = pytest.mark.on_both

FILES = ("README.txt", "certificate-letter.pdf", "certificate-a4.pdf")
MONDAY = "2026-11-23T15:00:00Z"


def make_copy(app: Flask, user_id: uuid.UUID) -> Job:
    """Order a copy and let the worker make it."""
    with app.app_context():
        with transaction():
            number = order_copy(user_id, clock.now()).id
        list(advance_all())
        return db.session.get_one(Job, number)


def path_of(app: Flask, job: Job) -> Path:
    """Return where the ZIP is."""
    with app.app_context():
        path = copies.path_of(job)
    assert path is not None
    return path


def test_a_copy_holds_all_that_is_told_as_json_and_csv_and_the_certificates(app: Flask) -> None:
    with time_machine.travel(MONDAY):
        petra = make_petra(app)
        told = petra.told()
        job = make_copy(app, petra.id)
    with zipfile.ZipFile(path_of(app, job)) as archive:
        assert archive.testzip() is None
        names = set(archive.namelist())
        kinds = {kind: rows for feature in told.values() for kind, rows in feature.items()}
        own = {"packs", "log"}  # that the copy was ordered is in them
        for holding in HOLDINGS:
            for kind in (kind for one in FEATURES if holding.slug in one.held for kind in one.held[holding.slug].kinds):
                rows = json.loads(archive.read(f"{holding.slug}/{kind}.json"))
                lines = [*csv.reader(io.StringIO(archive.read(f"{holding.slug}/{kind}.csv").decode("utf-8-sig")))]
                assert len(lines) == len(rows) + 1, kind
                assert lines[0] == list(rows[0]), kind
                assert kind in own or rows == kinds[kind], kind
        about = archive.read("about.txt").decode()
        assert all(str(holding.title) in about for holding in HOLDINGS)
        with app.app_context():
            serials = [show_serial(one) for one in db.session.scalars(select(Credential.serial))]
        certificates = {f"certificates/{serial}/{name}" for serial in serials for name in FILES}
        others = {name for name in names if name.endswith((".json", ".csv")) or "/badge." in name}
        assert names - {"about.txt"} - others == certificates
        assert archive.read(f"certificates/{serials[0]}/certificate-a4.pdf").startswith(b"%PDF")


def test_asked_for_twice_it_is_the_same_and_once_deleted_a_new_one(app: Flask) -> None:
    bob = make_account(app)
    visitor = sign_in_as(app, bob)
    for _time in range(2):
        assert visitor.post("/account/data/copy").status_code == 303
    assert "Waiting" in visitor.get("/account/data/copy").text
    with app.app_context():
        list(advance_all())
    visitor.post("/account/data/copy")
    with app.app_context():
        first = db.session.scalars(select(Job.id)).one()
    visitor.post("/account/data/copy/removal")
    assert not (Path(app.config["SETTINGS"].instance) / "copies" / first.hex).exists()
    visitor.post("/account/data/copy")
    with app.app_context():
        assert db.session.scalars(select(Job.id)).one() != first


def test_progress_is_shown_and_a_stop_costs_one_step(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies, "SLICE", 0.0)
    bob = make_account(app)
    visitor = sign_in_as(app, bob)
    with app.app_context():
        with transaction():
            job = order_copy(bob, clock.now())
        steps = 1 + sum(feature.export_person is not None for feature in FEATURES)  # and the file that holds all
        assert copies.advance(job, clock.now()) == (0, steps)  # no time at all: nothing is written
        ticks = iter(range(1000))
        monkeypatch.setattr(copies, "SLICE", 1.5)
        monkeypatch.setattr("trainer.privacy.copies.time.monotonic", lambda: next(ticks))
        assert copies.advance(job, clock.now()) == (1, steps)
        assert copies.advance(job, clock.now()) == (2, steps)
        with transaction():
            job.done, job.total = 2, steps
            db.session.merge(job)
    assert f"2 of {steps} steps" in visitor.get("/account/data/copy").text


def test_a_mail_says_that_it_is_ready_and_nothing_of_what_is_in_it(app: Flask) -> None:
    bob = make_account(app)
    certify(app, bob, "Bob Builder")
    job = make_copy(app, bob)
    with app.app_context():
        with transaction():
            copies.tell_ready(job, clock.now())  # a worker that stopped in between tells again
        message = db.session.scalars(select(OutboxMessage).where(OutboxMessage.template == "copy-ready")).one()
        assert message.recipient == "bob@example.org"
        letter = write(message)
        assert letter is not None
        assert "/account/data/copy" in letter.text
        assert not any(word in letter.subject + letter.text for word in ("Bob", "bob", "certificate", "export"))
        with transaction():
            copies.drop_copies(bob)
        assert write(message) is None


def test_only_its_owner_gets_it_and_only_with_the_password_again(app: Flask) -> None:
    bob = make_account(app)
    make_copy(app, bob)
    stranger = sign_in_as(app, make_account(app, "charlie@example.org"))
    assert stranger.post("/account/data/copy/file", {"password": PASSWORD}).status_code == 409
    visitor = sign_in_as(app, bob)
    assert visitor.client.get("/account/data/copy/file", base_url=visitor.base_url).status_code == 405
    for given in ({}, {"password": "not his password"}):
        refused = visitor.post("/account/data/copy/file", given)
        assert refused.status_code == 422
        assert "Please fix the following" in refused.text
    got = visitor.post("/account/data/copy/file", {"password": PASSWORD})
    assert (got.status_code, got.mimetype, got.headers["Cache-Control"]) == (200, "application/zip", "no-store")
    assert zipfile.ZipFile(io.BytesIO(got.data)).testzip() is None
    assert "bob" not in got.headers["Content-Disposition"]
    with app.app_context():
        acts = [event.act for event in db.session.scalars(select(AuditEvent).order_by(AuditEvent.at))]
    assert acts[-1] == "copy.downloaded"


def test_where_there_is_a_second_step_it_takes_a_code_too(app: Flask) -> None:
    bob = make_account(app)
    add_second_factor(app, bob)
    make_copy(app, bob)
    visitor = sign_in_as(app, bob)
    assert visitor.post("/account/data/copy/file", {"password": PASSWORD}).status_code == 422
    assert visitor.post("/account/data/copy/file", {"password": PASSWORD, "code": "000000"}).status_code == 422
    given = {"password": PASSWORD, "code": code_now(app, bob)}
    assert visitor.post("/account/data/copy/file", given).status_code == 200
    assert visitor.post("/account/data/copy/file", given).status_code == 422  # no code is good twice


def test_wrong_passwords_are_counted(app: Flask) -> None:
    bob = make_account(app)
    make_copy(app, bob)
    visitor = sign_in_as(app, bob)
    answers = [visitor.post("/account/data/copy/file", {"password": "wrong"}).status_code for _time in range(12)]
    assert (answers[0], answers[-1]) == (422, 429)


@pytest.mark.check("T158")
def test_it_is_deleted_when_its_time_is_over(app: Flask) -> None:
    bob = make_account(app)
    with time_machine.travel(MONDAY, tick=False):
        job = make_copy(app, bob)
        path, until = path_of(app, job), clock.now() + COPY_KEPT
    orphan = path.parent.with_name(uuid.uuid4().hex)
    orphan.mkdir()
    for instant, is_there in ((until - dt.timedelta(minutes=1), True), (until, False)):
        with time_machine.travel(instant, tick=False):
            with app.app_context(), transaction():
                forget_copies(clock.now())
            assert path.exists() is is_there
            answer = sign_in_as(app, bob).post("/account/data/copy/file", {"password": PASSWORD})
            assert answer.status_code == (200 if is_there else 409)
    assert not orphan.exists()
    with app.app_context():
        assert db.session.scalars(select(Job)).all() == []


def peak_of(app: Flask, email: str, rows: int) -> int:
    """Return how many bytes making a copy takes at most for someone with so many records."""
    user_id = make_account(app, email)
    start_practice(app, user_id)
    at = clock.now()
    with app.app_context():
        with transaction():
            for first in range(0, rows, 1000):
                number = min(1000, rows - first)
                insert_all(
                    Session,
                    [
                        {"id": uuid.uuid4(), "user_id": user_id, "device": "Chrome on Android", "created_at": at}
                        for _one in range(number)
                    ],
                )
        tracemalloc.start()
        job = make_copy(app, user_id)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    with zipfile.ZipFile(path_of(app, job)) as archive:
        assert len(json.loads(archive.read("account/sessions.json"))) == rows
    return peak


def test_memory_stays_flat_however_many_records_there_are(app: Flask) -> None:
    peak_of(app, "warm@example.org", 10)  # what is loaded once
    few, many = peak_of(app, "few@example.org", 2_000), peak_of(app, "many@example.org", 20_000)
    assert many < few * 1.5, (few, many)


@pytest.mark.nightly
def test_memory_stays_flat_with_a_hundred_thousand_records(app: Flask) -> None:
    peak_of(app, "warm@example.org", 10)
    few, many = peak_of(app, "few@example.org", 2_000), peak_of(app, "many@example.org", 100_000)
    assert many < few * 1.5, (few, many)
