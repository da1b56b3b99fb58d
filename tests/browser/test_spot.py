"""A picture with numbers stands beside its list on a computer; on a phone it can be enlarged. No script is needed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page

from tests.browser.sheets import COURSE

PATTERNS = f"{COURSE}/signs-in-combination/patterns-at-a-place"
# How far apart the places of the numbers are from where the picture shows them, in pixels.
_ASTRAY = """() => {
  const picture = document.querySelector(".scene svg").getBoundingClientRect();
  return Math.max(...[...document.querySelectorAll(".scene foreignObject")].map((pin) => {
    const at = pin.firstElementChild.getBoundingClientRect();
    const percent = (name) => parseFloat(pin.getAttribute(name)) / 100;
    return Math.hypot(at.left + at.width / 2 - picture.left - percent("x") * picture.width,
                      at.top + at.height / 2 - picture.top - percent("y") * picture.height);
  }));
}"""


def size(target: Locator) -> tuple[float, float]:
    box = target.bounding_box()
    assert box
    return box["width"], box["height"]


def opened(context: Callable[..., BrowserContext], width: int) -> Page:
    page = context(width=width, java_script_enabled=False).new_page()
    page.goto(PATTERNS)
    return page


@pytest.mark.parametrize("width", [320, 360])
def test_on_a_phone_the_picture_is_enlarged_and_its_numbers_are_as_large_as_a_finger(
    context: Callable[..., BrowserContext], width: int
) -> None:
    page = opened(context, width)
    picture, pin = page.locator(".scene svg").first, page.locator("label.pin").last
    small = size(picture)
    assert small[0] > width - 45
    for is_large in (False, True):
        assert min(size(pin)) >= 44
        assert page.evaluate(_ASTRAY) < 2
        pin.click()
        assert page.locator(".spot input[name=chosen]").last.is_checked() is not is_large
        page.get_by_label("Larger picture").check()
    assert size(picture) == pytest.approx((2 * small[0], 2 * small[1]), abs=1)
    assert page.evaluate("document.scrollingElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("width", [960, 1280])
def test_on_a_computer_it_stands_beside_its_list(context: Callable[..., BrowserContext], width: int) -> None:
    page = opened(context, width)
    picture, chosen = page.locator(".scene").bounding_box(), page.locator(".spot fieldset").bounding_box()
    assert picture
    assert chosen
    assert picture["x"] + picture["width"] < chosen["x"]
    assert abs(picture["y"] - chosen["y"]) < 5
    assert page.evaluate(_ASTRAY) < 2
    assert page.get_by_label("Larger picture").is_hidden()
    assert page.evaluate("document.scrollingElement.scrollWidth <= document.documentElement.clientWidth")
