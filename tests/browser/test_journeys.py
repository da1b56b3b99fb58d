"""From the first page to a certificate that others can check: with script, without, and by keyboard alone."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from uuid import UUID

import pytest
from playwright.sync_api import BrowserContext, Request, expect
from sqlalchemy import select

from tests.browser.hands import Keyboard, Mouse
from tests.browser.live import Live
from tests.browser.sheets import IS_ALL, SHEETS
from tests.browser.stage import Stage
from tests.cast import read_slowly
from tests.support import COURSE, PASSWORD, keys, right_verdict
from trainer.assessment.models import Response
from trainer.content.library import Lesson
from trainer.content.serving import served
from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.learning.models import Enrollment
from trainer.learning.operations import complete_lesson

NAME = "Zoë Ångström"
TABBED = (
    *("front", "course", "lesson-long", "try-scene", "help"),
    *("sign-up-error", "scene", "submission-full", "me-doing"),
)


def test_the_whole_road_without_script(context: Callable[..., BrowserContext], live: Live) -> None:
    walk(Mouse(context(java_script_enabled=False).new_page()), live)


@pytest.mark.asvs("14.2.3", "14.3.3")
@pytest.mark.check("T098")
@pytest.mark.check("T137")
@pytest.mark.check("T151")
@pytest.mark.parametrize(
    ("hand", "tried", "is_whole"), [(Keyboard, 2, IS_ALL), pytest.param(Mouse, 12, True, marks=pytest.mark.nightly)]
)
def test_the_whole_road_with_script_asks_no_one_else_and_stores_nothing(
    context: Callable[..., BrowserContext], live: Live, hand: type[Mouse], tried: int, is_whole: bool
) -> None:
    """Go it by keyboard alone, and each night every step of it with a mouse."""
    asked: list[str] = []
    visit = context(height=700)
    visit.on("request", lambda request: asked.append(request.url))
    page = visit.new_page()
    walk(hand(page), live, tried=tried, is_whole=is_whole)
    assert len(asked) > 100
    assert {url for url in asked if not url.startswith(live.url + "/")} == set()
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    assert page.evaluate("indexedDB.databases().then((all) => all.length)") == 0
    assert sorted(one["name"] for one in visit.cookies()) == ["known", "visit"]


@pytest.mark.check("T137")
@pytest.mark.parametrize(
    ("name", "width"),
    [
        pytest.param(name, width, marks=[] if is_everyday else pytest.mark.nightly)
        for number, name in enumerate(TABBED)
        for width, is_everyday in ((320, number % 2 == 0), (1280, number % 2 == 1))
    ],
)
def test_tab_visits_every_control_once_in_order_and_leaves(
    context: Callable[..., BrowserContext], stage: Stage, name: str, width: int
) -> None:
    sheet = next(one for one in SHEETS if one.name == name)
    page = context(*sheet.cookies(stage), width=width, height=600).new_page()
    sheet.show(page, stage)
    page.evaluate("window.scrollTo(0, 0)")
    # An error summary took the focus; begin at the top.
    page.evaluate(
        "() => { document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute('tabindex'); }"
    )
    hand, order = Keyboard(page), "[...document.querySelectorAll('a[href], button, input, select, summary')]"
    page.evaluate(f"{order}.forEach((one, number) => (one.dataset.stop = number))")
    visited = []
    for _stop in range(400):
        if not hand._tab():
            break
        visited.append(int(page.evaluate("document.activeElement.dataset.stop ?? -1")))
    wanted = page.evaluate(
        "{ const stop = (name) => document.querySelector(`[name=${name}]:checked, [name=${name}]`);"
        f"{order}.filter((one) => one.type !== 'hidden' && one.checkVisibility())"
        ".filter((one) => one.type !== 'radio' || one === stop(one.name)).map((one) => Number(one.dataset.stop)); }"
    )
    assert [one for one in visited if one >= 0] == wanted


@pytest.mark.check("T151")
def test_the_first_lesson_costs_at_most_5_requests_and_40_kilobytes(
    context: Callable[..., BrowserContext], live: Live
) -> None:
    with live.app.app_context():
        longest = max(served().courses[COURSE].lessons, key=lambda lesson: len(lesson.html))
    visit = context()
    page = visit.new_page()
    sent: list[Request] = []
    page.on("requestfinished", lambda request: sent.append(request))
    page.goto(f"/courses/{COURSE}/{longest.id}", wait_until="networkidle")
    sizes = [request.sizes() for request in sent]
    assert len(sent) <= 5, [request.url for request in sent]
    assert sum(one["responseBodySize"] + one["responseHeadersSize"] for one in sizes) <= 40 * 1024


@pytest.mark.check("T152")
def test_reading_leaves_no_cookie(context: Callable[..., BrowserContext], live: Live) -> None:
    visit = context()
    page = visit.new_page()
    with live.app.app_context():
        lessons = [f"/courses/{COURSE}/{one.id}" for one in served().courses[COURSE].lessons]
    for path in [
        "/",
        "/courses",
        f"/courses/{COURSE}",
        *lessons[:4],
        "/try",
        "/try?keep=no",
        "/help",
        "/leaving",
        "/indicators",
    ]:
        page.goto(path)
        page.mouse.wheel(0, 2000)
    assert visit.cookies() == []


def walk(hand: Mouse, live: Live, *, tried: int = 2, is_whole: bool = IS_ALL) -> None:
    """Go the whole road; `tried`: how many scenes of the first try to answer, the others are skipped.

    If it isn't whole, lessons and scenes that ask nothing new of a hand are done by the app.
    """
    _first_try(hand, live, tried)
    before = _enrollments(live)
    _keep(hand)
    (own,) = _enrollments(live) - before
    _read(hand, live, own, is_whole)
    _join(hand)
    _pass(hand, live, is_whole)
    _prove(hand, live)


def _first_try(hand: Mouse, live: Live, tried: int) -> None:
    hand.open("/")
    hand.follow("Try 6 scenes")
    hand.press("Start")
    for scene in range(1, 7):
        expect(hand.page).to_have_title(re.compile(f"^Scene {scene} of 6"))
        if scene > tried:
            hand.follow("Skip this scene")
            continue
        hand.choose("verdict", "nothing-to-report")
        hand.press("Record my answer")
        expect(hand.page.get_by_text("Why", exact=True)).to_be_visible()
        hand.follow("Next scene" if scene < 6 else "See my result")
    expect(hand.page.get_by_role("heading", level=1)).to_contain_text("You caught 0 of")
    assert hand.page.context.cookies() == []


def _keep(hand: Mouse) -> None:
    hand.follow("Go to the course")
    hand.follow("Save my progress on this device")
    hand.press("Save my progress")
    expect(hand.page.get_by_role("heading", level=1)).to_have_text("For everyone")


def _enrollments(live: Live) -> set[UUID]:
    with live.app.app_context():
        return set(db.session.scalars(select(Enrollment.id)))


def _read(hand: Mouse, live: Live, enrollment_id: UUID, is_whole: bool) -> None:
    with live.app.app_context():
        lessons = [lesson for module in served().courses[COURSE].core for lesson in module.lessons]
    by_hand = lessons if is_whole else [*_first_with_each_question(lessons), lessons[-1]]
    hand.follow("Continue: ")
    for number, lesson in enumerate(lessons):
        if lesson not in by_hand:
            _read_aside(live, lesson, enrollment_id)
            continue
        if number and lessons[number - 1] not in by_hand:
            hand.open(f"/courses/{COURSE}/{lesson.id}")
        expect(hand.page.get_by_role("heading", level=1)).to_have_text(lesson.file.title)
        hand.answer_questions()
        hand.press("I’ve read this")
    expect(hand.page.get_by_text(f"{len(lessons)} of {len(lessons)} core lessons read")).to_be_visible()


def _first_with_each_question(lessons: list[Lesson]) -> list[Lesson]:
    met: set[str] = set()
    first = []
    for lesson in lessons:
        types = {question.type for question in lesson.questions}
        if lesson is lessons[0] or not types <= met:
            first.append(lesson)
        met |= types
    return first


def _read_aside(live: Live, lesson: Lesson, enrollment_id: UUID) -> None:
    with live.app.app_context(), transaction():
        complete_lesson(db.session.get_one(Enrollment, enrollment_id), served().courses[COURSE], lesson, now())


def _join(hand: Mouse) -> None:
    hand.follow("Create an account")
    hand.fill("Email", f"leo.{time.time_ns()}@example.org")
    hand.fill("Password", PASSWORD)
    hand.tick("is_old_enough")
    hand.press("Create the account")
    hand.follow("Enter your name")
    hand.fill("Name on the certificate", NAME)
    hand.press("Use this name")


def _pass(hand: Mouse, live: Live, is_whole: bool) -> None:
    hand.press("Start the final")
    attempt = hand.page.url.split("/scenes/")[0]
    right = keys(live.app, attempt)
    for position, (truth, action, _harmful) in enumerate(right, start=1):
        if 4 < position < len(right) and not is_whole:
            _judge_aside(live, attempt, position, right_verdict(truth), action)
            continue
        if position == len(right) and not is_whole:
            hand.open(f"{attempt}/scenes/{position}")
        hand.judge(right_verdict(truth), action)
    with live.app.app_context(), transaction():
        read_slowly(UUID(attempt.rpartition("/")[2]))
    hand.press("Hand in")
    expect(hand.page.get_by_role("heading", level=1)).to_contain_text("Passed.")
    expect(hand.page.get_by_text(re.compile(r"You caught (1[567]) of \1"))).to_be_visible()


def _judge_aside(live: Live, attempt: str, position: int, verdict: str, action: str | None) -> None:
    with live.app.app_context(), transaction():
        attempt_id = UUID(attempt.rpartition("/")[2])
        row = db.session.query(Response).filter_by(attempt_id=attempt_id, position=position).one()
        row.given = {"verdict": verdict, "confidence": "certain", "action": action}
        row.version, row.saved_at = row.version + 1, now()


def _prove(hand: Mouse, live: Live) -> None:
    hand.follow("Open your certificate")
    expect(hand.page.get_by_role("heading", level=1)).to_have_text("Valid")
    expect(hand.page.get_by_text(NAME)).to_be_visible()
    pdf = hand.page.get_by_role("link", name="PDF to print (Letter)").get_attribute("href")
    answer = hand.page.context.request.get(str(pdf))
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body().startswith(b"%PDF-")
