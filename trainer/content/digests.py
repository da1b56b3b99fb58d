"""Digests: the same content has the same on every machine, and what is changed has another."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from trainer.content.folder import Folder
from trainer.content.schema import Pool
from trainer.content.telling import SceneText


def course_digests(folder: Folder) -> dict[str, str]:
    """Return the digest of each course. The folder must be free of errors."""
    indicators = {name: entry.value for name, entry in folder.indicators.items()}
    assert folder.vocabulary is not None  # the checks have shown it
    words, drawings = folder.vocabulary.value, folder.drawings
    reserved = [
        entry.value.first.digest(SceneText(name, entry.value, entry.body, indicators, words, drawings))
        for name, entry in folder.scenarios.items()
        if entry.value.pool == Pool.RESERVED and not entry.value.retired
    ]
    return {slug: _course_digest(folder, slug, reserved) for slug in folder.courses}


def _course_digest(folder: Folder, slug: str, reserved: Iterable[str]) -> str:
    """Hash all that makes a course: its files in order, whatever the regions that have them, and the scenes its final
    draws from."""
    courses = [there.courses[slug] for there in folder.home_first if slug in there.courses]
    course = courses[0]
    assert course.file is not None  # the checks have shown it
    digest = hashlib.sha256(folder.digest_of(course.file).encode())
    for name in course.file.value.modules:
        modules = [course.modules[name] for course in courses if name in course.modules]
        digest.update("".join(folder.digest_of(module.file) for module in modules[:1] if module.file).encode())
        lessons = {lesson.name: lesson for module in modules for lesson in module.lessons.values()}
        digest.update("".join(folder.digest_of(lesson) for _name, lesson in sorted(lessons.items())).encode())
    for _name, night in sorted(course.shifts.items()):
        digest.update(folder.digest_of(night).encode())
    if course.rare:
        digest.update(folder.digest_of(course.rare).encode())
    digest.update("".join(reserved).encode())
    return digest.hexdigest()
