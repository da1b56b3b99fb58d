"""`CHANGELOG.md`: each course has an entry for its version."""

from __future__ import annotations

from trainer.content.digests import course_digests
from trainer.content.folder import Folder
from trainer.content.history import SHOWN, Change


def check_changes(folder: Folder) -> None:
    """Hold each course against the newest entry that speaks of it."""
    if folder.changes is None or folder.complaints.has_errors:
        return
    digests = course_digests(folder)
    for change in folder.changes:
        if not change.points:
            folder.refuse("CHANGELOG.md", change.line, "the entry has no point", 'Say what changed: "- ...".')
        if change.course not in folder.courses:
            folder.refuse("CHANGELOG.md", change.line, f'there is no course "{change.course}"', "Correct its name.")
        _check_top_up(folder, change)
    for slug, course in folder.courses.items():
        assert course.file is not None  # there are no errors
        version = course.file.value.version
        newest = next((change for change in folder.changes if change.course == slug), None)
        if newest is None or newest.version != version:
            folder.refuse(
                "CHANGELOG.md",
                1,
                f"{slug} {version} has no entry",
                f'Add "## {slug} {version}", its digest line and its points.',
            )
        elif newest.digest is None:
            folder.warn(
                "CHANGELOG.md", newest.line, f"{slug} {version} isn't published", 'Run "flask content publish".'
            )
        elif newest.digest != digests[slug][:SHOWN]:
            folder.warn(
                "CHANGELOG.md",
                newest.line,
                f"{slug} has changed since {version} was published",
                "If it matters to someone who passed, raise the version and add an entry above.",
            )


def _check_top_up(folder: Folder, change: Change) -> None:
    top_up, course = change.top_up, folder.courses.get(change.course)
    if top_up is None or course is None:
        return
    there = {f"{module}/{lesson}" for module in course.modules for lesson in course.modules[module].lessons}
    for number, lesson in enumerate(top_up.lessons):
        if lesson not in there:
            remedy = "Name a lesson as MODULE/LESSON, without the numbers."
            folder.refuse("CHANGELOG.md", top_up.line, f'{change.course} has no lesson "{lesson}"', remedy)
        elif lesson in top_up.lessons[:number]:
            folder.refuse("CHANGELOG.md", top_up.line, f'"{lesson}" is there twice', "Name each lesson once.")
    if change.published_on is not None and top_up.by <= change.published_on:
        remedy = "Give people who have passed some weeks."
        folder.refuse("CHANGELOG.md", top_up.line, "the day comes before the version was published", remedy)
