"""Check-ins: on fixed days after a certificate, told as nobody told it yet, and nobody's business but one's own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from icalendar import Calendar
from sqlalchemy import select, update

from tests.assessment import before, rich
from tests.assessment.before import SCENES as OF_PRETEST
from tests.assessment.counts import parallel
from tests.assessment.pretests import items, rich_shelf, start
from tests.cast import answer_all, certify, hand_in, make_account, sign_in_as, start_practice
from tests.content import small
from tests.support import PASSWORD, TASKS, Visitor, closed_up, drawn, right_verdict
from trainer.accounts.models import User
from trainer.app import create_app
from trainer.assessment import check_ins
from trainer.assessment.models import Attempt, CheckInMail, Response
from trainer.assessment.progress import find_progress
from trainer.assessment.rules import Kind
from trainer.assessment.tasks import remind_of_check_ins
from trainer.content.library import Library
from trainer.content.schema import Pool
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.core.errors import NotYet
from trainer.core.feature import HOUR
from trainer.core.outbox import OutboxMessage
from trainer.core.settings import Settings
from trainer.jobs.emails import write

__all__ = ["rich_shelf"]

EARNED = dt.datetime(2026, 3, 2, 15, tzinfo=dt.UTC)
PAGE = "/check-ins"


@pytest.fixture
def at() -> Iterator[Callable[[int], None]]:
    """Return what moves the clock to a number of days after the certificate."""
    moved: list[time_machine.travel] = []

    def move(days: int) -> None:
        while moved:
            moved.pop().stop()
        moved.append(time_machine.travel(EARNED + dt.timedelta(days=days), tick=False))
        moved[0].start()

    move(0)
    yield move
    while moved:
        moved.pop().stop()


def begin(app: Flask, user_id: UUID) -> UUID:
    with app.app_context(), transaction():
        return check_ins.start(user_id, served(), clock.now()).id


def asked(app: Flask, attempt: UUID) -> list[tuple[str, bool]]:
    """Return the scenes of an attempt, and whether each is told a second time."""
    with app.app_context():
        here = served()
        rows = db.session.execute(select(Response.item, Response.item_digest).where(Response.attempt_id == attempt))
        return [(item, digest != here.scenarios[item].digest) for item, digest in rows]


def test_the_first_one_comes_after_two_days_and_one_that_was_missed_is_just_gone(
    app: Flask, at: Callable[[int], None]
) -> None:
    bob = make_account(app)
    certify(app, bob)
    visitor = sign_in_as(app, bob)
    assert "<b>Day 2</b>Mar 4, 2026</li>" in closed_up(visitor.get("/me").text)
    assert "Nothing due" in visitor.get(PAGE).text
    assert visitor.post(PAGE, {}).status_code == 409
    at(2)
    page = closed_up(visitor.get("/me").text)
    assert "4 scenes, to keep it" in page
    assert '<li class="now"><b>Day 2</b>Now</li>' in page
    assert "Today, March 4, 2026" in closed_up(visitor.get(PAGE).text)
    at(12)
    page = closed_up(sign_in_as(app, bob).get(PAGE).text)  # no session lasts so long
    assert "Not done" in page
    assert "Check-in 2 of 5." in page


def test_it_shows_each_answer_at_once_asks_no_first_step_and_counts_as_practice(
    app: Flask, at: Callable[[int], None]
) -> None:
    bob = make_account(app)
    certify(app, bob)
    at(2)
    visitor = sign_in_as(app, bob)
    visitor.get(PAGE)
    scene = visitor.post(PAGE, {}).headers["Location"]
    scene = visitor.get(scene).headers["Location"]
    page = visitor.get(scene).text
    assert "Your first step?" not in page
    sent = {"verdict": "report-now", "confidence": "certain", "version": "0", "opened_at": visitor.field("opened_at")}
    assert visitor.post(scene, sent).headers["Location"] == scene
    assert "You said “Report now,” certain." in closed_up(visitor.get(scene).text)
    attempt = scene.rpartition("/scenes/")[0]
    hand_in(app, bob, UUID(attempt.rpartition("/")[2]))
    result = closed_up(visitor.get(f"{attempt}/result").text)
    assert "Check-in 1" in result
    assert "Your next check-in is on March 13, 2026." in result
    with app.app_context():
        assert find_progress(bob, served(), None).windows[-2].tally.answered == 1
    assert closed_up(visitor.get("/progress").text).count("of 1") >= 1
    assert visitor.post(PAGE, {}).status_code == 409  # once done, it isn't due anymore


def test_scenes_are_second_tellings_of_open_ones_and_those_kept_for_check_ins(
    settings: Settings, tmp_path: Path, at: Callable[[int], None]
) -> None:
    folder = before.write(tmp_path)
    small.edit(folder, small.COURSE_FILE, "check_ins:\n  scenes: 2\n", "check_ins:\n  scenes: 4\n")
    for number in (1, 2):
        for letter, truth in (("a", "concern"), ("b", "no_concern")):
            name = f"later-{number}"
            small.put(folder, f"scenarios/{name}-{letter}.md", small.scene(truth, name, "check-in"))
    app = create_app(settings, rich.open_library(folder))
    bob = make_account(app)
    certify(app, bob)
    found: list[tuple[str, bool]] = []
    for day in (2, 11, 46, 163, 345):
        at(day)
        attempt = begin(app, bob)
        found += asked(app, attempt)
        answer_all(app, attempt)
        hand_in(app, bob, attempt)
    with app.app_context():
        here = served()
        for scene, is_second in found:
            whole = here.scenarios[scene]
            assert whole.file.pool in (Pool.OPEN, Pool.CHECK_IN)
            assert is_second == (whole.other is not None)
        assert {here.scenarios[scene].file.pool for scene, _is_second in found} == {Pool.OPEN, Pool.CHECK_IN}
        db.session.remove()
        db.engine.dispose()


@pytest.mark.on_both
def test_two_taps_at_once_start_one(app: Flask, at: Callable[[int], None]) -> None:
    bob = make_account(app)
    certify(app, bob)
    at(2)
    assert len(set(parallel(app, lambda: begin(app, bob)))) == 1


def test_without_a_valid_certificate_there_is_none(app: Flask, at: Callable[[int], None]) -> None:
    bob = make_account(app)
    start_practice(app, bob)
    visitor = sign_in_as(app, bob)
    assert "Once you have a certificate" in closed_up(visitor.get(PAGE).text)
    assert visitor.get(f"{PAGE}.ics").headers["Location"] == PAGE
    certify(app, bob)
    at(400)
    assert "Once you have a certificate" in closed_up(sign_in_as(app, bob).get(PAGE).text)
    with app.app_context(), pytest.raises(NotYet):
        check_ins.start(bob, served(), clock.now())


def test_the_calendar_holds_the_days_to_come_and_the_last_one(app: Flask, at: Callable[[int], None]) -> None:
    bob = make_account(app)
    certify(app, bob)
    at(20)
    read = Calendar.from_ical(sign_in_as(app, bob).get(f"{PAGE}.ics").data)
    days: dict[str, list[int]] = {}
    for one in read.walk("VEVENT"):
        day: dt.date = one.decoded("dtstart")
        days.setdefault(str(one["uid"]).partition("-")[0], []).append((day - EARNED.date()).days)
    assert days == {"check": [46, 163, 345], "certificate": [365]}


@pytest.mark.parametrize("days", [2, 46, 345])
def test_a_link_in_the_calendar_leads_through_signing_in_to_the_check_in(
    app: Flask, at: Callable[[int], None], days: int
) -> None:
    bob = make_account(app)
    certify(app, bob)
    phone = Visitor(app)
    phone.sign_in("bob@example.org")
    at(days)
    phone.client.delete_cookie("visit", domain="127.0.0.1")
    asked = phone.get(PAGE)
    assert (asked.status_code, asked.location) == (303, f"/sign-in?next={PAGE}")
    assert phone.post(asked.location, {"email": "bob@example.org", "password": PASSWORD}).location == PAGE
    assert "Start" in phone.get(PAGE).text
    phone.client.delete_cookie("visit", domain="127.0.0.1")
    assert phone.post(PAGE).location == f"/sign-in?next={PAGE}"


@pytest.mark.on_both
def test_day_163_asks_the_other_form_of_the_pretest_and_shows_answers_at_the_end_only(
    settings: Settings, tmp_path: Path, at: Callable[[int], None]
) -> None:
    app = create_app(settings, rich.open_library(before.write(tmp_path, pairs=2 * OF_PRETEST)))  # half are drawn
    bob = make_account(app)
    pretest = start(app, bob)
    answer_all(app, pretest)
    hand_in(app, bob, pretest)
    certify(app, bob)
    at(163)
    visitor = sign_in_as(app, bob)
    assert f"{OF_PRETEST} scenes, about" in closed_up(visitor.get(PAGE).text)
    attempt = begin(app, bob)
    asked_before = {one[: len(one) - 2]: one for one in items(app, pretest)}
    asked_after = {one[: len(one) - 2]: one for one in items(app, attempt)}
    assert len(asked_after) == OF_PRETEST
    assert asked_before.keys() == asked_after.keys()
    assert set(asked_before.values()).isdisjoint(asked_after.values())
    first = f"/attempts/{attempt}/scenes/1"
    visitor.get(first)
    opened = {"version": "0", "opened_at": visitor.field("opened_at")}
    verdict = right_verdict(drawn(app, f"/attempts/{attempt}")[0]["truth"])
    saved = visitor.post(first, {"verdict": verdict, "confidence": "certain", **opened})
    assert saved.headers["Location"] == f"{first}#first-step"  # as the pretest asked
    assert "Your first step?" in visitor.get(first).text
    answer_all(app, attempt)
    hand_in(app, bob, attempt)
    assert "You said" in visitor.get(first).text
    assert "Your first steps" in visitor.get(f"/attempts/{attempt}/result").text
    with app.app_context(), transaction():  # one that was drawn before it asked for first steps
        db.session.execute(update(Attempt).where(Attempt.id == attempt).values(rule={"day": 163}))
    assert "Your first steps" not in visitor.get(f"/attempts/{attempt}/result").text


def test_someone_who_skipped_the_pretest_gets_a_plain_one_on_day_163(app: Flask, at: Callable[[int], None]) -> None:
    bob = make_account(app)
    certify(app, bob)
    at(163)
    attempt = begin(app, bob)
    with app.app_context():
        found = db.session.get_one(Attempt, attempt)
        assert (found.kind, found.scenes) == (Kind.CHECK_IN, 4)


def test_mail_comes_on_the_day_once_and_only_to_those_who_asked(app: Flask, at: Callable[[int], None]) -> None:
    assert {one.label: one.every for one in TASKS}["remind of check-ins"] == HOUR
    bob, ann = make_account(app), make_account(app, "ann@example.org")
    certify(app, bob)
    certify(app, ann, "Ann Able")
    confirm(app, bob)
    visitor = sign_in_as(app, bob)
    visitor.get(PAGE)
    assert "We’ll email you" in visitor.get(visitor.post(f"{PAGE}/mail", {"wanted": "y"}).headers["Location"]).text
    for day, mails in ((1, 0), (2, 1), (2, 1), (5, 1), (11, 2)):
        at(day)
        assert len(remind(app)) == mails
    with app.app_context():
        message = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.created_at.desc())).first()
        assert message is not None
        assert message.recipient == "bob@example.org"
        letter = write(message)
        assert letter is not None
        assert "/check-ins" in letter.text
    visitor = sign_in_as(app, bob)
    visitor.get(PAGE)
    assert "Stop these emails" in visitor.get(PAGE).text
    visitor.post(f"{PAGE}/mail", {})
    with app.app_context():
        assert write(message) is None  # no longer wanted
        assert db.session.scalars(select(CheckInMail)).all() == []
    at(46)
    assert len(remind(app)) == 2


def test_a_mail_that_waits_is_dropped_once_the_check_in_is_done(app: Flask, at: Callable[[int], None]) -> None:
    bob = make_account(app)
    certify(app, bob)
    confirm(app, bob)
    with app.app_context(), transaction():
        check_ins.ask_for_mail(bob, served(), clock.now())
    at(2)
    (waiting,) = remind(app)
    attempt = begin(app, bob)
    answer_all(app, attempt)
    hand_in(app, bob, attempt)
    with app.app_context():
        assert write(db.session.get_one(OutboxMessage, waiting)) is None


@pytest.mark.on_both
def test_someone_whose_certificate_ended_is_looked_at_again_for_the_next_one(
    app: Flask, at: Callable[[int], None]
) -> None:
    bob = make_account(app)
    confirm(app, bob)
    with app.app_context(), transaction():
        check_ins.ask_for_mail(bob, served(), clock.now())
    at(40)
    certify(app, bob)
    assert remind(app) == []
    at(42)
    assert len(remind(app)) == 1


def test_nothing_goes_to_an_address_that_nobody_confirmed(
    app: Flask, at: Callable[[int], None], settings: Settings, shelf: Library
) -> None:
    bob = make_account(app)
    certify(app, bob)
    mailing = create_app(replace(settings, smtp_url="smtp://127.0.0.1:1"), shelf)
    page = closed_up(sign_in_as(mailing, bob).get(PAGE).text)
    assert "once you’ve confirmed your address" in page
    assert "Email me on these days" not in page
    with app.app_context(), transaction():
        check_ins.ask_for_mail(bob, served(), clock.now())
    at(2)
    assert remind(app) == []
    confirm(app, bob)
    assert len(remind(app)) == 1


def confirm(app: Flask, user_id: UUID) -> None:
    """Let someone have confirmed their address."""
    with app.app_context(), transaction() as session:
        session.get_one(User, user_id).email_confirmed_at = clock.now()


def remind(app: Flask) -> list[UUID]:
    """Let the worker order mails; return all that were ever ordered."""
    with app.app_context():
        for _portion in remind_of_check_ins():
            pass
        return list(db.session.scalars(select(OutboxMessage.id).where(OutboxMessage.template == "check-in")))


def test_a_firm_sees_how_many_and_nothing_else(app: Flask, at: Callable[[int], None]) -> None:
    bob = make_account(app)
    certify(app, bob)
    with app.app_context():
        assert check_ins.count_done(bob, EARNED) == 0
    at(2)
    attempt = begin(app, bob)
    with app.app_context():
        assert check_ins.count_done(bob, EARNED) == 0  # under way
    answer_all(app, attempt)
    hand_in(app, bob, attempt)
    with app.app_context():
        assert check_ins.count_done(bob, EARNED) == 1
        assert check_ins.count_done(bob, clock.now() + dt.timedelta(days=1)) == 0
