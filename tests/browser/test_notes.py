"""Writing a note in a lesson, and matching, by keyboard alone and without script; nothing typed is lost on the way."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.hands import Keyboard
from tests.browser.live import Live
from tests.browser.sheets import NOTE, OFFICER
from tests.browser.stage import Person

TEXT = "Sat, 8:15 am. She said, 'Can I have my phone?'"
MATCH = f"{OFFICER}/look-alikes-and-false-alarms/other-problems-other-ways"


@pytest.mark.parametrize("is_learner", [False, True])
def test_a_note_is_written_and_compared_with_a_keyboard_and_without_script(
    live: Live, context: Callable[..., BrowserContext], is_learner: bool
) -> None:
    cookies = [live.cookie(Person(live.app, guest=True).user())] if is_learner else []
    page = context(*cookies, java_script_enabled=False, width=360, height=740).new_page()
    hands = Keyboard(page)
    page.goto(f"{NOTE}#q-feed-store")
    hands.fill("Write the note", TEXT)
    hands.press("Compare with a model")
    # The page stands where the question is, and the note in its field.
    expect(page.locator(".question dl")).to_contain_text("Saturday, 8:15 am, feed store on Route 7")
    assert 0 <= page.locator("#q-feed-store").evaluate("one => one.getBoundingClientRect().top") < 740
    expect(page.get_by_label("Your note")).to_have_value(TEXT)
    assert TEXT[:3] not in page.url
    hands.tick("ticked")
    hands.press("I’ve compared them")
    expect(page.locator(".told")).to_have_text("Written and compared.")
    expect(page.locator(".as-written")).to_have_text(TEXT)
    expect(page.locator(".question .why b").first).to_contain_text("Found in your note:")


def test_a_note_is_still_there_after_the_line_was_down(context: Callable[..., BrowserContext]) -> None:
    visit = context()
    page = visit.new_page()
    page.goto(NOTE)
    page.get_by_label("Write the note").fill(TEXT)
    visit.set_offline(True)
    page.get_by_role("button", name="Compare with a model").click()
    expect(page.get_by_role("status").filter(has_text="Your answer is still here")).to_be_visible()
    expect(page.get_by_label("Write the note")).to_have_value(TEXT)
    visit.set_offline(False)
    expect(page.locator(".question dl")).to_contain_text("Saturday, 8:15 am, feed store on Route 7")


def test_rows_are_matched_with_a_keyboard_and_without_script(context: Callable[..., BrowserContext]) -> None:
    page = context(java_script_enabled=False, width=360, height=740).new_page()
    hands = Keyboard(page)
    page.goto(f"{MATCH}#q-six-ways")
    for box in page.locator(".question select").all():
        hands.reach(box)
        page.keyboard.press("ArrowDown")
    hands.press("Check my matches")
    expect(page.locator(".told")).to_have_text("2 of 6 are right.")
