"""What someone does next in a course: every step, on every page of the course."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from tests.assessment import before, rich
from tests.assessment.pretests import begin_in_class
from tests.cast import certify, make_account, make_guest, make_ready, sign_in_as, start_final, use_up_tries
from tests.content import small
from tests.support import COURSE, Visitor, closed_up
from trainer.accounts.models import User
from trainer.assessment.next_steps import CourseStep, find_next_step
from trainer.content.library import Library
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.learning.models import Enrollment
from trainer.learning.operations import complete_lesson, enroll
from trainer.learning.queries import standing

REFRESHER = "refresher"


@pytest.fixture(scope="session")
def rich_shelf(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Return the tiny content with a pretest, and minutes to fill, loaded once."""
    folder = before.write(tmp_path_factory.mktemp("before"))
    small.edit(folder, small.COURSE_FILE, "least_minutes: 0", "least_minutes: 1")
    return rich.open_library(folder)


def begin(app: Flask, user_id: UUID) -> None:
    with app.app_context(), transaction():
        enroll(user_id, served().courses[COURSE], clock.now())


def read_up_to_the_choice(app: Flask, user_id: UUID) -> None:
    with app.app_context(), transaction():
        course = served().courses[COURSE]
        enrollment = enroll(user_id, course, clock.now())
        assert course.choice is not None
        for lesson in course.lessons:
            if lesson.module_slug != course.choice.slug:
                complete_lesson(enrollment, course, lesson, clock.now())


def all_but(**values: object) -> Callable[[Flask, UUID], None]:
    """Return what does all that the final asks for first, but for what these say of the learner and the enrollment."""

    def do(app: Flask, user_id: UUID) -> None:
        make_ready(app, user_id)
        with app.app_context(), transaction() as session:
            enrollment = session.scalars(select(Enrollment)).one()
            for name, value in values.items():
                setattr(session.get_one(User, user_id) if hasattr(User, name) else enrollment, name, value)

    return do


def begin_final(app: Flask, user_id: UUID) -> None:
    make_ready(app, user_id)
    start_final(app, user_id)


STEPS: dict[CourseStep, Callable[[Flask, UUID], object]] = {
    CourseStep.PRETEST: begin_in_class,
    CourseStep.LESSON: begin,
    CourseStep.PLACE: read_up_to_the_choice,
    CourseStep.MINUTES: all_but(active_seconds=0),
    CourseStep.ACCOUNT: all_but(),
    CourseStep.NAME: all_but(certificate_name=None),
    CourseStep.ATTESTATION: all_but(attested_at=None),
    CourseStep.FINAL: all_but(),
    CourseStep.ATTEMPT: begin_final,
    CourseStep.CERTIFICATE: certify,
}


def step_of(app: Flask, slug: str) -> CourseStep:
    with app.app_context():
        enrollment = db.session.scalars(select(Enrollment)).one()
        course = served().courses[slug]
        return find_next_step(course, enrollment, standing(enrollment, course), clock.now()).step


def pages_of(app: Flask, slug: str) -> list[str]:
    """Return the addresses of all pages of a course, its lessons among them."""
    with app.app_context():
        lessons = served().courses[slug].lessons
    rules = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/courses/<course>")
        and "GET" in (rule.methods or ())
        and rule.arguments <= {"course", "module", "lesson"}
    ]
    paths = {
        rule.replace("<course>", slug).replace("<module>/<lesson>", lesson.id) for rule in rules for lesson in lessons
    }
    assert f"/courses/{slug}/final" in paths
    return sorted(paths)


def walk(app: Flask, visitor: Visitor, slug: str) -> None:
    for path in [*pages_of(app, slug), "/me", "/courses"]:
        assert visitor.get(path).status_code in {200, 303, 404, 409}, path


@pytest.mark.parametrize("step", STEPS)
def test_each_page_of_a_course_opens_at_each_step(rich_app: Flask, step: CourseStep) -> None:
    user_id = make_guest(rich_app) if step is CourseStep.ACCOUNT else make_account(rich_app)
    STEPS[step](rich_app, user_id)
    assert step_of(rich_app, COURSE) is step
    walk(rich_app, sign_in_as(rich_app, user_id), COURSE)


@pytest.mark.parametrize(
    ("step", "course", "do"), [(CourseStep.READ, REFRESHER, make_ready), (CourseStep.WAIT, COURSE, use_up_tries)]
)
def test_each_page_opens_when_nothing_is_left_to_do_for_now(
    app: Flask, step: CourseStep, course: str, do: Callable[..., object]
) -> None:
    user_id = make_account(app)
    do(app, user_id, course=course)
    assert step_of(app, course) is step
    walk(app, sign_in_as(app, user_id), course)


def test_no_step_is_left_out() -> None:
    # What an extra asks first is tested where it is.
    assert {*STEPS, CourseStep.READ, CourseStep.WAIT, CourseStep.ASKED_FIRST} == set(CourseStep)


def test_before_the_first_lesson_the_final_says_what_comes_first(rich_app: Flask) -> None:
    user_id = make_account(rich_app)
    begin_in_class(rich_app, user_id)
    page = closed_up(sign_in_as(rich_app, user_id).get(f"/courses/{COURSE}/final").text)
    pane = re.findall(r'<section class="pane stack">.*?</section>', page)[-1]
    assert "Not open yet" in pane
    assert f'href="/courses/{COURSE}/pretest"' in pane
