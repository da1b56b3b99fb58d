"""Lessons: how they open, end, and what they list."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.content import small
from tests.content.checks.spoiling import told
from tests.content.small import LESSON_FILE, edit, only


def test_a_lesson_may_not_list_or_teach_what_is_not_there(folder: Path) -> None:
    edit(folder, LESSON_FILE, "sources: [S1, N2]", "sources: [S1, N2, S77]")
    edit(folder, LESSON_FILE, "indicators: [A1, C1, C2, C5]", "indicators: [A1, C1, C2, C5, H8]")
    assert f'{LESSON_FILE}:7: no source is called "S77"' in told(folder)
    assert f'{LESSON_FILE}:6: no indicator is called "H8"' in told(folder)


def test_a_listed_source_need_not_be_cited(folder: Path) -> None:
    assert "[^N2]" not in small.LESSON
    small.read(folder)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("::: ask\nHow many people is a signal?\n:::\n", "", 'a lesson begins with its one "ask"'),
        ("::: ask\n", "Before.\n\n::: ask\n", 'a lesson begins with its one "ask"'),
        ("## What", "::: ask\nAgain?\n:::\n\n## What", 'a lesson begins with its one "ask"'),
        ("::: recap\n- A signal is one contact.\n- A case is more.\n:::\n", "", 'a lesson ends with its one "recap"'),
        ("- A case is more.\n:::", "- A case is more.\n:::\n\nAfter.", 'a lesson ends with its one "recap"'),
        ("::: choose What would you do?\n", "::: callout What\n", "there is nothing to do in the lesson"),
    ],
)
def test_a_lesson_opens_with_a_question_does_something_and_ends_with_a_recap(
    folder: Path, old: str, new: str, complaint: str
) -> None:
    edit(folder, LESSON_FILE, old, new)
    assert complaint in only(folder)
