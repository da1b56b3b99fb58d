"""What stands in the same place on every page: the exit, and the way to help."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

# Scrolls through the page and returns each place where the exit can't be hit in its middle and near its ends.
_SCROLLED = """() => {
  const exit = document.getElementById("exit"), faults = [];
  const end = document.documentElement.scrollHeight - innerHeight;
  for (let at = 0; ; at += 150) {
    window.scrollTo(0, Math.min(at, end));
    const box = exit.getBoundingClientRect();
    const inView = box.top >= 0 && box.left >= 0 && box.bottom <= innerHeight && box.right <= innerWidth;
    if (!inView) faults.push([at, "not in view"]);
    if (box.height < 44 || box.width < 44) faults.push([at, "too small"]);
    for (const [x, y] of [[0.5, 0.5], [0.15, 0.5], [0.85, 0.5], [0.5, 0.1], [0.5, 0.9]]) {
      const hit = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
      if (!exit.contains(hit)) faults.push([at, "covered by " + (hit ? hit.outerHTML.slice(0, 80) : "nothing")]);
    }
    if (at >= end) return faults;
  }
}"""
_FIRST = """() => [...document.querySelectorAll("a[href], button, input, select, summary, [tabindex]")]
  .filter((one) => !one.matches("[tabindex='-1'], [type=hidden]")).slice(0, 2).map((one) => one.id || one.className)"""
_PLACES = """() => {
  const at = (where) => [...document.querySelectorAll("body *")].indexOf(document.querySelector(where));
  const bar = [...document.querySelectorAll("nav.nav a")].map((one) => one.getAttribute("href"));
  return {bar: bar.indexOf("/help"), order: [at("nav.nav"), at("#main"), at(".help-strip"), at("body > footer")],
    exit: at("#exit"), link: !!document.querySelector(".help-strip a[href='/help']")};
}"""


def faults_of_exit(page: Page) -> dict[str, list[Any]]:
    """Return where the exit isn't first, or can't be hit."""
    first = page.evaluate(_FIRST)
    found: dict[str, list[Any]] = {"first stops": [] if first == ["skip", "exit"] else first}
    found["order of stops"] = page.locator("[tabindex]:not([tabindex='-1']):not([tabindex='0'])").all_inner_texts()
    # 320 x 256 is a common screen at 400 %.
    for width, height in ((320, 640), (1280, 800), (320, 256)):
        page.set_viewport_size({"width": width, "height": height})
        found[f"exit at {width} x {height}"] = page.evaluate(_SCROLLED)
    return found


def faults_of_help(page: Page) -> dict[str, list[Any]]:
    """Return how the ways to help stand if they stand elsewhere than on other pages."""
    places, is_help = page.evaluate(_PLACES), page.url.endswith("/help")
    is_on_device = page.url.endswith("/in") and places["bar"] == -1  # which has no bar
    # That page is the help.
    order = [place for place in places["order"] if place >= 0 or not (is_help or is_on_device)]
    is_there = (places["bar"] == 2 or is_on_device) and order == sorted(order) and -1 < places["exit"] < order[0]
    return {"help": [] if is_there and (places["link"] or is_help) else [places]}
