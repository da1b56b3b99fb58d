"""Courses and modules: in order, with lessons and a core path, and with finals that can be drawn and passed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations, pairwise

from trainer.content.checks.core import check_core
from trainer.content.checks.pairs import count_pairs
from trainer.content.curriculum import CourseFile, Final, PassBounds, Pretest
from trainer.content.folder import CourseFolder, Entry, Folder, ModuleFolder
from trainer.content.schema import Pool
from trainer.content.times import lesson_seconds


def check_courses(folder: Folder) -> None:
    """Check that each course lists its modules in order, and that its assessments can be drawn and passed."""
    for name, course in folder.courses.items():
        if course.file:
            editions = [there.courses[name] for there in folder.regions.values() if name in there.courses]
            _check_module_order(course, course.file, editions)
            _check_named_lessons(course, course.file)
            check_core(course, course.file, editions)
            _check_assessments(folder, course, course.file)
    _check_achievements([course.file for course in folder.courses.values() if course.file])


def _check_achievements(entries: Sequence[Entry[CourseFile]]) -> None:
    """Check that courses certify the same in words exactly if tries at their finals count together."""
    for first, other in combinations(entries, 2):
        is_same = first.value.achievement_id == other.value.achievement_id
        if is_same and first.value.achievement != other.value.achievement:
            other.refuse(
                "achievement_id",
                f'"{other.value.achievement_id}" certifies something else in {first.path}',
                "Give the same achievement, or another id.",
            )
        elif not is_same and first.value.achievement == other.value.achievement:
            other.refuse(
                "achievement_id",
                f"the achievement is that of {first.path}, which has another id: tries would count apart",
                f'Write "{first.value.achievement_id}", or say what else this course certifies.',
            )


def check_modules(folder: Folder) -> None:
    """Check that each module has a lesson, one to choose from more than one, and the picture that it names."""
    for course in folder.courses.values():
        for module in course.modules.values():
            _check_module(folder, module)


def _check_module(folder: Folder, module: ModuleFolder) -> None:
    lessons = len(module.lessons) + module.broken_lessons
    if not lessons:
        folder.complaints.error(module.path, 1, "the module has no lesson", "Add one, such as 01-first.md.")
    if module.file and module.file.value.choose_one and lessons < 2:
        module.file.refuse("choose_one", "there is nothing to choose from", "Add a lesson.")
    picture = module.file.value.picture if module.file else None
    if module.file and picture and not folder.knows("picture", picture):
        module.file.refuse(
            "picture", f'there is no picture "{picture}"', f"Add pictures/{picture}.svg, or correct the name."
        )
    for lesson in module.lessons.values():
        own = lesson.value.picture
        if own and not folder.knows("picture", own):
            lesson.refuse("picture", f'there is no picture "{own}"', f"Add pictures/{own}.svg, or correct the name.")


def _check_module_order(course: CourseFolder, entry: Entry[CourseFile], editions: Iterable[CourseFolder]) -> None:
    listed = entry.value.modules
    for index, slug in enumerate(listed):
        line = entry.line("modules", index)
        if not any(slug in edition.modules for edition in editions):
            entry.refuse(line, f'module "{slug}" has no folder', "Add it, or take it off the list.")
        elif slug in listed[:index]:
            entry.refuse(line, f'module "{slug}" is listed twice', "Take one out.")
    for module in course.modules.values():
        if module.slug not in listed:
            entry.refuse("modules", f'module "{module.slug}" is not listed', "Add it to the modules.")
    present = [course.modules[slug] for slug in listed if slug in course.modules]
    for earlier, later in pairwise(present):
        if later.number < earlier.number:
            entry.refuse(
                "modules",
                f'"{later.slug}" comes after "{earlier.slug}" but its folder has a smaller number',
                "Put the list in the order of the folders.",
            )


def _check_named_lessons(course: CourseFolder, entry: Entry[CourseFile]) -> None:
    modules = course.modules.values()
    known = {f"{module.slug}/{slug}" for module in modules for slug in module.lessons}
    for key in ("rule_lesson", "steps_lesson"):
        lesson = getattr(entry.value, key)
        if lesson and lesson not in known and not any(module.broken_lessons for module in modules):
            entry.refuse(key, f'the course has no lesson "{lesson}"', "Give a lesson of this course, as module/lesson.")


def _check_assessments(folder: Folder, course: CourseFolder, entry: Entry[CourseFile]) -> None:
    value = entry.value
    _check_final(folder, entry, value.final)
    _check_draw(entry, "first_try", value.first_try.scenes, count_pairs(folder, Pool.OPEN), "open")
    if value.check_ins is not None:
        pairs = count_pairs(folder, Pool.OPEN) + count_pairs(folder, Pool.CHECK_IN)
        _check_draw(entry, "check_ins", value.check_ins.scenes, pairs, "open and check-in")
    _check_draw(entry, "practice", value.practice.scenes, count_pairs(folder, Pool.OPEN), "open")
    if value.pretest:
        _check_draw(entry, "pretest", value.pretest.scenes, count_pairs(folder, Pool.PRETEST), "pretest")
        _check_known(entry, value.pretest)
    _check_least_minutes(course, entry)


def _check_final(folder: Folder, entry: Entry[CourseFile], final: Final) -> None:
    """Check that each stage can be drawn, can be passed, and isn't passed by whoever reports all or nothing."""
    pairs = count_pairs(folder, Pool.RESERVED)
    scenes = to_report = innocent = 0
    for index, stage in enumerate(final.stages):
        where = ("final", "stages", index)
        if stage.scenes % 2 and None in (stage.fewest_to_report, stage.most_to_report):
            entry.refuse((*where, "scenes"), f"{stage.scenes} scenes can't be half and half", "Give an even number.")
        fewest, most, danger = stage.least_to_report, stage.largest_to_report, stage.shown_danger
        if not danger <= fewest <= most <= stage.scenes:
            entry.refuse(
                where,
                f"{fewest} to {most} scenes to report, {danger} of them danger now, don't fit {stage.scenes} scenes",
                "Correct the numbers.",
            )
        scenes, to_report, innocent = scenes + stage.scenes, to_report + fewest, innocent + stage.scenes - most
        for name, bounds in (("first_try", stage.first_try), ("later_tries", stage.later_tries)):
            if bounds is not None:
                _check_bounds(entry, (*where, name), bounds, scenes, to_report, innocent)
    if scenes > pairs:
        entry.refuse(
            ("final", "stages"),
            f"{scenes} scenes are drawn, one from each pair, but the reserved pool has {pairs} pairs",
            "Add pairs or draw fewer.",
        )
    elif 2 * scenes > pairs and folder.site and folder.site.value.bank:
        entry.warn(
            ("final", "stages"),
            f"{scenes} scenes are drawn, and the reserved pool has {pairs} pairs: a second try meets some again",
            f"Have {2 * scenes} pairs or more.",
        )


def _check_bounds(
    entry: Entry[CourseFile],
    where: tuple[str | int, ...],
    bounds: PassBounds,
    scenes: int,
    to_report: int,
    innocent: int,
) -> None:
    if bounds.missed_at_most >= to_report:
        entry.refuse(
            (*where, "missed_at_most"), "someone who reports nothing would pass", f"Allow fewer than {to_report}."
        )
    if bounds.over_reported_at_most >= innocent:
        entry.refuse(
            (*where, "over_reported_at_most"),
            "someone who reports everything would pass",
            f"Allow fewer than {innocent}.",
        )
    if bounds.good_first_steps_at_least > scenes:
        entry.refuse(
            (*where, "good_first_steps_at_least"),
            f"nobody can pass: there are only {scenes} scenes",
            f"Ask for at most {scenes}.",
        )


def _check_known(entry: Entry[CourseFile], pretest: Pretest) -> None:
    """Check that nobody is taken to know a course by answering all scenes alike, and that someone can be."""
    knows, half = pretest.knows, pretest.scenes // 2
    if knows and not half < knows.right <= pretest.scenes:
        entry.refuse(
            ("pretest", "knows", "right"),
            f"answering all {pretest.scenes} scenes alike gets {half} right, and nobody gets more than all",
            f"Give a number from {half + 1} to {pretest.scenes}.",
        )


def _check_least_minutes(course: CourseFolder, entry: Entry[CourseFile]) -> None:
    """Check that someone who reads half as fast again as the pages assume has the minutes by reading the core path."""
    modules = course.modules.values()
    if any(module.file is None or module.broken_lessons for module in modules):
        return
    seconds = sum(_core_seconds(module) for module in modules)
    most = int(seconds * 2 / 3 / 60)
    if entry.value.least_minutes > most:
        entry.refuse(
            "least_minutes",
            f"the core path takes about {round(seconds / 60)} min, and people who read fast need two thirds of that",
            f"Ask for at most {most}.",
        )


def _core_seconds(module: ModuleFolder) -> float:
    """Return how long a module of the core path takes to read; of a choice, its shortest lesson."""
    if module.file is None or module.file.value.deeper:
        return 0
    each = [lesson_seconds(lesson.body, lesson.value.items) for lesson in module.lessons.values()]
    return min(each, default=0) if module.file.value.choose_one else sum(each)


def _check_draw(entry: Entry[CourseFile], key: str, scenes: int, pairs: int, pool: str) -> None:
    line = entry.line(key, "scenes")
    if scenes % 2:
        entry.refuse(line, f"{scenes} scenes can't be half and half", "Give an even number.")
    if scenes > pairs:
        entry.refuse(
            line,
            f"{scenes} scenes are drawn, one from each pair, but the {pool} pool has {pairs} pairs",
            "Add pairs or draw fewer.",
        )
