"""Pages say what language they are in, and keep still for those who ask for it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.sheets import SHEETS
from tests.browser.stage import Stage

NAMES = ["front", "lesson-chart", "try-scene", "question-marks", "help", "card", "result-passed"]
_MOVING = """() => [...document.querySelectorAll('*')].filter((one) => {
  const style = getComputedStyle(one);
  return style.animationName !== 'none' || parseFloat(style.transitionDuration) > 0
    || style.scrollBehavior === 'smooth';
}).length"""


@pytest.mark.check("T143")
@pytest.mark.parametrize("name", NAMES)
def test_a_page_names_its_language_and_keeps_still(
    context: Callable[..., BrowserContext], stage: Stage, name: str
) -> None:
    sheet = next(one for one in SHEETS if one.name == name)
    page = context(*sheet.cookies(stage)).new_page()
    sheet.show(page, stage)
    assert page.evaluate("document.documentElement.lang") == "en"
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(_MOVING) > 0 or name == "help"  # elsewhere there is something to keep still
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(_MOVING) == 0
