"""Small things of reading pages that only a browser can tell: what a tap opens, what is printed, what is a link."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pypdf
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.hands import Keyboard
from tests.browser.live import Live
from tests.browser.sheets import COURSE, SHEETS
from tests.browser.stage import Stage
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


def test_each_card_is_printed_on_one_sheet_with_the_rule_on_its_back(
    context: Callable[..., BrowserContext], live: Live
) -> None:
    with live.app.app_context():
        venues = list(served().cards)
    page = context().new_page()
    for venue in venues:
        page.goto(f"/cards/{venue}")
        front, back = pypdf.PdfReader(io.BytesIO(page.pdf(format="Letter"))).pages
        assert ("Then what" in front.extract_text(), "Which line fits first?" in back.extract_text()) == (True, True), (
            venue
        )


def test_help_is_printed_on_two_sheets_a_certificate_on_one_and_a_course_on_three(page: Page, stage: Stage) -> None:
    for address, sheets in (("/help", 2), (stage.paths["valid"], 1), (COURSE, 3)):
        page.goto(address)
        printed = pypdf.PdfReader(io.BytesIO(page.pdf(format="Letter"))).pages
        assert len(printed) == sheets, address


def test_a_printed_page_holds_what_is_folded_away(page: Page) -> None:
    page.goto("/help/all")
    hidden = "An advocate of your area can call you back."
    assert not page.get_by_text(hidden).is_visible()
    page.emulate_media(media="print")
    assert page.get_by_text(hidden).is_visible()


@pytest.mark.parametrize("has_script", [True, False])
def test_a_group_of_signs_opens_by_hand_by_its_address_and_on_paper(
    context: Callable[..., BrowserContext], has_script: bool
) -> None:
    page = context(java_script_enabled=has_script, width=360).new_page()
    page.goto("/indicators")
    shown, other = page.get_by_role("link", name="Spoken for"), page.get_by_role("link", name="Lives where they work")
    assert (shown.is_visible(), other.is_visible()) == (False, False)
    page.locator("summary", has_text="Free to speak").click()
    assert (shown.is_visible(), other.is_visible()) == (True, False)
    page.goto("/indicators?from=a-lesson#living")
    assert (shown.is_visible(), other.is_visible()) == (False, True)
    page.emulate_media(media="print")
    assert (shown.is_visible(), other.is_visible()) == (True, True)


def words_of(page: Page) -> list[str]:
    """Return the words of each sheet of the page on paper."""
    return [sheet.extract_text() for sheet in pypdf.PdfReader(io.BytesIO(page.pdf(format="Letter"))).pages]


@pytest.mark.parametrize("name", ["verify-valid", "observation"])
def test_what_is_carried_as_a_sheet_is_printed_on_one(
    context: Callable[..., BrowserContext], stage: Stage, name: str
) -> None:
    page = context().new_page()
    next(sheet for sheet in SHEETS if sheet.name == name).show(page, stage)
    (words,) = words_of(page)
    assert "1-888-373-7888" in words


def test_a_printed_lesson_goes_on_after_its_questions_and_asks_for_no_click(page: Page) -> None:
    page.goto(f"{COURSE}/essentials/the-rule")
    words = " ".join(words_of(page))
    assert "In what order does the rule ask?" in words
    assert "Take this with you" in words
    for click in ("Read on without answering", "Check my order", "Check my answer"):
        assert click not in words


@pytest.mark.parametrize(("width", "rows"), [(320, 2), (360, 2), (1280, 1)])
def test_the_cells_of_a_final_are_wide_enough_to_be_counted(
    context: Callable[..., BrowserContext], stage: Stage, width: int, rows: int
) -> None:
    sheet = next(sheet for sheet in SHEETS if sheet.name == "final-scene")
    page = context(*sheet.cookies(stage), width=width).new_page()
    sheet.show(page, stage)
    cells = page.eval_on_selector_all(
        ".sashes > *",
        "(all) => all.map((one) => one.getBoundingClientRect()).map(({left, top, width}) => [left, top, width])",
    )
    assert len(cells) == 32
    assert min(width for _left, _top, width in cells) > 13
    assert len({top for _left, top, _width in cells}) == rows
    assert cells[8][0] - cells[7][0] > cells[7][0] - cells[6][0] + 5


@pytest.mark.parametrize("width", [1280, 360])
def test_the_field_and_the_button_of_the_search_stand_beside_each_other(
    context: Callable[..., BrowserContext], width: int
) -> None:
    page = context(width=width).new_page()
    for path in ("/search", "/courses", "/indicators"):
        page.goto(path)
        field, button = page.eval_on_selector_all(
            "[role=search] :is(input, button)",
            "(all) => all.map((one) => one.getBoundingClientRect()).map(({top, bottom}) => (top + bottom) / 2)",
        )
        assert field == pytest.approx(button, abs=1), path


def test_the_way_home_is_no_wider_than_its_words(page: Page) -> None:
    page.goto("/")
    assert page.locator(".brand").bounding_box()["width"] < 320  # type: ignore[index]


def test_the_pair_is_answered_below_the_picture_without_script(context: Callable[..., BrowserContext]) -> None:
    visit = context(java_script_enabled=False, width=320, height=568)
    page = visit.new_page()
    page.goto("/")
    right, wrong = page.get_by_text("Yes, B."), page.get_by_text("Not this one.")
    for pick, shown, hidden in ((".pick >> nth=0", wrong, right), (".pick >> nth=1", right, wrong)):
        page.locator(pick).click()
        assert shown.is_visible()
        assert not hidden.is_visible()
        top, picture = shown.bounding_box(), page.locator(".picks").bounding_box()
        assert top
        assert picture
        assert picture["y"] + picture["height"] <= top["y"] < 568 - 3 * top["height"]
        assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.locator(".answer:target").get_by_role("link", name="more like this").click()
    assert page.url.endswith("/try")
    assert visit.cookies() == []


def test_the_pair_is_answered_by_keyboard_and_the_answer_is_read_aloud(
    context: Callable[..., BrowserContext], live: Live
) -> None:
    with live.app.app_context():
        scenes = served().courses[served().site.first_try].file.first_try.scenes
    hand = Keyboard(context().new_page())
    for pick, said in (("#picked-a", "Not this one. Many lawful crews"), ("#picked-b", "Yes, B. Keeping someone’s ID")):
        hand.open("/")
        hand.reach(hand.page.locator(f"a[href='{pick}']"))
        hand.page.keyboard.press("Enter")
        answer = hand.page.locator(pick)
        expect(answer).to_be_focused()
        expect(answer).to_have_role("group")
        expect(answer).to_have_accessible_name(re.compile(re.escape(said)))
        hand.page.keyboard.press("Tab")
        expect(answer.get_by_role("link", name=f"{scenes} more like this")).to_be_focused()
    hand.page.keyboard.press("Enter")
    hand.page.wait_for_url("**/try")


def test_the_chosen_picture_is_marked_without_the_colors_of_the_page(context: Callable[..., BrowserContext]) -> None:
    page = context(forced_colors="active").new_page()
    page.goto("/#picked-b")
    color = "(one) => getComputedStyle(one).backgroundColor"
    first, second = (page.locator(".pick b").nth(at).evaluate(color) for at in (0, 1))
    assert first != second
