"""Where the objects of each kind go in a folder that is being read."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from trainer.content.catalogue import HelpLine
from trainer.content.curriculum import CourseFile, ModuleFile
from trainer.content.folder import Entry, Folder, ModuleFolder
from trainer.content.kind import Parts
from trainer.content.nights import RareFile, ShiftFile
from trainer.content.parts import Part
from trainer.content.schema import LessonFile

T = TypeVar("T", bound=Part)


def among(find: Callable[[Folder], dict[str, Entry[T]]]) -> Callable[[Folder, Parts, Entry[T]], bool]:
    """Make what puts an object under its id."""
    return lambda folder, parts, entry: _put(find(folder), parts[-1], entry)


def _put(there: dict[str, Entry[T]], name: str, entry: Entry[T]) -> bool:
    """Put an object under its id. Of two with one id the first stays, unless the other is its region's."""
    if name in there and not (entry.is_regional and not there[name].is_regional):
        return False
    there[name] = entry
    return True


def only(name: str) -> Callable[[Folder, Parts, Entry[Part]], bool]:
    """Make what puts the only object of its kind in its place, by the name that it has in a folder."""

    def put(folder: Folder, parts: Parts, entry: Entry[Part]) -> bool:
        setattr(folder, name, entry)
        return True

    return put


def put_help_line(folder: Folder, parts: Parts, entry: Entry[HelpLine]) -> bool:
    """Put a help line under its region; the first of an id stays."""
    region, name = parts
    return folder.help_lines.setdefault(region, {}).setdefault(name, entry) is entry


def has_region(folder: Folder, parts: Parts) -> bool:
    """Make room for a region."""
    folder.help_lines.setdefault(parts[0], {})
    return True


def has_course(folder: Folder, parts: Parts) -> bool:
    """Make room for a course."""
    folder.course(parts[0])
    return True


def put_course(folder: Folder, parts: Parts, entry: Entry[CourseFile]) -> bool:
    """Put a course into its folder."""
    folder.courses[parts[0]].file = entry
    return True


def put_shift(folder: Folder, parts: Parts, entry: Entry[ShiftFile]) -> bool:
    """Put a practice shift into its course."""
    return folder.courses[parts[0]].shifts.setdefault(parts[1], entry) is entry


def put_rare(folder: Folder, parts: Parts, entry: Entry[RareFile]) -> bool:
    """Put a rare shift into its course."""
    folder.courses[parts[0]].rare = entry
    return True


def has_module(folder: Folder, parts: Parts) -> bool:
    """Make room for a module. False if another folder has its name."""
    return folder.module(*parts[:3]) is not None


def _module_of(folder: Folder, parts: Parts) -> ModuleFolder:
    return folder.courses[parts[0]].modules[parts[2]]


def put_module(folder: Folder, parts: Parts, entry: Entry[ModuleFile]) -> bool:
    """Put a module into its folder."""
    _module_of(folder, parts).file = entry
    return True


def put_lesson(folder: Folder, parts: Parts, entry: Entry[LessonFile]) -> bool:
    """Put a lesson into its module, where neither its name nor its number may be taken."""
    module, number, slug = _module_of(folder, parts), parts[3], parts[4]
    if slug in module.lessons:
        first = module.lessons[slug].path
        entry.refuse(1, f'"{slug}" is there twice', f"Rename this file or {first}: ids are the names.")
        return False
    for other in module.lessons.values():
        if other.path.rpartition("/")[2].startswith(f"{number}-"):
            entry.refuse(1, f"two lessons have the number {number}", f"Renumber this one or {other.path}.")
    module.lessons[slug] = entry
    return True


def lose_lesson(folder: Folder, parts: Parts) -> None:
    """Note that a module has a lesson with faults."""
    _module_of(folder, parts).broken_lessons += 1
