"""The list of what changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.content import small
from tests.content.small import LESSON_FILE, complaints, edit, only

CHANGES_FILE = "CHANGELOG.md"


ENTRY = "# Changes\n\n## recognize 1.0\ndigest: none yet\n- First.\n"


def told_of_changes(folder: Path) -> list[str]:
    return [str(one) for one in complaints(folder) if one.path == f"content/{CHANGES_FILE}"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", '1: recognize 1.0 has no entry. Add "## recognize 1.0", its digest line and its points.'),
        (ENTRY.replace("1.0", "0.9"), "1: recognize 1.0 has no entry. "),
        (f"{ENTRY.replace('1.0', '0.9')}\n{ENTRY}", "1: recognize 1.0 has no entry. "),  # the newest stands first
        (ENTRY.replace("- First.\n", ""), '3: the entry has no point. Say what changed: "- ...".'),
        (f"{ENTRY}\n## other 1.0\ndigest: none yet\n- a\n", '7: there is no course "other". Correct its name.'),
        (ENTRY.replace("digest: none yet\n", ""), '3: the entry "recognize 1.0" has no line with its digest. '),
    ],
)
def test_each_course_has_an_entry_for_its_version(folder: Path, text: str, complaint: str) -> None:
    small.put(folder, CHANGES_FILE, text)
    assert only(folder).startswith(f"content/{CHANGES_FILE}:{complaint}")


@pytest.mark.parametrize(
    ("lessons", "stamp", "complaint"),
    [
        ("start/nothing", "none yet", '5: recognize has no lesson "start/nothing". Name a lesson as MODULE/'),
        ("LESSON, LESSON", "none yet", '5: "LESSON" is there twice. Name each lesson once.'),
        ("LESSON", "0123456789ab (published 2030-01-31)", "5: the day comes before the version was published. "),
    ],
)
def test_a_top_up_names_lessons_of_the_course_and_a_day_to_come(
    folder: Path, lessons: str, stamp: str, complaint: str
) -> None:
    lesson = small.read(folder).courses["recognize"].lessons[0].id
    line = f"top-up: {lessons} by 2030-01-31\n- First.\n".replace("LESSON", lesson)
    small.put(folder, CHANGES_FILE, ENTRY.replace("none yet", stamp).replace("- First.\n", line))
    expected = "content/CHANGELOG.md:" + complaint.replace("LESSON", lesson, 1)
    assert [told for told in map(str, complaints(folder)) if told.startswith(expected)]


def test_an_entry_that_is_not_published_or_not_of_this_content_is_a_warning(folder: Path) -> None:
    small.put(folder, CHANGES_FILE, ENTRY)
    assert told_of_changes(folder) == [
        'content/CHANGELOG.md:3: recognize 1.0 isn\'t published. Run "flask content publish".'
    ]
    digest = small.read(folder).courses["recognize"].digest
    edit(folder, CHANGES_FILE, "none yet", f"{digest[:12]} (published 2026-11-24)")
    assert told_of_changes(folder) == []
    edit(folder, LESSON_FILE, "A case is more.", "A case is much more.")
    assert [line.partition(". ")[0] for line in told_of_changes(folder)] == [
        "content/CHANGELOG.md:3: recognize has changed since 1.0 was published"
    ]
    assert {one.level for one in complaints(folder)} == {"warning"}
