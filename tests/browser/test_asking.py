"""Signing in asks no more than it must: what is known can be pasted or filled in, and help stands where it stood."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.live import Live
from tests.browser.sheets import SHEETS
from tests.browser.stage import NAME, Stage, ready

BY_NAME = {one.name: one for one in SHEETS}
_FIELDS = """() => [...document.querySelectorAll("main input:is([type=text], [type=email], [type=password])")]
  .map((one) => [one.name, one.autocomplete])"""

# Each page that asks who someone is, and what a browser is told of each field: WCAG 2.2, 1.3.5 and 3.3.8.
ASKED = {
    "sign-in": [("email", "username"), ("password", "current-password")],
    "sign-up": [("email", "username"), ("password", "new-password")],
    "sign-up-mailed": [("email", "username")],
    "sign-up-password": [("new_password", "new-password")],
    "sign-in-code": [("code", "one-time-code")],
    "password-reset": [("email", "username")],
    "password-new": [("new_password", "new-password")],
    "account": [("password", "current-password"), ("new_password", "new-password")],
    "account-name": [("certificate_name", "name")],
    "address": [("email", "email"), ("password", "current-password")],
    "second-factor": [("password", "current-password")],
    "second-factor-set-up": [("code", "one-time-code")],
    "second-factor-off": [("password", "current-password"), ("code", "one-time-code")],
    "invitation-new": [("password", "new-password")],
    "join-code": [("code", "off")],
    "join-name": [("name", "name"), ("employee_number", "off")],
}


def show(context: Callable[..., BrowserContext], stage: Stage, name: str) -> Page:
    """Open a page of a name."""
    sheet = BY_NAME[name]
    page = context(*sheet.cookies(stage), permissions=["clipboard-read", "clipboard-write"]).new_page()
    sheet.show(page, stage)
    return page


@pytest.mark.asvs("6.2.7")
@pytest.mark.check("T142")
@pytest.mark.parametrize("name", ASKED)
def test_each_field_is_asked_once_named_for_browsers_and_takes_what_is_pasted(
    context: Callable[..., BrowserContext], stage: Stage, name: str
) -> None:
    page = show(context, stage, name)
    assert [tuple(one) for one in page.evaluate(_FIELDS)] == ASKED[name]
    for field, _token in ASKED[name]:
        if field not in ("password", "new_password", "code"):
            continue
        place = page.locator(f"main input[name={field}]")
        page.evaluate("navigator.clipboard.writeText('123456')")
        place.fill("")
        place.focus()
        page.keyboard.press("Control+V")
        expect(place).to_have_value("123456")


@pytest.mark.check("T142")
def test_a_name_that_was_given_is_filled_in_or_not_asked_again(
    live: Live, context: Callable[..., BrowserContext]
) -> None:
    person = ready(live.app)
    page = context(live.cookie(person.user())).new_page()
    page.goto("/courses/recognize/final")
    expect(page.locator("main input[name=certificate_name]")).to_have_count(0)
    expect(page.get_by_role("main")).to_contain_text(NAME)
    page.goto("/organizations/new")
    expect(page.locator("input[name=own_name]")).to_have_value(NAME)
    page.goto("/account/name")
    expect(page.locator("input[name=certificate_name]")).to_have_value(NAME)


@pytest.mark.check("T142")
def test_what_was_typed_is_there_after_an_error(context: Callable[..., BrowserContext], live: Live) -> None:
    page = context().new_page()
    page.goto("/sign-in")
    page.locator("input[name=email]").fill("zoe@example.org")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.locator("input[name=email]")).to_have_value("zoe@example.org")
