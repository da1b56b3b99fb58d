"""The core path: only its lessons must be read, and those who read what it came from have read it."""

from __future__ import annotations

import datetime as dt
import re
from itertools import combinations
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from tests.assessment import rich
from tests.cast import answer_all, hand_in, make_account, make_guest, make_ready, sign_in_as, start_final
from tests.learning import deeper
from tests.learning.deeper import CORE, DEEPER, FIRST, OLD_FIRST, OLD_FOURTH, OLD_SECOND, OLD_THIRD, SECOND
from tests.support import COURSE, Visitor, closed_up
from trainer.app import create_app
from trainer.assessment.models import Attempt
from trainer.content.library import Course, Library
from trainer.content.serving import served
from trainer.content.times import Times
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.core.errors import NotYet
from trainer.core.settings import Settings
from trainer.learning.models import Enrollment, LessonCompletion
from trainer.learning.operations import complete_lesson, enroll, tighten
from trainer.learning.queries import path_of, standing
from trainer.learning.rules import CourseProgress, LessonNeed, Reading, RequiredConditions, read_ahead

START = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
PAGE = f"/courses/{COURSE}"
PACED = RequiredConditions(0, is_paced=True, attestation=None)


@pytest.fixture(scope="session")
def rich_shelf(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Return the tiny content with a core path, loaded once."""
    return rich.open_library(deeper.write(tmp_path_factory.mktemp("deeper")))


@pytest.fixture
def course(rich_shelf: Library) -> Course:
    return rich_shelf.content.courses[COURSE]


@pytest.fixture
def reader(rich_app: Flask) -> Visitor:
    visitor = sign_in_as(rich_app, make_guest(rich_app))
    visitor.enroll()
    return visitor


def read(app: Flask, user_id: UUID, *lessons: str) -> None:
    """Mark lessons as read."""
    with app.app_context(), transaction():
        course = served().courses[COURSE]
        for lesson in lessons:
            found = course.lesson(lesson)
            assert found is not None
            complete_lesson(enroll(user_id, course, clock.now()), course, found, clock.now())


def ask_minutes(app: Flask, user_id: UUID, minutes: int) -> None:
    """Let someone else ask for active minutes."""
    with app.app_context(), transaction():
        course = served().courses[COURSE]
        tighten(
            enroll(user_id, course, clock.now()), course, RequiredConditions(minutes, is_paced=False, attestation=None)
        )


def missing_pane(page: str) -> str:
    return closed_up(page).split("Still missing</h2>")[1].split("</section>")[0]


# --- what counts ---


def test_only_lessons_of_the_core_path_are_missing(course: Course) -> None:
    where = path_of(course, None, ())
    assert [need.id for need in where.missing_lessons] == [FIRST, SECOND]
    assert [need.id for need in where.deeper] == list(DEEPER)
    assert (where.all_lessons, where.done_lessons) == (2, 0)
    assert path_of(course, None, {FIRST, SECOND}).missing_lessons == ()


def test_a_lesson_is_read_by_whoever_read_any_that_it_came_from(course: Course) -> None:
    for lesson, came_from in CORE.items():
        for earlier in came_from:
            done = [need.id for need in path_of(course, None, {earlier}).lessons if need.is_done]
            assert sorted(done) == sorted([lesson, earlier])
    assert [need.id for need in path_of(course, None, {OLD_FOURTH}).missing_lessons] == [FIRST, SECOND]


def test_nobody_has_more_left_to_read_than_before_there_was_a_core_path(course: Course) -> None:
    for number in range(len(DEEPER) + 1):
        for done in combinations(DEEPER, number):
            assert len(path_of(course, None, done).missing_lessons) <= len(DEEPER) - number


def test_a_lesson_of_the_core_path_that_was_read_stands_for_none_that_it_came_from(course: Course) -> None:
    assert [need.id for need in path_of(course, None, {FIRST}).lessons if need.is_done] == [FIRST]


def test_who_has_read_the_earlier_lessons_is_ready_for_the_final(rich_app: Flask) -> None:
    leo = make_account(rich_app)
    read(rich_app, leo, OLD_SECOND)
    with rich_app.app_context():
        one = db.session.scalars(select(Enrollment)).one()
        assert not standing(one, served().courses[COURSE]).is_ready_for_final
    read(rich_app, leo, OLD_THIRD)
    with rich_app.app_context():
        one = db.session.scalars(select(Enrollment)).one()
        assert standing(one, served().courses[COURSE]).is_ready_for_final


# --- in order ---


def test_in_order_the_core_path_comes_before_what_goes_deeper(rich_app: Flask) -> None:
    leo = make_account(rich_app)
    read(rich_app, leo, OLD_FIRST)
    with rich_app.app_context(), transaction():
        course = served().courses[COURSE]
        tighten(enroll(leo, course, clock.now()), course, PACED)
    with pytest.raises(NotYet, match="Core second"):
        read(rich_app, leo, OLD_FOURTH)
    read(rich_app, leo, SECOND, OLD_FOURTH)


def test_what_was_read_before_there_was_a_core_path_is_not_taken_away_for_its_order(rich_app: Flask) -> None:
    leo = make_account(rich_app)
    read(rich_app, leo, OLD_SECOND, OLD_FIRST)
    with rich_app.app_context(), transaction():
        course = served().courses[COURSE]
        one = enroll(leo, course, clock.now())
        tighten(one, course, PACED)
        assert standing(one, course).missing_lessons == ()
    with rich_app.app_context():
        assert set(db.session.scalars(select(LessonCompletion.lesson))) == {OLD_FIRST, OLD_SECOND}


def test_a_lesson_that_is_done_without_being_read_has_its_place() -> None:
    def at(day: int) -> Reading:
        return Reading(START + dt.timedelta(days=day), START + dt.timedelta(days=day))

    path = tuple(LessonNeed(f"m/{number}", "A", 1, is_done=number != 3) for number in range(5))
    assert read_ahead(path, {"m/0": at(1), "m/2": at(2)}) == []
    assert read_ahead(path, {"m/2": at(2), "m/4": at(3)}) == ["m/4"]


# --- minutes that the core path doesn't fill ---


def _standing(minutes: int, read_seconds: int, done: set[int], *, core: int = 2) -> CourseProgress:
    """Return where someone stands in a course of lessons that take a minute each, the first ones its core path."""
    lessons = [LessonNeed(f"m/{one}", "A", 60, one in done, is_core=one < core) for one in range(6)]
    return CourseProgress(tuple(lessons), minutes, read_seconds, is_final_passed=False, has_name=True)


@pytest.mark.parametrize(
    ("where", "filling"),
    [
        (_standing(0, 0, set()), []),
        (_standing(2, 0, set()), []),  # the core path fills them
        (_standing(4, 0, set()), [2, 3]),
        (_standing(4, 70, {0}), [2, 3]),
        (_standing(4, 120, {0, 1}), [2, 3]),
        (_standing(4, 180, {0, 1, 2}), [3]),
        (_standing(4, 180, {0, 1, 3}), [2]),
        (_standing(9, 180, {0, 1, 2}), [3, 4, 5, 2]),  # read ones come last
        (_standing(9, 540, {0, 1, 2}), []),
        (_standing(9, 0, set(), core=6), []),
    ],
)
def test_lessons_that_go_deeper_fill_the_minutes_that_the_core_path_leaves(
    where: CourseProgress, filling: list[int]
) -> None:
    assert [need.id for need in where.to_fill] == [f"m/{one}" for one in filling]


def test_someone_who_needs_more_minutes_has_something_to_open(rich_app: Flask) -> None:
    leo = make_account(rich_app)
    visitor = sign_in_as(rich_app, leo)
    visitor.enroll()
    visitor.post(f"{PAGE}/pretest-refusals")
    ask_minutes(rich_app, leo, 3)
    pane = missing_pane(visitor.get(PAGE).text)
    assert "2 core lessons" in pane
    assert re.findall(r'href="/courses/recognize/(\w+/\w+)"', pane) == [OLD_FIRST, OLD_SECOND]
    read(rich_app, leo, FIRST, SECOND, OLD_FIRST)
    page = visitor.get(PAGE).text
    assert re.findall(r'href="/courses/recognize/(\w+/\w+)"', missing_pane(page)) == [OLD_SECOND, OLD_THIRD, OLD_FOURTH]
    assert f'href="{PAGE}/{OLD_SECOND}">Continue: Old second' in closed_up(page)
    assert "The core lessons are done. 3 more active minutes open the final" in closed_up(page)
    read(rich_app, leo, *DEEPER)
    page = visitor.get(PAGE).text
    assert f'href="{PAGE}/practice">Practice' in closed_up(page)
    assert OLD_FIRST in missing_pane(page)


# --- pages ---


def test_the_course_page_shows_the_core_path_first_and_what_goes_deeper_closed_with_its_minutes(
    rich_app: Flask, rich_shelf: Library, course: Course
) -> None:
    page = closed_up(Visitor(rich_app).get(PAGE).text)
    core, behind = page.split("<h2>Go deeper</h2>")
    assert "What you need</h2>" in core
    assert all(f"{PAGE}/{lesson}" in core for lesson in CORE)
    assert not any(f"{PAGE}/{lesson}" in core for lesson in DEEPER)
    assert all(f"{PAGE}/{lesson}" in behind for lesson in DEEPER)
    times = Times(rich_shelf.content)
    assert f"<details><summary>4 optional lessons, about {times.deeper(course)} min</summary>" in behind
    assert f"<span>{len(CORE)} lessons, {times.core(course)} min</span>" in core
    assert (times.core(course), times.deeper(course), times.whole(course)) == (2, 7, 9)


@pytest.mark.parametrize("path", ["/", "/courses"])
def test_courses_promise_the_time_of_the_core_path(rich_app: Flask, path: str) -> None:
    page = closed_up(Visitor(rich_app).get(path).text)
    assert "<dt>Lessons + final</dt><dd>2 + " in page


def test_a_lesson_says_whether_it_is_optional(rich_app: Flask, reader: Visitor) -> None:
    for visitor in (reader, Visitor(rich_app)):
        for lesson in (*CORE, *DEEPER):
            page = closed_up(visitor.get(f"{PAGE}/{lesson}").text)
            assert ("<span>Go deeper: optional</span>" in page) == (lesson in DEEPER)


@pytest.mark.parametrize(
    ("lesson", "previous", "following"),
    [
        (FIRST, None, SECOND),
        (SECOND, FIRST, None),
        (OLD_FIRST, None, OLD_SECOND),
        (OLD_SECOND, OLD_FIRST, None),
        (OLD_THIRD, None, OLD_FOURTH),
        (OLD_FOURTH, OLD_THIRD, None),
    ],
)
def test_next_goes_along_the_core_path_or_within_a_module_that_goes_deeper(
    course: Course, reader: Visitor, lesson: str, previous: str | None, following: str | None
) -> None:
    before, after = course.neighbors(lesson)
    assert (before and before.id, after and after.id) == (previous, following)
    answer = reader.post(f"{PAGE}/{lesson}/completions", {"opened_at": ""})
    assert answer.headers["Location"] == (f"{PAGE}/{following}" if following else PAGE)


def test_the_course_begins_with_its_core_path(course: Course, rich_app: Flask) -> None:
    assert course.first_lesson.id == FIRST
    assert f'href="{PAGE}/{FIRST}">Start reading' in closed_up(Visitor(rich_app).get(PAGE).text)


def test_what_counts_as_read_is_marked_so_and_need_not_be_marked(rich_app: Flask, reader: Visitor) -> None:
    reader.post(f"{PAGE}/{OLD_THIRD}/completions", {"opened_at": ""})
    for path in (PAGE, "/me", f"{PAGE}/{SECOND}"):
        assert "1 of 2 core lessons read" in closed_up(reader.get(path).text)
    page = closed_up(reader.get(f"{PAGE}/{FIRST}").text)
    assert "This lesson counts as done already. Continue without marking it" in page
    assert page.count('aria-label="Read"') == 1
    reader.post(f"{PAGE}/{FIRST}/completions", {"opened_at": ""})
    assert "You’ve read this before." in closed_up(reader.get(f"{PAGE}/{FIRST}").text)


# --- a final that was failed ---


def fail(app: Flask, user_id: UUID) -> UUID:
    """Judge all scenes of a final wrongly; return the attempt's id."""
    make_ready(app, user_id)
    attempt_id = start_final(app, user_id)
    answer_all(app, attempt_id, wrong=99)
    hand_in(app, user_id, attempt_id)
    return attempt_id


def test_a_failed_final_names_lessons_of_the_core_path_where_they_teach_what_went_wrong(rich_app: Flask) -> None:
    leo = make_account(rich_app)
    attempt_id = fail(rich_app, leo)
    with rich_app.app_context():
        assert set(db.session.get_one(Attempt, attempt_id).lessons_to_read or ()) == {FIRST, SECOND}


def test_what_only_goes_deeper_is_named_where_the_core_path_does_not_teach_it(
    settings: Settings, tmp_path: Path
) -> None:
    folder = deeper.write(tmp_path)
    for place, name in ((1, "first"), (2, "second")):
        path = folder / f"courses/recognize/00-core/0{place}-{name}.md"
        path.write_text(path.read_text().replace("indicators: [A1, C1, C2, C5]", "indicators: [C2]"))
    app = create_app(settings, rich.open_library(folder))
    leo = make_account(app)
    attempt_id = fail(app, leo)
    with app.app_context():
        named = db.session.get_one(Attempt, attempt_id).lessons_to_read or []
    assert named
    assert set(named) <= set(DEEPER)
