"""A password can be looked at while it is typed: by keyboard, only with script, and never once it is sent."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.live import Live
from tests.browser.sheets import SHEETS
from tests.browser.stage import Stage

TYPED = "correct horse battery"


def kind(page: Page, name: str = "password") -> str:
    return str(page.locator(f"input[name={name}]").get_attribute("type"))


def test_it_is_shown_and_hidden_by_keyboard_and_never_sends(context: Callable[..., BrowserContext], live: Live) -> None:
    page = context(width=360).new_page()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.goto("/sign-in")
    page.locator("input[name=password]").focus()
    page.keyboard.type(TYPED)
    page.keyboard.press("Tab")
    button = page.locator("button:focus")
    box = button.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 44
    expect(button).to_have_accessible_name("Show Password")
    for key, name, state in (("Enter", "Hide", "text"), ("Space", "Show", "password"), ("Enter", "Hide", "text")):
        page.keyboard.press(key)
        expect(button).to_have_accessible_name(f"{name} Password")
        assert kind(page) == state
    assert page.locator("input[name=password]").input_value() == TYPED
    assert page.url.endswith("/sign-in")
    assert sent == []


def test_it_is_hidden_again_when_it_is_sent(context: Callable[..., BrowserContext], live: Live) -> None:
    page = context().new_page()
    page.goto("/sign-in")
    page.locator("[data-reveal]").click()
    page.evaluate("""() => document.querySelector("main form").addEventListener("submit", (event) => {
        event.preventDefault();
        document.title = document.querySelector("[name=password]").type;
    })""")
    page.locator("input[name=email]").fill("zoe@example.org")
    page.locator("input[name=password]").fill(TYPED)
    page.keyboard.press("Enter")
    expect(page).to_have_title("password")
    expect(page.locator("[data-reveal]")).to_have_accessible_name("Show Password")


def test_without_script_there_is_no_button(context: Callable[..., BrowserContext], live: Live) -> None:
    page = context(java_script_enabled=False).new_page()
    page.goto("/sign-in")
    expect(page.locator("[data-reveal]")).to_be_hidden()
    assert kind(page) == "password"


@pytest.mark.parametrize(
    ("name", "fields"), [("account", ["password", "new_password"]), ("password-new", ["new_password"])]
)
def test_each_field_has_a_button_of_its_own(
    context: Callable[..., BrowserContext], stage: Stage, name: str, fields: list[str]
) -> None:
    sheet = next(one for one in SHEETS if one.name == name)
    page = context(*sheet.cookies(stage)).new_page()
    sheet.show(page, stage)
    for field in fields:
        page.locator(f"#{field} + [data-reveal]").click()
        assert [kind(page, one) for one in fields] == ["text" if one == field else "password" for one in fields]
        page.locator(f"#{field} + [data-reveal]").click()
