"""What lesson and course pages show of progress, and how to tell us of a fault."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from tests.cast import make_guest, sign_in_as
from tests.support import COURSE, Visitor, closed_up
from trainer.content.library import Library


def test_progress_is_shown_by_module(app: Flask, shelf: Library) -> None:
    visitor = sign_in_as(app, make_guest(app))
    visitor.enroll()
    course = shelf.content.courses[COURSE]
    for lesson in course.modules[0].lessons:
        visitor.post(f"/courses/{COURSE}/{lesson.id}/completions", {"opened_at": ""})
    for path in (f"/courses/{COURSE}", f"/courses/{COURSE}/{course.modules[1].lessons[0].id}", "/me"):
        bar = closed_up(visitor.get(path).text).split('class="sashes"')[1].split("</div>")[0]
        panes = re.findall(r"<span( class=\"\w+\")?></span>", bar)
        assert len(panes) == len(course.modules)
        assert panes[0] == ' class="done"'
        assert sum("done" in one for one in panes) == 1


def test_a_fault_in_a_lesson_is_told_by_a_link(app: Flask, shelf: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    lesson = shelf.content.courses[COURSE].lessons[0]
    monkeypatch.setitem(app.extensions["added_parts"], "lesson_foot", [])  # no extra has a form for it
    app.extensions["forget_pages"]()
    page = closed_up(sign_in_as(app, make_guest(app)).get(f"/courses/{COURSE}/{lesson.id}").text)
    link = re.search(r'<a href="([^"]+)">Something wrong on this page\?', page)
    app.extensions["forget_pages"]()
    assert link is not None
    contact = shelf.content.site.contact
    filled = f"mailto:{contact}?subject=Something%20wrong%20in%20{COURSE}/{lesson.id}"
    assert link[1] == (filled if contact else "/contact")


def beside(page: str) -> list[tuple[str, str, str]]:
    """Return (mark, address, whether it is this one) of each lesson in the list beside a lesson."""
    if 'class="beside"' not in page:
        return []
    nav = page.split('<nav class="beside" aria-label="In this module">')[1].split("</nav>")[0]
    return re.findall(
        r'<li>\s*(?:<svg[^>]* aria-label="([^"]+)".*?</svg>\s*)?<a href="([^"]+)"([^>]*)>', nav, re.DOTALL
    )


def test_the_lessons_of_the_module_stand_beside_a_lesson_once(app: Flask, shelf: Library) -> None:
    learner, visitor = sign_in_as(app, make_guest(app)), Visitor(app)
    learner.enroll()
    first, second, *_rest = module = shelf.content.courses[COURSE].modules[1].lessons
    learner.post(f"/courses/{COURSE}/{first.id}/completions", {"opened_at": ""})
    addresses = [one.slug for one in module]
    for reader, marks in ((learner, ["Read", *["Not read"] * (len(module) - 1)]), (visitor, [""] * len(module))):
        page = reader.get(f"/courses/{COURSE}/{second.id}").text
        assert page.count('aria-label="In this module"') == 1
        shown = beside(page)
        assert [mark for mark, *_rest in shown] == marks
        assert [address for _mark, address, _here in shown] == addresses
        assert [address for _mark, address, here in shown if here.strip() == 'aria-current="page"'] == [addresses[1]]


def test_no_list_stands_beside_the_only_lesson_or_one_to_choose(app: Flask, shelf: Library) -> None:
    course, visitor = shelf.content.courses["security-officer"], Visitor(app)
    assert course.choice is not None
    alone = next(module for module in course.modules if len(module.lessons) == 1)
    for lesson in (alone.lessons[0], course.choice.lessons[0]):
        assert beside(visitor.get(f"/courses/{course.slug}/{lesson.id}").text) == []


def test_the_picture_of_a_module_stands_at_the_head_of_its_lessons_and_beside_it_while_open(
    app: Flask, shelf: Library
) -> None:
    visitor = Visitor(app)
    pictured, *others = shelf.content.courses[COURSE].modules
    assert pictured.picture
    for lesson in pictured.lessons:
        page = visitor.get(f"/courses/{COURSE}/{lesson.id}").text
        head, rest = page.split('<div class="reading">')
        assert head.split('<div class="lesson">')[1].split("<h1>")[0].count(pictured.picture) == 1
        assert page.count('class="art"') == 1
        assert 'class="art"' not in rest
    assert 'class="art"' not in visitor.get(f"/courses/{COURSE}/{others[0].lessons[0].id}").text
    page = closed_up(visitor.get(f"/courses/{COURSE}").text)
    is_open = page[page.index("<details open>") :].split("</details>")[0]
    assert is_open.count(pictured.picture) == page.count('class="art"') == 1
