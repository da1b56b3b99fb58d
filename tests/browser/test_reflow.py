"""What some pages show on a phone and on a wide screen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Request

from tests.browser.sheets import SHEETS
from tests.browser.stage import Stage


@pytest.mark.check("T140")
@pytest.mark.parametrize("name", ["front", "lesson-long", "try-scene", "sign-up-error", "help", "scene", "me-earned"])
def test_targets_are_large_enough(context: Callable[..., BrowserContext], stage: Stage, name: str) -> None:
    sheet = next(one for one in SHEETS if one.name == name)
    page = context(*sheet.cookies(stage), width=360).new_page()
    sheet.show(page, stage)
    small = page.evaluate(
        """() => [...document.querySelectorAll("a[href], button, summary, label, input")].filter((one) => {
          const box = one.getBoundingClientRect(), style = getComputedStyle(one);
          if (!box.width || one.matches(".skip, label.opt *, .mods a") || one.closest(".vh")) return false;
          if (one.matches("label:not(.opt)")) return false;  // its field is the target
          const least = one.matches(".exit, .opt, .btn, summary, .tap, .nav a") ? 43.5 : 24;
          return style.display !== "inline" && (box.height < least || box.width < 24);
        }).map((one) => one.outerHTML.slice(0, 100))"""
    )
    assert small == []


@pytest.mark.parametrize("name", ["front", "courses", "for-firms", "help", "indicators-misleading", "me-earned"])
def test_no_row_of_panes_has_an_empty_place(context: Callable[..., BrowserContext], stage: Stage, name: str) -> None:
    sheet = next(one for one in SHEETS if one.name == name)
    page = context(*sheet.cookies(stage), width=1280).new_page()
    sheet.show(page, stage)
    empty = page.evaluate(
        """() => [...document.querySelectorAll(".panes, .loop")].filter((one) => {
          const own = one.getBoundingClientRect();
          const filled = [...one.children].reduce((sum, child) => {
            const box = child.getBoundingClientRect();
            return sum + box.width * box.height;
          }, 0);
          return filled < own.width * own.height * 0.9;
        }).map((one) => one.outerHTML.slice(0, 200))"""
    )
    assert empty == []


def test_help_is_five_screens_of_a_phone_at_most(context: Callable[..., BrowserContext], stage: Stage) -> None:
    page = context(width=360, height=740).new_page()
    next(one for one in SHEETS if one.name == "help").show(page, stage)
    assert page.evaluate("document.documentElement.scrollHeight") <= 5 * 740
    seen = page.evaluate(
        """() => [...document.querySelectorAll(".line")].filter((one) => one.checkVisibility() &&
          ![...one.querySelectorAll("a")].some((link) => link.checkVisibility())).length"""
    )
    assert seen == 0


FOUR = (
    *("result-passed", "result-perfect", "result-failed", "result-used", "result-canceled"),
    *("me-doing", "me-renewing", "progress", "progress-check-ins", "check-in", "result-check-in", "answer-wrong"),
    *("practice-middle", "practice-officer", "final-start", "course", "course-officer", "course-middle", "twins"),
)


@pytest.mark.parametrize("name", FOUR)
def test_a_page_of_a_learner_is_four_screens_six_requests_and_45_kilobytes_at_most(
    context: Callable[..., BrowserContext], stage: Stage, name: str
) -> None:
    sheet = next(one for one in SHEETS if one.name == name)
    page = context(*sheet.cookies(stage), width=360, height=740).new_page()
    sent: list[Request] = []
    page.on("requestfinished", lambda request: sent.append(request))
    page.goto(sheet.address(stage), wait_until="networkidle")
    sizes = [request.sizes() for request in sent]
    assert page.evaluate("document.documentElement.scrollHeight") <= 4 * 740
    assert len(sent) <= 6, [request.url for request in sent]
    assert sum(one["responseBodySize"] + one["responseHeadersSize"] for one in sizes) <= 45 * 1024


def test_the_link_of_a_certificate_is_copied_by_keyboard(context: Callable[..., BrowserContext], stage: Stage) -> None:
    sheet = next(one for one in SHEETS if one.name == "result-passed")
    visit = context(*sheet.cookies(stage), permissions=["clipboard-read", "clipboard-write"])
    page = visit.new_page()
    sheet.show(page, stage)
    page.get_by_label("Link that anyone can check").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Copied").wait_for()
    assert str(page.evaluate("navigator.clipboard.readText()")).endswith(stage.paths["valid"])
