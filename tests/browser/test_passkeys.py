"""Passkeys in a real browser, with an authenticator that Chromium plays: made, used, renamed, removed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.browser.live import Live, serve_here
from tests.cast import make_account
from tests.support import PASSWORD

ADDRESS = "zoe@example.org"


@pytest.fixture
def named(template_database: Path, tmp_path: Path) -> Iterator[Live]:
    """Serve under a host name: a passkey can't belong to a number."""
    with serve_here(tmp_path, template_database) as live:
        url = live.url.replace("127.0.0.1", "localhost")
        live.app.config["SETTINGS"] = replace(live.app.config["SETTINGS"], base_url=url)
        make_account(live.app, ADDRESS)
        yield replace(live, url=url)


@pytest.fixture
def visit(browser: Browser, named: Live) -> Iterator[Callable[..., Page]]:
    """Return an opener of pages in a browser of their own."""
    made = []

    def open_page(**options: Any) -> Page:
        made.append(browser.new_context(base_url=named.url, viewport={"width": 360, "height": 740}, **options))
        made[-1].set_default_timeout(60_000)
        return made[-1].new_page()

    yield open_page
    for one in made:
        one.close()


def hold(page: Page, *, unlocks: bool = True) -> tuple[CDPSession, str]:
    """Give the browser an authenticator, whose holder unlocks it or doesn't."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": unlocks, "automaticPresenceSimulation": True,
    }  # fmt: skip
    return cdp, cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]


def sign_in(page: Page) -> None:
    page.goto("/sign-in?next=/account/passkeys")
    page.locator("input[name=email]").fill(ADDRESS)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).press("Enter")
    page.wait_for_url("**/account/passkeys")


def add(page: Page, name: str) -> None:
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Confirm", exact=True).press("Enter")
    page.get_by_role("heading", name="Add a passkey").wait_for()
    page.locator("form[data-passkey] input[name=name]").fill(name)
    page.get_by_role("button", name="Make a passkey").press("Enter")
    page.get_by_role("link", name="I’ve saved them").press("Enter")
    expect(page.get_by_text(name).first).to_be_visible()


def test_a_passkey_is_made_and_used_by_keyboard_alone(visit: Callable[..., Page]) -> None:
    page = visit()
    hold(page)
    sign_in(page)
    add(page, "My phone")
    page.goto("/account")
    page.get_by_role("button", name="Sign out on all devices").press("Enter")
    page.goto("/sign-in?next=/account/passkeys")
    page.get_by_role("button", name="Sign in with a passkey").press("Enter")
    page.wait_for_url("**/account/passkeys")
    expect(page.get_by_text("last used")).to_be_visible()
    page.get_by_role("button", name="Confirm with a passkey").press("Enter")
    page.locator("summary").filter(has_text="Change its name").press("Enter")
    page.get_by_label("Name", exact=True).first.fill("Old phone")
    page.get_by_role("button", name="Rename").press("Enter")
    expect(page.get_by_text("Old phone").first).to_be_visible()
    page.get_by_role("button", name="Remove").press("Enter")
    expect(page.get_by_text("You don’t have a passkey yet.")).to_be_visible()


def test_whoever_can_not_unlock_the_device_stays_out_and_is_told(visit: Callable[..., Page]) -> None:
    page = visit()
    cdp, authenticator = hold(page)
    sign_in(page)
    add(page, "My phone")
    page.goto("/account")
    page.get_by_role("button", name="Sign out on all devices").click()
    cdp.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False})
    page.goto("/sign-in")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.locator("form[data-passkey] [role=status]")).to_contain_text("Try again, or use your password")
    page.goto("/account")
    page.wait_for_url("**/sign-in?next=/account")


def test_a_copy_whose_counter_is_behind_stays_out(visit: Callable[..., Page]) -> None:
    page = visit()
    cdp, authenticator = hold(page)
    sign_in(page)
    add(page, "My phone")
    copied = cdp.send("WebAuthn.getCredentials", {"authenticatorId": authenticator})["credentials"][0]
    page.goto("/account")
    page.get_by_role("button", name="Sign out on all devices").click()
    for _time in range(2):  # the real one signs on
        page.goto("/sign-in")
        page.get_by_role("button", name="Sign in with a passkey").click()
        page.wait_for_url("**/me")
        page.goto("/account")
        page.get_by_role("button", name="Sign out on all devices").click()
    thief = visit()
    other, key_ring = hold(thief)
    other.send("WebAuthn.addCredential", {"authenticatorId": key_ring, "credential": copied})
    thief.goto("/sign-in")
    thief.get_by_role("button", name="Sign in with a passkey").click()
    expect(thief.get_by_role("alert")).to_contain_text("That passkey didn’t work here")


def test_without_script_there_is_no_dead_button_and_the_password_works(visit: Callable[..., Page]) -> None:
    page = visit(java_script_enabled=False)
    page.goto("/sign-in")
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    sign_in(page)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Confirm", exact=True).click()
    expect(page.get_by_role("button", name="Make a passkey")).to_be_hidden()
    expect(page.get_by_text("You can’t make a passkey here")).to_be_visible()


def test_where_the_address_is_a_number_there_is_no_button(visit: Callable[..., Page], named: Live) -> None:
    page = visit()
    page.goto(named.url.replace("localhost", "127.0.0.1") + "/sign-in")
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
