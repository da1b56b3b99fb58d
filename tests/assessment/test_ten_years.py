"""Ten years of renewals, held against an oracle that shares no code with the rules: it counts days."""

from __future__ import annotations

import datetime as dt
import os
import random
from dataclasses import dataclass, field, replace
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select

from tests.cast import make_account
from tests.support import COURSE
from trainer.accounts.operations import name_for_certificate
from trainer.assessment import renewals
from trainer.assessment.models import Attempt
from trainer.content.library import Course
from trainer.content.serving import served
from trainer.core.db import db, transaction
from trainer.core.errors import NotYet
from trainer.credentials.models import Credential, PassedFinal
from trainer.credentials.operations import revoke
from trainer.credentials.queries import status_on
from trainer.learning.models import Enrollment
from trainer.learning.operations import complete_lesson, enroll, record_result
from trainer.learning.queries import standing, taken

PEOPLE = 1_000 if os.environ.get("TRAINER_TEST_EVERYTHING") else 24
# Midnight of some is another day for us: Kiritimati is 14 hours ahead, Baker Island 12 behind, and New York moves its
# clocks.
ZONES = ("Pacific/Kiritimati", "Etc/GMT+12", "America/New_York")
FIRST, LAST = dt.datetime(2027, 1, 1, tzinfo=dt.UTC), dt.datetime(2037, 1, 1, tzinfo=dt.UTC)
VERSIONS = (("2027-01-01", "1.0"), ("2028-02-29", "1.4"), ("2030-07-01", "2.0"), ("2034-03-15", "10.0"))
FINAL = PassedFinal(
    scenes=8, stage=1, round=1, number=1, caught=4, to_report=4, over_reported=0, achievement="has shown it"
)


# --- the oracle: days are numbers, from the calendar's own tables ---


def day_number(instant: dt.datetime) -> int:
    """Return the day of an instant in UTC, counted from 1970."""
    return int(instant.timestamp() // 86_400)


def a_year_later(day: int) -> int:
    """Return the same day of the next year; what has none, such as February 29, ends on the 28th."""
    year, month, of_month = (int(part) for part in (dt.date(1970, 1, 1) + dt.timedelta(day)).isoformat().split("-"))
    is_leap = (year + 1) % 4 == 0 and ((year + 1) % 100 != 0 or (year + 1) % 400 == 0)
    if (month, of_month) == (2, 29) and not is_leap:
        of_month = 28
    return (dt.date(year + 1, month, of_month) - dt.date(1970, 1, 1)).days


@dataclass
class Earned:
    """A certificate as the oracle has it."""

    on: int
    until: int
    version: str
    done: set[int] = field(default_factory=set)
    """The check-ins that were done."""
    is_revoked: bool = False

    def is_short(self, today: int, version: str) -> bool:
        if self.is_revoked or today - self.until > 365:
            return False
        if version.split(".")[0] == self.version.split(".")[0]:
            return True
        days = [2, 11, 46, 163, 345, 527, 709]
        due = [number for number, day in enumerate(days, 1) if self.on + day <= min(today, self.until)]
        return len([number for number in due[-5:] if number in self.done]) > 3

    def is_open(self, today: int) -> bool:
        return self.is_revoked or self.until - today < 61

    def status(self, today: int, is_last: bool) -> str:
        if self.is_revoked:
            return "revoked"
        if not is_last:
            return "superseded"
        return "valid" if today <= self.until else "expired"


# --- the simulation ---


def version_at(instant: dt.datetime) -> str:
    return [version for day, version in VERSIONS if instant.date().isoformat() >= day][-1]


def moment(rng: random.Random, day: dt.datetime) -> dt.datetime:
    """Return a moment of about that day, often just before or after midnight somewhere."""
    zone = ZoneInfo(rng.choice(ZONES))
    hour, minute = rng.choice([(0, 0), (23, 59), (1, 30), (2, 30), (rng.randrange(24), rng.randrange(60))])
    local = dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
    return max(day, local.astimezone(dt.UTC))


def course_at(instant: dt.datetime) -> Course:
    course = served().courses[COURSE]
    return replace(course, file=course.file.model_copy(update={"version": version_at(instant)}))


def pass_it(enrollment: Enrollment, course: Course, at: dt.datetime) -> Credential:
    """Read what is missing and pass the final."""
    for need in standing(enrollment, course).missing_lessons:
        lesson = taken(course, enrollment).lesson(need.id)
        assert lesson is not None
        complete_lesson(enrollment, course, lesson, at)
    enrollment.active_seconds = 60 * enrollment.asks.least_minutes
    credential = record_result(enrollment, course, FINAL, False, at)
    assert credential is not None
    return credential


def do_check_in(credential: Credential, enrollment: Enrollment, number: int) -> None:
    db.session.add(
        Attempt(
            user_id=credential.user_id,
            enrollment_id=enrollment.id,
            kind="check_in",
            number=number,
            tries=None,
            course=COURSE,
            rule={},
            scenes=4,
            started_at=credential.issued_at,
            submitted_at=credential.issued_at,
        )
    )


def live(user_id: UUID, rng: random.Random) -> int:
    """Live ten years of one person, and compare each step; return how many certificates were earned."""
    at = moment(rng, FIRST + dt.timedelta(days=rng.choice([rng.randrange(700), 424])))  # 424: February 29, 2028
    course, refresher = course_at(at), {lesson.id for lesson in served().courses["refresher"].lessons}
    credential, enrollment = None, enroll(user_id, course, at)
    name_for_certificate(user_id, "Leo Learner")
    history: list[Earned] = []
    while True:
        course = course_at(at)
        if credential is not None:
            last, today = history[-1], day_number(at)
            renewal = renewals.find_renewal(credential, {COURSE: course}, at.date())
            assert renewal is not None
            expected = (last.is_open(today), last.is_short(today, course.file.version), today > last.until)
            assert (renewal.is_open, renewal.is_short, renewal.is_expired) == expected
            assert day_number(dt.datetime.combine(renewal.opens_on, dt.time(), dt.UTC)) == last.until - 60
            if not last.is_open(today):
                with pytest.raises(NotYet):
                    renewals.renew(user_id, course, at)
                at += dt.timedelta(days=rng.choice([1, max(1, last.until - 60 - today), rng.randrange(1, 200)]))
                continue
            enrollment = renewals.renew(user_id, course, at)
            to_read = {need.id for need in standing(enrollment, course).missing_lessons}
            own = {lesson.id for module in course.core for lesson in module.lessons}
            assert to_read == (refresher if expected[1] else own)
        credential = pass_it(enrollment, course, at)
        # The version is that of the day on which the cycle was begun, which is the same day here.
        begins = max([day_number(at), *(one.until for one in history[-1:] if not one.is_revoked)])
        history.append(Earned(day_number(at), a_year_later(begins), course.file.version))
        for number in range(1, 6):
            if rng.random() < 0.75:
                do_check_in(credential, enrollment, number)
                history[-1].done.add(number)
        if rng.random() < 0.05:
            revoke(credential.serial, "A test", at)
            history[-1].is_revoked = True
        compare(user_id, history, at, rng)
        at = moment(rng, at + dt.timedelta(days=rng.choice([rng.randrange(250, 300), rng.randrange(300, 420), 900])))
        if at > LAST:
            return len(history)


def compare(user_id: UUID, history: list[Earned], at: dt.datetime, rng: random.Random) -> None:
    """Compare all certificates with the oracle, on some days."""
    query = select(Credential).where(Credential.user_id == user_id).order_by(Credential.cycle)
    credentials = db.session.scalars(query).all()
    assert [one.cycle for one in credentials] == list(range(1, len(history) + 1))
    for day in (at, *(at + dt.timedelta(days=days) for days in (364, 365, 366, rng.randrange(800)))):
        today = day_number(day)
        assert [status_on(one, day.date()).value for one in credentials] == [
            one.status(today, one is history[-1]) for one in history
        ]
    for credential, one in zip(credentials, history, strict=True):
        assert (credential.issued_on - dt.date(1970, 1, 1)).days == one.on
        assert (credential.valid_until - dt.date(1970, 1, 1)).days == one.until


def test_ten_years_of_renewals_are_what_an_oracle_says(app: Flask) -> None:
    rng = random.Random(20_270_101)
    people = [make_account(app, f"p{number}@example.org") for number in range(PEOPLE)]
    earned = 0
    with app.app_context():
        for user_id in people:
            with transaction():
                earned += live(user_id, rng)
    assert earned > 5 * PEOPLE  # most of them renewed many times
