"""Narrow, zoomed, spaced out: pages reflow, and nothing is cut off."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.sheets import CLOSELY, SHEETS, Sheet
from tests.browser.stage import Stage

# WCAG 1.4.12
_SPACED = """* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
p { margin-block-end: 2em !important; }"""

CUT = """() => {
  const faults = [], wide = document.documentElement.clientWidth;
  const over = document.scrollingElement.scrollWidth - wide;
  if (over > 0) faults.push("scrolls sideways by " + over);
  for (const one of document.querySelectorAll("body *")) {
    if (one.closest(".vh, .skip, svg, .scroll, .tbl.fold thead, .input") || !one.checkVisibility()) continue;
    const box = one.getBoundingClientRect(), style = getComputedStyle(one);
    const who = one.tagName.toLowerCase() + "." + one.className + " " + one.textContent.trim().slice(0, 40);
    if (box.width && (box.right > wide + 1 || box.left < -1)) faults.push("out of view: " + who);
    const hides = style.overflowX !== "visible" || style.textOverflow === "ellipsis";
    const cut = one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1;
    if (hides && cut) faults.push("cut: " + who);
  }
  return faults.slice(0, 6);
}"""
# Texts that lie over each other: for each line of text, what else is painted in its middle.
_OVER = """() => {
  const faults = [], texts = [];
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const owner = walker.currentNode.parentElement;
    const seen = walker.currentNode.textContent.trim() && !owner.closest(".vh, svg, .tbl.fold thead");
    if (seen && owner.checkVisibility()) texts.push(walker.currentNode);
  }
  const step = Math.ceil(texts.length / 50);
  for (const one of texts.filter((_one, number) => number % step === 0)) {
    const owner = one.parentElement, range = document.createRange();
    range.selectNodeContents(one);
    const line = () => range.getClientRects()[0];
    if (!line() || line().width < 2) continue;
    window.scrollBy(0, line().top - innerHeight * 0.7);
    const box = line(), hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    if (hit && !hit.contains(owner) && !owner.contains(hit) && !owner.closest("li, label")?.contains(hit))
      faults.push(one.textContent.trim().slice(0, 40) + " under " + hit.tagName + "." + hit.className);
  }
  return faults.slice(0, 6);
}"""


# Words of buttons and table headings that are broken between two lines.
_BROKEN = """() => {
  const broken = [];
  for (const one of document.querySelectorAll(".btn, .chip, .nav a, th")) {
    if (one.closest(".vh, .tbl.fold thead") || !one.checkVisibility()) continue;
    const walker = document.createTreeWalker(one, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      for (const word of walker.currentNode.textContent.matchAll(/[\\p{L}\\p{N}]+/gu)) {
        const range = document.createRange();
        range.setStart(walker.currentNode, word.index);
        range.setEnd(walker.currentNode, word.index + word[0].length);
        if (new Set([...range.getClientRects()].map((box) => Math.round(box.top))).size > 1) broken.push(word[0]);
      }
    }
  }
  return broken;
}"""


@pytest.mark.check("T139")
@pytest.mark.parametrize("sheet", CLOSELY, ids=[one.name for one in CLOSELY])
def test_pages_reflow_and_nothing_is_cut(look: Callable[..., Page], sheet: Sheet) -> None:
    page = look(sheet, width=320, height=640)
    found = {}
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 740})
        found[f"broken words, {width} px"] = page.evaluate(_BROKEN)
    page.set_viewport_size({"width": 320, "height": 640})
    page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
    found["320 px"] = _look(page)
    # A screen of 1280 x 1024 at 400 %.
    page.set_viewport_size({"width": 320, "height": 256})
    found["400 %"] = _look(page)
    page.set_viewport_size({"width": 320, "height": 640})
    style = page.add_style_tag(content=_SPACED)
    found["spaced"] = _look(page)
    style.evaluate("(one) => one.remove()")
    page.set_viewport_size({"width": 360, "height": 640})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    found["text at 200 %"] = _look(page)
    assert not {how: faults for how, faults in found.items() if faults}


# Which scenes a page shows is drawn by chance, so every paragraph gets the longest word that any scene has.
_LENGTHENED = """() => {
  document.querySelectorAll("details").forEach((one) => (one.open = true));
  for (const one of document.querySelectorAll("main :is(p, li, dd, h1, h2, h3, label, legend, b)"))
    if (one.textContent.trim() && !one.closest(".vh, .btn, .tbl, .pager")) one.append(" superintendent");
}"""
_DRAWN = [
    one for one in SHEETS if re.match(r"(try-)?(scene|answer|result|submission|final|question|first-try)", one.name)
]


@pytest.mark.parametrize("sheet", _DRAWN, ids=[one.name for one in _DRAWN])
def test_large_text_reflows_whatever_scenes_are_drawn(look: Callable[..., Page], sheet: Sheet) -> None:
    page = look(sheet, width=360, height=640)
    page.evaluate(_LENGTHENED)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert _look(page) == []


@pytest.mark.check("T140")
@pytest.mark.parametrize("name", ["front", "lesson-long", "try-scene", "sign-up-error", "help", "scene", "me-earned"])
def test_targets_are_large_enough(context: Callable[..., BrowserContext], stage: Stage, name: str) -> None:
    sheet = next(one for one in SHEETS if one.name == name)
    page = context(*sheet.cookies(stage), width=360).new_page()
    sheet.show(page, stage)
    small = page.evaluate(
        """() => [...document.querySelectorAll("a[href], button, summary, label, input")].filter((one) => {
          const box = one.getBoundingClientRect(), style = getComputedStyle(one);
          if (!box.width || one.matches(".skip, label.opt *, .mods a") || one.closest(".vh")) return false;
          if (one.matches("label:not(.opt)")) return false;  // its field is the target
          const least = one.matches(".exit, .opt, .btn, summary, .tap, .nav a") ? 43.5 : 24;
          return style.display !== "inline" && (box.height < least || box.width < 24);
        }).map((one) => one.outerHTML.slice(0, 100))"""
    )
    assert small == []


def _look(page: Page) -> list[str]:
    faults: list[str] = page.evaluate(CUT) + page.evaluate(_OVER)
    return faults


@pytest.mark.parametrize("name", ["front", "courses", "for-firms", "help", "indicators-misleading", "me-earned"])
def test_no_row_of_panes_has_an_empty_place(context: Callable[..., BrowserContext], stage: Stage, name: str) -> None:
    sheet = next(one for one in SHEETS if one.name == name)
    page = context(*sheet.cookies(stage), width=1280).new_page()
    sheet.show(page, stage)
    empty = page.evaluate(
        """() => [...document.querySelectorAll(".panes, .loop")].filter((one) => {
          const own = one.getBoundingClientRect();
          const filled = [...one.children].reduce((sum, child) => {
            const box = child.getBoundingClientRect();
            return sum + box.width * box.height;
          }, 0);
          return filled < own.width * own.height * 0.9;
        }).map((one) => one.outerHTML.slice(0, 200))"""
    )
    assert empty == []


def test_help_is_five_screens_of_a_phone_at_most(context: Callable[..., BrowserContext], stage: Stage) -> None:
    page = context(width=360, height=740).new_page()
    next(one for one in SHEETS if one.name == "help").show(page, stage)
    assert page.evaluate("document.documentElement.scrollHeight") <= 5 * 740
    seen = page.evaluate(
        """() => [...document.querySelectorAll(".line")].filter((one) => one.checkVisibility() &&
          ![...one.querySelectorAll("a")].some((link) => link.checkVisibility())).length"""
    )
    assert seen == 0
