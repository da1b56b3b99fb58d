"""What a screen reader is told of the pages of a final and of twins, kept in `trees/`; and what it is told when
something happens.

A tree that should change is written anew with TRAINER_WRITE_TREES=1, and its difference is read.
"""

from __future__ import annotations

import calendar
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.live import Live
from tests.browser.sheets import SHEETS
from tests.browser.stage import Stage, ready

TREES = Path(__file__).with_name("trees")
PAGES = ["final-start", "final-scene", "submission-full", "final-more", "result-passed", "twin-ask", "twin-answered"]
BY_NAME = {one.name: one for one in SHEETS}
# What a scene offers as first steps is its own, and so are its sentences and what decides it.
_HIDE_WORDS = """document.querySelectorAll("label:has(input[name=action])").forEach((one) => {
  const walk = document.createTreeWalker(one, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) if (walk.currentNode.data.trim()) walk.currentNode.data = "A first step";
});
document.querySelectorAll(".ph span, .flip > label, .story mark").forEach((one) => one.childNodes.forEach((node) => {
  if (node.nodeType === Node.TEXT_NODE && node.data.trim()) node.data = "Its words";
}))"""

_MONTHS = r"\b({})\b".format("|".join(calendar.month_name[1:]))

Node = tuple[str, tuple["Node", ...]]


def tree_of(page: Page) -> str:
    """Return roles, states, and the names of what can be used; what is read as text is the words' own matter."""
    page.evaluate(_HIDE_WORDS)
    lines = iter(page.locator("main").aria_snapshot().splitlines())
    return "\n".join(_written(_nodes(list(lines)), 0)) + "\n"


def _nodes(lines: list[str]) -> tuple[Node, ...]:
    """Return the nodes of an indented list, of equal ones in a row the first."""
    found: list[Node] = []
    while lines:
        line, rest = lines[0], lines[1:]
        depth = len(line) - len(line.lstrip())
        end = next((n for n, one in enumerate(rest) if len(one) - len(one.lstrip()) <= depth), len(rest))
        name = _plain(line.strip())
        node = (name, _nodes(rest[:end]))
        if name and (not found or found[-1] != node):
            found.append(node)
        lines = rest[end:]
    return tuple(found)


def _plain(line: str) -> str:
    """Return a line without numbers, months, addresses, running text, and what someone chose or did."""
    line = re.sub(r"^- '(.*)'(:?)$", r"- \1\2", line).removesuffix(":")
    if line.startswith(("- /url", "- text")):
        return ""
    line = re.sub(r"^- (paragraph|listitem|group|status): .*", r"- \1", line)
    line = re.sub(r'^(- heading "[^".]*\.)[^"]*"', r'\1"', line)
    line = re.sub(_MONTHS, "MONTH", line.replace(" [checked]", ""))
    return re.sub(r"(?<!level=)(?<!\d)\d[\d,]*", "N", line)


def _written(nodes: tuple[Node, ...], depth: int) -> Iterator[str]:
    for name, children in nodes:
        yield "  " * depth + name
        yield from _written(children, depth + 1)


def compare(page: Page, name: str) -> None:
    """Compare the page's tree with the one that is kept."""
    path, found = TREES / f"{name}.txt", tree_of(page)
    if os.environ.get("TRAINER_WRITE_TREES"):
        path.write_text(found, "utf-8")
    assert found == path.read_text("utf-8")


@pytest.mark.check("T138")
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_told_as_it_was_read(context: Callable[..., BrowserContext], stage: Stage, name: str) -> None:
    sheet = BY_NAME[name]
    page = context(*sheet.cookies(stage)).new_page()
    sheet.show(page, stage)
    compare(page, name)


@pytest.mark.check("T138")
def test_the_summary_of_errors_is_read_first_and_leads_to_the_fields(
    live: Live, context: Callable[..., BrowserContext]
) -> None:
    person = ready(live.app)
    path = person.final()
    page = context(live.cookie(person.user())).new_page()
    page.goto(f"{path}/scenes/1")
    page.get_by_role("button", name="Record my verdict").click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary).to_have_accessible_name("Please fix the following")
    compare(page, "final-scene-error")
    for message, group in (("Choose one of the three.", "verdict"), ("Choose how sure you are.", "confidence")):
        link = summary.get_by_role("link", name=message)
        link.click()
        target = page.locator(str(link.get_attribute("href")))
        expect(target).to_be_in_viewport()
        assert target.evaluate("(one, name) => !!one.querySelector(`[name=${name}]`) || one.name === name", group)
        field = page.locator(f"fieldset:has(input[name={group}])")
        assert message in str(field.aria_snapshot())


@pytest.mark.check("T138")
def test_saving_is_said_in_a_region_that_was_there_before(live: Live, context: Callable[..., BrowserContext]) -> None:
    person = ready(live.app)
    path = person.final()
    page = context(live.cookie(person.user())).new_page()
    page.goto(f"{path}/scenes/1")
    status = page.get_by_role("status")
    expect(status).to_have_count(1)
    expect(status).to_be_empty()
    page.evaluate("window.saved = document.getElementById('saved')")
    page.locator("label:has(input[name=verdict])").first.click()
    expect(status).to_have_text("Saved.")
    expect(page.locator("input[name=verdict]").first).to_be_focused()
    assert page.evaluate("window.saved.isConnected && window.saved.getAttribute('role') === 'status'")
    assert page.get_by_role("timer").count() == 0
