"""Small things of reading pages that only a browser can tell: what a tap opens, what is printed, what is a link."""

from __future__ import annotations

import io
from collections.abc import Callable

import pypdf
from playwright.sync_api import BrowserContext, Page

from tests.browser.live import Live
from trainer.content.serving import served


def test_a_tap_on_a_card_opens_the_card_and_one_on_pdf_its_pdf(context: Callable[..., BrowserContext]) -> None:
    page = context(width=360).new_page()
    page.goto("/cards")
    found = page.evaluate(
        """() => [...document.querySelectorAll(".mods > li")].map((row) => {
          const box = row.getBoundingClientRect();
          scrollTo(0, scrollY + box.top - 300);
          const own = row.getBoundingClientRect(), middle = own.top + own.height / 2;
          const at = (x) => document.elementFromPoint(x, middle).closest("a").getAttribute("href");
          return [at(own.left + own.width / 2), at(own.right - 30), row.querySelector("a").offsetWidth / own.width];
        })"""
    )
    assert len(found) > 3
    for card, pdf, share in found:
        assert pdf == f"{card}.pdf"
        assert share > 0.55


def test_each_card_is_printed_on_one_sheet(context: Callable[..., BrowserContext], live: Live) -> None:
    with live.app.app_context():
        venues = list(served().cards)
    page = context().new_page()
    for venue in venues:
        page.goto(f"/cards/{venue}")
        assert len(pypdf.PdfReader(io.BytesIO(page.pdf(format="Letter"))).pages) == 1, venue


def test_a_printed_page_holds_what_is_folded_away(page: Page) -> None:
    page.goto("/help")
    hidden = "An advocate of your area can call you back."
    assert not page.get_by_text(hidden).is_visible()
    page.emulate_media(media="print")
    assert page.get_by_text(hidden).is_visible()


def test_the_way_home_is_no_wider_than_its_words(page: Page) -> None:
    page.goto("/")
    assert page.locator(".brand").bounding_box()["width"] < 320  # type: ignore[index]


def test_the_pair_is_answered_below_the_picture_without_script(context: Callable[..., BrowserContext]) -> None:
    page = context(java_script_enabled=False).new_page()
    page.goto("/")
    right, wrong = page.get_by_text("Yes, B."), page.get_by_text("Not this one.")
    assert not right.is_visible()
    page.locator(".pick").first.click()
    assert wrong.is_visible()
    page.get_by_role("link", name="See why it’s B").click()
    assert right.is_visible()
    assert not wrong.is_visible()
