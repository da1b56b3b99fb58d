"""What a report and a certificate say is calculated again from what was written down, for random histories."""

from __future__ import annotations

import datetime as dt
import os
import random
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.assessment.recount import comes_to, recount
from tests.assessment.ruled import MISTAKES, USUAL, copy_ruled, say
from tests.assessment.swapped import open_library
from tests.assignments.firm import COURSE, EVERYONE, Firm, make_firm
from tests.assignments.oracle import later_by_months, stands
from tests.cast import put_on_roster
from trainer.accounts.models import User
from trainer.accounts.operations import create_account, name_for_certificate
from trainer.assessment.finals import start_final
from trainer.assessment.models import Attempt
from trainer.assessment.operations import save_response, submit_attempt
from trainer.assessment.queries import list_responses
from trainer.assignments.models import Assignment
from trainer.assignments.rules import CoveringCredential, Duty, Terms
from trainer.compliance.queries import iterate_rows, viewer_of
from trainer.compliance.rules import Row, StatusFilter
from trainer.content.library import Content
from trainer.content.serving import served
from trainer.core.db import db, transaction
from trainer.core.errors import Conflict, NotYet
from trainer.credentials.models import Credential
from trainer.credentials.operations import revoke
from trainer.learning.activity import credit_activity
from trainer.learning.models import Enrollment, LessonCompletion
from trainer.learning.operations import complete_lesson, enroll

HISTORIES = 10 * int(os.environ.get("TRAINER_TEST_HISTORIES", "2"))
BATCH = 100
START = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
TODAY = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
TERMS = Terms(EVERYONE.least_minutes, EVERYONE.cadence_months, EVERYONE.renewal_days, False, False)


def live(user_id: UUID, content: Content, rng: random.Random) -> None:
    """Let someone read, be active, and take finals at random; needs a transaction."""
    course, at = content.courses[COURSE], START + dt.timedelta(hours=rng.randrange(8000))
    enrollment = enroll(user_id, course, at)
    if rng.random() < 0.9:
        name_for_certificate(user_id, f"Leo {rng.randrange(100)}")
    for lesson in course.lessons if rng.random() < 0.9 else course.lessons[1:]:
        opened_at, at = at, at + dt.timedelta(seconds=rng.randrange(150, 900))
        credit_activity(enrollment, opened_at, dt.timedelta(minutes=8), at)
        complete_lesson(enrollment, course, lesson, at)
    for _try in range(rng.randrange(6)):
        at += dt.timedelta(minutes=rng.randrange(1, 3000))
        try:
            attempt = start_final(enrollment, course, content, at)
        except Conflict:
            break
        except NotYet:
            for lesson in course.lessons[1:]:
                complete_lesson(enrollment, course, lesson, at)
            at += dt.timedelta(days=rng.choice([7, 30]))
            continue
        at = take(attempt, user_id, content, at, rng)
    serial = db.session.scalar(select(Credential.serial).where(Credential.user_id == user_id))
    if serial is not None and rng.random() < 0.1:
        revoke(serial, "Someone else’s", at + dt.timedelta(days=1))


def take(attempt: Attempt, user_id: UUID, content: Content, at: dt.datetime, rng: random.Random) -> dt.datetime:
    """Answer all stages of a final with some mistakes, hand them in, and return when."""
    while attempt.submitted_at is None:
        for row in list_responses(attempt)[attempt.handed_in :]:
            mistake = rng.choice(MISTAKES) if rng.random() < 0.15 else None
            save_response(attempt, row, say(row.snapshot.payload, mistake), row.version, at, record=True)
        db.session.expire_all()
        at += dt.timedelta(minutes=rng.randrange(1, 90))
        submit_attempt(user_id, attempt.id, content, False, at, attempt.scenes)
    return at


def completed(user_id: UUID) -> tuple[dict[str, object], CoveringCredential] | None:
    """Return what a certificate says and what it counts for, from the rows before it; None without one."""
    enrollment = db.session.scalars(
        select(Enrollment).where(Enrollment.user_id == user_id, Enrollment.cycle == 1)
    ).one()
    read = select(LessonCompletion.lesson).where(LessonCompletion.enrollment_id == enrollment.id)
    has_read = set(db.session.scalars(read)) == {lesson.id for lesson in served().courses[COURSE].lessons}
    passed = None
    attempts = select(Attempt).where(Attempt.enrollment_id == enrollment.id).order_by(Attempt.started_at)
    for attempt in db.session.scalars(attempts).all():
        rows = list_responses(attempt)
        counts = recount((one.snapshot.payload, one.given or {}) for one in rows)
        is_first = (attempt.round, attempt.number) == (1, 1)
        if attempt.handed_in:
            before = recount((one.snapshot.payload, one.given or {}) for one in rows[: attempt.handed_in])
            assert comes_to(attempt.rule, before, is_first_try=is_first) == "sent on"
        decided = comes_to(attempt.rule, counts, is_first_try=is_first)
        assert attempt.is_passed is (decided == "passed")
        assert passed is None, "a try after the one that passed"
        passed = (attempt, counts) if decided == "passed" else None
    name = db.session.get_one(User, user_id).certificate_name
    if passed is None or not (has_read and name and enrollment.active_seconds >= 60 * EVERYONE.least_minutes):
        return None
    attempt, counts = passed
    assert attempt.submitted_at is not None
    issued_on = attempt.submitted_at.date()
    ends = (counts["scenes"], counts["to_report"], counts["caught"], counts["over"])
    facts: dict[str, object] = {
        "holder": name,
        "minutes": enrollment.active_seconds // 60,
        "started_on": enrollment.started_at.date(),
        "issued_on": issued_on,
        "valid_until": later_by_months(issued_on, 12),
        "final": (*ends, 2 if attempt.handed_in else 1, attempt.round, attempt.number),
    }
    is_revoked = select(Credential.revoked_at).where(Credential.user_id == user_id)
    counted = CoveringCredential(
        issued_on,
        later_by_months(issued_on, 12),
        enrollment.active_seconds // 60,
        False,
        False,
        db.session.scalars(is_revoked).one() is not None,
    )
    return facts, counted


def stated(one: Credential) -> dict[str, object]:
    """Return what a certificate says."""
    assert one.final is not None
    order = ("scenes", "to_report", "caught", "over_reported", "stage", "round", "number")
    return {
        "holder": one.holder_name,
        "minutes": one.minutes,
        "started_on": one.started_on,
        "issued_on": one.issued_on,
        "valid_until": one.valid_until,
        "final": tuple(one.final[name] for name in order),
    }


def compare(user_id: UUID, row: Row) -> bool:
    """Compare certificate and report with the rows; return whether there is a certificate."""
    found = completed(user_id)
    credentials = db.session.scalars(select(Credential).where(Credential.user_id == user_id)).all()
    assert [stated(one) for one in credentials] == ([found[0]] if found else [])
    counted = found[1] if found else None
    shown = (row.completed_on, row.minutes, row.serial)
    if counted is None or counted.is_revoked:
        assert shown == (None, None, None)
    else:
        assert shown == (counted.issued_on, counted.minutes, credentials[0].serial)
    due_on = db.session.get_one(Assignment, row.assignment_id).due_on
    seconds = select(Enrollment.active_seconds).where(Enrollment.user_id == user_id)
    has_begun = any(db.session.scalars(seconds))
    duty = Duty(TERMS, due_on, (counted,) if counted else (), None, has_begun)
    assert row.status == stands(duty, TODAY.date())
    return counted is not None


@pytest.mark.check("T030")
def test_certificates_and_reports_follow_from_what_was_written_down(app: Flask, tmp_path: Path) -> None:
    app.extensions["library"] = open_library(copy_ruled(tmp_path / "ruled", USUAL))
    is_quick = "sqlite" in app.config["SQLALCHEMY_DATABASE_URI"]
    histories = range(HISTORIES if is_quick else HISTORIES // 4)
    earned = 0
    for first in histories[::BATCH]:
        with time_machine.travel(TODAY, tick=False):
            firm = make_firm(app, "UTC", f"alice{first}@example.org")
            firm.require(replace(EVERYONE, starts_on=dt.date(2025, 12, 1)))
            users = {put_on(firm, number): number for number in histories[first : first + BATCH]}
            firm.keep_up()
        with app.app_context():
            rows = {row.membership_id: row for row in iterate_rows(viewer_of(firm.actor(), TODAY), StatusFilter())}
            for (user_id, membership_id), number in users.items():
                try:
                    earned += compare(user_id, rows[membership_id])
                except AssertionError as error:
                    error.add_note(f"history {number}")
                    raise
    assert 0 < earned < len(histories)


def put_on(firm: Firm, number: int) -> tuple[UUID, UUID]:
    """Let someone live through the history of a number, on the firm's roster; return user and membership."""
    email = f"person{number}@example.org"
    with firm.app.app_context(), transaction():
        user_id = create_account(email, "-", START).id
        live(user_id, served(), random.Random(number))
    return user_id, put_on_roster(firm.app, firm.id, user_id, name=f"Person {number}", email=email)
