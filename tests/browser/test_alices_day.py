"""Alice makes a firm, brings her people in, requires a course, and shows an inspector who is current."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pyotp
import time_machine
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.hands import Mouse
from tests.browser.live import Live
from tests.browser.post import letter_to, link_in
from tests.support import PASSWORD
from trainer.core.clock import now
from trainer.core.db import db
from trainer.jobs.upkeep import keep_up
from trainer.jobs.work import advance

PLAIN = "Your own rule, no specific law"
TITLE = "For security officers, yearly"
BROKEN = """name,e-mail,job title,teams
Bob Builder,{bob},Guard,Harbor Mall
Dana Dow,{dana},Guard,Harbor Mall; North
R. Roe,,Guard,North
"""


def test_alices_day(context: Callable[..., BrowserContext], live: Live) -> None:
    made = time.time_ns()
    alice, bob, dana = (f"{name}.{made}@example.org" for name in ("alice", "bob", "dana"))
    hand = Mouse(context(accept_downloads=True).new_page())
    _come_in(hand, live, alice)
    firm = _make_the_firm(hand)
    _bring_people_in(hand, BROKEN.format(bob=bob, dana=dana), f"roe.{made}@example.org")
    _accept(Mouse(context().new_page()), live, bob)
    _require(hand)
    _look_at_dana(hand)
    _take_along(hand, live)
    _show_an_inspector(hand, context())
    _remind(hand, live, firm, bob)
    _read_the_log(hand)


def _come_in(hand: Mouse, live: Live, email: str) -> None:
    hand.open("/sign-up")
    hand.fill("Email", email)
    hand.fill("Password", PASSWORD)
    hand.page.get_by_label("I’m 13 or older").check()
    hand.press("Create the account")
    hand.open(link_in(letter_to(live, email, "confirm-address")))
    expect(hand.page.get_by_text(email)).to_be_visible()
    hand.press("Yes, confirm it")


def _make_the_firm(hand: Mouse) -> UUID:
    hand.open("/me")
    hand.follow("Create a firm")
    hand.fill("Name of the firm", "Acme Security")
    hand.fill("Your name, as it appears on the roster", "Alice Able")
    hand.press("Create the firm")
    # Whoever sees other people's records signs in with two steps: the page says why it comes now.
    expect(hand.page.get_by_text("Set up a second step for signing in first.")).to_be_visible()
    hand.fill("Current password", PASSWORD)
    hand.press("Set it up")
    key = hand.page.locator(".key").inner_text().replace(" ", "")
    hand.fill("Code", pyotp.TOTP(key).at(now()))
    hand.press("Turn it on")
    expect(hand.page.get_by_role("listitem").filter(has_text=re.compile("^[a-z0-9-]{8,}$")).first).to_be_visible()
    hand.follow("I’ve saved them")
    expect(hand.page.get_by_role("heading", level=1)).to_have_text("Acme Security")
    firm = UUID(hand.page.url.rpartition("/")[2])
    hand.follow("People")
    hand.follow("Teams")
    hand.fill("Name of the team", "Harbor Mall")
    hand.press("Create it")
    expect(hand.page.get_by_role("rowheader", name="Harbor Mall")).to_be_visible()
    return firm


def _bring_people_in(hand: Mouse, broken: str, missing: str) -> None:
    hand.follow("Acme Security", exact=True)
    hand.follow("Import a roster")
    hand.fill("Paste it here", broken)
    hand.press("Show what would happen")
    expect(hand.page.get_by_role("heading", level=1)).to_have_text("2 new people, 1 row refused")
    expect(_row(hand.page, "R. Roe")).to_contain_text("email")
    hand.follow("Fix the list here")
    pasted = hand.page.get_by_label("Paste it here").input_value()
    hand.fill("Paste it here", pasted.replace("R. Roe\t", f"R. Roe\t{missing}"))
    hand.press("Show what would happen")
    expect(hand.page.get_by_role("heading", level=1)).to_have_text("3 new people")
    expect(hand.page.get_by_text("Nothing has been saved yet.")).to_be_visible()
    hand.tick("has_mail")  # nothing is required yet
    hand.press("Import these people")
    expect(hand.page.get_by_role("heading", level=1)).to_have_text("The roster is imported")
    hand.follow("Go to People")
    expect(hand.page.get_by_role("heading", level=1)).to_have_text("4 people")


def _accept(hand: Mouse, live: Live, email: str) -> None:
    hand.open(link_in(letter_to(live, email, "invitation")))
    expect(hand.page.get_by_role("heading", level=1)).to_have_text("Acme Security invites you")
    expect(hand.page.get_by_text("It doesn’t see: your answers")).to_be_visible()
    hand.fill("Password", PASSWORD)
    hand.page.get_by_label("I’m 13 or older").check()
    hand.press("Create the account and join")
    expect(hand.page.get_by_text("You’ve joined Acme Security.")).to_be_visible()


def _require(hand: Mouse) -> None:
    hand.follow("Training")
    hand.follow("Requirements")
    hand.follow("Require a course")
    hand.page.locator("summary", has_text=PLAIN).click()
    hand.follow(f"Use this {PLAIN}")
    preview = hand.page.get_by_role("status").filter(has_text="What would happen")
    expect(preview).to_contain_text("This covers 3 people. 2 of them haven’t joined yet")
    expect(preview).to_contain_text("3 would be due later.")
    hand.press("Save")
    expect(hand.page.get_by_role("heading", level=1)).to_have_text(TITLE)


def _look_at_dana(hand: Mouse) -> None:
    hand.follow("Acme Security", exact=True)
    hand.follow("Training status")
    expect(hand.page.get_by_role("heading", level=1)).to_have_text("0 of 3 people are current.")
    hand.page.locator("main summary", has_text="Filter").click()
    hand.fill("Name or number", "dow")
    hand.press("Show")
    table = hand.page.get_by_role("table", name="People and what is required of them")
    expect(table.get_by_role("rowheader")).to_have_text(["Dana Dow"])
    hand.follow("Dana Dow")
    hand.page.get_by_text("Waive this").click()
    hand.fill("Reason", "On leave")
    hand.fill("Until", f"{now().date() + dt.timedelta(days=120)}")
    hand.press("Waive")
    expect(hand.page.get_by_text("Waived. No reminders go out until then.")).to_be_visible()
    expect(hand.page.get_by_text("On leave")).to_be_visible()
    hand.follow("Training status")


def _take_along(hand: Mouse, live: Live) -> None:
    with hand.page.expect_download() as started:
        hand.page.get_by_role("button", name="These rows as CSV").click()
    rows = list(csv.DictReader(io.StringIO(Path(started.value.path()).read_text("utf-8-sig"))))
    assert [row["Name"] for row in rows] == ["Bob Builder", "Dana Dow", "R. Roe"]
    assert {row["Name"]: row["Status"] for row in rows}["Dana Dow"] == "Waived"
    hand.follow("Evidence pack")
    hand.press("Create a pack")
    expect(hand.page.get_by_text("Waiting", exact=True)).to_be_visible()
    with live.app.app_context():
        while advance():  # what the worker does
            db.session.remove()
    hand.follow("Check again")
    with hand.page.expect_download() as started:
        hand.page.get_by_role("link", name="Download").click()
    pack = zipfile.ZipFile(started.value.path())
    assert pack.testzip() is None
    listed = {name for name in pack.namelist() if not name.startswith("manifest.json")}
    assert set(json.loads(pack.read("manifest.json"))["sha256"]) == listed
    assert "Dana Dow" in pack.read("roster.csv").decode()


def _show_an_inspector(hand: Mouse, stranger: BrowserContext) -> None:
    hand.follow("Evidence")
    hand.follow("Links for inspectors")
    hand.fill("Who it’s for", "State inspector")
    hand.press("Create a link")
    page = stranger.new_page()
    page.goto(hand.page.get_by_label("Link to copy").input_value())
    expect(page.get_by_role("heading", level=1)).to_have_text("0 of 3 people are current.")
    expect(_row(page, "Dana Dow")).to_contain_text("Waived")
    assert stranger.cookies() == []


def _remind(hand: Mouse, live: Live, firm: UUID, bob: str) -> None:
    """Let two months pass for the worker."""
    hand.follow("Training")
    hand.follow("Bob Builder")
    sent = (
        hand.page.get_by_role("heading", name="Invitations and reminders").locator("xpath=..").get_by_role("listitem")
    )
    expect(sent).to_contain_text(["Invitation"])
    later = (now() + dt.timedelta(days=62)).replace(hour=18)
    with time_machine.travel(later):
        with live.app.app_context():
            for _portion in keep_up(firm):
                pass
        letter = letter_to(live, bob, "training-reminder")
    assert "Acme Security asks you to complete your course by" in letter.text
    assert "trafficking" not in letter.subject
    hand.page.reload()
    expect(sent).to_contain_text([f"30 days before, {TITLE}", "Invitation"])


def _read_the_log(hand: Mouse) -> None:
    hand.follow("Acme Security", exact=True)
    hand.follow("Settings")
    hand.follow("Audit log")
    acts = hand.page.get_by_role("table").locator("tbody td:first-of-type").all_inner_texts()
    assert acts[::-1] == [
        "Created the firm",
        "Created a team",
        "Imported a roster",
        "Accepted an invitation",
        "Set a requirement",
        "Waived a duty",
        "Downloaded training status",
        "Ordered an evidence pack",
        "Created a link for an inspector",
    ]


def _row(page: Page, name: str) -> Locator:
    return page.get_by_role("row").filter(has_text=name)
