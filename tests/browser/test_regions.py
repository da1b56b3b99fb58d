"""Two regions side by side from one installation: whose numbers a page shows, and what changing that keeps."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.accessible import faults_of, put_axe
from tests.browser.live import Live
from tests.browser.stage import ready
from trainer.assessment.models import Attempt, Response
from trainer.core.db import db

PHONE = {"width": 360, "height": 740}
CHILD_LINE = "1-800-452-1999"
LESSON = "/courses/recognize/essentials/what-counts"


def change_to(page: Page, region: str) -> None:
    """Choose another region below the page."""
    page.locator(".place-line summary").click()
    page.get_by_label("Where are you?").select_option(label=region)
    page.get_by_role("button", name="Use these numbers").click()
    expect(page.locator(".place-line summary")).to_contain_text(region)


@pytest.mark.parametrize("has_script", [True, False])
def test_two_regions_side_by_side_at_360_px(context: Callable[..., BrowserContext], axe: str, has_script: bool) -> None:
    maine = context(**PHONE, java_script_enabled=has_script).new_page()
    maine.goto("/help")
    hampshire = context(**PHONE, java_script_enabled=has_script, bypass_csp=True).new_page()
    hampshire.goto("/help")
    change_to(hampshire, "New Hampshire")
    assert hampshire.url.endswith("/help?region=us-nh")
    assert CHILD_LINE in maine.content()
    assert CHILD_LINE not in hampshire.content()
    expect(hampshire.locator(".place-line")).to_contain_text("We know little about New Hampshire so far")
    hampshire.get_by_role("link", name="Learn", exact=True).click()
    hampshire.wait_for_url(re.compile("region=us-nh"))
    assert hampshire.evaluate("document.documentElement.scrollWidth") <= 360
    if has_script:
        hampshire.locator(".place-line summary").click()
        put_axe(hampshire, axe)
        assert faults_of(hampshire) == []


def test_another_region_in_the_middle_of_a_final_loses_nothing(
    live: Live, context: Callable[..., BrowserContext]
) -> None:
    person = ready(live.app)
    path = person.final()
    page = context(live.cookie(person.user()), **PHONE).new_page()
    page.goto(f"{path}/scenes/1")
    page.locator("label:has(input[name=verdict])").nth(1).click()
    expect(page.locator("#saved")).to_have_text("Saved.")
    change_to(page, "New Hampshire")
    assert page.url.endswith("/scenes/1?region=us-nh")
    expect(page.locator("input[name=verdict]").nth(1)).to_be_checked()
    with live.app.app_context():
        row = db.session.query(Response).join(Attempt).filter_by(user_id=person.id).filter(Response.position == 1)
        assert (row.one().given or {})["verdict"] == "note-and-watch"
    page.locator("button.fill").first.click()
    page.wait_for_url(re.compile("region=us-nh"))


def test_what_was_chosen_in_a_first_try_and_not_sent_yet_is_still_chosen(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/try")
    page.locator("main form button, main a.btn").first.click()
    page.locator("label:has(input[type=radio])").nth(1).click()
    change_to(page, "United States")
    expect(page.locator("input[type=radio]").nth(1)).to_be_checked()


def test_an_answer_in_a_lesson_goes_along_to_another_region(context: Callable[..., BrowserContext]) -> None:
    page = context(**PHONE, java_script_enabled=False).new_page()
    page.goto(LESSON)
    form = page.locator("form[data-answer]").first
    form.locator("label:has(input[type=radio])").first.click()
    form.get_by_role("button").first.click()
    page.wait_for_url(re.compile("answers="))
    answered = page.locator("form[data-answer]").count()
    change_to(page, "United States")
    assert "answers=" in page.url
    assert page.locator("form[data-answer]").count() == answered
