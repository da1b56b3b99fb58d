"""No accessibility fault that a machine can find, on any page, in any state, however it is looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.sheets import CLOSELY, NAMES, SHEETS, Sheet

_RUN = """async (rules) => {
  const found = await axe.run(document, {runOnly: rules, resultTypes: ["violations", "incomplete"]});
  const lines = list => list.flatMap(rule => rule.nodes.map(node => [rule.id, node.target.join(" "),
    [...node.any, ...node.all, ...node.none].map(check => check.message).join("; ")]));
  return {violations: lines(found.violations), incomplete: lines(found.incomplete)};
}"""
_ALL_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# What other colors can change: the rest of the page is the same.
_COLOR_RULES = ["color-contrast", "link-in-text-block"]

# What axe can't decide by itself, reviewed by a person. Colors are safe there: on the wide bar the navigation lies
# over brand and exit without a ground of its own, and at 320 px the same texts are decided; long words of the
# right-to-left pass reach past their buttons; the rest lies under the sticky bar.
REVIEWED = {
    ("color-contrast", "Element's background color could not be determined because " + reason)
    for reason in (
        "it is overlapped by another element",
        "it's partially obscured by another element",
        "it partially overlaps other elements",
    )
} | {("color-contrast", "Element content is too short to determine if it is actual text content")}
LONG = "Wolfeschlegelsteinhausenbergerdorff" * 4
_TURN = """(long) => {
  document.documentElement.dir = "rtl";
  document.querySelectorAll("main h1, main h2, main .btn, main label > span, main li > a, main dd, main td").forEach(
    (one) => one.append(" ", long.slice(0, 120)));
}"""


@pytest.mark.check("T134")
@pytest.mark.parametrize("sheet", SHEETS, ids=NAMES)
def test_axe_finds_nothing(look: Callable[..., Page], axe: str, sheet: Sheet) -> None:
    page = look(sheet, width=320)
    # Playwright's own way to run half a megabyte of script takes as long as all that axe looks at.
    page.context.new_cdp_session(page).send("Runtime.evaluate", {"expression": axe})
    page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
    found = {"320 light": _faults(page)}
    if sheet in CLOSELY:  # the others share its colors
        found |= _other_looks(page)
    assert not {how: faults for how, faults in found.items() if faults}


def _other_looks(page: Page) -> dict[str, list[list[str]]]:
    page.set_viewport_size({"width": 1280, "height": 800})
    found = {"1280 light": _faults(page)}
    page.set_viewport_size({"width": 360, "height": 800})
    page.emulate_media(color_scheme="dark")
    found["360 dark"] = _faults(page, _COLOR_RULES)
    page.emulate_media(color_scheme="light", forced_colors="active")
    found["360 forced colors"] = _faults(page, _COLOR_RULES)
    page.emulate_media(forced_colors="none")
    page.evaluate(_TURN, LONG)
    found["360 right to left, long"] = _faults(page)
    return found


def _faults(page: Page, rules: list[str] = _ALL_RULES) -> list[Any]:
    # At the top, where the sticky bar covers nothing; and two frames later, when the new styles are in force.
    page.evaluate("window.scrollTo(0, 0)")
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    result = page.evaluate(_RUN, rules)
    unknown: list[Any] = [one for one in result["incomplete"] if (one[0], one[2]) not in REVIEWED]
    return [*result["violations"], *unknown]
