"""Two ways to work a page: with a mouse (script or none), and with a keyboard alone."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import ElementHandle, Locator, Page, expect

# Says of the element in focus: which it is, and what is wrong with how it shows.
_STOP = """() => {
  const one = document.activeElement;
  if (!one || one === document.body || one === document.documentElement) return null;
  const shown = one.closest(".opt") || one;
  const style = getComputedStyle(shown), box = shown.getBoundingClientRect();
  const words = (one.innerText || one.value || "").trim();
  const what = one.tagName.toLowerCase() + (one.id ? "#" + one.id : "") + " " + words;
  const faults = [];
  if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) faults.push("no outline");
  if (box.width < 1 || box.height < 1) faults.push("no size");
  if (box.bottom <= 0 || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth) faults.push("off screen");
  else {
    const bar = document.querySelector(".topbar");
    const covers = getComputedStyle(bar).position === "sticky" && !one.closest(".topbar, .nav, .skip");
    if (covers && box.top < bar.getBoundingClientRect().bottom - 1 && box.height < innerHeight / 2)
      faults.push("under the bar");
    const [first] = shown.getClientRects();
    const x = Math.min(Math.max(first.left + first.width / 2, 1), innerWidth - 1);
    // Of what is taller than the page, a point below the bar.
    const least = covers ? bar.getBoundingClientRect().bottom + 1 : 1;
    const from = box.height < innerHeight / 2 ? 1 : least;
    const y = Math.min(Math.max(first.top + Math.min(first.height / 2, 40), from), innerHeight - 1);
    const hit = document.elementFromPoint(x, y);
    const pane = one.closest(".mods > li");
    if (!hit || !(shown.contains(hit) || hit.contains(shown) || (pane && pane.contains(hit))))
      faults.push("covered by " + (hit ? hit.className || hit.tagName : "nothing"));
  }
  return {what: what.slice(0, 60), faults};
}"""


class Mouse:
    """Clicks and types."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, path: str) -> None:
        """Type an address."""
        self.page.goto(path)

    def follow(self, name: str, **exactly: Any) -> None:
        """Follow a link of the page."""
        self._act(self.page.get_by_role("link", name=_name(name), **exactly).last)

    def press(self, name: str) -> None:
        """Press a button."""
        self._act(self.page.locator("main").get_by_role("button", name=_name(name)).last)

    def choose(self, name: str, value: str | None = None) -> None:
        """Choose a value (or the first) of the radio buttons called `name`."""
        wanted = f"input[name={name}]" + (f"[value='{value}']" if value else "")
        self.page.locator(f"label:has({wanted})").first.click()

    def judge(self, verdict: str, action: str | None = None) -> None:
        """Record a verdict, and then a first step (or the first one) of the menu that follows."""
        self.choose("verdict", verdict)
        self.choose("confidence", "certain")
        self.reach(record := self.page.locator("main").get_by_role("button", name="Record my verdict"))
        record.press("Enter")
        expect(self.page.locator("#first-step")).to_be_focused()  # with script in place, without on a second page
        self.choose("action", action)
        self.press("Record my answer")

    def reach(self, target: Locator) -> None:
        """Look at something."""
        target.scroll_into_view_if_needed()

    def tick(self, name: str) -> None:
        """Tick a box."""
        self.page.locator(f"label:has(input[name={name}])").click()

    def answer_questions(self) -> None:
        """Answer all questions of a lesson with what comes first; each answer opens the next."""
        questions = self.page.locator(".question form")
        while questions.count():
            form = questions.first
            for number, place in enumerate(form.locator("select:visible").all()):
                offered = place.locator("option:not([value=''])")
                self.select(place, offered.nth(number % offered.count()))
            if form.locator("input[name=chosen]").count():
                self.choose("chosen")
            for note in form.locator("textarea").all():
                self.write(note, "6 pm, by the gate. Two people.")
            self._act(form.locator("button.fill"))

    def select(self, field: Locator, option: Locator) -> None:
        """Choose from a list."""
        field.select_option(option.get_attribute("value"))

    def write(self, field: Locator, text: str) -> None:
        """Write over what stands in a field."""
        field.fill(text)

    def fill(self, label: str, text: str) -> None:
        """Type into a field."""
        self.page.get_by_label(label).and_(self.page.locator("input, textarea")).fill(text)

    def _act(self, target: Locator) -> None:
        # A form may wait for an answer on its way before it is sent.
        with self.page.expect_navigation():
            target.click()


class Keyboard(Mouse):
    """Tab, Shift+Tab, Space, Enter and arrows; at each stop the focus must show and nothing may cover it."""

    def open(self, path: str) -> None:
        """Type an address, and meet the skip link first and the exit second."""
        super().open(path)
        self.arrive()

    def arrive(self) -> None:
        """Assert what the first two stops of a page are."""
        if "#" in self.page.url:
            return  # a question that was answered: the next stop is there
        if self.page.evaluate("document.activeElement !== document.body"):
            return  # an error summary took the focus
        assert self._tab()["what"].startswith("a Skip"), "the skip link is not the first stop"
        second = self._tab()
        assert second["what"].startswith("a#exit"), f"the exit is not the second stop: {second}"

    def choose(self, name: str, value: str | None = None) -> None:
        """Tab to the radio buttons, then use arrows."""
        self._tab_to(f"document.activeElement.name === {name!r}")
        value = value or self.page.locator(f"input[name={name}]").first.get_attribute("value")
        for _arrow in range(8):
            if self.page.evaluate("document.activeElement.value") == value:
                break
            self.page.keyboard.press("ArrowDown")
        self.page.keyboard.press("Space")
        assert self.page.locator(f"input[name={name}][value='{value}']").first.is_checked()

    def tick(self, name: str) -> None:
        """Tab to a box and tick it with Space."""
        self._tab_to(f"document.activeElement.name === {name!r}")
        self.page.keyboard.press("Space")

    def select(self, field: Locator, option: Locator) -> None:
        """Tab to a list and type what it offers."""
        self.reach(field)
        self.page.keyboard.type(option.inner_text().strip())
        assert field.input_value() == option.get_attribute("value")

    def write(self, field: Locator, text: str) -> None:
        """Tab to a field and type over what stands in it."""
        self.reach(field)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def fill(self, label: str, text: str) -> None:
        """Tab to a field and type."""
        field = self.page.get_by_label(label).get_attribute("id")
        self._tab_to(f"document.activeElement.id === {field!r}")
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def reach(self, target: Locator) -> None:
        """Tab to something."""
        self._tab_to("target === document.activeElement", target.element_handle())

    def _act(self, target: Locator) -> None:
        self.reach(target)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.arrive()

    def _tab_to(self, condition: str, target: ElementHandle | None = None) -> None:
        is_there = self.page.evaluate(f"(target) => {condition}", target)
        for _stop in range(250):
            if is_there:
                return
            stop = self._tab(condition, target)
            assert stop, f"the page ended before {condition}"
            is_there = stop["is_there"]
        raise AssertionError(f"out of the keyboard's reach: {condition}")

    def _tab(self, condition: str = "false", target: ElementHandle | None = None) -> dict[str, Any]:
        self.page.keyboard.press("Tab")
        # Of both in one question: there are thousands of stops on a whole road.
        look = f"(target) => {{ const stop = ({_STOP})(); return stop && {{...stop, is_there: {condition}}}; }}"
        stop: dict[str, Any] = self.page.evaluate(look, target) or {}
        assert not stop.get("faults"), f"{self.page.url}: {stop}"
        return stop


def _name(text: str) -> re.Pattern[str]:
    return re.compile("^" + re.escape(text))
