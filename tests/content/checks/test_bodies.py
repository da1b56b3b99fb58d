"""What no text may hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.content import small
from tests.content.checks.spoiling import SERIES, SERIES_FILE, add
from tests.content.small import LESSON_FILE, only


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("Some <b>bold</b> text", "there is HTML in the text"),
        ("![a](https://example.org/a.png)", "there is an image in the text"),
        ("# Big", "there is a heading of level 1"),
        ("#### Small", "there is a heading of level 4"),
        ("[a [^S1] b](page:help)", "a link is broken"),
        ("[a](page:help", "a link is broken"),
        ("[a](glossary:nothing)", 'the link "glossary:nothing" leads nowhere'),
        ("[a](indicator:Z9)", 'the link "indicator:Z9" leads nowhere'),
        ("[a](lesson:basics/nothing)", 'the link "lesson:basics/nothing" leads nowhere'),
        ("[a](page:nothing)", 'the link "page:nothing" leads nowhere'),
        ("[a](javascript:alert(1))", 'the link "javascript:alert(1)" is of no known kind'),
        ("[a](/courses)", 'the link "/courses" is of no known kind'),
        ("::: stories\nA\n:::", 'no box is called "stories"'),
        ("::: story\nA", 'the box "story" is not closed'),
        ("::: reveal\nA\n:::", 'the box "reveal" has no title'),
        ("::: story\n:::", 'the box "story" is empty'),
        ("::::", '":::" closes no box'),
        ("- a\n  ::: story", '":::" stands inside a list or paragraph'),
        ("::: choose Q\n- [x] a => b\n- [ ] c\n:::", 'an option of "choose" is incomplete'),
        ("::: choose Q\n- [x] a => b\n:::", '"choose" needs two options or more'),
        ("::: choose Q\n- [ ] a => b\n- [ ] c => d\n:::", '"choose" needs two options or more, and a right one'),
        ("A claim.[^N9]", 'source "N9" is cited but not listed'),
    ],
)
def test_a_lesson_may_not_hold(folder: Path, text: str, complaint: str) -> None:
    line = add(folder, text)
    line += {"- a\n  ::: story": 1, "::: choose Q\n- [x] a => b\n- [ ] c\n:::": 2}.get(text, 0)
    assert only(folder).startswith(f"content/{LESSON_FILE}:{line}: {complaint}")


def test_a_chart_shows_a_series_that_is_there(folder: Path) -> None:
    line = add(folder, "::: chart calls\n:::")
    assert only(folder).startswith(f'content/{LESSON_FILE}:{line}: there is no series "calls". Add statistics/')
    small.put(folder, SERIES_FILE, SERIES)
    assert "<figure" in small.read(folder).courses["recognize"].lessons[0].html
