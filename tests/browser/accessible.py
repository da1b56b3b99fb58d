"""Accessibility faults that a machine can find, however a page is looked at."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

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


def put_axe(page: Page, axe: str) -> None:
    """Make axe known to a page."""
    # Playwright's own way to run half a megabyte of script takes as long as all that axe looks at.
    session = page.context.new_cdp_session(page)
    session.send("Runtime.evaluate", {"expression": axe})
    session.detach()


def faults_in_other_looks(page: Page) -> dict[str, list[Any]]:
    """Return what axe finds on a wide page, in other colors, and right to left; the page stays as it is then."""
    page.set_viewport_size({"width": 1280, "height": 800})
    found = {"1280 light": faults_of(page)}
    page.set_viewport_size({"width": 360, "height": 800})
    page.emulate_media(color_scheme="dark")
    found["360 dark"] = faults_of(page, _COLOR_RULES)
    page.emulate_media(color_scheme="light", forced_colors="active")
    found["360 forced colors"] = faults_of(page, _COLOR_RULES)
    page.emulate_media(forced_colors="none")
    page.evaluate(_TURN, LONG)
    found["360 right to left, long"] = faults_of(page)
    return found


def faults_of(page: Page, rules: list[str] = _ALL_RULES) -> list[Any]:
    """Return what axe finds, and what it can't decide and nobody has reviewed."""
    # At the top, where the sticky bar covers nothing; and two frames later, when the new styles are in force.
    page.evaluate("window.scrollTo(0, 0)")
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    result = page.evaluate(_RUN, rules)
    unknown: list[Any] = [one for one in result["incomplete"] if (one[0], one[2]) not in REVIEWED]
    return [*result["violations"], *unknown]
