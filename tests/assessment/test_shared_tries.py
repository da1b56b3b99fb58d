"""Tries at finals that lead to the same certificate count together, except those of a course that a firm requires."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask

from tests.assessment.swapped import copy_content, open_library
from tests.assignments.firm import EVERYONE, make_firm
from tests.cast import (
    answer_all,
    ask_for_round,
    hand_in,
    make_account,
    make_ready,
    sign_in_as,
    start_final,
    use_up_tries,
)
from tests.content.small import complaints
from tests.support import COURSE
from trainer.assessment.models import Attempt
from trainer.assessment.rounds import get_waiting, grant
from trainer.core import clock
from trainer.core.db import db, transaction

OFFICERS = "security-officer"


@pytest.fixture
def bob(app: Flask) -> UUID:
    """Return someone who is ready for the finals of two courses that certify the same."""
    user_id = make_account(app)
    for course in (COURSE, OFFICERS):
        make_ready(app, user_id, course=course)
    return user_id


def fail(app: Flask, user_id: UUID, course: str) -> tuple[int, int]:
    """Fail a try; return its round and number."""
    attempt_id = start_final(app, user_id, course)
    answer_all(app, attempt_id, wrong=99)
    hand_in(app, user_id, attempt_id)
    return place(app, attempt_id)


def place(app: Flask, attempt_id: UUID) -> tuple[int, int]:
    with app.app_context():
        attempt = db.session.get_one(Attempt, attempt_id)
        return attempt.round, attempt.number


def test_a_second_course_is_no_second_first_try(app: Flask, bob: UUID) -> None:
    assert fail(app, bob, COURSE) == (1, 1)
    assert "Try 2 of 3" in sign_in_as(app, bob).get(f"/courses/{OFFICERS}/final").text
    assert fail(app, bob, OFFICERS) == (1, 2)
    page = sign_in_as(app, bob).get(f"/courses/{COURSE}/final").text
    assert "The next try isn’t open yet" in page
    assert "The next try opens on" in page


def test_a_course_that_certifies_something_else_counts_its_own(app: Flask, bob: UUID, tmp_path: Path) -> None:
    folder = copy_content(tmp_path / "apart")
    path = folder / "courses" / OFFICERS / "course.yaml"
    text = path.read_text("utf-8").replace("eight-scenes", "of-officers")
    path.write_text(text.replace("what a test can ask", "what officers do"), "utf-8")
    app.extensions["library"] = open_library(folder)
    assert fail(app, bob, COURSE) == fail(app, bob, OFFICERS) == (1, 1)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"what a test can ask": "what officers do"}, '"eight-scenes" certifies something else in'),
        ({"eight-scenes": "of-officers"}, "the achievement is that of"),
    ],
)
def test_what_is_certified_and_what_counts_together_are_the_same(
    tmp_path: Path, changed: dict[str, str], said: str
) -> None:
    folder = copy_content(tmp_path / "half")
    path = folder / "courses" / OFFICERS / "course.yaml"
    for old, new in changed.items():
        path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    faults = [one for one in complaints(folder) if one.level == "error"]
    assert [one.what.startswith(said) for one in faults] == [True]


def test_only_one_final_for_the_same_certificate_is_in_progress(app: Flask, bob: UUID) -> None:
    attempt_id = start_final(app, bob, COURSE)
    visitor = sign_in_as(app, bob)
    page = visitor.get(f"/courses/{OFFICERS}/final").text
    assert "It is for the same certificate, so it comes first." in page
    assert f'href="/attempts/{attempt_id}"' in page
    assert visitor.post(f"/courses/{OFFICERS}/finals").status_code == 409
    hand_in_rightly(app, bob, attempt_id)
    assert place(app, start_final(app, bob, OFFICERS)) == (1, 1)


def hand_in_rightly(app: Flask, user_id: UUID, attempt_id: UUID) -> None:
    answer_all(app, attempt_id)
    hand_in(app, user_id, attempt_id)


def test_tries_before_the_certificate_was_earned_are_forgotten_elsewhere(app: Flask, bob: UUID) -> None:
    fail(app, bob, COURSE)
    hand_in_rightly(app, bob, start_final(app, bob, COURSE))
    assert fail(app, bob, OFFICERS) == (1, 1)
    assert fail(app, bob, OFFICERS) == (1, 2)


def test_a_round_that_was_granted_is_open_in_each_course(app: Flask, bob: UUID) -> None:
    use_up_tries(app, bob)
    request_id = ask_for_round(app, bob)
    with app.app_context(), transaction():
        asked = get_waiting(request_id, [bob])
        grant(asked, "A second look", clock.now(), actor_id=bob, organization_id=None, subject_id=bob)
    assert place(app, start_final(app, bob, OFFICERS)) == (2, 1)


def test_no_try_elsewhere_uses_up_one_of_a_required_course(app: Flask) -> None:
    firm = make_firm(app)
    bob = firm.user_of(firm.add("Bob"))
    firm.require(EVERYONE)
    firm.keep_up()
    for course in (COURSE, OFFICERS):
        make_ready(app, bob, course=course)
    assert fail(app, bob, OFFICERS) == (1, 1)
    assert fail(app, bob, OFFICERS) == (1, 2)
    assert fail(app, bob, COURSE) == (1, 1)
    assert fail(app, bob, COURSE) == (1, 2)
    waits = "The next try isn’t open yet" in sign_in_as(app, bob).get(f"/courses/{OFFICERS}/final").text
    assert waits  # the other way round, they count
