"""A module of which one lesson is enough: what is counted, what is missing, and where the pages lead."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from tests.cast import make_guest, sign_in_as
from tests.support import COURSE, Visitor, closed_up
from trainer.content.library import Library
from trainer.learning.rules import CourseProgress, LessonNeed

HOTEL, FARM, SHOP = "venue/hotel", "venue/farm", "venue/shop"


def _standing(lessons: list[tuple[str | None, int, bool]]) -> CourseProgress:
    needs = [
        LessonNeed(f"m/{number}", "A lesson", seconds, is_done, choice)
        for number, (choice, seconds, is_done) in enumerate(lessons)
    ]
    return CourseProgress(tuple(needs), 0, 0, is_final_passed=True, has_name=True)


lists = st.lists(st.tuples(st.sampled_from([None, "venue", "place"]), st.integers(1, 9), st.booleans()), max_size=10)


@given(lists)
def test_each_choice_counts_once_and_is_done_once_one_of_it_is(lessons: list[tuple[str | None, int, bool]]) -> None:
    where = _standing(lessons)
    choices = {choice for choice, _minutes, _done in lessons if choice}
    alone = [is_done for choice, _minutes, is_done in lessons if choice is None]
    open_choices = {name for name in choices if not any(done for choice, _minutes, done in lessons if choice == name)}
    assert where.all_lessons == len(alone) + len(choices)
    assert len(where.missing_lessons) == alone.count(False) + len(open_choices)
    assert where.done_lessons == where.all_lessons - len(where.missing_lessons)
    assert where.is_complete == (not where.missing_lessons)


def test_the_first_of_a_choice_stands_for_all_until_one_is_read() -> None:
    where = _standing([(None, 4, True), ("venue", 1, False), ("venue", 2, False), (None, 4, False)])
    assert [need.id for need in where.missing_lessons] == ["m/1", "m/3"]
    where = _standing([(None, 4, True), ("venue", 1, False), ("venue", 2, True), ("venue", 3, True)])
    assert [need.id for need in where.path] == ["m/0", "m/2"]


@pytest.mark.parametrize(
    ("lesson", "previous", "following"),
    [
        ("basics/first", None, HOTEL),
        (HOTEL, "basics/first", "practice/second"),
        (FARM, "basics/first", "practice/second"),
        (SHOP, "basics/first", "practice/second"),
        ("practice/second", HOTEL, None),
        ("venue/moon", None, None),
    ],
)
def test_the_way_through_a_course_leads_by_one_lesson_of_a_choice(
    rich_shelf: Library, lesson: str, previous: str | None, following: str | None
) -> None:
    before, after = rich_shelf.content.courses[COURSE].neighbors(lesson)
    assert (before and before.id, after and after.id) == (previous, following)


@pytest.fixture
def reader(rich_app: Flask) -> Visitor:
    visitor = sign_in_as(rich_app, make_guest(rich_app))
    visitor.enroll()
    return visitor


def read(visitor: Visitor, lesson: str) -> str:
    """Mark a lesson as read; return where that leads."""
    answer = visitor.post(f"/courses/{COURSE}/{lesson}/completions", {"opened_at": ""})
    assert answer.status_code == 303
    return answer.headers["Location"].removeprefix(f"/courses/{COURSE}").removeprefix("/")


@pytest.mark.parametrize("chosen", [HOTEL, FARM, SHOP])
def test_one_lesson_of_the_module_is_enough(reader: Visitor, chosen: str) -> None:
    course = f"/courses/{COURSE}"
    page = reader.get(course).text
    assert "0 of 3 lessons read" in page
    assert ">1 min</span>" in closed_up(page)  # all three together
    assert read(reader, "basics/first") == "place"
    assert read(reader, chosen) == "practice/second"
    assert "2 of 3 lessons read" in reader.get(course).text
    assert 'href="/courses/recognize/practice/second">Continue' in closed_up(reader.get(course).text)
    assert read(reader, "practice/second") == ""
    page = reader.get(course).text
    assert "3 of 3 lessons read" in page
    assert "3 of 3 lessons read" in reader.get("/me").text


def test_a_second_lesson_of_the_module_counts_for_nothing_more(reader: Visitor) -> None:
    for lesson in (FARM, SHOP, HOTEL):
        read(reader, lesson)
        assert "1 of 3 lessons read" in reader.get(f"/courses/{COURSE}").text


def test_what_is_left_to_read_is_rounded_up_once_for_all_lessons() -> None:
    lessons = [(None, 70, False), ("venue", 70, False), ("venue", 600, False), (None, 70, False)]
    assert _standing(lessons).minutes_to_read == 4
    assert _standing([(choice, seconds, True) for choice, seconds, _done in lessons]).minutes_to_read == 0


def test_who_has_not_begun_reads_how_many_lessons_to_read_and_not_how_many_there_are(
    rich_app: Flask, rich_shelf: Library
) -> None:
    course = rich_shelf.content.courses[COURSE]
    assert len(course.lessons) == 5
    page = closed_up(Visitor(rich_app).get(f"/courses/{COURSE}").text)
    assert "<span>3 lessons, " in page


def test_every_lesson_of_a_choice_leads_to_the_others(reader: Visitor) -> None:
    for lesson in (HOTEL, FARM, SHOP):
        page = reader.get(f"/courses/{COURSE}/{lesson}").text
        choice = closed_up(page).split("<summary>Do you work somewhere else?")[1].split("</nav>")[0]
        others = [other for other in (HOTEL, FARM, SHOP) if other != lesson]
        assert re.findall(r'href="/courses/recognize/(\S+)"', choice) == others
    assert "Do you work somewhere else?" not in reader.get(f"/courses/{COURSE}/basics/first").text
