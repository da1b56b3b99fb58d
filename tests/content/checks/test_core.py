"""The core path of a course: it is there, and those who read the lessons that it came from have read it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.content import small
from tests.content.checks.spoiling import told
from tests.content.regions import add_region
from tests.content.small import COURSE_FILE, LESSON_FILE, complaints, edit, only, put

CORE_FILE, DEEPER_FILE = "courses/recognize/01-basics/module.yaml", "courses/recognize/04-practice/module.yaml"
SECOND_FILE = "courses/recognize/04-practice/01-second.md"


def _say_was(folder: Path, was: str, name: str = LESSON_FILE) -> int:
    edit(folder, name, "objectives: [Tell", f"was: {was}\nobjectives: [Tell")
    return small.line_of(folder, name, "was:")


@pytest.fixture
def deeper(folder: Path) -> Path:
    """The tiny folder, its second module going deeper."""
    put(folder, DEEPER_FILE, f"{small.MODULE}deeper: true\n")
    return folder


def test_a_lesson_of_the_core_path_names_the_earlier_ones_that_it_came_from(deeper: Path) -> None:
    _say_was(deeper, "[practice/second]")
    assert "stands for" not in told(deeper)
    course = small.read(deeper).courses["recognize"]
    assert [module.file.deeper for module in course.modules] == [False, True]
    assert course.lessons[0].file.was == ["practice/second"]


def test_an_earlier_lesson_is_one_of_the_course(deeper: Path) -> None:
    line = _say_was(deeper, "[practice/moon]")
    assert only(deeper) == (
        f'content/{LESSON_FILE}:{line}: the course has no lesson "practice/moon". '
        "Give a lesson of this course, as module/lesson."
    )


def test_an_earlier_lesson_may_be_one_that_a_single_region_has(deeper: Path) -> None:
    add_region(deeper)
    put(deeper, f"regions/us-me/{DEEPER_FILE[:-11]}02-ours.md", small.LESSON.replace("practice/second", "basics/first"))
    _say_was(deeper, "[practice/ours]")
    assert "stands for" not in told(deeper)
    for content in small.read(deeper).regions.values():
        assert content.courses["recognize"].lessons[0].file.was == ["practice/ours"]


def test_an_earlier_lesson_with_faults_is_not_a_second_fault(deeper: Path) -> None:
    _say_was(deeper, "[practice/second]")
    edit(deeper, SECOND_FILE, "title:", "titel:")
    assert "the course has no lesson" not in told(deeper)


def test_a_lesson_stands_for_one_lesson_only(deeper: Path) -> None:
    other = "courses/recognize/01-basics/02-other.md"
    put(deeper, other, small.LESSON.replace("lesson:practice/second", "lesson:basics/first"))
    _say_was(deeper, "[practice/second]")
    line = _say_was(deeper, "[practice/second]", other)
    assert only(deeper) == (
        f'content/{other}:{line}: "practice/second" is named twice, also in content/{LESSON_FILE}. '
        "Name it once: reading one lesson stands for one."
    )


def test_a_lesson_of_the_core_path_stands_for_no_other(deeper: Path) -> None:
    line = _say_was(deeper, "[basics/first]")
    assert f'{LESSON_FILE}:{line}: "basics/first" is on the core path itself' in only(deeper)


def test_nothing_stands_for_reading_an_optional_lesson(deeper: Path) -> None:
    line = _say_was(deeper, "[basics/first]", SECOND_FILE)
    assert only(deeper) == (
        f'content/{SECOND_FILE}:{line}: the lesson is optional, so nothing stands for reading it. Take "was" out.'
    )


def test_a_lesson_that_came_from_none_brings_a_warning_where_others_go_deeper(folder: Path) -> None:
    assert "no earlier lesson" not in told(folder)
    put(folder, DEEPER_FILE, f"{small.MODULE}deeper: true\n")
    (warning,) = [one for one in complaints(folder) if "no earlier lesson" in one.what]
    assert (warning.level, warning.path) == ("warning", f"content/{LESSON_FILE}")
    small.read(folder)


def test_a_lesson_to_choose_by_workplace_was_there_before(deeper: Path) -> None:
    put(deeper, CORE_FILE, f"{small.MODULE}choose_one: true\n")
    put(deeper, "courses/recognize/01-basics/02-other.md", small.LESSON)
    assert "no earlier lesson" not in told(deeper)


def test_a_course_asks_for_some_of_its_lessons(deeper: Path) -> None:
    put(deeper, CORE_FILE, f"{small.MODULE}deeper: true\n")
    assert only(deeper) == (
        f"content/{COURSE_FILE}:9: all modules go deeper, and nothing is left to learn. "
        'Take "deeper" out of those to be read.'
    )
