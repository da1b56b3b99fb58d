"""Steps are put in order with buttons, or without script with a box for each; nothing can be there twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.hands import Keyboard
from tests.browser.sheets import COURSE

RULE = f"{COURSE}/essentials/the-rule?open=all"
TOLD = "document.activeElement.closest('ul').nextElementSibling.textContent"


def question(page: Page) -> Locator:
    return page.locator(".question:has(.placed)")


def texts(page: Page) -> list[str]:
    return question(page).locator("label").all_inner_texts()


def sent(page: Page) -> list[str]:
    return [box.input_value() for box in question(page).locator("select").all()]


@pytest.mark.parametrize("width", [320, 1280])
def test_the_keyboard_moves_a_step_which_says_where_it_is_now(
    context: Callable[..., BrowserContext], width: int
) -> None:
    page = context(width=width).new_page()
    hands = Keyboard(page)
    page.goto(RULE)
    first, second, third, fourth = texts(page)
    assert sent(page) == ["1", "2", "3", "4"]
    down = page.get_by_role("button", name=f"Move down: {first}")
    hands.reach(down)
    page.keyboard.press("Enter")
    assert (texts(page), page.evaluate(TOLD)) == ([second, first, third, fourth], "Now at place 2 of 4.")
    expect(down).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    assert (texts(page), page.evaluate(TOLD)) == ([second, third, fourth, first], "Now at place 4 of 4.")
    assert down.get_attribute("aria-disabled") == "true"
    page.keyboard.press("Enter")
    for _stop in range(3):
        page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name=f"Move up: {fourth}")).to_be_focused()
    page.keyboard.press("Enter")
    assert (texts(page), sent(page)) == ([second, fourth, third, first], ["1", "2", "3", "4"])
    assert question(page).locator("select:visible").count() == 0
    assert page.evaluate("document.scrollingElement.scrollWidth <= document.documentElement.clientWidth")
    hands.press("Check my order")
    expect(page.locator(".told")).to_contain_text("steps are in the right place.")


def test_without_script_each_step_has_a_box_and_no_button(context: Callable[..., BrowserContext]) -> None:
    page = context(width=360, java_script_enabled=False).new_page()
    page.goto(RULE)
    assert question(page).locator("select:visible").count() == 4
    expect(question(page).get_by_role("button")).to_have_count(1)
    for box in question(page).locator("select").all():
        box.select_option("1")
    question(page).get_by_role("button").click()
    expect(question(page)).to_contain_text("Place 1 is there twice.")
