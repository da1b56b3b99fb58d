"""Whose numbers and laws a page shows, and how addresses keep that."""

from __future__ import annotations

import re
from copy import copy
from dataclasses import replace

import pytest
from flask import Flask

from tests.support import COURSE, Visitor
from tests.web.region_line import LESSON, shown
from trainer.app import create_app
from trainer.content.library import Library
from trainer.core.settings import Settings
from trainer.web.addresses import asking, kept_in

FARM_LAW = "207-555-0142"


@pytest.mark.parametrize(
    ("query", "region", "has_farm_law"),
    [("", "Maine", True), ("?region=us-me", "Maine", True), ("?region=us", "United States", False)],
)
def test_the_address_says_whose_numbers_a_page_shows(
    visitor: Visitor, query: str, region: str, has_farm_law: bool
) -> None:
    page = visitor.get(f"/help{query}").text
    assert shown(page) == region
    assert (FARM_LAW in page) is has_farm_law


@pytest.mark.parametrize("query", ["?region=us-zz", "?region=", "?region=%FF"])
def test_an_unknown_region_is_ignored(visitor: Visitor, query: str) -> None:
    page = visitor.get(f"/help{query}").text
    assert shown(page) == "Maine"
    assert 'href="/courses"' in page


def test_links_forms_and_redirects_keep_a_region_that_was_asked_for(visitor: Visitor) -> None:
    for path in ("/", LESSON, "/help", "/search?q=debt&region=us", "/cards", "/join"):
        page = visitor.get(path if "region" in path else f"{path}?region=us").text
        own = re.findall(r'\s(?:href|action)="(/[^"]*)"', page)
        assert [address for address in own if "region=us" not in address and not address.startswith("/static/")] == []
        asking = re.findall(r"<form(?![^>]*method=.post)[^>]*>.*?</form>", page, re.S)
        assert all(len(re.findall('name="region"', form)) == 1 for form in asking)
    answer = visitor.get("/me?region=us")
    assert answer.location == "/sign-in?next=/me?region%3Dus&region=us"


def test_without_one_no_address_names_a_region(visitor: Visitor) -> None:
    assert not re.search(r'(?:href|action)="[^"]*region=', visitor.get(LESSON).text)


def test_there_is_one_canonical_address_for_each_region(visitor: Visitor) -> None:
    found = [
        re.findall('<link rel="canonical" href="[^/]*//[^/]*([^"]*)">', visitor.get(f"/help{query}").text)
        for query in ("", "?region=us-me", "?region=us")
    ]
    assert found == [["/help"], ["/help"], ["/help?region=us"]]


@pytest.mark.parametrize("encoding", ["", "br"])
def test_a_page_from_memory_is_that_of_its_region(visitor: Visitor, encoding: str) -> None:
    accepts = {"Accept-Encoding": encoding}
    paths = ("/help", "/help?region=us", "/help?region=us-me")
    first = [visitor.get(path, headers=accepts) for path in paths]
    again = [visitor.get(path, headers=accepts) for path in paths]
    assert len({answer.headers["ETag"] for answer in first}) == 3
    assert [answer.data for answer in again] == [answer.data for answer in first]
    assert {answer.headers["Cache-Control"] for answer in first} == {"no-cache"}


def test_the_form_that_changes_the_region_keeps_the_rest_of_the_address(visitor: Visitor) -> None:
    page = visitor.get("/search?q=a%26b&region=us").text
    form = re.search(r"<form[^>]*data-whole data-stays>.*?</form>", page, re.S)
    assert form is not None
    assert '<input type="hidden" name="q" value="a&amp;b">' in form[0]
    assert '<option value="us" selected>' in form[0]


def test_search_knows_only_the_lines_of_its_region(visitor: Visitor) -> None:
    pages = [visitor.get(f"/search?q=farm+law+clinic{more}").text for more in ("", "&region=us", "")]
    assert ["Farm law clinic" in re.sub("</?mark>", "", page) for page in pages] == [True, False, True]


def test_one_region_shown_leaves_the_others_parts_alone(visitor: Visitor) -> None:
    visitor.sign_up()
    pages = [visitor.get(f"{LESSON}{query}").text for query in ("", "?region=us", "")]
    assert [shown(page) for page in pages] == ["Maine", "United States", "Maine"]
    assert pages[0].count("region=") == pages[2].count("region=") == 0


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("/a", "/a?region=us"),
        ("/a?b=1", "/a?b=1&region=us"),
        ("/a#b", "/a?region=us#b"),
        ("/a?region=us-me", "/a?region=us-me"),
    ],
)
def test_an_address_keeps_a_region(address: str, kept: str) -> None:
    assert asking(address, region="us") == kept
    assert asking(address, region=None) == address


def test_only_our_own_addresses_keep_a_region(app: Flask) -> None:
    page = '<a href="https://x.org/"></a><a href="//x.org/"></a><link href="/static/1/a.css"><a data-href="/a"></a>'
    with app.test_request_context("/"):
        assert kept_in(page, region="us") == page
        assert kept_in('<a href="/a?b=1&amp;c=2#d">', region="us") == '<a href="/a?b=1&amp;c=2&amp;region=us#d">'
        assert kept_in('<a href="/a">', region="us-gone") == '<a href="/a">'


def test_a_lesson_of_another_region_answers_with_words(settings: Settings, shelf: Library) -> None:
    course = shelf.content.courses[COURSE]
    short = replace(course, modules=course.modules[1:])
    everywhere = replace(shelf.content.regions["us"], courses={**shelf.content.courses, COURSE: short})
    other = copy(shelf)
    other._content = replace(shelf.content, regions={**shelf.content.regions, "us": everywhere})
    visitor = Visitor(create_app(settings, other))
    assert visitor.get(LESSON).status_code == 200
    answer = visitor.get(f"{LESSON}?region=us")
    assert answer.status_code == 404
    assert f'href="{LESSON}?region=us-me"' in answer.text
    assert "what holds in this region: United States" in answer.text
    assert "another region" not in visitor.get(f"/courses/{COURSE}/start/nothing").text
