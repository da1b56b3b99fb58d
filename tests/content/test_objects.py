"""The content as others see it: courses in order, and what leads where."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.content import small
from tests.content.small import COURSE_FILE, edit, read


def test_lessons_are_in_the_order_of_the_course(folder: Path) -> None:
    course = read(folder).courses["recognize"]
    assert [lesson.id for lesson in course.lessons] == ["basics/first", "practice/second"]
    first, second = course.lessons
    assert course.neighbors(first.id) == (None, second)
    assert course.neighbors(second.id) == (first, None)
    assert course.neighbors("basics/nothing") == (None, None)
    assert course.lesson(second.id) is second
    assert course.lesson("basics/nothing") is None


def test_modules_keep_the_number_of_their_folder(folder: Path) -> None:
    modules = read(folder).courses["recognize"].modules
    assert [(module.number, module.minutes) for module in modules] == [(1, 4), (4, 4)]
    assert [lesson.number for module in modules for lesson in module.lessons] == [1, 1]


def test_of_a_module_to_choose_from_one_lesson_stands_on_the_way(folder: Path) -> None:
    edit(folder, COURSE_FILE, "[basics, practice]", "[basics, venue, practice]")
    small.put(folder, "courses/recognize/02-venue/module.yaml", f"{small.MODULE}choose_one: true\n")
    for number, name in enumerate(("farm", "hotel"), start=1):
        small.put(folder, f"courses/recognize/02-venue/{number:02}-{name}.md", small.LESSON)
    course = read(folder).courses["recognize"]
    first, farm, hotel, second = course.lessons
    assert course.neighbors(first.id) == (None, farm)
    assert course.neighbors(farm.id) == course.neighbors(hotel.id) == (first, second)
    assert course.neighbors(second.id) == (farm, None)


def test_help_lines_are_found_by_id(folder: Path) -> None:
    content = read(folder)
    assert [line.id for line in content.strip_lines()] == ["hotline"]
    with pytest.raises(KeyError):
        content.help_line("nothing")


def test_an_indicator_leads_to_its_lessons_and_scenes(folder: Path) -> None:
    content = read(folder)
    assert [lesson.id for _, lesson in content.lessons_teaching("C1")] == ["basics/first", "practice/second"]
    assert [scene.id for scene in content.scenarios_with("C1")][:2] == ["open-1-a", "open-2-a"]
