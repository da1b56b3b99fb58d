"""Answers are saved as they are given, and the page says when they aren't."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Error, Page, Request, Route, expect

from tests.browser.live import Live
from tests.browser.sheets import wait_until_sent
from tests.browser.stage import ALL, Person, ready
from trainer.assessment.models import Attempt, Response
from trainer.content.serving import served
from trainer.core.db import db
from trainer.credentials.models import Credential

PHONE = {"width": 360, "height": 740}


class Sitting:
    """Someone on the first scene of a final."""

    def __init__(self, live: Live, context: Callable[..., BrowserContext], **options: Any) -> None:
        self.live, self.person = live, ready(live.app)
        self.path = self.person.final(**options)
        self.context = context(live.cookie(self.person.user()))

    def tab(self, rest: str = "/scenes/1") -> Page:
        """Open a tab."""
        page = self.context.new_page()
        page.goto(self.path + rest)
        return page

    def seconds(self) -> float | None:
        """Return how long the first scene took, as the database has it."""
        with self.live.app.app_context():
            row = db.session.query(Response).join(Attempt).filter_by(user_id=self.person.id)
            return row.filter(Response.position == 1).one().seconds

    def given(self) -> dict[str, Any]:
        """Return what the database holds for the first scene."""
        with self.live.app.app_context():
            row = db.session.query(Response).join(Attempt).filter_by(user_id=self.person.id)
            return row.filter(Response.position == 1).one().given or {}


@pytest.fixture
def sitting(live: Live, context: Callable[..., BrowserContext]) -> Sitting:
    """Return someone on the first scene of a final."""
    return Sitting(live, context)


def _choose(page: Page, name: str, number: int = 0) -> None:
    page.locator(f"label:has(input[name={name}])").nth(number).click()


def _chosen(page: Page, name: str) -> int:
    return int(page.evaluate(f"[...document.querySelectorAll('input[name={name}]')].findIndex((one) => one.checked)"))


def test_an_answer_is_saved_as_soon_as_it_is_chosen(sitting: Sitting) -> None:
    page = sitting.tab()
    _choose(page, "verdict", 1)
    expect(page.locator("#saved")).to_have_text("Saved.")
    assert sitting.given() == {"verdict": "note-and-watch"}
    page.reload()
    assert _chosen(page, "verdict") == 1
    assert _chosen(page, "confidence") == -1


def test_a_lost_connection_is_said_and_loses_nothing(sitting: Sitting) -> None:
    page = sitting.tab()
    page.set_viewport_size({"width": 360, "height": 640})
    sitting.context.set_offline(True)
    _choose(page, "verdict", 2)
    expect(page.locator("#saved")).to_contain_text("Your answer is still here")
    expect(page.locator("#saved")).to_be_in_viewport()
    assert _chosen(page, "verdict") == 2
    assert sitting.given() == {}
    sitting.context.set_offline(False)
    expect(page.locator("#saved")).to_have_text("Saved.")  # by itself, as soon as the line is back
    assert sitting.given() == {"verdict": "nothing-to-report"}


def _break_line(sitting: Sitting, how: str) -> None:
    if how == "offline":
        sitting.context.set_offline(True)
    else:  # the phone has a connection, and the server doesn't answer
        sitting.context.route("**/*", lambda route: route.abort("connectionrefused"))


def _wait_until_nothing_is_kept(page: Page) -> None:
    for _look in range(600):
        if page.evaluate("sessionStorage.length") == 0:
            return
        time.sleep(0.1)
    pytest.fail("something still waits to be sent")


def _mend_line(sitting: Sitting) -> None:
    sitting.context.set_offline(False)
    sitting.context.unroute_all()


@pytest.mark.parametrize("how", ["offline", "server"])
def test_an_answer_sent_without_a_connection_stays_and_is_sent_when_it_is_back(sitting: Sitting, how: str) -> None:
    page = sitting.tab()
    for name, button in (("verdict", "Record my verdict"), ("action", "Record my answer")):
        _break_line(sitting, how)
        for part in ("verdict", "confidence") if name == "verdict" else ("action",):
            _choose(page, part, 1)
        page.get_by_role("button", name=button).click()
        expect(page.locator("#saved")).to_contain_text("Your answer is still here")
        page.get_by_role("button", name=button).click()  # a second time changes nothing
        assert page.url.endswith("/scenes/1")
        assert _chosen(page, name) == 1
        _mend_line(sitting)
        if name == "verdict":
            expect(page.locator("#first-step")).to_be_focused()
            assert sitting.given() == {"verdict": "note-and-watch", "confidence": "fairly-sure", "action": None}
    page.wait_for_url("**/scenes/2")
    assert all(sitting.given().values())
    assert page.evaluate("sessionStorage.length") == 0


def test_time_counts_while_the_scene_is_in_view_and_not_while_its_answer_waits_for_a_connection(
    sitting: Sitting,
) -> None:
    page = sitting.tab()
    page.wait_for_timeout(1500)
    page.reload()  # goes on counting
    page.wait_for_timeout(500)
    sitting.context.set_offline(True)
    for part in ("verdict", "confidence"):
        _choose(page, part, 1)
    page.get_by_role("button", name="Record my verdict").click()
    page.wait_for_timeout(4000)
    sitting.context.set_offline(False)
    expect(page.locator("#first-step")).to_be_focused(timeout=15000)
    seconds = sitting.seconds()
    assert seconds is not None
    assert 1.4 < seconds < 4


@pytest.mark.parametrize("how", ["offline", "server"])
@pytest.mark.parametrize("go", ["reload", "back"])
def test_an_answer_that_was_not_sent_outlasts_the_browsers_own_error_page(sitting: Sitting, how: str, go: str) -> None:
    page = sitting.tab("/scenes/2")
    page.goto(sitting.path + "/scenes/1")
    _break_line(sitting, how)
    _choose(page, "verdict", 2)
    expect(page.locator("#saved")).to_contain_text("Your answer is still here")
    with contextlib.suppress(Error):  # that there is no connection
        page.reload() if go == "reload" else page.go_back()
    assert page.locator("input[name=verdict]").count() == 0
    _mend_line(sitting)
    page.goto(sitting.path + "/scenes/1")  # the error page of Chromium may have done so, too
    expect(page.locator("input[name=verdict]").nth(2)).to_be_checked()
    _wait_until_nothing_is_kept(page)
    assert sitting.given() == {"verdict": "nothing-to-report"}


def test_what_was_not_sent_does_not_replace_what_was_saved_elsewhere_since(sitting: Sitting) -> None:
    page, elsewhere = sitting.tab(), sitting.tab()
    page.route("**/scenes/1", lambda route: route.abort())
    _choose(page, "verdict", 2)
    expect(page.locator("#saved")).to_contain_text("Your answer is still here")
    page.close()
    _choose(elsewhere, "verdict", 0)
    expect(elsewhere.locator("#saved")).to_have_text("Saved.")
    elsewhere.evaluate(
        "(path) => sessionStorage.setItem('unsent', JSON.stringify([path, '0', [['verdict', 'x']]]))",
        sitting.path + "/scenes/1",
    )
    elsewhere.reload()
    assert _chosen(elsewhere, "verdict") == 0
    assert sitting.given() == {"verdict": "report-now"}


def test_leaving_forgets_what_was_not_sent(sitting: Sitting) -> None:
    page = sitting.tab()
    page.route("**/scenes/1", lambda route: route.abort())
    _choose(page, "verdict", 2)
    expect(page.locator("#saved")).to_contain_text("Your answer is still here")
    page.unroute_all()
    page.get_by_role("link", name="Quick exit").click()
    page.wait_for_url("**/weather")
    page.goto(f"{sitting.live.url}/help")
    assert page.evaluate("sessionStorage.length") == 0


@pytest.mark.parametrize("is_learner", [True, False])
def test_an_answer_in_a_lesson_and_handing_in_wait_for_the_connection_too(
    live: Live, context: Callable[..., BrowserContext], is_learner: bool
) -> None:
    person = ready(live.app)
    visit = context(*([live.cookie(Person(live.app).enroll().user())] if is_learner else []))
    page = visit.new_page()
    with live.app.app_context():
        course = served().courses["recognize"]
        lesson = next(each for each in course.lessons if any(q.type == "single" for q in each.questions))
        number = next(at for at, q in enumerate(lesson.questions) if q.type == "single")
    page.goto(f"/courses/recognize/{lesson.id}?open=all")
    question = page.locator("form[data-answer]:has(fieldset)").nth(number)
    visit.set_offline(True)
    question.locator("label:has(input)").nth(1).click()
    question.get_by_role("button").click()
    expect(question.get_by_role("status")).to_contain_text("Your answer is still here")
    page.goto("about:blank")
    visit.set_offline(False)
    page.goto(f"/courses/recognize/{lesson.id}?open=all")
    question = page.locator("form[data-answer]:has(fieldset)").nth(number)
    expect(question.get_by_role("status")).to_have_text("Here is your answer. It isn’t sent yet.")
    assert question.locator("input:checked").count() == 1
    question.get_by_role("button").click()
    expect(page.locator(".question .told").first).to_be_visible()
    _wait_until_nothing_is_kept(page)
    path = person.final(answer=ALL)
    handing = context(live.cookie(person.user()))
    page = handing.new_page()
    page.goto(path + "/submission")
    handing.set_offline(True)
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_role("status")).to_contain_text("We can’t reach the site right now")
    handing.set_offline(False)
    page.wait_for_url("**/result")


@pytest.mark.check("T141")
def test_a_session_that_ended_is_said_and_the_answer_stays_until_it_is_recorded(sitting: Sitting) -> None:
    page = sitting.tab()
    _choose(page, "verdict", 1)
    expect(page.locator("#saved")).to_have_text("Saved.")
    sitting.context.clear_cookies()
    _choose(page, "confidence", 2)
    expect(page.locator("#saved")).to_contain_text("You’re signed out. Your answer is still here.")
    assert (_chosen(page, "verdict"), _chosen(page, "confidence")) == (1, 2)
    page.get_by_role("button", name="Record my verdict").click()
    page.wait_for_url(f"**/sign-in?next={sitting.path}/scenes/1")
    assert sitting.given() == {"verdict": "note-and-watch"}


def test_a_server_that_fails_is_said_too(sitting: Sitting) -> None:
    page = sitting.tab()
    page.route("**/scenes/1", lambda route: route.fulfill(status=502, body="<h1>Bad gateway</h1>"))
    _choose(page, "verdict", 2)
    expect(page.locator("#saved")).to_contain_text("Your answer is still here")
    page.unroute_all()
    _choose(page, "confidence", 1)
    expect(page.locator("#saved")).to_have_text("Saved.")
    assert set(sitting.given()) == {"verdict", "confidence"}


def test_the_older_of_two_tabs_is_told_and_mends_itself_when_loaded_again(sitting: Sitting) -> None:
    older, newer = sitting.tab(), sitting.tab()
    _choose(newer, "verdict", 0)
    expect(newer.locator("#saved")).to_have_text("Saved.")
    _choose(older, "verdict", 2)
    expect(older.locator("#saved")).to_contain_text("another tab")
    assert sitting.given() == {"verdict": "report-now"}
    _choose(older, "confidence")
    older.get_by_role("button", name="Record my verdict").click()
    expect(older.get_by_text("You answered this in another tab")).to_be_visible()
    assert _chosen(older, "verdict") == 0
    _choose(older, "verdict", 1)
    expect(older.locator("#saved")).to_have_text("Saved.")
    assert sitting.given() == {"verdict": "note-and-watch"}


def test_changes_faster_than_the_line_are_saved_in_order(sitting: Sitting) -> None:
    page = sitting.tab()

    def slowly(route: Route) -> None:
        time.sleep(0.15)
        route.continue_()

    page.route("**/scenes/1", slowly)
    page.locator("input[name=verdict]").first.focus()
    for key in ["ArrowDown", "ArrowDown", "ArrowUp"]:
        page.keyboard.press(key)
    _choose(page, "confidence", 2)
    expect(page.locator("#saved")).to_have_text("Saved.")
    assert sitting.given() == {"verdict": "note-and-watch", "confidence": "certain"}


def test_recording_right_after_choosing_waits_for_the_answer_on_its_way(sitting: Sitting) -> None:
    page = sitting.tab()

    def slowly(route: Route) -> None:
        time.sleep(0.2)
        route.continue_()

    page.route("**/scenes/1", slowly)
    for name in ("verdict", "confidence"):
        _choose(page, name)
    page.get_by_role("button", name="Record my verdict").dblclick()
    expect(page.locator("#first-step")).to_be_focused()
    _choose(page, "action")
    page.get_by_role("button", name="Record my answer").dblclick()
    page.wait_for_url("**/scenes/2")
    assert all(sitting.given().values())
    assert len(sitting.given()) == 3


@pytest.mark.parametrize("has_script", [True, False])
def test_the_menu_comes_once_the_verdict_is_recorded_and_the_keyboard_goes_on_there(
    live: Live, context: Callable[..., BrowserContext], has_script: bool
) -> None:
    person = ready(live.app)
    path = person.final()
    page = context(live.cookie(person.user()), java_script_enabled=has_script, **PHONE).new_page()
    page.goto(path + "/scenes/1")
    assert page.locator("input[name=action]").count() == 0
    for name in ("verdict", "confidence"):
        _choose(page, name)
    documents: list[Request] = []
    page.on("request", lambda request: documents.append(request) if request.is_navigation_request() else None)
    page.get_by_role("button", name="Record my verdict").click()
    menu = page.get_by_role("group", name="Your first step?")
    expect(menu.locator("#first-step")).to_be_focused()
    expect(menu.get_by_role("radio")).to_have_count(5)
    assert bool(documents) is not has_script  # with script in the same page
    if has_script:
        expect(page.get_by_role("status")).to_have_text("Saved.")
    expect(page.get_by_text("Your verdict is recorded and stays.")).to_be_in_viewport()
    assert page.locator("input[name=verdict]").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.keyboard.press("Tab")
    expect(menu.get_by_role("radio").first).to_be_focused()
    page.reload()  # someone who leaves finds the menu
    expect(menu.get_by_role("radio")).to_have_count(5)
    _choose(page, "action", 2)
    page.get_by_role("button", name="Record my answer").click()
    page.wait_for_url("**/scenes/2")


def test_the_page_of_a_verdict_recorded_in_another_tab_leads_to_the_menu(sitting: Sitting) -> None:
    older, newer = sitting.tab(), sitting.tab()

    def not_along_the_way(route: Route) -> None:
        route.abort() if "autosave" in (route.request.post_data or "") else route.continue_()

    for page, number in ((newer, 0), (older, 2)):
        page.route("**/scenes/1", not_along_the_way)
        _choose(page, "verdict", number)
        _choose(page, "confidence", number)
    newer.get_by_role("button", name="Record my verdict").click()
    expect(newer.locator("#first-step")).to_be_focused()
    older.get_by_role("button", name="Record my verdict").click()
    expect(older.get_by_text("You recorded your verdict on this scene before")).to_be_visible()
    expect(older.get_by_role("group", name="Your first step?")).to_be_visible()
    assert sitting.given() == {"verdict": "report-now", "confidence": "guessing", "action": None}


@pytest.mark.parametrize("with_script", [True, False])
def test_a_double_click_on_hand_in_hands_in_once(
    live: Live, context: Callable[..., BrowserContext], with_script: bool
) -> None:
    person = ready(live.app)
    path = person.final(answer=ALL)
    page = context(live.cookie(person.user()), java_script_enabled=with_script).new_page()
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    page.goto(path + "/submission")
    page.get_by_role("button", name="Hand in").dblclick()
    page.wait_for_url("**/result")
    assert page.get_by_role("heading", name="Passed").is_visible()
    if with_script:
        assert len(sent) == 1
    with live.app.app_context():
        assert db.session.query(Credential).filter_by(user_id=person.id).count() == 1


def test_a_double_click_on_start_starts_one_practice(live: Live, context: Callable[..., BrowserContext]) -> None:
    person = Person(live.app).enroll()
    page = context(live.cookie(person.user()), java_script_enabled=False).new_page()
    page.goto("/courses/recognize/practice")
    page.get_by_role("button", name="Start Judge scenes").dblclick()
    page.wait_for_url("**/scenes/1")
    with live.app.app_context():
        assert db.session.query(Attempt).filter_by(user_id=person.id).count() == 1


def test_a_form_can_be_sent_again_after_coming_back(page: Page) -> None:
    page.goto("/try?keep=no")
    page.get_by_role("button", name="Record my answer").click()  # the verdict is missing
    page.wait_for_url("**incomplete=1")
    page.go_back()
    page.get_by_role("button", name="Record my answer").click()
    page.wait_for_url("**incomplete=1")


@pytest.mark.parametrize("has_script", [True, False])
def test_the_first_try_survives_back_and_reloading(context: Callable[..., BrowserContext], has_script: bool) -> None:
    page = context(java_script_enabled=has_script).new_page()
    page.goto("/try?keep=no")
    signs = page.get_by_text("What else it may be")
    while not signs.count():  # some scenes have none
        if page.get_by_role("link", name="Next scene").count():
            page.get_by_role("link", name="Next scene").click()
        page.locator("label:has(input[name=verdict])").first.click()
        page.get_by_role("button", name="Record my answer").click()
        wait_until_sent(page)
    said = page.get_by_role("heading", level=1).inner_text()
    page.get_by_text("Why not the others").click()
    signs.first.click()  # opens in place
    page.get_by_role("link", name="More about this sign").first.click()
    _come_back(page, said)
    page.get_by_role("link", name="Help").first.click()
    _come_back(page, said)
    on = page.get_by_role("link", name=re.compile("Next scene|Skip this scene|See my result"))
    while on.count():
        on.click()
    page.wait_for_url("**/try/result?**")  # between two pages there is no link either
    result = page.get_by_role("heading", level=1).inner_text()
    assert re.match("You (caught|would)", result)
    page.get_by_role("link", name="Help").first.click()
    _come_back(page, result)


def _come_back(page: Page, heading: str) -> None:
    page.go_back()
    assert page.get_by_role("heading", level=1).inner_text() == heading
    page.reload()
    assert page.get_by_role("heading", level=1).inner_text() == heading


def test_reading_time_is_reported_while_the_page_is_in_view(live: Live, context: Callable[..., BrowserContext]) -> None:
    person = Person(live.app).enroll()
    page = context(live.cookie(person.user())).new_page()
    page.clock.install()
    page.goto("/courses/recognize")
    page.get_by_role("link", name="Continue").click()
    expect(page.locator("form[data-activity]")).to_be_attached()
    page.wait_for_load_state()  # the script counts from when it has run
    with page.expect_response("**/activity") as beat:
        page.clock.run_for(31_000)
    assert beat.value.ok
    expect(page.locator("form[data-activity] input[name=opened_at]")).to_have_value(beat.value.json()["opened_at"])
    assert page.locator(".question input[name=opened_at]").count()  # a lesson with questions, whose forms follow
    marks = page.locator("input[name=opened_at]").evaluate_all(
        "(fields) => new Set(fields.map((one) => one.value)).size"
    )
    assert marks == 1
