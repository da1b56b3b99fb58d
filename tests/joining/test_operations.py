"""Coming in: whatever a guest and an account did before, nothing is lost and nothing counts twice."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.cast import answer_all, hand_in, make_account, make_guest, sign_in_as, start_practice
from tests.support import COURSE, Visitor
from trainer.accounts.models import User
from trainer.assessment.models import Attempt, Response
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.joining.operations import merge_guest
from trainer.learning.models import Enrollment, LessonCompletion
from trainer.learning.operations import complete_lesson, enroll

pytestmark = pytest.mark.on_both

HOUR = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Did:
    """What someone did so far: lessons read by number (None: never enrolled), practices, seconds, a name."""

    lessons: tuple[int, ...] | None = None
    handed_in: int = 0
    is_open: bool = False
    seconds: int = 0
    name: str | None = None


def do(app: Flask, user_id: UUID, did: Did) -> None:
    """Bring someone into a state."""
    if did.lessons is not None:
        with app.app_context(), transaction():
            course = served().courses[COURSE]
            enrollment = enroll(user_id, course, clock.now() - HOUR)
            for number in did.lessons:
                complete_lesson(enrollment, course, course.lessons[number], clock.now() - HOUR)
            enrollment.active_seconds = did.seconds
            enrollment.active_until = clock.now() - HOUR if did.seconds else None
            db.session.get_one(User, user_id).certificate_name = did.name
    for number in range(did.handed_in + did.is_open):
        attempt = start_practice(app, user_id)
        if number < did.handed_in:
            answer_all(app, attempt)
            hand_in(app, user_id, attempt)


NOTHING = Did()
ENROLLED = Did(lessons=())
STATES = [
    NOTHING,
    ENROLLED,
    Did(lessons=(0, 1), seconds=120),
    Did(lessons=(1, 2), handed_in=2, seconds=600, name="Guest Name"),
    Did(lessons=(0,), handed_in=1, is_open=True, seconds=60),
    Did(lessons=(), is_open=True),
]


def merge(app: Flask, guest: UUID, account: UUID) -> None:
    with app.app_context(), transaction():
        merge_guest(guest, account, served(), clock.now())


@pytest.mark.parametrize("account", STATES, ids=lambda did: f"account-{STATES.index(did)}")
@pytest.mark.parametrize("guest", STATES, ids=lambda did: f"guest-{STATES.index(did)}")
def test_an_account_gets_everything_a_guest_did(app: Flask, guest: Did, account: Did) -> None:
    one, other = make_guest(app), make_account(app)
    do(app, one, guest)
    do(app, other, account)
    merge(app, one, other)
    with app.app_context():
        lessons = served().courses[COURSE].lessons
        assert db.session.scalars(select(User.id)).all() == [other]
        enrollments = db.session.scalars(select(Enrollment)).all()
        is_enrolled = guest.lessons is not None or account.lessons is not None
        assert [one.user_id for one in enrollments] == [other] * is_enrolled
        assert sum(one.active_seconds for one in enrollments) == guest.seconds + account.seconds
        read = {*(guest.lessons or ()), *(account.lessons or ())}
        assert set(db.session.scalars(select(LessonCompletion.lesson))) == {lessons[number].id for number in read}
        attempts = db.session.scalars(select(Attempt).order_by(Attempt.number)).all()
        number = guest.handed_in + guest.is_open + account.handed_in + account.is_open
        assert [attempt.number for attempt in attempts] == list(range(1, number + 1))
        assert {attempt.user_id for attempt in attempts} <= {other}
        assert sum(attempt.submitted_at is None for attempt in attempts) == (guest.is_open or account.is_open)
        assert len(db.session.scalars(select(Response)).all()) == 6 * number
        assert db.session.get_one(User, other).certificate_name == (account.name or guest.name)


def test_merging_twice_is_no_error_and_changes_nothing(app: Flask) -> None:
    guest, account = make_guest(app), make_account(app)
    do(app, guest, STATES[4])
    merge(app, guest, account)
    merge(app, guest, account)
    with app.app_context():
        assert len(db.session.scalars(select(Attempt)).all()) == 2


def test_an_account_is_never_merged_away(app: Flask) -> None:
    alice, bob = make_account(app, "alice@example.org"), make_account(app)
    do(app, alice, STATES[2])
    for pair in ((alice, bob), (bob, bob)):
        merge(app, *pair)
    with app.app_context():
        assert set(db.session.scalars(select(User.id))) == {alice, bob}
        assert [one.user_id for one in db.session.scalars(select(Enrollment))] == [alice]


def test_devices_side_by_side_do_not_read_faster_than_time_passes(app: Flask) -> None:
    with time_machine.travel("2026-11-24T12:00:00Z", tick=False) as traveller:
        account, guests = make_account(app), [make_guest(app) for _ in range(10)]
        course = next(iter(app.extensions["library"].content.courses.values()))
        with app.app_context(), transaction():
            for user in (account, *guests):
                enroll(user, course, clock.now())
        traveller.shift(120)
        with app.app_context(), transaction():
            for enrollment in db.session.scalars(select(Enrollment)):
                enrollment.active_seconds, enrollment.active_until = 120, clock.now()
        for guest in guests:
            merge(app, guest, account)
        with app.app_context():
            assert db.session.scalars(select(Enrollment.active_seconds)).all() == [120]


def test_a_guest_in_two_tabs_signs_in_twice(app: Flask) -> None:
    make_account(app, "leo@example.org")
    guest = make_guest(app)
    do(app, guest, STATES[2])
    tabs = [sign_in_as(app, guest) for _ in range(2)]
    assert [tab.sign_in().status_code for tab in tabs] == [303, 303]
    assert all("2 of" in tab.get("/me").text for tab in tabs)


def test_who_knew_the_guest_does_not_know_the_account(app: Flask, visitor: Visitor) -> None:
    visitor.keep()
    old = visitor.client.get_cookie("visit", domain="127.0.0.1")
    assert old is not None
    visitor.sign_up()
    thief = Visitor(app)
    thief.client.set_cookie("visit", old.value, domain="127.0.0.1")
    assert thief.get("/me").headers["Location"].startswith("/sign-in")
