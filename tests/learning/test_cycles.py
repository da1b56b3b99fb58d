"""Taking a course again, and conditions that someone else tightens."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Container
from functools import partial
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.cast import certify, make_account, make_ready, sign_in_as, start_final
from tests.support import COURSE, Visitor
from trainer.assessment.models import Attempt
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.credentials.models import Credential
from trainer.credentials.operations import revoke
from trainer.learning.models import Enrollment, LessonCompletion
from trainer.learning.operations import complete_lesson, enroll, tighten
from trainer.learning.rules import (
    Conditions,
    LessonNeed,
    Reading,
    RequiredConditions,
    can_renew,
    read_ahead,
    renews_short,
    tightened,
)

RENEWALS = f"/courses/{COURSE}/renewals"
PACED = RequiredConditions(0, is_paced=True, attestation=None)
DAY = dt.timedelta(days=1)
START = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)


def credentials(app: Flask) -> list[Credential]:
    with app.app_context():
        return list(db.session.scalars(select(Credential).order_by(Credential.cycle)))


def enrollments(app: Flask) -> list[Enrollment]:
    with app.app_context():
        return list(db.session.scalars(select(Enrollment).order_by(Enrollment.cycle)))


@pytest.mark.parametrize(
    ("left", "is_revoked", "may"), [(61, False, False), (60, False, True), (-400, False, True), (300, True, True)]
)
def test_a_course_may_be_taken_again_sixty_days_before_the_end(left: int, is_revoked: bool, may: bool) -> None:
    today = dt.date(2026, 11, 24)
    assert can_renew(valid_until=today + left * DAY, is_revoked=is_revoked, today=today) is may


@pytest.mark.parametrize(
    ("earned", "current", "done", "is_revoked", "is_short"),
    [
        ("2.0", "2.1", 0, False, True),
        ("2.9", "20.1", 0, False, False),  # the whole number before the dot counts
        ("1.9", "2.0", 3, False, False),
        ("1.9", "2.0", 4, False, True),
        ("1.9", "2.0", 5, False, True),
        ("2.0", "2.0", 5, True, False),
    ],
)
def test_who_passed_on_the_same_major_version_or_kept_up_renews_the_short_way(
    earned: str, current: str, done: int, is_revoked: bool, is_short: bool
) -> None:
    day = dt.date(2026, 1, 1)
    renews = partial(
        renews_short, earned=earned, current=current, done_check_ins=done, is_revoked=is_revoked, valid_until=day
    )
    assert renews(today=day) is is_short
    assert renews(today=dt.date(2027, 1, 1)) is is_short  # a year after it has expired
    assert not renews(today=dt.date(2027, 1, 2))


def test_a_renewal_begins_a_cycle_and_its_credential_replaces_the_old_one(app: Flask) -> None:
    with time_machine.travel(START, tick=False) as traveller:
        leo = make_account(app)
        certify(app, leo)
        visitor = sign_in_as(app, leo)
        assert visitor.post(RENEWALS).status_code == 409
        assert f'action="{RENEWALS}"' not in visitor.get("/me").text + visitor.get(f"/courses/{COURSE}").text
        traveller.shift(306 * DAY)
        visitor = sign_in_as(app, leo)
        for page in ("/me", f"/courses/{COURSE}"):
            assert f'action="{RENEWALS}"' in visitor.get(page).text
        for _time in range(2):  # the second finds what the first began
            assert visitor.post(RENEWALS).status_code == 303
        assert [one.cycle for one in enrollments(app)] == [1, 2]
        assert f'action="{RENEWALS}"' not in visitor.get("/me").text + visitor.get(f"/courses/{COURSE}").text
        number = len(app.extensions["library"].content.courses["refresher"].lessons)
        assert f"0 of {number} core lessons read" in visitor.get("/me").text
        certify(app, leo)
    old, new = credentials(app)
    assert (old.superseded_by_id, new.superseded_by_id) == (new.id, None)
    with time_machine.travel(START + 307 * DAY):
        page = sign_in_as(app, leo).get(f"/verify/{old.serial}").text
        assert "Replaced" in page
        assert f'class="btn fill" href="/verify/{new.serial}"' in page
        assert old.holder_name in page
        assert ">Valid</h1>" in sign_in_as(app, leo).get(f"/verify/{new.serial}").text


def test_each_cycle_has_its_own_tries(app: Flask) -> None:
    leo = make_account(app)
    certify(app, leo)
    with app.app_context(), transaction():
        revoke(db.session.scalars(select(Credential.serial)).one(), "Found to be another’s", clock.now())
    assert sign_in_as(app, leo).post(RENEWALS).status_code == 303
    make_ready(app, leo)
    attempt_id = start_final(app, leo)
    with app.app_context():
        assert db.session.get_one(Attempt, attempt_id).number == 1


def test_a_renewal_of_nothing_begins_the_first_cycle(app: Flask) -> None:
    visitor = sign_in_as(app, make_account(app))
    assert visitor.post(RENEWALS).status_code == 303
    assert [one.cycle for one in enrollments(app)] == [1]


# --- conditions ---

asked = st.builds(
    RequiredConditions,
    st.integers(0, 90),
    st.booleans(),
    st.sampled_from([None, "One.", "Two."]),
    st.sampled_from([None, "Texas", "Virginia"]),
)


@given(st.lists(asked, max_size=5))
@settings(derandomize=True)
def test_conditions_only_tighten(wishes: list[RequiredConditions]) -> None:
    conditions = Conditions(least_minutes=20, edition="E", achievement="A", validity_months=12)
    for wish in wishes:
        before, conditions = conditions, tightened(conditions, wish)
        assert conditions.least_minutes == max(before.least_minutes, wish.minutes)
        assert conditions.is_paced == (before.is_paced or wish.is_paced)
        assert conditions.attestation == (before.attestation or wish.attestation)
        assert (conditions.edition, conditions.validity_months) == ("E", 12)
        states = {*before.unapproved_states, *filter(None, [wish.unapproved_state])}
        assert list(conditions.unapproved_states) == sorted(states)
        assert tightened(conditions, wish) == conditions
        assert Conditions.read(json.loads(json.dumps(conditions.kept()))) == conditions


def test_conditions_of_an_older_and_of_a_newer_release_can_be_read() -> None:
    assert Conditions.read({}) == Conditions()
    kept = {"least_minutes": 20, "edition": None, "achievement": "A", "validity_months": 12, "attestation": None}
    assert Conditions.read({**kept, "is_paced": True, "asked_later": 1}) == Conditions(
        least_minutes=20, asked_minutes=20, achievement="A", validity_months=12, is_paced=True
    )


def needs(count: int, read: Container[int]) -> tuple[LessonNeed, ...]:
    return tuple(LessonNeed(f"m/{number}", "A", 1, is_done=number in read) for number in range(count))


@pytest.mark.parametrize(
    ("read", "ahead"),
    [
        ({0: (1, 1), 1: (2, 2), 2: (3, 3)}, []),
        ({0: (1, 1), 2: (2, 2)}, ["m/2"]),
        ({0: (3, 3), 1: (1, 1), 2: (4, 4)}, ["m/1", "m/2"]),
        ({0: (3, 3), 1: (1, 5), 2: (6, 6)}, []),  # read again in its turn
        ({0: (1, 9), 1: (2, 2)}, []),  # reading the first one again later takes nothing away
        ({}, []),
    ],
)
def test_what_was_read_ahead_is_found(read: dict[int, tuple[int, int]], ahead: list[str]) -> None:
    times = {f"m/{one}": Reading(START + first * DAY, START + last * DAY) for one, (first, last) in read.items()}
    assert read_ahead(needs(3, read), times) == ahead


def read_some(app: Flask, user_id: UUID, *numbers: int) -> None:
    """Mark lessons as read, by their place in the course, a minute apart."""
    with app.app_context(), transaction():
        course = served().courses[COURSE]
        enrollment = enroll(user_id, course, clock.now())
        for minute, number in enumerate(numbers):
            complete_lesson(enrollment, course, course.lessons[number], clock.now() + dt.timedelta(minutes=minute))


def pace(app: Flask, user_id: UUID) -> bool:
    """Ask for lessons in order."""
    with app.app_context(), transaction():
        course = served().courses[COURSE]
        return tighten(enroll(user_id, course, clock.now()), course, PACED)


def lesson_path(app: Flask, number: int) -> str:
    return f"/courses/{COURSE}/{app.extensions['library'].content.courses[COURSE].lessons[number].id}"


def test_lessons_in_order_are_read_in_order(app: Flask) -> None:
    leo = make_account(app)
    read_some(app, leo)
    assert pace(app, leo) is True
    assert pace(app, leo) is False
    visitor: Visitor = sign_in_as(app, leo)
    second = visitor.get(lesson_path(app, 1)).text
    first_title = app.extensions["library"].content.courses[COURSE].lessons[0].file.title
    assert f"“{first_title}” comes first." in second.replace("&#39;", "'")
    assert f'href="{lesson_path(app, 0)}"' in second
    assert "I’ve read this" not in second
    refused = visitor.post(f"{lesson_path(app, 1)}/completions", {"opened_at": ""})
    assert (refused.status_code, "lessons go in order" in refused.text) == (409, True)
    for number in (0, 1, 0):
        assert visitor.post(f"{lesson_path(app, number)}/completions", {"opened_at": ""}).status_code == 303
    assert "comes first" not in visitor.get(lesson_path(app, 2)).text


@pytest.mark.on_both
def test_free_reading_stays_free(app: Flask, visitor: Visitor) -> None:
    leo = make_account(app)
    read_some(app, leo)
    pace(app, leo)
    assert "comes first" not in visitor.get(lesson_path(app, 5)).text


def test_what_was_read_ahead_is_read_again_once_order_is_asked_for(app: Flask) -> None:
    leo = make_account(app)
    read_some(app, leo, 0, 1, 4, 2)
    pace(app, leo)
    with app.app_context():
        lessons = [lesson.id for lesson in served().courses[COURSE].lessons]
        left = set(db.session.scalars(select(LessonCompletion.lesson)))
    assert left == {lessons[0], lessons[1], lessons[2]}


def test_a_credential_states_order_and_signature(app: Flask) -> None:
    leo = make_account(app)
    read_some(app, leo)
    with app.app_context(), transaction():
        course = served().courses[COURSE]
        tighten(
            enroll(leo, course, clock.now()), course, RequiredConditions(0, is_paced=True, attestation="All by me.")
        )
    visitor = sign_in_as(app, leo)
    make_ready(app, leo)
    assert "All by me." in visitor.get(f"/courses/{COURSE}/attestation").text
    assert visitor.post(f"/courses/{COURSE}/finals").status_code == 409
    assert visitor.post(f"/courses/{COURSE}/attestation", {"attested_as": "Leo"}).status_code == 303
    certify(app, leo)
    (earned,) = credentials(app)
    assert (earned.is_paced, earned.is_attested, earned.issued_on) == (True, True, earned.issued_at.date())


def test_who_passed_before_a_sentence_was_asked_for_completes_by_signing(app: Flask) -> None:
    leo = make_account(app)
    make_ready(app, leo)
    with app.app_context(), transaction() as session:
        course = served().courses[COURSE]
        enrollment = session.scalars(select(Enrollment)).one()
        enrollment.final_passed_at, enrollment.final_scenes = clock.now(), 32
        tighten(enrollment, course, RequiredConditions(0, is_paced=False, attestation="Mine."))
    assert credentials(app) == []
    sign_in_as(app, leo).post(f"/courses/{COURSE}/attestation", {"attested_as": "Leo"})
    assert [one.is_attested for one in credentials(app)] == [True]


def test_what_is_completed_is_not_tightened(app: Flask) -> None:
    leo = make_account(app)
    certify(app, leo)
    assert pace(app, leo) is False
    assert enrollments(app)[0].conditions["is_paced"] is False
