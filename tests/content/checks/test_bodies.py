"""What no text may hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.content import small
from tests.content.checks.spoiling import SERIES, SERIES_FILE, add, told
from tests.content.small import LESSON_FILE, only
from trainer.content.library import load
from trainer.items.registry import MODELS


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
        ("[a](help:nothing)", 'the link "help:nothing" leads nowhere'),
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


DETAILS = """strength: strong
    details: [{id: refused, words: asked for and refused, strength: strong, evidence: expert}]
"""


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("A {sign:C1.lost} ID", 'C1 has no detail "lost". Use one of: C1, C1.refused; or add it to the details of C1.'),
        ("A {sign:C9.lost} ID", 'no indicator is called "C9". Correct its id.'),
        ("A {sign:} ID", 'no indicator is called "". Correct its id.'),
    ],
)
def test_a_text_names_signs_and_details_of_the_list(folder: Path, text: str, complaint: str) -> None:
    small.edit(folder, "indicators.yaml", "strength: strong\n", DETAILS)
    line = add(folder, text)
    assert only(folder).startswith(f"content/{LESSON_FILE}:{line}: {complaint}")


def test_a_named_sign_is_shown_with_its_strength_and_follows_the_list(folder: Path) -> None:
    small.edit(folder, "indicators.yaml", "strength: strong\n", DETAILS)
    add(folder, "An ID {sign:C1.refused} counts. {sign:A1} too.")
    shown = (
        '<a href="/indicators/C1">asked for and refused</a> (strong) counts. <a href="/indicators/A1">Never alone</a>'
    )
    assert f"{shown} (medium) too." in small.read(folder).courses["recognize"].lessons[0].html
    small.edit(folder, "indicators.yaml", "asked for and refused, strength: strong", "asked for, strength: weak")
    assert (
        'An ID <a href="/indicators/C1">asked for</a> (weak)' in small.read(folder).courses["recognize"].lessons[0].html
    )


def test_a_scene_names_no_sign(folder: Path) -> None:
    small.edit(folder, small.CONCERN_FILE, "You stand at the desk.", "You stand at the desk. {sign:C1}.")
    assert "there is a sign in the scene. Tell it in plain paragraphs." in told(folder)


@pytest.mark.parametrize(
    ("text", "is_warned"),
    [
        ("[Kept](indicator:C1) is a strong\nsign.", True),
        ("A weak sign is [a tattoo](indicator:C2).", True),
        ("| [Kept](indicator:C1) | Medium |\n|---|---|\n| a | b |", True),
        ("[Kept](indicator:C1) is one. A strong sign.", False),
        ("[Kept](indicator:C1) and {sign:A1}.", False),
        ("A strong sign is [an answer](page:help).", False),
        ("- [Kept](indicator:C1)\n- strong", False),
    ],
)
def test_a_strength_beside_a_sign_by_hand_is_warned_of(folder: Path, text: str, is_warned: bool) -> None:
    line = add(folder, text)
    warned = [str(one) for one in load(folder, small.TODAY, MODELS)[1] if "by hand" in str(one)]
    assert warned == is_warned * [
        f"content/{LESSON_FILE}:{line}: a strength stands beside a sign by hand. Write the sign as "
        '"{sign:C1.refused}", which shows it with its strength, or leave the strength out.'
    ]
