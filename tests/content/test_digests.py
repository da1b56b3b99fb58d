"""Digests stand on certificates: the same content has the same, whatever becomes of the code that reads it."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.assessment import rich
from tests.content import small
from tests.content.small import CONCERN_FILE, LESSON_FILE, NO_CONCERN_FILE, edit, read
from trainer.content.library import Content


def fingerprint(content: Content) -> str:
    """Hash all digests of courses, lessons, scenes and further questions by their ids."""
    digests = {f"course {slug}": course.digest for slug, course in content.courses.items()}
    for slug, course in content.courses.items():
        digests |= {f"lesson {slug}/{lesson.id}": lesson.digest for lesson in course.lessons}
    for name, scene in content.scenarios.items():
        digests[f"scene {name}"] = scene.digest
        if scene.other:
            digests[f"other {name}"] = scene.other.digest
        digests |= {f"drill {drill.id}": drill.digest for drill in scene.drills}
    return hashlib.sha256("\n".join(f"{name} {digests[name]}" for name in sorted(digests)).encode()).hexdigest()


Write = Callable[[Path], Path]


@pytest.mark.parametrize(
    ("write", "expected"),
    [
        (small.write, "e376ae6f4063dd1101632b5cc744f3a4a99af4995719cf9689bca8b696742db5"),
        (rich.write, "15541ee75fc5e6ec87de15bcaada718e0ba41a15f3d14b6abfe694db78f38305"),
    ],
)
def test_no_digest_changes_unless_the_content_does(tmp_path: Path, write: Write, expected: str) -> None:
    assert fingerprint(rich.open_library(write(tmp_path)).content) == expected


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Room 214", "Room 215"),
        ("Motel, night", "Motel, day"),
        ("Nothing graphic.", "About work."),
        ("text: Wait a week", "text: Wait a month"),
        ("id: wait", "id: later"),
        ("You stand", "You sit"),
        ("harm: confront", "harm: follow"),
        ("door: none", "door: site"),
    ],
)
def test_a_digest_changes_with_what_is_shown_or_scored(folder: Path, old: str, new: str) -> None:
    before = read(folder).scenarios["open-1-a"].digest
    for name in (CONCERN_FILE, NO_CONCERN_FILE):
        edit(folder, name, old, new)
    after = read(folder).scenarios["open-1-a"].digest
    assert len(after) == 64
    assert after != before


def test_a_digest_stays_when_only_a_rationale_or_another_scene_changes(folder: Path) -> None:
    before = read(folder)
    edit(folder, CONCERN_FILE, "About reporting.", "More about reporting.")
    edit(folder, "scenarios/open-2-a.md", "You stand", "You sit")
    after = read(folder)
    assert after.scenarios["open-1-a"].digest == before.scenarios["open-1-a"].digest
    assert after.digest != before.digest


def test_a_course_digest_follows_its_lessons(folder: Path) -> None:
    before = read(folder)
    edit(folder, "glossary.yaml", "One contact", "A contact")
    assert read(folder).courses["recognize"].digest == before.courses["recognize"].digest
    edit(folder, LESSON_FILE, "A case is more.", "A case is much more.")
    assert read(folder).courses["recognize"].digest != before.courses["recognize"].digest


def test_a_course_digest_follows_its_shift_and_the_scenes_of_its_final(folder: Path) -> None:
    digests = {read(folder).courses["recognize"].digest}
    small.add_shift(folder)
    digests.add(read(folder).courses["recognize"].digest)
    edit(folder, small.SHIFT_FILE, "You are on duty.", "You begin your night.")
    digests.add(read(folder).courses["recognize"].digest)
    edit(folder, "scenarios/reserved-1-a.md", "You stand", "You sit")
    digests.add(read(folder).courses["recognize"].digest)
    assert len(digests) == 4
    edit(folder, CONCERN_FILE, "You stand", "You sit")
    assert read(folder).courses["recognize"].digest in digests  # open scenes are no part of it


@pytest.mark.check("T132")  # there is no export: what is loaded twice, from copies made in another order, is the same
def test_the_same_content_has_the_same_digests_wherever_it_lies(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere" / "content"
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_file():
            copy = other / path.relative_to(folder)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    here, there = read(folder), read(other)
    assert [one.digest for one in there.scenarios.values()] == [one.digest for one in here.scenarios.values()]
    copied = tmp_path / "third" / "content"
    shutil.copytree(folder, copied)
    assert read(copied) == here
