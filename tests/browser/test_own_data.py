"""Someone gets a copy of their data, asks to be erased, and changes their mind: by keyboard, and without script."""

from __future__ import annotations

import zipfile
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.hands import Keyboard, Mouse
from tests.browser.live import Live
from tests.browser.stage import Person
from tests.support import PASSWORD
from trainer.accounts.models import User
from trainer.accounts.passwords import hash_password
from trainer.core.db import db, transaction
from trainer.jobs.work import advance_all


@pytest.mark.check("T157")
@pytest.mark.parametrize("kind", [Mouse, Keyboard])
def test_a_copy_and_an_erasure_that_is_undone(
    context: Callable[..., BrowserContext], live: Live, kind: type[Mouse]
) -> None:
    person = Person(live.app)
    with live.app.app_context(), transaction():
        db.session.get_one(User, person.id).password_hash = hash_password(PASSWORD)
    has_script = kind is Keyboard
    page = context(live.cookie(person.user()), width=360, height=700, java_script_enabled=has_script).new_page()
    hand, main = kind(page), page.get_by_role("main")
    hand.open("/account")
    hand.follow("What we know about you")
    expect(main.get_by_role("heading", level=1)).to_have_text("What we know about you")
    hand.follow("Get a copy")
    hand.press("Order a copy")
    expect(main).to_contain_text("It is being made")
    with live.app.app_context():
        list(advance_all())
    hand.follow("Check again")
    hand.fill("Current password", "not my password")
    hand.press("Download")
    expect(page.get_by_role("alert")).to_contain_text("This isn’t your password")
    hand.fill("Current password", PASSWORD)
    button = main.get_by_role("button", name="Download")
    with page.expect_download() as download:
        if isinstance(hand, Keyboard):
            hand.reach(button)
            page.keyboard.press("Enter")
        else:
            button.click()
    with zipfile.ZipFile(download.value.path()) as archive:
        assert "account/account.json" in archive.namelist()
    hand.press("Delete this copy")
    expect(main).to_contain_text("The copy was deleted.")
    hand.open("/account/data")
    hand.follow("Erase my account")
    hand.fill("Current password", PASSWORD)
    hand.press("Erase my account")
    expect(main).to_contain_text("Your account will be erased on")
    hand.open("/me")
    hand.press("Keep my account")
    expect(main).to_contain_text("Your account stays. Nothing was erased.")
    with live.app.app_context():
        assert db.session.get_one(User, person.id).erases_at is None
