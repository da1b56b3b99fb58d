"""Words that speak of most or all: what is one, and where its source must stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.content import small
from tests.content.checks.spoiling import add, told
from tests.content.small import LESSON_FILE
from trainer.content.checks.sweeping import find_sweeping

WARNED = "has no source. Cite one in the same paragraph, item or row, say less, or mark it with [[...]]"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Most guards guess wrong.", "Most"),
        ("That is so for most of them.", "most"),
        ("Nobody knows.", "Nobody"),
        ("They come back every time.", "every time"),
        ("They come back every\ntime.", "every time"),
        ('"Yes," say most guards.', "most"),
    ],
)
def test_these_speak_of_most_or_all(text: str, word: str) -> None:
    assert find_sweeping(text) == word


@pytest.mark.parametrize(
    "text",
    [
        "Miss at most two.", "At most one may do harm.", "That is the most common one.", "Most likely the teacher.",
        "Which helps you most?", "It is missed most, too.", "Almost all of it.", "Many guards.", "Every day.",
        'He says, "Nobody makes me."', "He says, “Most people do.”",
    ],
)  # fmt: skip
def test_these_do_not(text: str) -> None:
    assert find_sweeping(text) is None


@pytest.mark.parametrize(
    "text",
    ["Most guards guess.", "- one\n- nobody asks", "| a |\n|---|\n| every time |", "::: reveal Why?\nMost do.\n:::"],
)
def test_such_a_word_without_a_source_is_a_warning(folder: Path, text: str) -> None:
    add(folder, text)
    assert WARNED in told(folder)
    small.read(folder)  # and no error


def test_the_warning_names_the_line_and_the_word(folder: Path) -> None:
    line = add(folder, "Most guards guess.")
    assert f'content/{LESSON_FILE}:{line}: "Most" {WARNED}' in told(folder)


@pytest.mark.parametrize(
    "text",
    [
        "Most guards guess.[^S1]",
        "- Most guards guess.[^S1]",
        "| a[^S1] |\n|---|\n| most guards |",
        "[[Most]] guards guess.",
        "A post where [[nobody]] relieves you.",
        "::: story\nNobody came.\n:::",
        "## What most guards see",
    ],
)
def test_with_a_source_a_mark_or_in_a_story_it_passes(folder: Path, text: str) -> None:
    add(folder, text)
    assert WARNED not in told(folder)


def test_an_option_may_say_it_and_its_reason_may_not(folder: Path) -> None:
    small.edit(folder, LESSON_FILE, "Follow the car =>", "Follow, as most people do =>")
    small.edit(folder, LESSON_FILE, "How many people", "How many of most people")
    assert WARNED not in told(folder)
    small.edit(folder, LESSON_FILE, "that puts people in danger", "that puts most people in danger")
    assert WARNED in told(folder)
