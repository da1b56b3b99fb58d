"""On a phone, the first person of each list is on the first screen: what filters, sorts and exports takes one line."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.stage import Stage

WIDTH, HEIGHT, LINES = 360, 640, 64
LISTS = {
    "training status": ("firm", "/training", "alice"),
    "training status, filtered": ("firm", "/training?q=a&order=due&from=2026-01-01", "alice"),
    "people": ("firm", "/people", "alice"),
    "invitations": ("firm", "/invitations", "alice"),
    "PIN slips": ("firm", "/pin-slips", "alice"),
    "class board": ("class", "", "alice"),
    "a requirement’s people": ("requirement", "", "alice"),
}


def _open(context: Callable[..., BrowserContext], stage: Stage, name: str, **options: object) -> Page:
    place, rest, who = LISTS[name]
    page = context(stage.cookies[who], width=WIDTH, height=HEIGHT, **options).new_page()
    page.goto(stage.paths[place] + rest)
    return page


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("name", LISTS)
def test_the_first_person_is_on_the_first_screen(
    context: Callable[..., BrowserContext], stage: Stage, name: str, script: bool
) -> None:
    page = _open(context, stage, name, java_script_enabled=script)
    box = page.locator("table.fold tbody th").first.bounding_box()
    assert box is not None
    ends = box["y"] + min(box["height"], LINES)  # whoever comes first may have a name of seven lines
    assert ends <= HEIGHT, f"{name}: {ends:.0f} px"
    width = page.locator("main").evaluate("main => main.scrollWidth") if script else WIDTH
    assert width <= WIDTH


def test_what_is_filtered_is_said_and_each_is_removed(context: Callable[..., BrowserContext], stage: Stage) -> None:
    page = _open(context, stage, "training status", java_script_enabled=False)
    summary = page.locator("main summary", has_text="Filter")
    expect(page.get_by_label("Name or number")).to_be_hidden()
    summary.click()
    page.get_by_label("Name or number").fill("dow")
    page.get_by_label("Team").select_option("Harbor Mall")
    page.get_by_role("button", name="Show").click()
    chosen = page.get_by_role("list", name="Filters that are set")
    expect(chosen).to_contain_text("dow")
    page.get_by_role("link", name="Sort by name").click()
    assert "order=name" in page.url
    expect(chosen).to_contain_text("Harbor Mall")
    summary.click()
    page.get_by_label("Name or number").fill("dana")
    page.get_by_role("button", name="Show").click()
    assert "order=name" in page.url, "filtering lost the sorting"
    page.get_by_role("link", name="Harbor Mall Remove this filter").click()
    expect(chosen).to_have_text(re.compile(r"^\s*dana\s+Remove this filter\s*$"))
    summary.click()
    page.get_by_role("link", name="Clear filters").click()
    expect(chosen).to_have_count(0)


def test_where_there_is_room_the_filters_are_open(context: Callable[..., BrowserContext], stage: Stage) -> None:
    page = context(stage.cookies["alice"], width=1280).new_page()
    page.goto(stage.paths["firm"] + "/people")
    expect(page.get_by_role("searchbox")).to_be_visible()
    expect(page.locator("main summary", has_text="Filter")).to_be_hidden()
    page.goto(stage.paths["firm"] + "/training")  # which has so many that they wait in one line
    expect(page.get_by_label("Name or number")).to_be_hidden()
    page.locator("main summary", has_text="Filter").click()
    expect(page.get_by_label("Name or number")).to_be_visible()
