"""Renewing a certificate: by a few lessons and the final where that is enough, and said on every page."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import fields, replace
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.cast import answer_all, certify, hand_in, make_account, make_ready, sign_in_as, start_final, start_practice
from tests.support import COURSE, Visitor, closed_up
from trainer.assessment import finals
from trainer.assessment.check_ins import KINDS
from trainer.assessment.models import Attempt
from trainer.assessment.renewals import find_renewal, list_short
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.credentials.models import Credential, Facts
from trainer.credentials.operations import issue, revoke
from trainer.learning.certificates import withdraw
from trainer.learning.models import Enrollment
from trainer.learning.operations import enroll

REFRESHER = "refresher"
RENEWALS = f"/courses/{COURSE}/renewals"
LESSON = "once-more/the-rule-again"
DAY = dt.timedelta(days=1)
START = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
OPEN = START + 305 * DAY
"""Sixty days before the end of what was earned at the start."""


def learner(app: Flask) -> UUID:
    """Return someone who earned a certificate at the start."""
    with time_machine.travel(START, tick=False):
        leo = make_account(app, "leo@example.org")
        certify(app, leo)
    return leo


def earned_on_version(app: Flask, version: str) -> None:
    with app.app_context(), transaction() as session:
        session.scalars(select(Credential)).one().course_version = version


def do_check_ins(app: Flask, numbers: Iterable[int], *, submitted: bool = True) -> None:
    with app.app_context(), transaction() as session:
        enrollment = session.scalars(select(Enrollment)).one()
        for number in numbers:
            session.add(
                Attempt(
                    user_id=enrollment.user_id,
                    enrollment_id=enrollment.id,
                    kind=KINDS[0],
                    number=number,
                    tries=None,
                    course=COURSE,
                    rule={},
                    scenes=4,
                    started_at=START + number * DAY,
                    submitted_at=START + number * DAY if submitted else None,
                )
            )


def read(visitor: Visitor, lesson: str = LESSON) -> int:
    """Mark a lesson of the course as read; return the status."""
    path = f"/courses/{COURSE}/{lesson}"
    page = visitor.get(path)
    if page.status_code != 200:
        return page.status_code
    return visitor.post(f"{path}/completions", {"opened_at": visitor.field("opened_at")}).status_code


def credentials(app: Flask) -> list[Credential]:
    with app.app_context():
        return list(db.session.scalars(select(Credential).order_by(Credential.cycle)))


def test_who_passed_on_the_same_major_version_reads_the_lessons_for_renewing_and_takes_the_final(app: Flask) -> None:
    leo = learner(app)
    with time_machine.travel(OPEN, tick=False):
        visitor = sign_in_as(app, leo)
        answer = visitor.post(RENEWALS)
        assert answer.headers["Location"] == f"/courses/{COURSE}/{LESSON}"
        assert visitor.get(f"/courses/{COURSE}/final").status_code == 200
        assert visitor.post(f"/courses/{COURSE}/finals").status_code == 409  # the lesson comes first
        assert read(visitor) == 303
        attempt_id = start_final(app, leo)
        answer_all(app, attempt_id)
        hand_in(app, leo, attempt_id)
        old, new = credentials(app)
        assert (old.superseded_by_id, new.cycle, new.course) == (new.id, 2, COURSE)
        assert new.valid_until == old.valid_until.replace(year=2028)  # no day is lost
        assert "Replaced" in visitor.get(f"/verify/{old.serial}").text
        assert "Valid until" in visitor.get(f"/verify/{new.serial}").text
        assert "min active, for this certificate" in visitor.get(f"/verify/{new.serial}").text
        assert "for this certificate" not in visitor.get(f"/verify/{old.serial}").text
        with app.app_context():
            assert find_renewal(db.session.get_one(Credential, old.id), served().courses, clock.today()) is None


def begun_anew(app: Flask, user_id: UUID) -> str:
    """Let someone begin to renew; return the page of the first lesson."""
    visitor = sign_in_as(app, user_id)
    return closed_up(visitor.get(visitor.post(RENEWALS).headers["Location"]).text)


def test_renewing_begins_with_what_went_wrong_in_the_final_that_was_passed_and_in_check_ins_since(app: Flask) -> None:
    with time_machine.travel(START, tick=False):
        leo = make_account(app, "leo@example.org")
        attempt_id = start_practice(app, leo)
        answer_all(app, attempt_id, wrong=2)  # long known by the time of the final
        certify(app, leo, wrong=1)
    with time_machine.travel(OPEN, tick=False):
        page = begun_anew(app, leo)
        assert "First, what went wrong last time" in page
        assert "Papers and money</strong>: 1 scene" in page
        assert re.search(rf'action="/courses/{COURSE}/practices">.{{0,200}}name="category" value="money"', page)
        assert f'<a href="/courses/{COURSE}/signs-in-combination/weak-and-strong">Weak and strong</a>' in page
        assert (
            "what went wrong last time" not in sign_in_as(app, leo).get(f"/courses/{COURSE}/{served_first(app)}").text
        )


def test_who_got_nothing_wrong_begins_to_renew_with_what_has_changed(app: Flask) -> None:
    leo = learner(app)
    with time_machine.travel(OPEN, tick=False):
        page = begun_anew(app, leo)
        assert "We have no wrong answers of yours from your last final or the check-ins since." in page
        assert 'name="category"' not in page


@pytest.mark.parametrize(("kept", "is_short"), [((1, 2, 3, 4), True), ((1, 2, 4), False)])
def test_after_a_major_change_only_who_kept_up_check_ins_renews_the_short_way(
    app: Flask, kept: tuple[int, ...], is_short: bool
) -> None:
    leo = learner(app)
    earned_on_version(app, "0.9")
    do_check_ins(app, kept)
    with time_machine.travel(OPEN, tick=False):
        visitor = sign_in_as(app, leo)
        page = closed_up(visitor.get("/me").text)
        assert ("The course has changed a lot since you passed it." in page) is not is_short
        first = LESSON if is_short else served_first(app)
        assert visitor.post(RENEWALS).headers["Location"] == f"/courses/{COURSE}/{first}"
        assert read(visitor) == (303 if is_short else 404)


def served_first(app: Flask) -> str:
    course = app.extensions["library"].content.courses[COURSE]
    return str(course.first_lesson.id)


@pytest.mark.on_both
def test_a_check_in_that_was_only_begun_is_none_that_was_done(app: Flask) -> None:
    learner(app)
    earned_on_version(app, "0.9")
    do_check_ins(app, (1, 2, 3))
    do_check_ins(app, (4,), submitted=False)
    with app.app_context():
        (credential,) = db.session.scalars(select(Credential))
        assert list_short([credential], served().courses, OPEN.date()) == set()


def test_a_certificate_that_was_withdrawn_is_earned_again_by_the_core_path(app: Flask) -> None:
    leo = learner(app)
    (old,) = credentials(app)
    with time_machine.travel(START + DAY, tick=False):
        with app.app_context(), transaction():
            revoke(old.serial, "Another’s", clock.now())
        visitor = sign_in_as(app, leo)
        assert "Take it again" in visitor.get("/me").text
        assert "was withdrawn" in visitor.get(f"/courses/{COURSE}").text
        assert visitor.post(RENEWALS).headers["Location"] == f"/courses/{COURSE}/{served_first(app)}"
        with app.app_context(), transaction():
            facts = Facts(**{field.name: getattr(old.stated, field.name) for field in fields(Facts)})
            newer = issue(facts, leo, 2, 12, clock.now())
            assert newer.valid_until == clock.today().replace(year=2027)  # a withdrawn one lends it no days


@pytest.mark.parametrize(("day", "is_short"), [(365 + 365, True), (365 + 366, False)])
def test_more_than_a_year_after_it_expired_a_certificate_is_renewed_by_the_core_path(
    app: Flask, day: int, is_short: bool
) -> None:
    leo = learner(app)
    with time_machine.travel(START + day * DAY, tick=False):
        visitor = sign_in_as(app, leo)
        page = closed_up(visitor.get("/me").text)
        assert "Your certificate expired on January 1, 2027. You can renew it now." in page
        assert ("Because it expired more than a year ago, renewing takes about" in page) is not is_short
        first = LESSON if is_short else served_first(app)
        assert visitor.post(RENEWALS).headers["Location"] == f"/courses/{COURSE}/{first}"


def test_withdrawn_while_its_short_renewal_is_under_way_it_takes_the_core_path(app: Flask) -> None:
    leo = learner(app)
    (old,) = credentials(app)
    with time_machine.travel(OPEN, tick=False):
        visitor = sign_in_as(app, leo)
        visitor.post(RENEWALS)
        with app.app_context(), transaction():
            withdraw(old.serial, "Another’s", clock.now())
            (credential,) = db.session.scalars(select(Credential))
            renewal = find_renewal(credential, served().courses, clock.today())
            assert renewal is not None
            assert (renewal.is_under_way, renewal.is_short) == (True, False)
        assert read(visitor) == 404  # a lesson for renewing isn't one of the core path
        assert visitor.post(f"/courses/{COURSE}/finals").status_code == 409
        assert [credential.cycle for credential in credentials(app)] == [1]


def test_withdrawn_after_its_renewal_the_renewal_stays(app: Flask) -> None:
    leo = learner(app)
    (old,) = credentials(app)
    with time_machine.travel(OPEN, tick=False):
        visitor = sign_in_as(app, leo)
        visitor.post(RENEWALS)
        read(visitor)
        attempt_id = start_final(app, leo)
        answer_all(app, attempt_id)
        hand_in(app, leo, attempt_id)
        with app.app_context(), transaction():
            withdraw(old.serial, "Another’s", clock.now())
            cycles = db.session.scalars(select(Enrollment).order_by(Enrollment.cycle))
            assert [enrollment.is_short for enrollment in cycles] == [False, True]


@pytest.mark.parametrize(
    ("day", "sentence", "has_button"),
    [
        (304, "Your certificate is valid until January 1, 2027. You can renew it starting November 2, 2026.", False),
        (305, "Your certificate is valid until January 1, 2027. You can renew it now; the new one counts from", True),
        (365, "Your certificate is valid until January 1, 2027. You can renew it now; the new one counts from", True),
        (366, "Your certificate expired on January 1, 2027. You can renew it now.", True),
    ],
)
def test_course_and_certificate_say_until_when_it_is_valid_and_from_when_it_can_be_renewed(
    app: Flask, day: int, sentence: str, has_button: bool
) -> None:
    leo = learner(app)
    (credential,) = credentials(app)
    with time_machine.travel(START + day * DAY, tick=False):
        visitor = sign_in_as(app, leo)
        for path in (f"/courses/{COURSE}", f"/verify/{credential.serial}"):
            page = closed_up(visitor.get(path).text)
            assert sentence in page
            assert "1 short lesson and the final." in page
            assert (f'action="{RENEWALS}"' in page) is has_button
        assert (sentence in closed_up(visitor.get("/me").text)) is has_button
        assert (f'action="{RENEWALS}"' in visitor.get("/me").text) is has_button


def test_while_a_renewal_is_under_way_each_page_says_so(app: Flask) -> None:
    leo = learner(app)
    (credential,) = credentials(app)
    with time_machine.travel(OPEN, tick=False):
        visitor = sign_in_as(app, leo)
        assert "Renewing takes" in visitor.get(f"/verify/{credential.serial}").text
        visitor.post(RENEWALS)
        for path in ("/me", f"/courses/{COURSE}", f"/verify/{credential.serial}"):
            page = closed_up(visitor.get(path).text)
            assert "valid until January 1, 2027. You’re renewing it now; the new one will replace it." in page
            assert f'action="{RENEWALS}"' not in page
            assert "Renewing takes" not in page  # some of it may be done
    with time_machine.travel(START + 400 * DAY, tick=False):
        page = closed_up(sign_in_as(app, leo).get("/me").text)
        assert "Your certificate expired on January 1, 2027. You’re renewing it now." in page


def test_only_its_holder_is_told_on_the_public_page_how_a_certificate_is_renewed(app: Flask) -> None:
    leo = learner(app)
    (credential,) = credentials(app)
    other = make_account(app, "eve@example.org")
    with time_machine.travel(OPEN, tick=False):
        path = f"/verify/{credential.serial}"
        assert "Only you can see this box." in sign_in_as(app, leo).get(path).text
        for visitor in (sign_in_as(app, other), Visitor(app)):
            page = visitor.get(path).text
            assert "Renew" not in page
            assert ">Valid</h1>" in page


def test_the_lessons_for_renewing_belong_to_a_course_only_for_who_renews_it(app: Flask) -> None:
    leo = learner(app)
    path = f"/courses/{COURSE}/{LESSON}"
    with time_machine.travel(OPEN, tick=False):
        visitor = sign_in_as(app, leo)
        assert Visitor(app).get(path).status_code == 404
        assert visitor.get(path).status_code == 404
        assert visitor.post(f"{path}/completions").status_code == 404
        visitor.post(RENEWALS)
        assert "Go deeper: optional" not in visitor.get(path).text
        own = visitor.get(f"/courses/{COURSE}/{served_first(app)}")
        assert "Go deeper: optional" in own.text


@pytest.mark.on_both
def test_a_renewal_says_what_its_holder_never_read(app: Flask) -> None:
    leo = learner(app)
    with app.app_context(), transaction() as session:
        session.scalars(select(Credential)).one().is_tested_out = True
    with time_machine.travel(OPEN, tick=False):
        visitor = sign_in_as(app, leo)
        visitor.post(RENEWALS)
        assert read(visitor) == 303
        attempt_id = start_final(app, leo)
        answer_all(app, attempt_id)
        hand_in(app, leo, attempt_id)
        assert [credential.is_tested_out for credential in credentials(app)] == [True, True]


def begin_final_of_refresher(app: Flask, user_id: UUID) -> UUID:
    """Begin a final of the refresher as it was before that ended; return the attempt's id."""
    make_ready(app, user_id, course=REFRESHER)
    with app.app_context(), transaction():
        before = replace(served().courses[REFRESHER], is_for_renewal=False)
        return finals.start_final(enroll(user_id, before, clock.now()), before, served(), clock.now()).id


def test_the_refresher_has_no_final_of_its_own_anymore(app: Flask) -> None:
    leo = make_account(app)
    make_ready(app, leo, course=REFRESHER)
    visitor = sign_in_as(app, leo)
    assert visitor.post(f"/courses/{REFRESHER}/finals").status_code == 409
    assert visitor.get(f"/courses/{REFRESHER}/final").headers["Location"] == f"/courses/{REFRESHER}"
    assert visitor.post(f"/courses/{REFRESHER}/renewals").status_code == 409
    page = closed_up(visitor.get(f"/courses/{REFRESHER}").text)
    assert "You’ve read everything here." in page
    assert "This course no longer has a final of its own." in page
    assert f"/courses/{REFRESHER}/final" not in page
    with app.app_context():
        assert db.session.scalars(select(Attempt)).all() == []


def test_a_final_of_the_refresher_that_was_under_way_is_finished_and_its_certificate_is_not_renewed(app: Flask) -> None:
    leo = make_account(app)
    attempt_id = begin_final_of_refresher(app, leo)
    visitor = sign_in_as(app, leo)
    assert visitor.get(f"/courses/{REFRESHER}/final").status_code == 200
    assert "Continue the final" in visitor.get(f"/courses/{REFRESHER}").text
    answer_all(app, attempt_id)
    hand_in(app, leo, attempt_id)
    (credential,) = credentials(app)
    assert credential.course == REFRESHER
    page = visitor.get(f"/verify/{credential.serial}").text
    assert ">Valid</h1>" in page
    assert "Renew" not in page
    assert "/renewals" not in visitor.get("/me").text
