"""The quick exit: always there, always first, at once, and with nothing in its way."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Dialog, Page, Route, expect

from tests.browser.live import Live
from tests.browser.stage import Person

_WEATHER = "**/weather"


@pytest.fixture
def scene(live: Live, context: Callable[..., BrowserContext]) -> Page:
    """Return an open scene with an answer chosen, and a page before it in the history."""
    person = Person(live.app).enroll()
    path = person.practice()
    page = context(live.cookie(person.user())).new_page()
    page.goto("/glossary")
    page.goto(f"{path}/scenes/1")
    return page


@pytest.mark.check("T147")
def test_a_click_blanks_the_page_at_once_even_if_the_server_hangs(scene: Page) -> None:
    held: list[Route] = []
    said: dict[str, float] = {}
    scene.route("**/exit", lambda route: held.append(route))  # not answered yet
    # What the page says is heard by the console: no question is answered while a navigation hangs.
    scene.on("console", lambda message: said.update(_time(message.text)))
    scene.evaluate(
        """() => {
          const say = (word) => console.log(word, performance.now());
          const look = () => {
            if (document.body.innerText.trim() + document.title === "Weather" && !document.images.length) say("blank");
            else requestAnimationFrame(look);
          };
          document.addEventListener("click", () => { say("click"); requestAnimationFrame(look); }, true);
        }"""
    )
    scene.locator("label:has(input[name=verdict])").first.click()
    exit_box = scene.locator("#exit").bounding_box()
    assert exit_box
    scene.mouse.click(exit_box["x"] + 20, exit_box["y"] + 20)
    scene.wait_for_timeout(500)
    assert 0 <= said["blank"] - said["click"] <= 100
    assert held
    held[0].continue_()
    scene.wait_for_url(_WEATHER)


def _time(text: str) -> dict[str, float]:
    word, _blank, at = text.partition(" ")
    return {word: float(at)} if word in {"click", "blank"} else {}


@pytest.mark.check("T147")
def test_no_question_holds_up_someone_who_typed_something(page: Page) -> None:
    asked: list[Dialog] = []
    page.on("dialog", lambda dialog: asked.append(dialog))
    page.goto("/sign-up")
    page.get_by_label("Email").type("leo@example.org")
    page.get_by_role("link", name="Quick exit").click()
    page.wait_for_url(_WEATHER)
    assert not asked


@pytest.mark.check("T147")
def test_the_exit_is_a_plain_link_without_script(context: Callable[..., BrowserContext], live: Live) -> None:
    # Someone of their own: the exit ends the session, which other tests would miss.
    visit = context(live.cookie(Person(live.app).enroll().user()), java_script_enabled=False)
    page = visit.new_page()
    page.goto("/me")
    page.get_by_role("link", name="Quick exit").click()
    page.wait_for_url(_WEATHER)
    assert visit.cookies() == []


@pytest.mark.check("T147")
@pytest.mark.parametrize("script", ["throw new Error('broken')", "this is no script", None])
def test_the_exit_works_when_the_script_breaks(page: Page, script: str | None) -> None:
    def answer(route: Route) -> None:
        if script is None:
            route.abort()
        else:
            route.fulfill(body=script, content_type="text/javascript")

    page.route("**/app.js", answer)
    page.goto("/help")
    page.get_by_role("link", name="Quick exit").click()
    page.wait_for_url(_WEATHER)


@pytest.mark.check("T147")
def test_the_exit_works_when_a_later_part_of_the_script_breaks(page: Page) -> None:
    page.add_init_script("window.fetch = () => { throw new Error('no'); }; window.FormData = null;")
    page.goto("/try?keep=no")
    page.keyboard.press("Escape")
    page.locator("label:has(input[name=verdict])").first.click()
    page.get_by_role("link", name="Quick exit").click()
    page.wait_for_url(_WEATHER)


@pytest.mark.check("T148")
def test_shift_three_times_leaves(page: Page) -> None:
    page.goto("/sign-up")
    page.get_by_label("Password").focus()
    for press in range(3):
        assert page.locator("#exit .counts .on").count() == press
        page.keyboard.press("Shift")
    page.wait_for_url(_WEATHER)


@pytest.mark.check("T148")
def test_other_keys_and_time_reset_the_count_and_escape_does_nothing(page: Page) -> None:
    page.clock.install()
    page.goto("/help")
    for keys in (["Shift", "Shift", "a", "Shift"], ["Escape"] * 5, ["Shift+A"] * 4, ["Control+Shift+K"] * 4):
        for key in keys:
            page.keyboard.press(key)
        assert page.url.endswith("/help")
        page.keyboard.press("x")
    page.keyboard.press("Shift")
    page.keyboard.press("Shift")
    page.clock.run_for(5200)
    expect(page.locator("#exit .counts")).to_be_hidden()
    page.keyboard.press("Shift")
    assert page.url.endswith("/help")
    page.keyboard.down("Shift")
    for _held in range(5):
        page.keyboard.down("Shift")  # a key held down repeats
    assert page.url.endswith("/help")


@pytest.mark.asvs("14.3.1")
@pytest.mark.check("T149")
def test_after_leaving_the_session_is_over_and_back_shows_nothing_of_the_page(scene: Page, live: Live) -> None:
    left = scene.url
    story = scene.locator(".story").inner_text()[:60]
    scene.get_by_role("link", name="Quick exit").click()
    scene.wait_for_url(_WEATHER)
    assert scene.context.cookies() == []
    scene.go_back()
    time.sleep(0.3)
    assert scene.url != left
    assert story not in scene.content()
    scene.goto(left)
    assert "/sign-in" in scene.url


def test_a_copied_cookie_is_worth_nothing_after_leaving(scene: Page) -> None:
    (cookie,) = scene.context.cookies()
    scene.get_by_role("link", name="Quick exit").click()
    scene.wait_for_url(_WEATHER)
    # The browser tells our side beside leaving, so the page that it leads to may be there first.
    for _look in range(600):
        thief = scene.context.request.get("/me", headers={"Cookie": f"{cookie['name']}={cookie['value']}"})
        if "/sign-in" in thief.url:
            return
        time.sleep(0.1)
    pytest.fail(f"still let in, to {thief.url}")


@pytest.mark.check("T149")
def test_back_after_the_only_page_shows_an_empty_one(context: Callable[..., BrowserContext], live: Live) -> None:
    page = context().new_page()
    page.goto("/help")
    page.get_by_role("link", name="Quick exit").click()
    page.wait_for_url(_WEATHER)
    page.go_back()
    time.sleep(0.3)
    assert page.url in {"about:blank", f"{live.elsewhere.same_site}/weather"}


def test_the_leaving_page_says_what_the_exit_cannot_do(page: Page) -> None:
    page.goto("/leaving")
    text = page.locator("main").inner_text().lower()
    for word in ("history", "shift", "back"):
        assert word in text
