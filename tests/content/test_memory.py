"""After a change, only what it touches is made anew, and all is as if everything had been."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import CONTENT
from tests.content import small
from trainer.content.library import Content, load
from trainer.content.memory import Memory
from trainer.items.registry import MODELS

LESSON = "courses/recognize/02-signs-in-combination/01-weak-and-strong.md"
CHANGES = [
    ("glossary.yaml", "One contact with", "Any contact with"),
    ("glossary.yaml", "term: Look-alike", "term: Look alike"),
    ("glossary.yaml", "also: [signals]", "also: [signals, watched]"),
    ("indicators.yaml", "name: Always watched", "name: Watched"),
    ("indicators.yaml", "name: Free to move", "name: Free to go"),
    ("vocabulary.yaml", "- {id: hotline, name: ", "- {id: hotline, name: The "),
    ("help/us.yaml", "phone: 1-888-373-7888", "phone: 1-888-555-0100"),
    ("sources.yaml", "title: A list of signs", "title: A list"),
    ("statistics/calls.yaml", "title: ", "title: All "),
    ("illustrations/side-door.svg", 'data-pin="18 40"', 'data-pin="19 40"'),
    ("courses/recognize/02-signs-in-combination/module.yaml", "title: Signs", "title: Signs together"),
    ("scenarios/plant-gate-a.md", "title: Pulled back", "title: Held back"),
    (LESSON, "title: ", "title: All "),
]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return shutil.copytree(CONTENT, tmp_path / "content")


def read(folder: Path, memory: Memory | None = None) -> Content:
    return load(folder, small.TODAY, MODELS, memory=memory)[0]


def test_whatever_is_changed_and_changed_back_all_is_as_if_it_were_read_for_the_first_time(copy: Path) -> None:
    memory, first = Memory(), read(copy)
    assert read(copy, memory) == first
    for name, old, new in CHANGES:
        path = copy / name
        before = path.read_text("utf-8")
        assert old in before, name
        path.write_text(before.replace(old, new, 1), "utf-8")
        assert read(copy, memory) == read(copy) != first, name
        path.write_text(before, "utf-8")
        assert read(copy, memory) == first, name


def test_a_lesson_that_names_a_sign_is_made_anew_with_the_list_of_signs(copy: Path) -> None:
    memory, signs, lesson = Memory(), copy / "indicators.yaml", copy / LESSON
    text = lesson.read_text("utf-8").replace("::: recap", "An ID {sign:C1.refused}.\n\n::: recap")
    lesson.write_text(text, "utf-8")
    before = read(copy, memory)
    signs.write_text(signs.read_text("utf-8").replace("asked for and refused", "asked for twice"), "utf-8")
    assert read(copy, memory) == read(copy) != before


def test_lessons_that_are_moved_have_their_new_numbers(copy: Path) -> None:
    memory = Memory()
    read(copy, memory)
    lesson = copy / LESSON
    lesson.rename(lesson.with_name("03-weak-and-strong.md"))
    assert read(copy, memory) == read(copy)


def test_what_a_change_does_not_touch_is_not_made_anew(copy: Path) -> None:
    memory = Memory()
    before = read(copy, memory)
    lesson = copy / LESSON
    lesson.write_text(lesson.read_text("utf-8").replace("title: ", "title: All ", 1), "utf-8")
    after = read(copy, memory)
    assert all(after.scenarios[name] is scene for name, scene in before.scenarios.items())
    pairs = zip(before.courses["recognize"].lessons, after.courses["recognize"].lessons, strict=True)
    assert [one.id for one, other in pairs if one is not other] == ["signs-in-combination/weak-and-strong"]
