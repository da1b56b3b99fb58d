"""Every page of it opens, and a page says what the app promises on others."""

from __future__ import annotations

import re
from html import unescape

import pytest

from tests.content.mutations import check_content
from tests.learning.public import public_pages, public_papers
from tests.shipped.conftest import SHIPPED
from tests.support import Visitor
from trainer.content.library import Library


def test_all_of_it_is_loaded_and_each_page_opens(visitor: Visitor, shelf: Library) -> None:
    check_content(SHIPPED, shelf.content)
    for path in {*public_pages(shelf), *public_papers(shelf)} - {"/verify/AAAAA", "/nothing-here"}:
        assert visitor.get(path, follow_redirects=True).status_code == 200, path


@pytest.mark.check("T150")
def test_the_page_on_leaving_says_what_stays_what_is_lost_and_what_is_safer(visitor: Visitor) -> None:
    page = re.sub(r"<[^>]+>", "", unescape(visitor.get("/leaving").text).split("<main")[1]).replace("’", "'")
    for what in (
        r"can't clear your browser's history",
        r"forget this device",
        r"sign in again later",
        r"you can't get back to it",
        r"file you saved",
        r"private window",
        r"device that the other person can't open",
        r"You can read everything without",
        r"call 911",
    ):
        assert re.search(what, page), what


def test_a_telephone_number_in_the_glossary_stays_in_one_line(visitor: Visitor, shelf: Library) -> None:
    told = [one for one in shelf.content.terms.values() if "1-888-373-7888" in one.meaning]
    assert told
    assert visitor.get("/glossary").text.count('<span class="nb">1-888-373-7888</span>.') >= len(told)
    course, lesson = next(
        (course.slug, lesson.id)
        for course in shelf.content.courses.values()
        for lesson in course.lessons
        if told[0] in lesson.words
    )
    words = visitor.get(f"/courses/{course}/{lesson}?open=all").text
    assert '<span class="nb">1-888-373-7888</span>' in words[words.index('<dl class="terms"') :]


def test_the_page_on_rights_is_two_taps_away_and_named_neutrally_in_the_history(visitor: Visitor) -> None:
    assert 'href="/help"' in visitor.get("/").text
    assert 'href="/rights"' in visitor.get("/help").text
    page = visitor.get("/rights")
    assert re.search(r"<title>\s*Help and rights –", page.text)
    assert "<h1>If this is your life</h1>" in page.text
    assert "Set-Cookie" not in page.headers
