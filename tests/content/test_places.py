"""Where objects go: each in its place, and all of them among the entries."""

from __future__ import annotations

from pathlib import Path

from tests.content.small import LESSON_FILE, complaints
from trainer.content.complaints import Complaints
from trainer.content.reader import read_folder
from trainer.items.registry import MODELS


def test_two_lessons_can_have_neither_one_name_nor_one_number(folder: Path) -> None:
    text = (folder / LESSON_FILE).read_text(encoding="utf-8")
    (folder / "courses/recognize/01-basics/02-first.md").write_text(text, encoding="utf-8")
    (folder / "courses/recognize/04-practice/01-third.md").write_text(text, encoding="utf-8")
    told = "\n".join(str(complaint) for complaint in complaints(folder))
    assert '02-first.md:1: "first" is there twice. Rename this file or content/courses/recognize/01-basics/01-f' in told
    assert "01-third.md:1: two lessons have the number 01. " in told


def test_every_object_of_the_folder_is_among_its_entries(folder: Path) -> None:
    read = read_folder(folder, MODELS, Complaints())
    course = read.courses["recognize"]
    modules = course.modules.values()
    groups = (read.sources, read.terms, read.categories, read.indicators, read.pages, read.scenarios)
    entries: list[object] = [one for group in groups for one in group.values()]
    entries += [line for lines in read.help_lines.values() for line in lines.values()]
    entries += [read.site, read.vocabulary, course.file, *(module.file for module in modules)]
    entries += [lesson for module in modules for lesson in module.lessons.values()]
    assert sorted(map(id, read.entries)) == sorted(map(id, entries))
