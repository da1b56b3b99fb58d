"""Lessons, as they are laid out: no holes in the text on a computer, nothing to scroll sideways on a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.live import Live
from tests.browser.sheets import IS_ALL
from trainer.content.serving import served

# Blocks of the text, one after the other; notes of sources stand beside them.
_GAPS = """() => {
  const reading = document.querySelector(".reading");
  const line = parseFloat(getComputedStyle(document.querySelector(":is(.reading, .flow) > p:not([class])")).lineHeight);
  // What was opened counts as if it stood there.
  const inside = (one) => one.matches(".onward") ? [...one.children].flatMap((two) =>
    two.matches(".flow") ? [...two.children].flatMap(inside) : [two]) : [one];
  const is_text = (one) => !one.matches(".notes") && one.getBoundingClientRect().height;
  const blocks = [...reading.children].flatMap(inside).filter(is_text);
  return blocks.slice(1).map((one, at) => [
    (one.getBoundingClientRect().top - blocks[at].getBoundingClientRect().bottom) / line,
    one.textContent.trim().slice(0, 40),
  ]).filter(([lines]) => lines > 2);
}"""
_OVERLAPS = """() => {
  const notes = [...document.querySelectorAll(".notes, .beside, .lesson > .art")]
    .map((one) => one.getBoundingClientRect());
  const blocks = document.querySelectorAll(":is(.reading, .flow) > :not(.notes)");
  const text = [...blocks].map((one) => one.getBoundingClientRect());
  const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  return notes.filter((one, at) =>
    notes.slice(at + 1).some((other) => meet(one, other)) || text.some((other) => meet(one, other))).length;
}"""

# A word that is broken stands in more than one rectangle.
_BROKEN = """() => [...document.querySelectorAll(".fig .bars tbody th")].flatMap((one) => {
  const text = one.firstChild, broken = [];
  for (const {index, 0: word} of text.data.matchAll(/[^\\s-]+/g)) {
    const range = document.createRange();
    range.setStart(text, index);
    range.setEnd(text, index + word.length);
    if (range.getClientRects().length !== 1) broken.push(word);
  }
  return broken;
})"""


@pytest.fixture
def lessons(live: Live) -> Iterator[list[str]]:
    """Return the address of each lesson."""
    with live.app.app_context():
        yield [f"/courses/{course.slug}/{one.id}" for course in served().courses.values() for one in course.lessons]


def test_no_lesson_has_a_hole_in_its_text_and_none_scrolls_sideways(
    context: Callable[..., BrowserContext], lessons: list[str]
) -> None:
    page: Page = context(width=1280).new_page()
    assert len(lessons) > 60
    found = {}
    for path in lessons if IS_ALL else lessons[::6]:  # they share a template; a night looks at each
        page.goto(f"{path}?open=all", wait_until="domcontentloaded")
        gaps, overlaps = page.evaluate(_GAPS), page.evaluate(_OVERLAPS)
        page.set_viewport_size({"width": 360, "height": 740})
        wide = page.evaluate("document.scrollingElement.scrollWidth - document.documentElement.clientWidth")
        page.set_viewport_size({"width": 1280, "height": 800})
        if gaps or overlaps or wide > 0:
            found[path] = (gaps, overlaps, wide)
    assert found == {}


@pytest.mark.parametrize("width", [320, 360, 640, 1280])
def test_no_word_of_a_chart_is_broken(context: Callable[..., BrowserContext], live: Live, width: int) -> None:
    with live.app.app_context():
        charts = [
            f"/courses/{course.slug}/{one.id}"
            for course in served().courses.values()
            for one in course.lessons
            if '<figure class="fig' in one.html
        ]
    page = context(width=width).new_page()
    assert len(charts) > 1
    found = {}
    for path in charts:
        page.goto(f"{path}?open=all", wait_until="domcontentloaded")
        assert page.locator(".fig .bars tbody th").count() > 1
        broken = page.evaluate(_BROKEN)
        wide = page.evaluate("document.scrollingElement.scrollWidth - document.documentElement.clientWidth")
        if broken or wide > 0:
            found[path] = (broken, wide)
    assert found == {}


def test_a_number_leads_to_its_source_also_where_the_sources_are_folded(
    context: Callable[..., BrowserContext], lessons: list[str]
) -> None:
    page = context(width=1280).new_page()
    for path in lessons:
        page.goto(f"{path}?open=all", wait_until="domcontentloaded")
        folded = page.locator("details.notes .note-src").first
        if folded.count():
            break
    assert not folded.is_visible()
    number = folded.get_attribute("id")
    page.locator(f'sup a[href="#{number}"]').first.click()
    assert folded.is_visible()


@pytest.mark.parametrize(("width", "is_beside"), [(360, False), (960, False), (1100, True), (1280, True), (1900, True)])
def test_the_lessons_of_the_module_stand_beside_a_lesson_where_there_is_room(
    context: Callable[..., BrowserContext], lessons: list[str], width: int, is_beside: bool
) -> None:
    page = context(width=width).new_page()
    page.goto(lessons[3])
    nav = page.get_by_role("navigation", name="In this module")
    assert nav.count() == is_beside
    if is_beside:
        head, beside = page.locator("h1").bounding_box(), nav.bounding_box()
        assert head is not None
        assert beside is not None
        assert beside["x"] > head["x"] + head["width"]
        picture = page.locator(".lesson > .art").bounding_box()
        assert picture is not None
        assert picture["y"] < head["y"]
        assert 0 < beside["y"] - picture["y"] - picture["height"] < 40


def test_on_a_phone_a_lesson_begins_with_its_picture_beside_its_title_and_then_its_question(
    context: Callable[..., BrowserContext], live: Live
) -> None:
    page = context(width=360).new_page()
    page.set_viewport_size({"width": 360, "height": 740})
    with live.app.app_context():
        modules = [(course, module) for course in served().courses.values() for module in course.core]
        core = [(course, one) for course, module in modules if not module.file.choose_one for one in module.lessons]
    asking = [(course.slug, one) for course, one in core if one.questions and one.questions[0].type == "single"]
    assert len(asking) > 10
    late = []
    for slug, lesson in asking:
        page.goto(f"/courses/{slug}/{lesson.id}", wait_until="domcontentloaded")
        question, art, asks = (page.locator(name).first.bounding_box() for name in (".question", ".art", ".q > legend"))
        assert question is not None
        assert art is not None
        assert asks is not None
        assert 100 < art["width"] < 110
        assert (art["x"] + art["width"], art["y"] + art["height"] < question["y"]) == (344, True)
        assert asks["y"] + asks["height"] < 740, lesson.id
        button = page.locator(".question form .btn").first.bounding_box()
        assert button is not None
        late += [lesson.id] if button["y"] + button["height"] > 740 else []
    assert len(late) <= 2, late  # whose story is long


@pytest.mark.parametrize("has_script", [True, False])
def test_a_word_opens_the_list_in_which_its_meaning_stands(
    live: Live, context: Callable[..., BrowserContext], has_script: bool
) -> None:
    with live.app.app_context():
        lessons = [(slug, one) for slug, course in served().courses.items() for one in course.lessons]
        course, lesson = next((slug, one) for slug, one in lessons if one.words and not one.questions)
    page = context(java_script_enabled=has_script).new_page()
    page.goto(f"/courses/{course}/{lesson.id}")
    meaning = page.locator(f"#word-{lesson.words[0].id}")
    assert not meaning.is_visible()
    page.locator(f'a.term[href="#word-{lesson.words[0].id}"]').first.click()
    expect(meaning).to_be_in_viewport()
