"""Digests: the same content has the same on every machine, and what is changed has another."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from trainer.content.folder import CourseFolder, Folder
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
    return {slug: course_digest(course, reserved) for slug, course in folder.courses.items()}


def course_digest(course: CourseFolder, reserved: Iterable[str]) -> str:
    """Hash all that makes a course: its files in order, and the scenes its final draws from."""
    assert course.file is not None  # the checks have shown it
    digest = hashlib.sha256(course.file.digest.encode())
    for slug in course.file.value.modules:
        module = course.modules[slug]
        digest.update(module.file.digest.encode() if module.file else b"")
        digest.update("".join(lesson.digest for lesson in module.lessons.values()).encode())
    for _name, night in sorted(course.shifts.items()):
        digest.update(night.digest.encode())
    if course.rare:
        digest.update(course.rare.digest.encode())
    digest.update("".join(reserved).encode())
    return digest.hexdigest()
