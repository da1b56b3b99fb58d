"""Digests: the same content has the same on every machine, and what is changed has another."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from trainer.courses.loader import CourseFolder, Folder
from trainer.courses.schema import Pool, ScenarioFile


def course_digests(folder: Folder) -> dict[str, str]:
    """Return the digest of each course. The folder must be free of errors."""
    reserved = [
        scenario_digest(name, entry.value, entry.body.source)
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
    if course.shift:
        digest.update(course.shift.digest.encode())
    digest.update("".join(reserved).encode())
    return digest.hexdigest()


def scenario_digest(name: str, scene: ScenarioFile, narrative: str) -> str:
    """Hash what scoring rests on and what a learner sees before answering; a corrected rationale keeps the digest."""
    told = {
        "id": name,
        "narrative": narrative.strip(),
        "title": scene.title,
        "setting": scene.setting,
        "note": scene.note,
        "truth": scene.truth.value,
        "rule": scene.rule.value,
        "actions": [[a.id, a.text, a.key, a.forbidden] for a in scene.judge.actions],
    }
    text = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
