"""A branching scene is played with the keyboard alone, with script or none, and Back and Reload keep the path."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.hands import Keyboard
from tests.browser.sheets import BRANCHING

WIDE = "document.scrollingElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("has_script", [True, False])
def test_a_scene_is_played_with_the_keyboard_and_back_and_reload_keep_the_path(
    context: Callable[..., BrowserContext], has_script: bool
) -> None:
    page = context(width=360, java_script_enabled=has_script).new_page()
    hands = Keyboard(page)
    hands.open(BRANCHING)
    scene = page.locator(".question")
    for number, choice in enumerate(("morning", "drive-on", "quiet"), start=1):
        expect(scene.locator("legend")).to_contain_text(f"Choice {number}:")
        hands.choose("chosen", choice)
        hands.press("Do this")
        assert page.evaluate(WIDE) == 0
    page.reload()
    expect(scene.locator("legend")).to_contain_text("Choice 4:")
    page.go_back()
    page.go_back()
    expect(scene.locator("legend")).to_contain_text("Choice 2:")
    page.go_forward()
    expect(scene.locator("legend")).to_contain_text("Choice 3:")
    hands.choose("chosen", "riding")
    hands.press("Do this")
    hands.choose("chosen", "labor")
    hands.press("Do this")
    hands.choose("chosen", "records")
    hands.press("Do this")
    expect(scene).to_contain_text("How it ends: A question about pay")
    assert page.evaluate(WIDE) == 0
    hands.follow("Try again from choice 3")
    expect(scene.locator("legend")).to_contain_text("Choice 3:")
    page.go_back()
    expect(scene).to_contain_text("How it ends: A question about pay")
