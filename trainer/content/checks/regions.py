"""Regions: what they may have of their own, and what must be the same for readers of all of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from trainer.content import markdown
from trainer.content.folder import CourseFolder, Entry, Folder
from trainer.content.numbers import without_numbers
from trainer.content.schema import LessonFile

_SAME = "What is learned, asked and scored is the same for readers of all regions: change the words alone."


def check_region(folder: Folder) -> None:
    """Check that a region has the same lessons, questions and scenes as all others, but for optional lessons."""
    if folder.region is None:
        return
    for name, scene in folder.scenarios.items():
        if scene is not folder.nation.scenarios.get(name) and scene.value.region is None:
            what = f"the scene has another text for readers of {folder.region}"
            scene.refuse(1, what, 'Name a help line that is the same for all, or give the scene a "region".')
    for course in folder.courses.values():
        _check_course(course, folder.nation.courses.get(course.slug))
    _warn_of_standing_in(folder)


def _check_course(course: CourseFolder, base: CourseFolder | None) -> None:
    for slug, module in course.modules.items():
        other = base.modules.get(slug) if base else None
        goes_deeper = module.file is not None and module.file.value.deeper
        if other is None or other.file is None:
            if module.file and not goes_deeper:
                module.file.refuse("title", "a region can't add to the core path", 'Write "deeper: true".')
            continue
        if module.file:
            for key in ("deeper", "choose_one"):
                if getattr(module.file.value, key) != getattr(other.file.value, key):
                    module.file.refuse(key, f'"{key}" differs from {other.file.path}', _SAME)
        for name, lesson in module.lessons.items():
            if name in other.lessons:
                _check_lesson(lesson, other.lessons[name])
            elif not goes_deeper:
                lesson.refuse(1, "a region can't add to the core path", "Put it into a module that goes deeper.")


def _check_lesson(lesson: Entry[LessonFile], base: Entry[LessonFile]) -> None:
    """Check that a lesson in other words asks the same, in the same order."""
    if lesson.is_regional and _items(lesson) != _items(base):
        lesson.refuse("items", f"its questions differ from those of {base.path}", _SAME)
    elif list(_asked(lesson)) != list(_asked(base)):
        lesson.refuse(lesson.body.first_line, f"it asks in another order than {base.path}", _SAME)
    for key in ("was", "indicators"):
        if getattr(lesson.value, key) != getattr(base.value, key):
            lesson.refuse(key, f'"{key}" differs from {base.path}', _SAME)


def _items(lesson: Entry[LessonFile]) -> str:
    """Return all that its questions say, whatever the numbers of help lines in it."""
    return without_numbers(json.dumps(lesson.written.value.get("items"), sort_keys=True))


def _asked(lesson: Entry[Any]) -> Iterator[str]:
    return (box.title for box in markdown.boxes_in(lesson.body) if box.name == "item")


def _warn_of_standing_in(folder: Folder) -> None:
    """Warn of the roles for which a region has no line of its own though others have one."""
    others = [there.help_lines.get(there.region or "", {}) for there in folder.regions.values()]
    roles = {role for lines in others for line in lines.values() for role in line.value.stands_in_for}
    standing: dict[str, list[str]] = {}
    for role in sorted(roles & folder.lines.keys()):
        line = folder.lines[role]
        if not line.is_regional:
            standing.setdefault(line.value.id, []).append(role)
    if standing and folder.region_file:
        told = "; ".join(f"{line} for {', '.join(there)}" for line, there in standing.items())
        what = f"in {folder.region}, lines of the nation stand in: {told}"
        folder.region_file.warn(1, what, f"Add its own to help/{folder.region}.yaml once they are known.")
