"""The core path of a course: it is there, and those who read the lessons that it came from have read it."""

from __future__ import annotations

from trainer.content.curriculum import CourseFile
from trainer.content.folder import CourseFolder, Entry, ModuleFolder
from trainer.content.schema import LessonFile


def check_core(course: CourseFolder, entry: Entry[CourseFile], editions: list[CourseFolder]) -> None:
    """Check that a course asks for some of its lessons, and which earlier lessons these came from. Those may be of any
    region: `editions`, the course as each has it."""
    modules = [course.modules[slug] for slug in entry.value.modules if slug in course.modules]
    if any(module.file is None for module in modules):
        return  # there is no telling which of them go deeper
    core = [module for module in modules if not _goes_deeper(module)]
    if modules and not core:
        entry.refuse(
            "modules", "all modules go deeper, and nothing is left to learn", 'Take "deeper" out of those to be read.'
        )
    _check_earlier(editions, core)
    for module in modules:
        if _goes_deeper(module):
            _refuse_earlier(module)
        elif len(core) < len(modules) and not _is_choice(module):
            _warn_of_new(module)


def _check_earlier(editions: list[CourseFolder], core: list[ModuleFolder]) -> None:
    modules = [module for course in editions for module in course.modules.values()]
    known = {f"{module.slug}/{slug}" for module in modules for slug in module.lessons}
    is_whole = not any(module.broken_lessons for module in modules)
    required = {f"{module.slug}/{slug}" for module in core for slug in module.lessons}
    named: dict[str, Entry[LessonFile]] = {}
    for module in core:
        for lesson in module.lessons.values():
            for index, earlier in enumerate(lesson.value.was):
                at = ("was", index)
                if earlier not in known and is_whole:
                    lesson.refuse(
                        at, f'the course has no lesson "{earlier}"', "Give a lesson of this course, as module/lesson."
                    )
                elif earlier in required:
                    lesson.refuse(
                        at,
                        f'"{earlier}" is on the core path itself',
                        "Give a lesson of a module that goes deeper, or take it out.",
                    )
                elif earlier in named:
                    lesson.refuse(
                        at,
                        f'"{earlier}" is named twice, also in {named[earlier].path}',
                        "Name it once: reading one lesson stands for one.",
                    )
                named.setdefault(earlier, lesson)


def _refuse_earlier(module: ModuleFolder) -> None:
    for lesson in module.lessons.values():
        if lesson.value.was:
            lesson.refuse("was", "the lesson is optional, so nothing stands for reading it", 'Take "was" out.')


def _warn_of_new(module: ModuleFolder) -> None:
    for lesson in module.lessons.values():
        if not lesson.value.was:
            lesson.warn(
                1,
                "no earlier lesson stands for this one, so people who had read all of them must read it",
                'Name the lessons that it came from in "was".',
            )


def _goes_deeper(module: ModuleFolder) -> bool:
    return module.file is not None and module.file.value.deeper


def _is_choice(module: ModuleFolder) -> bool:
    return module.file is not None and module.file.value.choose_one
