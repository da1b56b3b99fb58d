"""After the last try there is a way on: by date, or opened sooner by who teaches or manages the learner."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.cast import (
    add_second_factor,
    approve,
    ask_for_round,
    join_class,
    make_account,
    make_class,
    sign_in_as,
    start_final,
    use_up_tries,
)
from tests.compliance.conftest import require
from tests.organizations.conftest import Acme
from tests.organizations.conftest import acme as acme
from tests.support import COURSE, Visitor, closed_up
from trainer.assessment.models import Attempt, RoundRequest
from trainer.core import clock
from trainer.core.audit import AuditEvent
from trainer.core.db import db
from trainer.core.outbox import OutboxMessage
from trainer.jobs.emails import write
from trainer.jobs.upkeep import keep_up_all

pytestmark = pytest.mark.on_both

FINAL = f"/courses/{COURSE}/final"
ASK = f"{FINAL}/round"


def read_again(visitor: Visitor) -> None:
    """Read again the lessons that the page of the final names."""
    page = closed_up(visitor.get(FINAL).text)
    named = page.split("once you’ve read these lessons again:")[-1].split("</ul>")[0]
    for part in named.split(f'href="/courses/{COURSE}/')[1:]:
        path = f"/courses/{COURSE}/{part.split(chr(34))[0]}"
        visitor.get(path)
        assert visitor.post(f"{path}/completions").status_code == 303


@pytest.mark.parametrize("path", [FINAL, f"/courses/{COURSE}", "/me"])
def test_every_page_says_when_the_next_round_opens_and_what_to_read(app: Flask, path: str) -> None:
    leo = make_account(app)
    with time_machine.travel("2026-11-25T15:00:00Z", tick=False):
        attempt = use_up_tries(app, leo)
        visitor = sign_in_as(app, leo)
        for page in (visitor.get(path).text, visitor.get(f"/attempts/{attempt}/result").text):
            assert "used. The next try opens on December 25, 2026" in closed_up(page)
            assert "Read again: " in page
            assert "Go to the final" not in page
            assert "Ask for another round sooner" not in page  # nobody could
            assert "its instructor or manager can open a round sooner" in page


def test_a_new_round_opens_by_date_once_the_lessons_are_read(app: Flask) -> None:
    leo = make_account(app)
    with time_machine.travel("2026-11-25T15:00:00Z", tick=False) as clock:
        use_up_tries(app, leo)
        clock.shift(dt.timedelta(days=30))
        visitor = sign_in_as(app, leo)
        assert "Start the final" not in visitor.get(FINAL).text
        read_again(visitor)
        assert "Round 2, try 1 of 3" in visitor.get(FINAL).text
        for path in (f"/courses/{COURSE}", "/me"):
            assert "Go to the final" in visitor.get(path).text
        attempt = start_final(app, leo)
    with app.app_context():
        found = db.session.get_one(Attempt, attempt)
        assert (found.round, found.number, found.tries) == (2, 1, 3)


def test_reading_again_stays_on_the_list_of_named_lessons(app: Flask) -> None:
    leo = make_account(app)
    with time_machine.travel("2026-11-25T15:00:00Z", tick=False) as clock:
        attempt = use_up_tries(app, leo)
        with app.app_context():
            named = list(db.session.get_one(Attempt, attempt).lessons_to_read or ())
        assert len(named) > 1
        visitor, course = sign_in_as(app, leo), f"/courses/{COURSE}"
        clock.shift(dt.timedelta(minutes=1))
        for number, lesson in enumerate(named, start=1):
            page = closed_up(visitor.get(f"{course}/{lesson}").text)
            assert "without marking it again" not in page
            is_last = number == len(named)
            assert (f"Next to read again: {number + 1} of {len(named)}" in page) is not is_last
            onward = visitor.post(f"{course}/{lesson}/completions").location
            assert onward == (course if is_last else f"{course}/{named[number]}")


def test_nobody_is_asked_where_nobody_could_open_it(app: Flask) -> None:
    leo = make_account(app)
    use_up_tries(app, leo)
    visitor = sign_in_as(app, leo)
    assert "No one can open it sooner for you" in visitor.get(ASK).text
    assert visitor.post(ASK).status_code == 303
    with app.app_context():
        assert db.session.scalars(select(RoundRequest)).all() == []


def test_who_has_tries_left_has_nothing_to_ask_for(app: Flask) -> None:
    visitor = sign_in_as(app, make_account(app))
    assert visitor.get(ASK).headers["Location"] == FINAL


def test_an_instructor_opens_another_round_with_a_reason(app: Flask) -> None:
    ines, leo = make_account(app, "ines@example.org"), make_account(app, "leo@example.org")
    approve(app, ines)
    add_second_factor(app, ines)
    cohort = make_class(app, ines, None)
    member = join_class(app, leo, cohort, "Leo Learner")
    use_up_tries(app, leo)
    learner, teacher = sign_in_as(app, leo), sign_in_as(app, ines)
    assert "Ask for another round sooner" in learner.get(FINAL).text
    assert "who teaches your class" in learner.get(ASK).text
    assert "is asking for another round" not in teacher.get(f"/cohorts/{cohort}").text
    learner.post(ASK)
    learner.post(ASK)  # twice is no error
    assert "You asked for another round" in learner.get(FINAL).text
    board = teacher.get(f"/cohorts/{cohort}").text
    assert board.count("Leo Learner is asking for another round") == 1
    path = f"/cohorts/{cohort}/rounds/{request_of(app, leo)}"
    assert teacher.post(path, {"reason": ""}).status_code == 422
    assert "Start the final" not in learner.get(FINAL).text
    assert teacher.post(path, {"reason": "We talked it through."}).status_code == 303
    assert "Round 2, try 1 of 3" in learner.get(FINAL).text
    assert "is asking for another round" not in teacher.get(f"/cohorts/{cohort}").text
    assert "was already granted" in teacher.get(path, follow_redirects=True).text
    with app.app_context():
        event = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "round.granted")).one()
        assert (event.actor_id, event.subject_id) == (ines, member)
        assert event.details["reason"] == "We talked it through."
        mails = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.created_at)).all()
        asked = [one for one in mails if one.template.startswith("round-")]
        assert [(one.template, one.recipient) for one in asked] == [
            ("round-asked", "ines@example.org"),
            ("round-granted", "leo@example.org"),
        ]
        letters = [write(one) for one in asked]
    assert all(letter is not None and "Leo" not in letter.text for letter in letters)


def test_a_manager_of_the_team_opens_another_round_and_nobody_else(acme: Acme) -> None:
    bob = acme.users["bob"]
    require(acme.app, acme.users["alice"], acme.id)
    keep_up(acme)
    use_up_tries(acme.app, bob)
    learner = acme.enter("bob")
    assert "the managers who see your training at" in learner.get(ASK).text
    learner.post(ASK)
    path = acme.path(f"/training/{acme.people['bob']}/rounds/{request_of(acme.app, bob)}")
    assert "Bob Builder is asking for another round" in acme.enter("mark").get(acme.path("/training")).text
    for name in ("bob", "ines", "charlie", "mallory"):
        assert acme.enter(name).post(path, {"reason": "I say so."}).status_code == 404
    assert acme.enter("mark").post(path, {"reason": "Read it all again with me."}).status_code == 303
    assert "Round 2, try 1 of 3" in learner.get(FINAL).text


def keep_up(acme: Acme) -> None:
    """Give everyone the duties that follow from what is required."""
    with acme.app.app_context():
        for _step in keep_up_all():
            pass


def request_of(app: Flask, user_id: UUID) -> UUID:
    with app.app_context():
        return db.session.scalars(select(RoundRequest.id).where(RoundRequest.user_id == user_id)).one()


def test_without_a_duty_in_the_course_a_manager_has_no_say(acme: Acme) -> None:
    bob = acme.users["bob"]
    use_up_tries(acme.app, bob)
    assert "No one can open it sooner" in acme.enter("bob").get(ASK).text


def test_nobody_opens_a_round_for_themselves(app: Flask) -> None:
    ines = make_account(app, "ines@example.org")
    approve(app, ines)
    add_second_factor(app, ines)
    cohort = make_class(app, ines, None)
    join_class(app, ines, cohort, "Ines Ito")
    use_up_tries(app, ines)
    request = ask_for_round(app, ines)
    teacher = sign_in_as(app, ines)
    assert "is asking for another round" not in teacher.get(f"/cohorts/{cohort}").text
    assert teacher.post(f"/cohorts/{cohort}/rounds/{request}", {"reason": "Because."}).status_code == 404
    assert "Start the final" not in teacher.get(FINAL).text


def test_who_asks_although_it_cannot_be_asked_for_is_told_on_the_next_page(app: Flask) -> None:
    leo = make_account(app)
    use_up_tries(app, leo)  # in no class and no firm: nobody could open it
    visitor = sign_in_as(app, leo)
    assert visitor.post(ASK).location == FINAL
    assert 'role="status"' in visitor.get(FINAL).text
    assert 'role="status"' not in visitor.get(FINAL).text


def test_a_request_is_over_once_the_round_has_begun_by_date(app: Flask) -> None:
    ines, leo = make_account(app, "ines@example.org"), make_account(app, "leo@example.org")
    approve(app, ines)
    add_second_factor(app, ines)
    cohort = make_class(app, ines, None)
    join_class(app, leo, cohort, "Leo Learner")
    use_up_tries(app, leo)
    ask_for_round(app, leo)
    assert "Leo Learner is asking" in sign_in_as(app, ines).get(f"/cohorts/{cohort}").text
    with time_machine.travel(clock.now() + dt.timedelta(days=31), tick=False):
        read_again(sign_in_as(app, leo))
        start_final(app, leo)
        assert "Leo Learner is asking" not in sign_in_as(app, ines).get(f"/cohorts/{cohort}").text
