"""Going about in a firm: on a phone the pages are one row that opens; where there is room, doors, with links below."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, FloatRect, Locator, Page, expect

from tests.browser.stage import Stage
from trainer.core.settings import ROOT

_TARGET = 44
PAGES = ["Training status", "Requirements", "Classes", "Earlier training", "People", "Teams", "Invitations"]


def _nav(page: Page) -> Locator:
    return page.get_by_role("navigation", name="In this firm")


def _box(one: Locator) -> FloatRect:
    box = one.bounding_box()
    assert box is not None
    return box


@pytest.mark.parametrize("script", [True, False])
def test_on_a_phone_the_firms_pages_take_one_row_until_it_is_opened(
    context: Callable[..., BrowserContext], stage: Stage, script: bool
) -> None:
    page = context(stage.cookies["alice"], width=360, height=740, java_script_enabled=script).new_page()
    page.goto(stage.paths["firm"] + "/teams")
    nav = _nav(page)
    assert _box(nav)["height"] <= _TARGET + 8
    assert "Teams" in nav.locator("summary").inner_text()
    assert not nav.get_by_role("link").count()
    nav.locator("summary").click()
    links = nav.get_by_role("link").all()
    assert [one.inner_text() for one in links][: len(PAGES)] == PAGES
    assert all(_box(one)["height"] >= _TARGET for one in links)
    nav.get_by_role("link", name="Requirements").click()
    assert page.url.endswith("/requirements")


@pytest.mark.parametrize(
    ("rest", "door", "current"),
    [
        ("/teams", "People", "Teams"),
        ("/training", "Training", "Training status"),
        ("/reports", "Evidence", "Reports by email"),
        ("/sent-mail", "Invitations and codes", "Sent mail"),
    ],
)
def test_where_there_is_room_the_pages_stand_behind_doors_and_the_keyboard_finds_them(
    context: Callable[..., BrowserContext], stage: Stage, rest: str, door: str, current: str
) -> None:
    page = context(stage.cookies["alice"], width=1280).new_page()
    page.goto(stage.paths["firm"] + rest)
    nav = _nav(page)
    assert nav.locator(".doors a[aria-current]").all_inner_texts() == [door, current]
    links = nav.get_by_role("link").all()
    assert len({round(_box(one)["y"]) for one in links}) == 2
    assert not nav.locator("summary").is_visible()
    page.get_by_role("navigation", name="Where you are").get_by_role("link").last.focus()
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Training"


def test_a_requirement_for_everyone_asks_for_nothing_else(context: Callable[..., BrowserContext], stage: Stage) -> None:
    page = context(stage.cookies["alice"], width=360, java_script_enabled=False).new_page()
    page.goto(stage.paths["firm"] + "/requirements/new?pack=plain")
    further = [
        *(page.get_by_role("group", name=name, exact=True) for name in ("Teams", "Job titles", "Roles")),
        page.get_by_label("Hired on or after"),
        page.get_by_role("group", name="People must match"),
    ]
    exceptions = page.get_by_role("group", name="Not these teams")
    assert [one.is_visible() for one in (*further, exceptions)] == [False] * 6
    page.get_by_text("Only people who match").click()
    assert [one.is_visible() for one in (*further, exceptions)] == [True] * 5 + [False]
    page.get_by_role("button", name="Preview what would happen").click()
    assert page.get_by_text("Choose a team, a job title or a role").last.is_visible()
    further[0].get_by_text("Harbor Mall").click()
    page.locator("summary", has_text="Exceptions").click()
    page.get_by_role("group", name="Not these roles").get_by_text("Instructor").click()
    page.get_by_role("button", name="Preview what would happen").click()
    assert page.get_by_text("For: People in Harbor Mall; not owners, people with the role instructor.").is_visible()
    assert exceptions.is_visible()  # what was chosen never hides


def test_a_long_list_says_on_its_button_that_it_is_being_read(
    context: Callable[..., BrowserContext], stage: Stage
) -> None:
    page = context(stage.cookies["alice"]).new_page()
    page.goto(stage.paths["firm"] + "/roster")
    page.locator("textarea").fill("name,e-mail\nPat Poe,pat@example.org")
    button = page.locator("button[data-busy]")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    # Heard by the console: no question is answered while a form is on its way.
    page.evaluate("document.addEventListener('submit', (event) => console.log(event.submitter.textContent))")
    button.click()
    page.wait_for_url("**/roster/*")
    assert said == ["Reading the list…"]
    page.go_back()
    expect(button).to_have_text("Show what would happen")


@pytest.mark.parametrize(
    ("rest", "buttons"),
    [
        ("/training", ("These rows as CSV", "These rows as XLSX", "These rows as CSV")),
        ("/audit", ("All of it as CSV", "All of it as CSV")),
    ],
)
def test_every_file_of_a_page_arrives_one_after_the_other(
    context: Callable[..., BrowserContext], stage: Stage, rest: str, buttons: tuple[str, ...]
) -> None:
    page = context(stage.cookies["alice"], accept_downloads=True).new_page()
    page.goto(stage.paths["firm"] + rest)
    for name in buttons:
        with page.expect_download(timeout=60_000) as started:
            page.get_by_role("button", name=name).click()
        assert started.value.path().stat().st_size > 100


def test_a_form_that_downloads_may_be_sent_again() -> None:
    forms = [
        (path.name, form)
        for path in (ROOT / "trainer").rglob("*.html")
        for form in re.findall(r"<form.*?>", path.read_text(encoding="utf-8"), re.DOTALL)
        if re.search(r"url_for\('\.(export|download)", form)
    ]
    assert {name for name, _form in forms} >= {"_beside.html", "audit.html", "board.html", "misreads.html"}
    assert [name for name, form in forms if "data-download" not in form] == []


def test_an_opened_link_makes_the_invitations_no_wider_than_the_screen(
    context: Callable[..., BrowserContext], stage: Stage
) -> None:
    page = context(stage.cookies["alice"], width=1280).new_page()
    page.goto(stage.paths["firm"] + "/invitations")
    page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
    assert page.locator("td details").count()
    assert page.evaluate("document.scrollingElement.scrollWidth - document.documentElement.clientWidth") == 0
