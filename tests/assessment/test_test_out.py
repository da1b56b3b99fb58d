"""Whoever shows in the pretest that they know the core path goes on without reading it, unless a firm asks for that."""

from __future__ import annotations

import datetime as dt
import json
import re
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.assessment import before, rich
from tests.assessment.pretests import OFFER, start
from tests.cast import answer_all, hand_in, make_account, make_guest, make_ready, sign_in_as, start_final
from tests.content import small
from tests.learning import deeper
from tests.learning.deeper import FIRST, OLD_FIRST, SECOND
from tests.support import COURSE, Visitor, closed_up, keys, right_verdict
from trainer.accounts.models import User
from trainer.assessment.privacy import export_person
from trainer.content.library import Library
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.credentials.models import Credential
from trainer.joining.operations import merge_guest
from trainer.learning import privacy
from trainer.learning.models import Enrollment, LessonCompletion
from trainer.learning.operations import complete_lesson, enroll, open_cycle, tighten
from trainer.learning.queries import find_begun, list_progress, standing
from trainer.learning.rules import Conditions, CourseProgress, RequiredConditions

PAGE = f"/courses/{COURSE}"
FORBIDDEN = RequiredConditions(0, is_paced=False, attestation=None, allows_test_out=False)


@pytest.fixture(scope="session")
def rich_shelf(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Return the tiny content with a core path and a pretest, loaded once; the course asks for minutes itself."""
    folder = deeper.write(tmp_path_factory.mktemp("deeper"))
    for name in ("first", "second"):
        path = next((folder / "courses" / COURSE / "00-core").glob(f"*-{name}.md"))
        small.edit(folder, str(path.relative_to(folder)), "## What to read", f"{'word ' * 300}\n\n## What to read")
    small.edit(folder, small.COURSE_FILE, "least_minutes: 0", "least_minutes: 2")
    return rich.open_library(folder)


def judge(app: Flask, user_id: UUID, *, wrong: int = 0, harmful: int = 0) -> Visitor:
    """Take the pretest, so many scenes judged wrongly and so many answered with a harmful first step."""
    visitor = sign_in_as(app, user_id)
    visitor.enroll()
    attempt = visitor.start("pretests")
    for position, (truth, action, bad) in enumerate(keys(app, attempt), start=1):
        is_right = position > wrong
        if not is_right and truth == "concern":
            action = "notes"  # a report would be a report, whatever the verdict
        verdict = right_verdict(truth) if is_right else "nothing-to-report" if truth == "concern" else "report-now"
        visitor.answer(attempt, position, verdict, bad if position > before.SCENES - harmful else action)
    visitor.get(visitor.post(f"{attempt}/submission").headers["Location"], follow_redirects=True)
    return visitor


def ask_whether(visitor: Visitor) -> TestResponse:
    """Ask whether the lessons can be skipped, on the page of the pretest, which the visitor has open."""
    assert visitor.page is not None
    address = re.search(r'action="(/attempts/[^"]+/test-outs)"', visitor.page.text)
    assert address is not None
    return visitor.post(address[1])


def enrollment_of(user_id: UUID) -> Enrollment:
    return db.session.scalars(select(Enrollment).where(Enrollment.user_id == user_id).order_by(Enrollment.cycle)).one()


def where_is(app: Flask, user_id: UUID) -> CourseProgress:
    with app.app_context():
        return standing(enrollment_of(user_id), served().courses[COURSE])


def ask(app: Flask, user_id: UUID, asked: RequiredConditions) -> None:
    with app.app_context(), transaction():
        tighten(enrollment_of(user_id), served().courses[COURSE], asked)


def test_whoever_learns_alone_is_offered_it_beside_the_first_lesson_until_something_is_read(rich_app: Flask) -> None:
    user_id = make_account(rich_app)
    visitor = sign_in_as(rich_app, user_id)
    visitor.enroll()
    for path in ("/me", PAGE):
        page = closed_up(visitor.get(path).text)
        assert f'<h3><a href="{OFFER}">Know this already?</a></h3>' in page
        assert f"{before.SCENES} scenes can spare you the lessons." in page
        assert "Continue" in page
    ask(rich_app, user_id, FORBIDDEN)
    assert "Know this already?" not in visitor.get(PAGE).text
    other = make_account(rich_app, "leo@example.org")
    with rich_app.app_context(), transaction():
        course = served().courses[COURSE]
        complete_lesson(enroll(other, course, clock.now()), course, course.first_lesson, clock.now())
    assert "Know this already?" not in sign_in_as(rich_app, other).get(PAGE).text


@pytest.mark.parametrize(
    ("wrong", "harmful", "is_known"), [(0, 0, True), (1, 0, True), (2, 0, False), (0, 1, False), (4, 0, False)]
)
def test_nearly_all_right_and_nothing_harmful_counts_as_having_read_the_core_path(
    rich_app: Flask, wrong: int, harmful: int, is_known: bool
) -> None:
    bob = make_account(rich_app)
    visitor = judge(rich_app, bob, wrong=wrong, harmful=harmful)
    where = where_is(rich_app, bob)
    assert where.is_ready_for_final is is_known
    assert where.least_minutes == (0 if is_known else 2)
    assert visitor.page is not None
    page = closed_up(visitor.page.text)
    assert ("already know what the core lessons teach" in page) is is_known
    assert ("Go to the first lesson" in page) is not is_known
    with rich_app.app_context():
        assert list(db.session.scalars(select(LessonCompletion.lesson))) == []


def test_what_was_skipped_is_not_right(rich_app: Flask) -> None:
    bob = make_account(rich_app)
    visitor = sign_in_as(rich_app, bob)
    visitor.enroll()
    attempt = visitor.start("pretests")
    for position, (truth, action, _bad) in enumerate(keys(rich_app, attempt)[:2], start=1):
        visitor.answer(attempt, position, right_verdict(truth), action)
    visitor.post(f"{attempt}/submission")
    assert not where_is(rich_app, bob).is_ready_for_final


def test_the_pages_say_known_and_not_read_and_lead_on(rich_app: Flask) -> None:
    bob = make_account(rich_app)
    visitor = judge(rich_app, bob)
    assert visitor.page is not None
    page = closed_up(visitor.page.text)
    assert "They count as done, and you don’t have to read them. You still take the final." in page
    assert "Enter your name" in page
    assert f'href="{PAGE}/{FIRST}">Read the lessons anyway' in page
    page = closed_up(visitor.get(PAGE).text)
    assert "2 of 2 core lessons read or known" in page
    assert page.count('aria-label="Known"') == 2
    assert "core lessons</span>" not in page.split("Still missing")[1].split("</section>")[0]
    lesson = closed_up(visitor.get(f"{PAGE}/{FIRST}").text)
    assert "Known</span>" in lesson
    assert "This lesson counts as done already." in lesson
    visitor.post(f"{PAGE}/{FIRST}/completions", {"opened_at": ""})
    assert "Read</span>" in closed_up(visitor.get(f"{PAGE}/{FIRST}").text)
    assert closed_up(visitor.get(PAGE).text).count('aria-label="Known"') == 1


def test_the_offer_says_what_it_takes(rich_app: Flask) -> None:
    bob = make_account(rich_app)
    visitor = sign_in_as(rich_app, bob)
    visitor.enroll()
    said = f"If you judge {before.SCENES - 1} or more as the rule does, and choose no harmful first step, "
    assert said in closed_up(visitor.get(OFFER).text)
    ask(rich_app, bob, FORBIDDEN)
    assert "or more as the rule does" not in visitor.get(OFFER).text


def test_the_final_must_still_be_passed(rich_app: Flask) -> None:
    bob = make_account(rich_app)
    visitor = judge(rich_app, bob)
    visitor.post(f"{PAGE}/name", {"certificate_name": "Bob Builder"})
    visitor.post(f"{PAGE}/attestation", {"attested_as": "Bob"})
    assert not where_is(rich_app, bob).is_complete
    attempt_id = start_final(rich_app, bob)
    answer_all(rich_app, attempt_id)
    hand_in(rich_app, bob, attempt_id)
    assert where_is(rich_app, bob).is_complete
    with rich_app.app_context():
        assert db.session.scalars(select(Credential)).one().is_tested_out is True


def test_a_certificate_says_so_only_where_lessons_were_left_out(rich_app: Flask) -> None:
    bob = make_account(rich_app)
    judge(rich_app, bob)
    make_ready(rich_app, bob)
    attempt_id = start_final(rich_app, bob)
    answer_all(rich_app, attempt_id)
    hand_in(rich_app, bob, attempt_id)
    with rich_app.app_context():
        assert db.session.scalars(select(Credential)).one().is_tested_out is False


def test_minutes_that_a_firm_asks_for_stay(rich_app: Flask) -> None:
    bob = make_account(rich_app)
    visitor = judge(rich_app, bob)
    ask(rich_app, bob, RequiredConditions(5, is_paced=False, attestation=None))
    where = where_is(rich_app, bob)
    assert (where.least_minutes, where.missing_lessons) == (5, ())
    assert not where.is_ready_for_final
    assert where.to_fill[0].id == OLD_FIRST
    assert f'href="{PAGE}/{OLD_FIRST}">Continue' in closed_up(visitor.get(PAGE).text)


def test_a_firm_can_forbid_it_before(rich_app: Flask) -> None:
    bob = make_account(rich_app)
    sign_in_as(rich_app, bob).enroll()
    ask(rich_app, bob, FORBIDDEN)
    visitor = judge(rich_app, bob)
    assert [need.id for need in where_is(rich_app, bob).missing_lessons] == [FIRST, SECOND]
    assert visitor.page is not None
    assert "Your firm asks everyone to read them all the same." in visitor.page.text
    with rich_app.app_context():
        assert enrollment_of(bob).tested_out_at is None


@pytest.mark.on_both
def test_a_firm_that_forbids_it_later_asks_for_the_lessons_again(rich_app: Flask) -> None:
    bob = make_account(rich_app)
    visitor = judge(rich_app, bob)
    assert visitor.get(f"{PAGE}/{SECOND}").text.count("Known") > 0  # a page that is kept must not outlast this
    ask(rich_app, bob, FORBIDDEN)
    where = where_is(rich_app, bob)
    assert ([need.id for need in where.missing_lessons], where.least_minutes) == ([FIRST, SECOND], 2)
    assert "Known" not in visitor.get(f"{PAGE}/{SECOND}").text
    with rich_app.app_context():
        progress = list_progress(select(User.id).where(User.id == bob), COURSE, served().courses[COURSE])
        assert progress[bob].standing.missing_lessons == where.missing_lessons


def test_one_that_allows_it_takes_nothing_away(rich_app: Flask) -> None:
    bob = make_account(rich_app)
    judge(rich_app, bob)
    ask(rich_app, bob, RequiredConditions(0, is_paced=True, attestation=None))
    assert where_is(rich_app, bob).missing_lessons == ()


def test_it_holds_for_one_enrollment_only(rich_app: Flask) -> None:
    bob = make_account(rich_app)
    judge(rich_app, bob)
    with rich_app.app_context(), transaction():
        enrollment_of(bob).completed_at = clock.now()
        again = open_cycle(bob, served().courses[COURSE], clock.now())
        assert (again.cycle, again.is_tested_out) == (2, False)
        assert len(standing(again, served().courses[COURSE]).missing_lessons) == 2


def test_what_a_lesson_page_knows_of_it_is_what_the_enrollment_says(rich_app: Flask) -> None:
    bob = make_account(rich_app)
    judge(rich_app, bob)
    with rich_app.test_request_context():
        for is_allowed in (True, False):
            with transaction():
                one = enrollment_of(bob)
                one.conditions = {**one.conditions, "allows_test_out": is_allowed}
            session_id = db.session.execute(db.text("select id from sessions")).scalars().first()
            found = find_begun(UUID(str(session_id)), COURSE, FIRST)[1]
            assert found is not None
            assert found.is_tested_out is enrollment_of(bob).is_tested_out is is_allowed


def test_someone_is_told_when_they_showed_it(rich_app: Flask) -> None:
    bob = make_account(rich_app)
    judge(rich_app, bob)
    with rich_app.app_context():
        (one,) = privacy.export_person(bob)["enrollments"]
        assert dt.datetime.fromisoformat(str(one["tested_out_at"]))


@pytest.mark.parametrize(("guest_knows", "own", "is_known"), [(True, None, True), (True, 4, False), (False, 0, True)])
def test_a_guest_who_signs_in_brings_along_only_the_pretest_that_is_kept(
    rich_app: Flask, guest_knows: bool, own: int | None, is_known: bool
) -> None:
    bob, guest = make_account(rich_app), make_guest(rich_app)
    if own is None:
        sign_in_as(rich_app, bob).enroll()
    else:
        judge(rich_app, bob, wrong=own)
    ask_whether(judge(rich_app, guest, wrong=0 if guest_knows else 4))
    with rich_app.app_context(), transaction():
        merge_guest(guest, bob, served(), clock.now())
    with rich_app.app_context():
        assert enrollment_of(bob).is_tested_out is is_known


def test_a_course_without_a_threshold_lets_nobody_skip_its_lessons(
    rich_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob = make_account(rich_app)
    attempt_id = start(rich_app, bob)
    answer_all(rich_app, attempt_id)
    course = rich_app.extensions["library"].content.courses[COURSE]
    assert course.file.pretest is not None
    without = course.file.but({"pretest": course.file.pretest.but({"knows": None})})
    monkeypatch.setitem(course.__dict__, "file", without)
    hand_in(rich_app, bob, attempt_id)
    assert not where_is(rich_app, bob).is_ready_for_final


def test_conditions_kept_before_count_their_minutes_as_asked_for_by_a_firm() -> None:
    kept = {"least_minutes": 20, "achievement": "A", "validity_months": 12}
    assert Conditions.read(kept).asked_minutes == 20
    assert Conditions.read(json.loads(json.dumps(Conditions(least_minutes=20).kept()))).asked_minutes == 0


def test_reading_in_order_after_it_asks_for_nothing_before(rich_app: Flask) -> None:
    bob = make_account(rich_app)
    judge(rich_app, bob)
    ask(rich_app, bob, RequiredConditions(0, is_paced=True, attestation=None))
    with rich_app.app_context(), transaction():
        course = served().courses[COURSE]
        lesson = course.lesson(SECOND)
        assert lesson is not None
        complete_lesson(enroll(bob, course, clock.now()), course, lesson, clock.now())


def test_nobody_is_told_a_count_and_guests_once_an_hour_to_a_network_whether_they_know_it(rich_app: Flask) -> None:
    with time_machine.travel("2026-11-24T12:00:00Z", tick=False) as clock:
        guests = [make_guest(rich_app) for _guest in range(3)]
        visitors = [judge(rich_app, guest, wrong=wrong) for guest, wrong in zip(guests, (4, 0, 0), strict=True)]
        told = [visitor.page.text for visitor in visitors if visitor.page]
        pages = {re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|value=\"[^\"]*\"", "", page) for page in told}
        assert len(pages) == 1, "the page says how many were right"
        visitors[0].page = visitors[0].get(ask_whether(visitors[0]).headers["Location"])
        assert "the core lessons are for you" in closed_up(visitors[0].page.text)
        refused = ask_whether(visitors[1])
        assert refused.status_code == 429
        assert "nothing is lost" in refused.text
        assert not where_is(rich_app, guests[1]).is_ready_for_final
        clock.shift(3601)
        page = visitors[1].get(ask_whether(visitors[1]).headers["Location"])
        assert "They count as done" in closed_up(page.text)
        assert where_is(rich_app, guests[1]).is_ready_for_final
        assert ask_whether(visitors[2]).status_code == 429
        for visitor, guest in zip(visitors, guests, strict=True):
            assert not re.search(r"\d of \d", closed_up(visitor.get("/progress").text))
            with rich_app.app_context():
                (copied,) = export_person(guest)["attempts"]
                assert copied["tally"] is None
        known = judge(rich_app, make_account(rich_app))  # whoever has an account is told at once
        assert known.page is not None
        assert "They count as done" in closed_up(known.page.text)
        assert not re.search(r"\d of \d", closed_up(known.page.text))
