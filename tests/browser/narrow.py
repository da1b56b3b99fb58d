"""Faults of layout that show when a page is narrow, zoomed, spaced out or has large text."""

from __future__ import annotations

from playwright.sync_api import Page

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


# Which scenes a page shows is drawn by chance, so every paragraph gets the longest word that any scene has.
_LENGTHENED = """() => {
  document.querySelectorAll("details").forEach((one) => (one.open = true));
  window.longer = [];
  for (const one of document.querySelectorAll("main :is(p, li, dd, h1, h2, h3, label, legend, b)")) {
    if (!one.textContent.trim() || one.closest(".vh, .btn, .tbl, .pager")) continue;
    window.longer.push(new Text(" superintendent"));
    one.append(window.longer.at(-1));
  }
}"""
_SHORTENED = "window.longer.forEach((one) => one.remove())"
_SIZED = "(size) => { document.documentElement.style.fontSize = size; }"


def faults_when_narrow(page: Page) -> dict[str, list[str]]:
    """Return what is cut off, lies over something else or makes a page scroll sideways; opens all that can open."""
    found = {}
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 740})
        found[f"broken words, {width} px"] = page.evaluate(_BROKEN)
    page.set_viewport_size({"width": 320, "height": 640})
    page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
    found["320 px"] = _faults(page)
    # A screen of 1280 x 1024 at 400 %.
    page.set_viewport_size({"width": 320, "height": 256})
    found["400 %"] = _faults(page)
    page.set_viewport_size({"width": 320, "height": 640})
    style = page.add_style_tag(content=_SPACED)
    found["spaced"] = _faults(page)
    style.evaluate("(one) => one.remove()")
    page.set_viewport_size({"width": 360, "height": 640})
    page.evaluate(_SIZED, "200%")
    found["text at 200 %"] = _faults(page)
    page.evaluate(_SIZED, "")
    return found


def faults_with_longer_text(page: Page) -> dict[str, list[str]]:
    """Return such faults of large text on a phone, whichever scenes are drawn; opens all that can open."""
    page.set_viewport_size({"width": 360, "height": 640})
    page.evaluate(_LENGTHENED)
    page.evaluate(_SIZED, "200%")
    found = {"longer text at 200 %": _faults(page)}
    page.evaluate(_SIZED, "")
    page.evaluate(_SHORTENED)
    return found


def _faults(page: Page) -> list[str]:
    faults: list[str] = page.evaluate(CUT) + page.evaluate(_OVER)
    return faults
