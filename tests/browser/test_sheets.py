"""Every page in every state is opened once and asked for all faults that show in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.accessible import faults_in_other_looks, faults_of, put_axe
from tests.browser.always_there import faults_of_exit, faults_of_help
from tests.browser.narrow import faults_when_narrow, faults_with_longer_text
from tests.browser.sheets import CLOSELY, DRAWN, IS_ALL, LAYOUTS, NAMES, OURS, SHEETS, Sheet


@pytest.mark.asvs("7.4.4")
@pytest.mark.check("T134")
@pytest.mark.check("T139")
@pytest.mark.check("T142")
@pytest.mark.check("T146")
@pytest.mark.parametrize("sheet", SHEETS, ids=NAMES)
def test_a_page_has_no_fault_that_a_browser_can_find(
    look: Callable[..., Page], axe: str, with_news: set[str], sheet: Sheet
) -> None:
    """See which pages are opened, and looked at in which ways, in `sheets.py`."""
    is_new = IS_ALL or sheet.act is not None or sheet.name in with_news or sheet in CLOSELY
    if not (is_new or sheet in LAYOUTS or sheet in DRAWN):
        pytest.skip("looked at by make nightly: all that it is made of is on other pages, too")
    page = look(sheet, width=320, height=640)
    found: dict[str, list[Any]] = faults_of_help(page) if sheet in OURS else {}
    if sheet in LAYOUTS:
        found |= faults_of_exit(page)
    if sheet in CLOSELY:
        found |= faults_when_narrow(page)
    if sheet in DRAWN:
        found |= faults_with_longer_text(page)
    if is_new:
        put_axe(page, axe)
        page.set_viewport_size({"width": 320, "height": 800})
        page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
        found["320 light"] = faults_of(page)
    if sheet in CLOSELY:  # the others share its colors
        found |= faults_in_other_looks(page)
    assert not {question: faults for question, faults in found.items() if faults}
