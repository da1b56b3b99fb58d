"""Ines teaches a class in a firm: two people join by its code, one is met in person, one gets stuck."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, expect

from tests.browser.classroom import let_idle
from tests.browser.hands import Mouse
from tests.browser.live import Live
from tests.browser.post import letter_to
from tests.browser.stage import Person
from tests.cast import add_second_factor, make_firm, put_on_roster
from trainer.content.serving import served
from trainer.core.db import db
from trainer.instructing.models import CohortMember
from trainer.organizations.rules import Role

TITLE = "Night crew, spring"


@pytest.fixture
def people(live: Live) -> dict[str, Person]:
    """Return Ines, who teaches in a firm, and two of its guards."""
    alice, ines, dora, leo = (Person(live.app) for _one in range(4))
    firm = make_firm(live.app, alice.id)
    for name, person, role in (
        ("Ines Ito", ines, Role.INSTRUCTOR),
        ("Dora Day", dora, Role.MEMBER),
        ("Leo Low", leo, Role.MEMBER),
    ):
        put_on_roster(live.app, firm, person.id, role, name=name, email=person.email)
    add_second_factor(live.app, ines.id)
    return {"ines": ines, "dora": dora, "leo": leo}


def test_iness_class(context: Callable[..., BrowserContext], live: Live, people: dict[str, Person]) -> None:
    ines, dora, leo = (
        Mouse(context(live.cookie(people[name].user()), accept_downloads=True).new_page())
        for name in ("ines", "dora", "leo")
    )
    code = _make_the_class(ines)
    _join(dora, code, "Dora")
    _join(leo, code, "Leo")
    _meet(ines, live)
    _look_at_the_board(ines, live)
    people["dora"].practice(answer=6, wrong=2, hand_in=True)
    _get_stuck(live, people["leo"])
    _nudge(ines, live, people["leo"].email)
    _take_along(ines)
    _archive(ines)
    leo.open(f"/classes/{code}")
    leo.press("Leave the class")
    expect(leo.page.get_by_text("You’ve left the class.")).to_be_visible()


def _make_the_class(hand: Mouse) -> str:
    """Make it; return the code from the page."""
    hand.open("/me")
    hand.follow("Open Acme Security")
    hand.page.get_by_role("navigation", name="In this firm").get_by_role("link", name="Classes").click()
    hand.follow("Create a class")
    hand.fill("Name of the class", TITLE)
    expect(hand.page.get_by_label("Your name, as learners see it")).to_have_value("Ines Ito")
    hand.page.get_by_label("Course", exact=True).select_option(label="For everyone")
    hand.press("Create the class")
    expect(hand.page.get_by_text("The class was created. Show this code, or print the poster.")).to_be_visible()
    poster = hand.page.get_by_role("link", name="Poster to print").get_attribute("href")
    answer = hand.page.context.request.get(str(poster))
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body().startswith(b"%PDF-")
    address = hand.page.get_by_label("Link to copy").input_value()
    code = address.rpartition("/")[2]
    expect(hand.page.get_by_text(code, exact=True)).to_be_visible()
    return code


def _join(hand: Mouse, code: str, name: str) -> None:
    hand.open("/me")
    hand.follow("Join with a code")
    hand.fill("Code", code.replace("-", "").lower())
    hand.press("Continue")
    expect(hand.page.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(hand.page.get_by_text("They don’t see: your answers, your email address")).to_be_visible()
    hand.fill("Your name in this class", name)
    hand.press("Join")
    expect(hand.page.get_by_text(f"You’re in. The instructor knows you as {name}.")).to_be_visible()


def _meet(hand: Mouse, live: Live) -> None:
    with live.app.app_context():
        first, second = (lesson.file.title for lesson in served().courses["recognize"].lessons[:2])
    hand.follow("In person")
    hand.page.get_by_label("Minutes", exact=True).fill("60")
    hand.page.locator("fieldset details > summary").first.click()
    hand.page.get_by_label(first, exact=True).check()
    hand.page.get_by_label(second, exact=True).check()
    hand.press("Save the meeting")
    hand.page.get_by_label("Dora").check()
    hand.press("Save who was there")
    for is_last in (False, True):  # signed, undone, and signed again
        hand.fill("Your full name, as your signature", "Ines Ito")
        hand.press("Sign off the lessons")
        expect(hand.page.get_by_text("Signed off for 1 person.")).to_be_visible()
        if not is_last:
            hand.press("Undo for everyone")
            expect(hand.page.get_by_text("Undone for 1 person.")).to_be_visible()


def _look_at_the_board(hand: Mouse, live: Live) -> None:
    with live.app.app_context():
        every = sum(len(module.lessons) for module in served().courses["recognize"].core)
    hand.follow(TITLE)
    expect(hand.page.get_by_text("0 of 2 people have completed the course.")).to_be_visible()
    expect(_row(hand, "Dora")).to_contain_text(f"2 / {every}")
    expect(_row(hand, "Dora")).to_contain_text(f"{every - 2} lessons")
    expect(_row(hand, "Leo")).to_contain_text("Not started")


def _get_stuck(live: Live, person: Person) -> None:
    with live.app.app_context():
        member_id = db.session.query(CohortMember.id).filter_by(user_id=person.id).scalar()
    let_idle(live.app, member_id)


def _nudge(hand: Mouse, live: Live, email: str) -> None:
    hand.page.reload()
    expect(_row(hand, "Leo")).to_contain_text("Idle")
    hand.press("Write to Leo")
    expect(hand.page.get_by_text("1 person will get an email.")).to_be_visible()
    expect(_row(hand, "Leo")).to_contain_text("Idle written to")
    letter = letter_to(live, email, "class-nudge")
    assert letter.subject == "From your class"
    assert "Ines Ito" in letter.text


def _take_along(hand: Mouse) -> None:
    hand.follow("Misreads")
    expect(hand.page.get_by_role("heading", name="Too few to say")).to_be_visible()
    hand.follow("People")
    with hand.page.expect_download() as started:
        hand.page.get_by_role("button", name="These rows as CSV").click()
    rows = list(csv.reader(io.StringIO(Path(started.value.path()).read_text("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == ["Leo", "Dora"]  # as on the board: who has been idle longer comes first


def _archive(hand: Mouse) -> None:
    hand.follow("Settings")
    hand.follow("Archive")
    expect(hand.page.get_by_role("heading", level=1)).to_have_text(f"Archive {TITLE}?")
    hand.press("Archive it")
    expect(hand.page.get_by_text("Archived. Nobody can join anymore.")).to_be_visible()
    expect(hand.page.get_by_role("button", name=re.compile("^Write"))).to_have_count(0)


def _row(hand: Mouse, name: str) -> Locator:
    return hand.page.get_by_role("row").filter(has=hand.page.get_by_role("rowheader", name=name, exact=True))
