"""The practice shift and the rare shift in a browser: nothing typed is lost, and the keyboard alone will do."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.live import Live
from tests.browser.stage import OFFICER, Person
from trainer.assessment.models import Attempt
from trainer.core.db import db


def _open(live: Live, context: Callable[..., BrowserContext], path: str, person: Person, **options: bool) -> Page:
    page = context(live.cookie(person.user()), **options).new_page()
    page.goto(path)
    return page


def test_what_is_typed_is_saved_while_it_is_typed(live: Live, context: Callable[..., BrowserContext]) -> None:
    person = Person(live.app, course=OFFICER).enroll()
    shift = person.shift(answer=2)
    page = _open(live, context, f"{shift}/scenes/3", person)
    page.get_by_role("radio", name="Report now").check()
    page.get_by_role("radio", name="Certain").check()
    page.get_by_role("button", name="Record my verdict").click()
    line = page.get_by_label("A line for your log")
    expect(line).to_be_visible()
    with page.expect_response(lambda answer: answer.request.method == "POST"):  # the verdict left "Saved." there
        line.press_sequentially("22:50 gray car")
    expect(page.locator("#saved")).to_have_text("Saved.")
    page.reload()
    assert page.get_by_label("A line for your log").input_value() == "22:50 gray car"
    page.goto(f"{shift}/handover")
    page.get_by_label("Your handover").press_sequentially("Gray car at the side door.")
    expect(page.locator("#saved")).to_have_text("Saved.")
    page.reload()
    assert page.get_by_label("Your handover").input_value() == "Gray car at the side door."
    page.get_by_role("button", name="Hand over", exact=True).click()
    expect(page.get_by_text("One way to say it")).to_be_visible()
    page.get_by_label("What was seen and said").check()
    expect(page.locator("#saved")).to_have_text("Saved.")
    page.reload()
    assert page.get_by_label("What was seen and said").is_checked()
    page.get_by_role("button", name="See my result").click()
    expect(page.locator("#handover")).to_contain_text("Gray car at the side door.")


def test_a_rare_shift_takes_two_keys_for_each_event(live: Live, context: Callable[..., BrowserContext]) -> None:
    person = Person(live.app, course=OFFICER)
    path = person.rare(answer=0)
    page = _open(live, context, f"{path}/events/1#event", person, java_script_enabled=False)
    for number in range(1, 41):
        assert f"Event {number} of 40" in page.inner_text("main")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.value") == "nothing-to-report"
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/events/{number + 1}#event" if number < 40 else "**/submission**")
    page.get_by_role("button", name="See my result").click()
    assert "ordinary events you reported none." in page.inner_text("h1")
    with live.app.app_context():
        kept = db.session.query(Attempt).filter_by(user_id=person.id).one()
        assert kept.tally is not None
        assert kept.tally["unanswered"] == 0
