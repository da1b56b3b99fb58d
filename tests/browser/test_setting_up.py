"""From the front page, without an account, to a firm of 400 set up: counted in clicks, mailed links among them."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pyotp
from playwright.sync_api import BrowserContext, Locator, expect
from sqlalchemy import func, select

from tests.browser.hands import Mouse
from tests.browser.live import Live
from tests.browser.post import letter_to, link_in
from tests.support import PASSWORD
from trainer.core.clock import now
from trainer.core.db import db
from trainer.extras.pins.models import PinSlip
from trainer.organizations.models import Invitation, JoinCode, Membership, Organization

MOST = 15
GUARDS, WITHOUT_ADDRESS, SITES = 400, 67, 30


class Counting(Mouse):
    """Counts each click that follows a link, sends a form or saves a file; fields are filled and ticked for free."""

    clicks = 0

    def _act(self, target: Locator) -> None:
        self.clicks += 1
        super()._act(target)

    def save(self, target: Locator) -> bytes:
        """Save the file that a link or button leads to."""
        self.clicks += 1
        with self.page.expect_download(timeout=60_000) as started:
            target.click()
        return Path(started.value.path()).read_bytes()

    def confirm(self, link: str) -> None:
        """Follow the link of an email, which opens beside this page, and press the button there."""
        beside = Counting(self.page.context.new_page())
        beside.open(link)
        beside.press("Yes, confirm it")
        beside.page.close()
        self.clicks += 1 + beside.clicks


def roster(made: int) -> str:
    """Return a roster of 400 guards at 30 sites, every sixth without an address."""
    lines = ["name,employee number,email,job title,teams"]
    for number in range(GUARDS):
        has_address = number % 6 or number // 6 >= WITHOUT_ADDRESS
        email = f"guard{number}.{made}@example.org" if has_address else ""
        lines.append(
            f"Guard {chr(65 + number % 26)}. Number{number},{number:05},{email},Guard,Site {number % SITES:02}"
        )
    return "\n".join(lines)


def test_a_firm_of_400_is_set_up_in_15_clicks(
    context: Callable[..., BrowserContext], live: Live, tmp_path: Path
) -> None:
    made = time.time_ns()
    hand, email = Counting(context(accept_downloads=True).new_page()), f"alice.{made}@example.org"
    hand.page.set_default_timeout(60_000)
    hand.open("/")
    hand.follow("For firms and instructors")
    hand.page.locator("main").get_by_role("link", name="Create a firm").first.click()
    hand.clicks += 1
    hand.fill("Email", email)
    hand.fill("Password", PASSWORD)
    hand.page.get_by_label("I’m 13 or older").check()
    hand.press("Create the account")
    hand.confirm(link_in(letter_to(live, email, "confirm-address")))
    _make_firm(hand)
    file = tmp_path / "roster.csv"
    file.write_text(roster(made), encoding="utf-8")
    hand.follow("Set a rule of your own")
    hand.press("Save")
    expect(hand.page.get_by_role("heading", level=1)).to_have_text("Lone Star Security")
    hand.page.locator("input[type=file]").set_input_files(file)
    hand.press("Show what would happen")
    expect(hand.page.get_by_role("heading", level=1)).to_have_text(f"{GUARDS} new people")
    hand.press("Import these people")
    expect(hand.page.get_by_role("heading", level=1)).to_have_text("The roster is imported")
    assert hand.save(hand.page.get_by_role("button", name="Print PIN slips")).startswith(b"%PDF")
    assert hand.save(hand.page.get_by_role("button", name=f"Print the posters of {SITES} teams")).startswith(b"%PDF")
    _is_set_up(live)
    clicks = hand.clicks
    hand.follow("Lone Star Security", exact=True)
    assert clicks <= MOST
    expect(hand.page.get_by_text("5 of 6 steps done")).to_be_visible()


def _make_firm(hand: Counting) -> None:
    hand.fill("Name of the firm", "Lone Star Security")
    hand.fill("Your name, as it appears on the roster", "Alice Able")
    hand.press("Create the firm")
    hand.fill("Current password", PASSWORD)
    hand.press("Set it up")
    key = hand.page.locator(".key").inner_text().replace(" ", "")
    hand.fill("Code", pyotp.TOTP(key).at(now()))
    hand.press("Turn it on")
    expect(hand.page.get_by_role("listitem").filter(has_text=re.compile("^[a-z0-9-]{8,}$")).first).to_be_visible()
    hand.follow("I’ve saved them")
    expect(hand.page.get_by_role("heading", level=1)).to_have_text("Lone Star Security")


def _is_set_up(live: Live) -> None:
    """Assert that everyone was invited or has a printed slip, and every site has a code."""
    with live.app.app_context():
        firm = db.session.scalars(select(Organization.id).where(Organization.name == "Lone Star Security")).one()
        waiting = select(func.count()).where(Membership.organization_id == firm, Membership.user_id.is_(None))
        counts = [
            db.session.scalar(select(func.count()).where(record.organization_id == firm))
            for record in (Invitation, PinSlip, JoinCode)
        ]
        assert db.session.scalar(waiting) == GUARDS
        assert counts == [GUARDS - WITHOUT_ADDRESS, WITHOUT_ADDRESS, SITES]
