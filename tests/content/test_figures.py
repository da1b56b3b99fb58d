"""The rule as a ladder, in its three sizes, and the groups of signs: in lessons and beside scenes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.content import small
from tests.content.small import LESSON_FILE, edit, only, read
from tests.support import Visitor, closed_up
from trainer.content.figures import draw_ladder
from trainer.content.own_words import SOURCE, own_words

PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 74 74"><path d="M0 0h74v74H0z" fill="#cfdfdc"/></svg>'


def drawn(folder: Path, rule: str | None = None, **options: str) -> str:
    return str(draw_ladder(read(folder).vocabulary, own_words(SOURCE), rule, **options))  # type: ignore[arg-type]


def lesson(folder: Path) -> str:
    return str(next(iter(read(folder).courses["recognize"].lessons)).html)


def test_each_rung_says_what_was_seen_and_what_to_do_and_the_last_is_a_question(folder: Path) -> None:
    text = drawn(folder)
    rungs = re.findall(r'<li class="rung (\w+)"><span class="n">(\d)</span>.*?</span>([^<]+)</span> .*?>([^<]+)<', text)
    assert rungs == [
        ("up", "1", "Danger now", "Call"),
        ("up", "2", "One strong sign", "Report"),
        ("up", "3", "Two medium signs", "Report"),
        ("mid", "4", "One medium sign", "Note it"),
        ("no", "5", "Weak signs", "Nothing"),
        ("gate", "6", "Before any report", "Ask"),
    ]
    assert [rung.count("<svg") for rung in text.split("<li")[1:]] == [1, 1, 2, 1, 3, 1]
    assert "aria-current" not in text


@pytest.mark.parametrize(("rule", "place"), [("danger-now", 1), ("one-medium", 4), ("weak-only", 5), ("no-sign", 5)])
def test_one_line_is_lit_and_told_in_every_size(folder: Path, rule: str, place: int) -> None:
    for size in ("full", "narrow"):
        lit = re.findall(
            r'<li class="rung \w+ lit" aria-current="true"><span class="n">(\d)', drawn(folder, rule, size=size)
        )
        assert lit == [str(place)]
    small_one = drawn(folder, rule, size="small")
    assert small_one.count("<rect") == 1
    assert f'role="img" aria-label="Line {place} of 6"' in small_one
    assert f"<b>Line {place}: " in small_one


def test_a_rule_that_is_no_longer_there_lights_nothing(folder: Path) -> None:
    assert "aria-current" not in drawn(folder, "gone")
    assert drawn(folder, "gone", size="small") == ""


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("[weak-only, no-sign]", "[weak-only]", '"no-sign" stands 0 times on the ladder. Put it on one rung.'),
        ("[weak-only, no-sign]", "[weak-only, no-sign, one-strong]", '"one-strong" stands 2 times on the ladder.'),
        ("{seen: Before", "{rules: [later], seen: Before", '"rules" can\'t be "later". Use one of: danger-now,'),
    ],
)
def test_each_line_of_the_rule_is_on_one_rung(folder: Path, old: str, new: str, complaint: str) -> None:
    edit(folder, "vocabulary.yaml", old, new)
    assert complaint in only(folder)


def test_a_lesson_shows_the_ladder_and_takes_longer_for_its_words(folder: Path) -> None:
    before = next(iter(read(folder).courses["recognize"].lessons)).seconds
    put_into_lesson(folder, "::: ladder\n:::")
    shown = next(iter(read(folder).courses["recognize"].lessons))
    assert shown.html.count('<li class="rung') == 6
    words = re.sub("<[^>]+>", " ", drawn(folder)).split()
    assert shown.seconds == pytest.approx(before + len(words) * 60 / 200)


def test_a_lesson_shows_the_groups_of_signs_with_their_pictures(folder: Path) -> None:
    small.put(folder, "pictures/group.svg", PICTURE)
    edit(folder, "indicators.yaml", "letter: A", "letter: A\n    picture: group")
    put_into_lesson(folder, "::: groups\n:::")
    page = lesson(folder)
    assert re.search(r'<ul class="x groups"><li><svg class="art" viewBox="0 0 74 74"[^>]*>.*?</svg><span>', page)
    edit(folder, "indicators.yaml", "picture: group", "picture: gone")
    assert 'there is no picture "gone"' in only(folder)


def test_a_box_that_is_drawn_holds_no_words(folder: Path) -> None:
    put_into_lesson(folder, "::: ladder\nRead it.\n:::")
    assert 'the box "ladder" holds words' in only(folder)


def test_a_group_in_the_list_of_signs_has_its_picture(visitor: Visitor) -> None:
    page = closed_up(visitor.get("/indicators").text)
    assert '<h2 class="gicon h3"><svg class="art"' in page.partition("<span>Free to move (")[0]
    assert '<h2 class="gicon h3"><span>Papers and money (' in page


def put_into_lesson(folder: Path, box: str) -> None:
    path = folder / LESSON_FILE
    path.write_text(path.read_text().replace("::: recap", f"{box}\n\n::: recap"))
