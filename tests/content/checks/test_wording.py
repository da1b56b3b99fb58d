"""Words that we don't use."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.content import small
from tests.content.checks.spoiling import add
from tests.content.small import CONCERN_FILE, COURSE_FILE, LESSON_FILE, NO_CONCERN_FILE, edit, only

BANNED = [
    "a prostitute", "child prostitutes", "a PIMP", "the hooker", "modern slaves", "a rescue", "rescued", "saved them",
    "save people", "saving lives", "illegal alien", "in your backyard", "hot spot", "hotspots", "hot\nspot", "*pimp*",
]  # fmt: skip


@pytest.mark.parametrize("word", BANNED)
def test_banned_words_are_refused_in_bodies(folder: Path, word: str) -> None:
    add(folder, f"Text with {word} in it.")
    assert "is a word that we do not use. " in only(folder)


@pytest.mark.parametrize(
    ("name", "old"),
    [
        (CONCERN_FILE, "About reporting."),
        (NO_CONCERN_FILE, "It may be late."),
        (CONCERN_FILE, "Room 214"),
        ("glossary.yaml", "One contact with the hotline."),
        ("help/us.yaml", "National hotline"),
        ("indicators.yaml", "Kept safe on request"),
        (COURSE_FILE, "A short course."),
        (LESSON_FILE, "Tell a signal from a case"),
        ("sources.yaml", "Another report"),
    ],
)
def test_banned_words_are_refused_in_every_text_that_is_shown(folder: Path, name: str, old: str) -> None:
    line = small.line_of(folder, name, old)
    edit(folder, name, old, "About a pimp")
    assert only(folder).startswith(f'content/{name}:{line}: "pimp" is a word that we do not use. ')


@pytest.mark.parametrize(
    "text",
    ["[[the crime of prostitute]]", "Save the notes.", "save time", "modern slavery", "a hot room", "pimple", "hooked",
     "[a](https://example.org/rescue-hooker)", "the back yard"],
)  # fmt: skip
def test_other_words_pass(folder: Path, text: str) -> None:
    add(folder, text)
    small.read(folder)


def test_exempt_words_in_a_text_of_the_head_are_shown_without_their_marks(folder: Path) -> None:
    edit(folder, "glossary.yaml", "One contact with the hotline.", "'The [[rescue]] law.'")
    assert small.read(folder).terms["signal"].meaning == "The rescue law."


def test_a_scene_calls_nobody_a_victim(folder: Path) -> None:
    edit(folder, CONCERN_FILE, "You stand at the desk.", "You see the victim.")
    assert '"the victim" is a word that we do not use' in only(folder)
    edit(folder, CONCERN_FILE, "You see the victim.", "You see victims.")
    small.read(folder)


def test_the_vocabulary_says_which_words_are_banned(folder: Path) -> None:
    edit(folder, "vocabulary.yaml", "  - pimp|pimps\n", "  - con man|men\n")
    add(folder, "A pimp.")
    small.read(folder)
    add(folder, "Two con\nmen.")
    assert '"con men" is a word that we do not use' in only(folder)


@pytest.mark.parametrize("apostrophe", ["'", "’"])
def test_a_banned_word_is_found_whichever_apostrophe_it_has(folder: Path, apostrophe: str) -> None:
    edit(folder, "vocabulary.yaml", "  - pimp|pimps\n", "  - the boss's girl\n")
    add(folder, f"She is the boss{apostrophe}s girl.")
    assert "is a word that we do not use" in only(folder)


@pytest.mark.parametrize("phrase", ["'|'", "'a||b'", "'a  b'", "'a |b'", "' a'"])
def test_a_phrase_that_could_match_nothing_is_refused(folder: Path, phrase: str) -> None:
    edit(folder, "vocabulary.yaml", "- pimp|pimps", f"- {phrase}")
    assert "Put single spaces between words, and write forms of one word as" in only(folder)
