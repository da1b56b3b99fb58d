"""What has been kept as long as it may be goes, by a clock that is moved; and the log alone by the database's own."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DatabaseError

from tests.cast import make_account, make_guest
from tests.petra import make_petra
from tests.support import PERIODS, closed_up
from trainer.accounts.models import Link, Session, User
from trainer.compliance import certificate_files
from trainer.core import audit, clock, work
from trainer.core.audit import AuditEvent, forget_events, forget_names, note
from trainer.core.db import db, transaction
from trainer.core.errors import Conflict
from trainer.core.isolation import Incomplete
from trainer.core.limits import LimitCount
from trainer.core.settings import ROOT
from trainer.privacy.copies import order_copy
from trainer.privacy.tasks import forget_all

pytestmark = pytest.mark.on_both

MONDAY = dt.datetime(2026, 11, 23, 15, tzinfo=dt.UTC)


def count_past(app: Flask, now: dt.datetime) -> dict[str, int]:
    """Return how many records of each sort are past their time."""
    with app.app_context():
        return {
            str(period.title): db.session.scalar(
                select(func.count()).select_from(period.record).where(period.is_past(now))
            )
            or 0
            for period in PERIODS
        }


def fill(app: Flask) -> None:
    """Have a record of each sort."""
    petra = make_petra(app)
    make_guest(app)
    with app.app_context(), transaction():
        at = clock.now()
        db.session.add(LimitCount(key="k", count=1, ends_at=at + dt.timedelta(hours=1)))
        db.session.execute(update(Session).where(Session.user_id == petra.bob).values(ended_at=at))
        db.session.add(Session(user_id=petra.bob, device="A browser", created_at=at, ended_at=at))
        copy = order_copy(petra.id, at)
        copy.finished_at = at
        work.order(certificate_files.KIND, at, ordered_by_id=petra.id)


@pytest.mark.asvs("14.2.7")
@pytest.mark.check("T158")
def test_nothing_is_left_past_its_time_and_nothing_goes_before(app: Flask) -> None:
    with time_machine.travel(MONDAY):
        fill(app)
        with app.app_context():
            list(forget_all())
    late = MONDAY + dt.timedelta(days=4000)
    there = count_past(app, late)
    assert [title for title, number in there.items() if number == 0] == ["Files of evidence packs"]
    with time_machine.travel(late), app.app_context(), pytest.raises(Incomplete, match=r"1 failed.*forget_events"):
        list(forget_all())  # the database's own clock says that nothing of the log is that old
    left = {title: number for title, number in count_past(app, late).items() if number}
    assert left == {"The log": there["The log"]}


@pytest.mark.check("T158")
def test_a_record_goes_when_its_own_time_is_over_and_not_before(app: Flask) -> None:
    bob = make_account(app)
    with app.app_context(), transaction():
        db.session.add(Session(user_id=bob, device="A browser", created_at=MONDAY, ended_at=MONDAY))
        link = {"purpose": "confirm", "email_key": "b", "nonce": "n", "created_at": MONDAY, "expires_at": MONDAY}
        db.session.add(Link(**link))
    of = {period.record: period for period in PERIODS if period.record in (Session, Link)}
    for record, period in of.items():
        for shift, is_there in ((-1, True), (1, False)):
            instant = MONDAY + period.lasts + dt.timedelta(minutes=shift)
            with app.app_context():
                with transaction():
                    period.forget(instant)
                at = {Session: Session.ended_at, Link: Link.expires_at}[record]
                assert (db.session.scalar(select(func.count()).where(at == MONDAY)) == 1) is is_there, record


@pytest.mark.check("T158")
def test_the_log_goes_by_one_function_and_by_nothing_else(app: Flask) -> None:
    now, subject_id = clock.now(), uuid.uuid4()
    with app.app_context():
        with transaction():
            for days in (4000, 2000):
                about = uuid.uuid4() if days == 4000 else subject_id
                note(f"test.{days}", now - dt.timedelta(days=days), subject_id=about, name="Bob", reason="No")
        young = AuditEvent.subject_id == subject_id
        for statement in (
            delete(AuditEvent).where(young),
            update(AuditEvent).where(young).values(act="another"),
            update(AuditEvent).where(young).values(at=now - dt.timedelta(days=4000)),
            update(AuditEvent).where(young).values(details={"reason": "Yes"}),
            update(AuditEvent).where(young).values(details={}),
        ):
            with pytest.raises((DatabaseError, Conflict)), transaction():
                db.session.execute(statement)
        with transaction():
            forget_names(young)
            forget_events(now)
        (left,) = db.session.scalars(select(AuditEvent).where(AuditEvent.act.startswith("test."))).all()
        assert (left.act, left.details) == ("test.2000", {"reason": "No"})


def test_what_may_be_taken_out_of_the_log_is_what_the_database_lets_go(app: Flask) -> None:
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            rules = db.session.scalars(text("SELECT sql FROM sqlite_master WHERE name = 'audit_events_no_update'"))
        else:
            rules = db.session.scalars(text("SELECT prosrc FROM pg_proc WHERE proname = 'audit_events_stay'"))
        rule = rules.one()
    assert all(f"'$.{name}'" in rule or f"'{name}'" in rule for name in audit.NAMES)
    assert dt.timedelta(days=7 * 365 + 2) < audit.KEPT


def test_paper_and_page_tell_each_period(app: Flask) -> None:
    from tests.cast import sign_in_as

    page = closed_up(sign_in_as(app, make_account(app)).get("/account/data").text)
    paper = (ROOT / "docs/operate.md").read_text(encoding="utf-8")
    with app.test_request_context():
        for period in PERIODS:
            assert str(period.title) in page
            assert f"| {period.title} | {period.words} |" in paper


def test_an_erased_account_is_no_guest_to_be_forgotten(app: Flask) -> None:
    bob = make_account(app)
    with app.app_context():
        with transaction():
            db.session.execute(
                update(User)
                .where(User.id == bob)
                .values(email=None, email_key=None, password_hash=None, erased_at=MONDAY, created_at=MONDAY)
            )
        with time_machine.travel(MONDAY + dt.timedelta(days=30)):
            list(forget_all())
        assert db.session.get(User, bob) is not None
