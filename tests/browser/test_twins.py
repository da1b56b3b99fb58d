"""Twins side by side with a keyboard alone, without script, on a phone: mark, see both, flip the fact."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.live import Live

# Where what decides can be told from the rest of a scene without color.
_MARKED = """() => [...document.querySelectorAll(".story mark")].every((one) => {
  const style = getComputedStyle(one), around = getComputedStyle(one.parentElement);
  const line = style.textDecorationLine.includes("underline") && parseFloat(style.textDecorationThickness) >= 2;
  const frame = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
  return line && +style.fontWeight > +around.fontWeight && (frame || !matchMedia("(forced-colors: active)").matches);
})"""


def press(page: Page, target: Locator, key: str) -> None:
    """Tab to something and press a key."""
    for _stop in range(100):
        if target.evaluate("(one) => one === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(target).to_be_focused()
    page.keyboard.press(key)


@pytest.mark.check("T138")
def test_twins_are_marked_and_flipped_with_the_keyboard_and_without_script(
    live: Live, context: Callable[..., BrowserContext]
) -> None:
    page = context(width=360, java_script_enabled=False).new_page()
    page.goto(f"{live.url}/twins")
    press(page, page.locator("summary", has_text="Choose from all"), "Enter")
    press(page, page.get_by_role("link", name="Motel near Bangor, night"), "Enter")
    first = page.get_by_role("checkbox").first
    press(page, first, "Space")
    expect(first).to_be_checked()
    assert first.locator("+ span").evaluate("(one) => parseFloat(getComputedStyle(one).outlineWidth)") >= 3
    press(page, page.get_by_role("button", name="Show its twin"), "Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("these words decide")
    expect(page.get_by_text("You marked 1 that doesn’t.")).to_be_visible()
    left, right = page.get_by_role("article").all()
    assert left.bounding_box()["y"] + left.bounding_box()["height"] <= right.bounding_box()["y"] + 4  # type: ignore[index]
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    one, other = page.get_by_role("radio").all()
    verdicts = [article.get_by_role("heading").inner_text().split(None, 1)[1] for article in (left, right)]
    shown = page.locator(".flip-out > div:visible")
    expect(shown).to_have_count(1)
    expect(shown).to_contain_text(verdicts[0])
    press(page, one, "ArrowDown")
    expect(other).to_be_checked()
    expect(shown).to_have_count(1)
    expect(shown).to_contain_text(verdicts[1])
    page.go_back()
    expect(page.get_by_role("button", name="Show its twin")).to_be_visible()


@pytest.mark.check("T138")
@pytest.mark.parametrize("colors", ["none", "active"])
def test_what_decides_is_marked_without_color_and_beside_each_other_on_a_wide_page(
    live: Live, context: Callable[..., BrowserContext], colors: str
) -> None:
    page = context(width=1280, forced_colors=colors).new_page()
    page.goto(f"{live.url}/twins/room-214-b?seen=y")
    boxes = [article.bounding_box() for article in page.get_by_role("article").all()]
    left, right = [box for box in boxes if box]
    assert left["y"] == right["y"]
    assert left["x"] + left["width"] <= right["x"] + 4
    assert page.locator(".story mark").count() >= 4
    assert page.evaluate(_MARKED)
